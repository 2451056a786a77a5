import rows from './specialty-mix.json' with { type: 'json' };

const REACHES = ['every'] as const;
const AGES = ['adults', 'children', 'mixed'] as const;
const ROLES = [
  'physician',
  'physical-therapist',
  'psychologist',
  'podiatrist',
  'optometrist',
  'audiologist',
  'speech-language-pathologist',
  'occupational-therapist',
  'dietitian',
  'oral-surgeon',
] as const;
export type ProfessionalRole = (typeof ROLES)[number];

/**
 * How common one kind of specialist is in the synthetic directory. Every number is a choice of ours, made so that the
 * directory has the order of sizes one expects; none is a statistic of the real workforce or of real waits.
 */
export type SpecialistKind = {
  /** Our specialty id; NUCC codes were looked up in the NUCC code set 24.0 and are held against domain/clinical in a test. */
  specialty: string;
  /** Taxonomy codes one such practitioner lists; more than one where two certificates commonly go together. */
  nucc: readonly string[];
  /** `every` hub has at least three; a number is how many of the largest hubs have one at all. */
  reach: 'every' | number;
  /** Share of the practitioners beyond that minimum, against the other kinds. */
  weight: number;
  /** Middle of the waits listed for a new patient, in days. */
  waitDays: number;
  /** Share that takes emergency referrals. */
  emergencies: number;
  /** `mixed`: some see adults only, others everybody. */
  ages: 'adults' | 'children' | 'mixed';
  role: ProfessionalRole;
};

function oneOf<Value extends string>(allowed: readonly Value[], value: string, where: string): Value {
  const found = allowed.find((item) => item === value);
  if (found === undefined) throw new Error(`specialty-mix.json: ${where} is "${value}"; use one of ${allowed.join(', ')}`);
  return found;
}

export const specialtyMix: readonly SpecialistKind[] = rows.map((row) => ({
  ...row,
  reach: typeof row.reach === 'number' ? row.reach : oneOf(REACHES, row.reach, `reach of ${row.specialty}`),
  ages: oneOf(AGES, row.ages, `ages of ${row.specialty}`),
  role: oneOf(ROLES, row.role, `role of ${row.specialty}`),
}));
