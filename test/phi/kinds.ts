/** What a chart says of a patient that must stand nowhere else, by kind; and the forms in which each could turn up. Pure. */
import type { Coverage, DocumentReference, Patient, ServiceRequest } from '@medplum/fhirtypes';

export const KINDS = [
  'a reference to a patient',
  'the id of a patient',
  'the id of an order',
  'a family name',
  'a given name',
  'a whole name',
  'a birth date',
  'a record number',
  'a member number',
  'a street',
  'a phone number or mail address',
  'a reason',
  'a question',
  'a sentence of a note',
] as const;
export type Kind = (typeof KINDS)[number];

/** `words`: letters and digits in this order, whatever stands between them. `id`: exactly this. `reference`: `Patient/` and exactly this. */
export type Planted = { kind: Kind; value: string; as: 'words' | 'id' | 'reference' };

/** A shorter word is an English one too often. */
const LEAST_OF_A_NAME = 4;
/** Shorter texts are headings of notes, or words of the product. */
const LEAST_OF_A_SENTENCE = 25;
/** Shorter numbers are counts. */
const LEAST_OF_A_NUMBER = 5;

const words = (kind: Kind, value: string | undefined, least = 1): Planted[] =>
  value !== undefined && value.trim().length >= least ? [{ kind, value: value.trim(), as: 'words' }] : [];

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** @param date ISO 8601, a whole day; years and months alone name nobody */
export function formsOfDate(date: string): string[] {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date) ?? [];
  if (year === '') return [];
  const name = MONTHS[Number(month) - 1] ?? '';
  const short = String(Number(day));
  const named = [name, name.slice(0, 3)].flatMap((each) => [
    `${each} ${short} ${year}`,
    `${short} ${each} ${year}`,
    `${day} ${each} ${year}`,
  ]);
  return [
    ...new Set([
      date,
      `${year}${month}${day}`,
      `${month}/${day}/${year}`,
      `${Number(month)}/${short}/${year}`,
      `${day}.${month}.${year}`,
      ...named,
    ]),
  ];
}

/** As it is written, and its digits alone. */
export function formsOfNumber(number: string): string[] {
  const digits = number.replaceAll(/\D/g, '');
  return digits.length >= LEAST_OF_A_NUMBER && digits !== number && !/\p{L}/u.test(number) ? [number, digits] : [number];
}

const numbers = (kind: Kind, value: string | undefined): Planted[] =>
  value === undefined ? [] : formsOfNumber(value).flatMap((form) => words(kind, form, LEAST_OF_A_NUMBER));

function ofPatient(patient: Patient): Planted[] {
  const { id = '' } = patient;
  return [
    { kind: 'a reference to a patient', value: id, as: 'reference' },
    // An id that is also an English word ("child") proves nothing by itself.
    ...(/\p{L}-|\d/u.test(id) ? [{ kind: 'the id of a patient', value: id, as: 'id' } as const] : []),
    ...(patient.name ?? []).flatMap(({ family = '', given = [], text }) => [
      ...words('a family name', family, LEAST_OF_A_NAME),
      ...given.flatMap((name) => words('a given name', name, LEAST_OF_A_NAME)),
      ...(family !== '' && given[0] ? [`${given[0]} ${family}`, `${family} ${given[0]}`, `${given.join(' ')} ${family}`] : []).flatMap(
        (name) => words('a whole name', name),
      ),
      ...words('a whole name', text, LEAST_OF_A_NUMBER),
    ]),
    ...formsOfDate(patient.birthDate ?? '').flatMap((form) => words('a birth date', form)),
    ...(patient.identifier ?? []).flatMap(({ value }) => numbers('a record number', value)),
    ...(patient.address ?? []).flatMap(({ line }) => words('a street', line?.[0], LEAST_OF_A_NUMBER)),
    ...(patient.telecom ?? []).flatMap(({ value }) => numbers('a phone number or mail address', value)),
  ];
}

const ofCoverage = ({ subscriberId, identifier = [] }: Coverage): Planted[] =>
  [subscriberId, ...identifier.map(({ value }) => value)].flatMap((number) => numbers('a member number', number));

const ofOrder = ({ id = '', reasonCode = [], note = [] }: ServiceRequest): Planted[] => [
  { kind: 'the id of an order', value: id, as: 'id' },
  ...reasonCode.flatMap(({ text }) => words('a reason', text, LEAST_OF_A_NUMBER)),
  ...note.flatMap(({ text }) => words('a question', text, LEAST_OF_A_NUMBER)),
];

const ofNote = ({ content }: DocumentReference): Planted[] =>
  content
    .filter(({ attachment }) => attachment.contentType?.startsWith('text/plain'))
    .flatMap(({ attachment }) =>
      Buffer.from(attachment.data ?? '', 'base64')
        .toString('utf8')
        .split(/\n|(?<=\.) /),
    )
    .flatMap((sentence) => words('a sentence of a note', sentence, LEAST_OF_A_SENTENCE));

/** What must be looked for of these resources. */
export const plantedIn = (resources: readonly (Patient | Coverage | ServiceRequest | DocumentReference)[]): Planted[] =>
  resources.flatMap((resource) => {
    switch (resource.resourceType) {
      case 'Patient':
        return ofPatient(resource);
      case 'Coverage':
        return ofCoverage(resource);
      case 'ServiceRequest':
        return ofOrder(resource);
      case 'DocumentReference':
        return ofNote(resource);
    }
  });
