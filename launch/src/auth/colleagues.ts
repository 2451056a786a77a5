/**
 * Clinicians of the practice who stand on no list: `clinician-2` to `clinician-500`, so that a script can have many at work at once.
 * Each is made up from the number, and gets a record in the EHR with the first launch in their name.
 */
import names from '../directory/names.json' with { type: 'json' };
import { npiOf } from '../synthetic/practice.ts';
import type { SandboxUser } from './users.ts';

export const FIRST_COLLEAGUE = 2;
export const LAST_COLLEAGUE = 500;

/** Prime to the lists' lengths, so that neighbouring numbers have different names and few people share one. */
const STRIDE = 47;
const nth = (list: readonly string[], at: number): string => list[at % list.length] ?? '';

export function findColleague(id: string): SandboxUser | undefined {
  const number = Number(/^clinician-([1-9]\d{0,2})$/.exec(id)?.[1] ?? Number.NaN);
  if (!(number >= FIRST_COLLEAGUE && number <= LAST_COLLEAGUE)) return undefined;
  const given = nth(number % 2 === 0 ? names.female : names.male, number * STRIDE);
  const family = nth(names.family, number * STRIDE);
  return {
    id,
    name: `${given} ${family}, MD`,
    role: 'clinician',
    title: 'Clinician, family medicine',
    family,
    given,
    suffix: 'MD',
    identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: npiOf(`290001${String(number).padStart(3, '0')}`) },
  };
}
