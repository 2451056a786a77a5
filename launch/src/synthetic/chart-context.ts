import type { Encounter, Patient, Practitioner, Reference } from '@medplum/fhirtypes';
import { dayBefore, momentBefore } from './calendar.ts';
import type { CastMember } from './cast.ts';
import { type Clinic, clinicianReference, clinicOf } from './practice.ts';
import { type Random, randomFrom } from './random.ts';
import type { Scenario } from './scenario.ts';

/** What every part of one chart is written with. Days are counted back from the day of the order's visit. */
export type ChartContext = {
  member: CastMember;
  scenario: Scenario;
  clinic: Clinic;
  patient: Reference<Patient>;
  clinician: Reference<Practitioner>;
  /** The visit the referral is ordered at. */
  visit: Reference<Encounter>;
  random: Random;
  /** `<patient>-<kind>-<n>`, counted for each kind. */
  id(kind: string): string;
  day(daysAgo: number): string;
  moment(daysAgo: number, time: string): string;
  /** The newest value of each LOINC code as a note would write it, filled in as results are made. */
  newest: Map<string, { daysAgo: number; text: string }>;
};

/** The order's visit lies one day back, so that nothing in a chart is in the future; a deceased patient's lies further back. */
const visitDaysAgo = ({ peculiarities }: CastMember): number =>
  peculiarities?.includes('deceased') || peculiarities?.includes('deceased-undated') ? 24 : 1;

export function chartContext(member: CastMember, scenario: Scenario, asOf: string): ChartContext {
  const clinic = clinicOf(member.residence.kind === 'none' ? member.residence.clinicZip : member.residence.zip);
  const counters = new Map<string, number>();
  // A result of "one day ago" in a scenario belongs to the visit itself.
  const shift = visitDaysAgo(member) - 1;
  return {
    member,
    scenario,
    clinic,
    patient: { reference: `Patient/${member.id}`, display: `${member.given} ${member.family}` },
    clinician: clinicianReference(clinic),
    visit: { reference: `Encounter/${member.id}-visit` },
    random: randomFrom(member.id),
    id: (kind) => {
      const count = (counters.get(kind) ?? 0) + 1;
      counters.set(kind, count);
      return `${member.id}-${kind}-${count}`;
    },
    day: (daysAgo) => dayBefore(asOf, daysAgo + shift),
    moment: (daysAgo, time) => momentBefore(asOf, daysAgo + shift, time),
    newest: new Map(),
  };
}
