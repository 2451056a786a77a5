/** The simulated practice itself: five clinics, 36 clinicians, their patients, and the offices around. Nobody in it is real. */

import { type Draws, drawsOf } from '@refloop/domain/practice/draws';
import { DEATHS_A_YEAR } from '@refloop/domain/practice/rates';
import type { Actor } from '@refloop/domain/referral/event';
import { type PracticeTime, practiceTime } from './calendar.ts';
import { type Office, officesOf, type Position, type Staffing } from './offices.ts';
import type { PlantedTruths } from './planted-truths.ts';

export type PayerKind = 'commercial' | 'medicare' | 'medicaid';
export type Payer = {
  name: string;
  kind: PayerKind;
  share: number;
  /** Whether the practice gets this payer's claims: only then is a visit elsewhere sure to become known. */
  claims: boolean;
};

/** Invented payers of the synthetic plans. Shares of patients, and whose claims are seen, are ours. */
export const PAYERS: readonly Payer[] = [
  { name: 'Larkspur National Health', kind: 'commercial', share: 26, claims: true },
  { name: 'Tamarack Mutual Health', kind: 'commercial', share: 18, claims: true },
  { name: 'Stonelark Employers Trust', kind: 'commercial', share: 8, claims: false },
  { name: 'Ferncrest Senior Health', kind: 'medicare', share: 28, claims: true },
  { name: 'Kestrel Ridge Community Health Plan', kind: 'medicaid', share: 20, claims: true },
];

/** BCP-47. Shares are ours. */
const LANGUAGES = [
  ['en', 76],
  ['es', 15],
  ['pl', 4],
  ['ar', 3],
  ['zh', 2],
] as const;

export type Clinic = {
  id: string;
  name: string;
  position: Position;
  zip3: readonly string[];
  coordinator: Actor;
  coordinatorSubject: string;
  preparer: Actor;
};
/** `volume`: how much they refer, against the others. */
export type Clinician = { subject: string; actor: Actor; clinic: Clinic; volume: number };

export type Patient = {
  id: string;
  payer: Payer;
  zip3: string;
  language: string;
  position: Position;
  /** Milliseconds since 1970. */
  diesAt: number;
};

export type Practice = {
  seed: string;
  from: number;
  until: number;
  time: PracticeTime;
  clinics: readonly Clinic[];
  clinicians: readonly Clinician[];
  /** Subjects. */
  leads: readonly string[];
  offices: readonly Office[];
  planted: PlantedTruths | null;
  /** One of the clinician's panel. */
  patient: (clinician: number, number: number) => Patient;
};

export const CLINICIANS = 36;
const LEADS = ['sim-lead-1', 'sim-lead-2'];
export const PANEL = 340;
const YEAR_MS = 365.25 * 86_400_000;
export const YEARS = 2;

export const person = (name: string): Actor => ({
  kind: 'person',
  subject: name,
  fhirUser: `Practitioner/${name}`,
  sessionId: 'simulated',
});

/** The ZIP3 areas of and around Chicago, where the synthetic directory has many specialists. */
const CLINICS: readonly (Pick<Clinic, 'name' | 'position'> & { zip3: string[] })[] = [
  { name: 'Lakeside (simulated)', position: { east: 1, north: 2 }, zip3: ['606'] },
  { name: 'West Side (simulated)', position: { east: -7, north: 0 }, zip3: ['606', '603'] },
  { name: 'North Shore (simulated)', position: { east: -4, north: 13 }, zip3: ['600', '602'] },
  { name: 'Far West (simulated)', position: { east: -22, north: -3 }, zip3: ['601', '605'] },
  { name: 'South (simulated)', position: { east: -4, north: -17 }, zip3: ['604'] },
];

const clinicOf = (at: number, given: (typeof CLINICS)[number]): Clinic => ({
  ...given,
  id: `sim-clinic-${at + 1}`,
  coordinator: person(`sim-coordinator-${at + 1}`),
  coordinatorSubject: `sim-coordinator-${at + 1}`,
  preparer: person(`sim-preparer-${at + 1}`),
});

function patientOf(seed: string, from: number, clinic: Clinic, id: string): Patient {
  const draws = drawsOf(`${seed}/${id}`);
  const payer = draws.weighted(PAYERS.map((each) => [each, each.share] as const));
  const angle = draws.next() * 2 * Math.PI;
  const miles = -5 * Math.log(1 - draws.next());
  return {
    id,
    payer,
    zip3: draws.pick(clinic.zip3),
    language: draws.weighted(LANGUAGES),
    position: { east: clinic.position.east + miles * Math.cos(angle), north: clinic.position.north + miles * Math.sin(angle) },
    diesAt: from + (-Math.log(1 - draws.next()) / DEATHS_A_YEAR[payer.kind]) * YEAR_MS,
  };
}

export const milesBetween = (one: Position, other: Position): number =>
  Math.round(Math.hypot(one.east - other.east, one.north - other.north) * 10) / 10;

/** What a page shows of somebody of this practice: "Simulated clinician 07". */
export const simulatedName = (subject: string): string => `Simulated ${subject.replace(/^sim-/, '').replace('-', ' ')}`;

/** Subjects of all who may be owed something. */
export const staffOf = ({ clinics, clinicians, leads }: Practice): string[] => [
  ...clinicians.map(({ subject }) => subject),
  ...clinics.map(({ coordinatorSubject }) => coordinatorSubject),
  ...leads,
];

/** @param until the end of the two years, in milliseconds since 1970 */
export function practiceOf(seed: string, until: number, staffing: Staffing, planted: PlantedTruths | null): Practice {
  const from = until - YEARS * YEAR_MS;
  const draws: Draws = drawsOf(`${seed}/practice`);
  const clinics = CLINICS.map((given, at) => clinicOf(at, given));
  const clinicians = Array.from({ length: CLINICIANS }, (_, at): Clinician => {
    const subject = `sim-clinician-${String(at + 1).padStart(2, '0')}`;
    const clinic = clinics[at % clinics.length];
    if (!clinic) throw new Error('The practice has no clinic.');
    return { subject, actor: person(subject), clinic, volume: draws.logNormal(1, 0.35) };
  });
  const patients = new Map<string, Patient>();
  return {
    seed,
    from,
    until,
    // Deadlines of what is open reach beyond the end.
    time: practiceTime(new Date(from).getUTCFullYear(), new Date(until).getUTCFullYear() + 2),
    clinics,
    clinicians,
    leads: LEADS,
    offices: officesOf(seed, staffing, planted),
    planted,
    patient: (clinician, number) => {
      const id = `sim-patient-${String(clinician * PANEL + number + 1).padStart(5, '0')}`;
      const known = patients.get(id);
      if (known) return known;
      const clinic = clinicians[clinician]?.clinic;
      if (!clinic) throw new Error(`There is no clinician ${clinician}.`);
      const made = patientOf(seed, from, clinic, id);
      patients.set(id, made);
      return made;
    },
  };
}
