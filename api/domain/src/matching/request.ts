/** What is asked of matching. Holds no identifier of a person: specialty, place, plan and stated needs only (R60). */
import type { Day } from '../instant.ts';
import type { UnitVector } from '../network/directory.ts';

/** R19; FHIR ServiceRequest.priority: routine → routine, urgent → urgent, emergency → stat. */
export type Urgency = 'routine' | 'urgent' | 'emergency';

/** The patient's coverage as matching needs it: a plan of the directory, or why there is none. */
export type CoverageFact =
  | { kind: 'plan'; planId: string }
  | { kind: 'none' }
  | { kind: 'not-active' }
  | { kind: 'plan-not-in-directory'; planName: string };

/** Where the patient lives. Without one nothing can be said of distance, and the page says so. */
export type Origin = { unit: UnitVector; precision: 'address' | 'zip' };

export type MatchRequest = {
  /** Our specialty id; a candidate counts when its NUCC code is one of this specialty's. */
  specialty: string;
  urgency: Urgency;
  origin: Origin | null;
  coverage: CoverageFact;
  patient: 'adult' | 'child';
  /** BCP-47 codes the patient needs; empty when English serves. Used for the patient only (stated on the card). */
  languages: readonly string[];
  /** Starting radius in miles (R4: 25); a clinician may choose a wider one by hand. */
  radiusMiles: number;
  /** How many ranked candidates to return (R9: 5). */
  limit: number;
  /** The day eligibility is judged on. */
  today: Day;
};
