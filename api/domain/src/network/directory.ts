/**
 * The directory as matching sees it: what a payer's Plan-Net 1.1.0 export says, joined into one entry for each
 * practitioner, location and specialty. Every statement that decides eligibility keeps its source and date,
 * because directories are often wrong (48.74 % of Medicare Advantage locations had an error, CMS 2018 review).
 */
import type { Day } from '../instant.ts';

/** A point on the unit sphere; stored so that no trigonometric function runs when candidates are ranked. */
export type UnitVector = readonly [x: number, y: number, z: number];

/** Plan-Net code system `AcceptingPatientsCS`; `unknown` where the directory says nothing. */
export type AcceptingPatients = 'newpt' | 'nopt' | 'existptonly' | 'existptfam' | 'unknown';

export type Channel = 'fhir' | 'direct' | 'fax' | 'portal' | 'phone';

/** One network this practitioner takes part in at this location, as one directory row states it. */
export type NetworkParticipation = {
  networkId: string;
  accepting: AcceptingPatients;
  /** The period the row gives; an open side is absent. */
  from?: Day;
  until?: Day;
  /** When the payer last verified the row; absent when it never says. */
  verifiedOn?: Day;
  /** Which directory said so (its name or base URL). */
  source: string;
};

/** A disagreement inside the directory about this entry; the card then says "call to confirm". */
export type Contradiction = { about: 'accepting' | 'address' | 'phone' | 'network' | 'specialty'; networkId?: string; detail: string };

/** One practitioner at one location in one specialty: a line of the picker. */
export type DirectoryEntry = {
  /** Stable across imports: NPI, location id and specialty, joined by `~`. */
  id: string;
  npi: string;
  /** Plan-Net ids, for tracing a card back to the rows it rests on. */
  practitionerId: string;
  roleIds: readonly string[];
  name: { family: string; given: string; credential?: string };
  gender?: 'female' | 'male' | 'other';
  /** NUCC taxonomy code. */
  nucc: string;
  /** Our specialty id (api/domain/src/clinical/specialties.json). */
  specialty: string;
  organization?: { id: string; name: string };
  location: {
    id: string;
    name?: string;
    line?: string;
    city: string;
    state: string;
    /** Five digits. */
    zip: string;
    unit: UnitVector;
    /** `address` = the directory's own position; `zip` = the centroid of the ZIP code, shown as "≈". */
    precision: 'address' | 'zip';
  };
  phone?: string;
  fax?: string;
  direct?: string;
  channels: readonly Channel[];
  /** BCP-47 codes of the languages the practitioner speaks, `en` included where stated. */
  languages: readonly string[];
  interpreterOnSite?: boolean;
  ages: 'adults' | 'children' | 'all';
  acceptsEmergencies?: boolean;
  telehealth?: boolean;
  /** For patients outside the network (R7). */
  slidingScale?: boolean;
  paymentPlan?: boolean;
  selfScheduling?: boolean;
  /** Average wait for a new patient as the directory lists it, in calendar days. */
  wait?: { days: number; asOf: Day };
  /** Patient rating from 0 to 5 with the number of ratings. */
  rating?: { stars: number; count: number };
  networks: readonly NetworkParticipation[];
  contradictions: readonly Contradiction[];
};

export type Network = { id: string; name: string; payerId: string };

/** One product a patient can be insured with (Plan-Net InsurancePlan). */
export type Plan = {
  id: string;
  name: string;
  payer: { id: string; name: string };
  /** Values that a Coverage may carry in class[plan] or class[group]. */
  identifiers: readonly string[];
  networkIds: readonly string[];
  productType?: string;
};

/** A published directory. Content-addressed: the same rows give the same hash, whatever the order of import. */
export type Directory = {
  /** Format of this structure; a reader refuses others. */
  format: 'refloop-directory-1';
  /** The directory's own date (the newest row), shown as "directory of 18 Nov". */
  asOf: Day;
  /** True when the rows were generated, so that every screen can say so. */
  synthetic: boolean;
  plans: readonly Plan[];
  networks: readonly Network[];
  entries: readonly DirectoryEntry[];
};

/** Whether a performer takes part in the patient's plan: never a bare boolean (standards: decision 9). */
export type NetworkStatus =
  | { status: 'in'; networkId: string; verifiedOn: Day; source: string }
  | { status: 'out'; source: string }
  | {
      status: 'unknown';
      reason: 'plan-not-in-directory' | 'no-coverage' | 'coverage-not-active' | 'stale' | 'never-verified' | 'contradictory';
      verifiedOn?: Day;
      source?: string;
    };
