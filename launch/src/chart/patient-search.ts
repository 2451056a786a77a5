/** Finding patients by one box: a name, a record number, or a date of birth. */
import type { Patient, ServiceRequest } from '@medplum/fhirtypes';
import type { Repository, Stored } from '../fhir/repository.ts';
import { searchAll } from './find.ts';
import { replacementsOf } from './record-state.ts';
import { loadReferenceNames, type NameOf } from './reference-names.ts';
import { idIn } from './wording.ts';

export const PATIENTS_PER_PAGE = 25;

export type PatientPage = {
  patients: Stored<Patient>[];
  total: number;
  nextCursor?: string;
  /** What the records are called that took the place of some of these. */
  nameOf: NameOf;
};

/**
 * What was typed, as a search of FHIR: a date (1961-04-09, 4/9/1961 or a year of birth) is looked for as one, text with a digit
 * as an identifier, the rest as a name of which every word must match.
 */
export function patientQuery(typed: string): URLSearchParams {
  const query = new URLSearchParams();
  const text = typed.trim().replaceAll(/\s+/g, ' ').slice(0, 100);
  if (text === '') return query;
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
  if (american) {
    const [, month = '', day = '', year = ''] = american;
    query.set('birthdate', `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
  } else if (/^(19|20)\d{2}(-\d{2}(-\d{2})?)?$/.test(text)) {
    query.set('birthdate', text);
  } else if (/\d/.test(text)) {
    query.set('identifier', text.replaceAll(/[,|$\\]/g, ''));
  } else {
    for (const word of text.split(' ')) query.append('name', word.replaceAll(/[,|$\\]/g, ''));
  }
  return query;
}

const isCalendarDate = (text: string): boolean => {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
};

/** One page of patients by family name. A date that no calendar has finds nobody. */
export async function searchPatients(repository: Repository, typed: string, cursor: string | undefined): Promise<PatientPage> {
  const query = patientQuery(typed);
  const birthdate = query.get('birthdate');
  if (birthdate !== null && !isCalendarDate(birthdate.padEnd(10, '-01'))) return { patients: [], total: 0, nameOf: () => '' };
  query.set('_sort', 'family,given');
  query.set('_count', String(PATIENTS_PER_PAGE));
  if (cursor !== undefined) query.set('_cursor', cursor);
  const found = await repository.search<Patient>('Patient', query);
  return {
    patients: found.matches,
    total: found.total ?? found.matches.length,
    nameOf: await loadReferenceNames(repository, found.matches.flatMap(replacementsOf)),
    ...(found.nextCursor === undefined ? {} : { nextCursor: found.nextCursor }),
  };
}

/** How many draft orders each of these patients has waiting. */
export async function countDraftOrders(repository: Repository, patients: Stored<Patient>[]): Promise<Map<string, number>> {
  if (patients.length === 0) return new Map();
  const query = { status: 'draft', patient: patients.map((patient) => patient.id).join(',') };
  const orders = await searchAll<ServiceRequest>(repository, 'ServiceRequest', query, 1000);
  const counts = new Map<string, number>();
  for (const order of orders) {
    const id = idIn(order.subject, 'Patient') ?? '';
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}
