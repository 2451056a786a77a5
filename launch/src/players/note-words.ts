/** The words of a played office on paper: its consult note, and its answer to a referral that came as a fax. */
import { SYNTHETIC } from './played.ts';

export type NoteOf = {
  patient: string;
  /** `YYYY-MM-DD`; empty where the office does not know it. */
  born?: string;
  recordNumber?: string;
  sex?: string;
  phone?: string;
  address?: string;
  /** The number of the referral it answers; empty where the office does not know it. */
  referral?: string;
  specialist: string;
  npi: string;
  /** Day of the visit, `YYYY-MM-DD`. */
  date: string;
};

const labelled = (lines: readonly (readonly [string, string | undefined])[]): string[] =>
  lines.flatMap(([label, value]) => (value ? [`${label}: ${value}`] : []));

const aboutWhom = ({ patient, born, recordNumber, sex, phone, address, referral }: NoteOf): string[] =>
  labelled([
    ['Patient', patient],
    ['Date of birth', born],
    ['MRN', recordNumber],
    ['Sex', sex],
    ['Patient phone', phone],
    ['Patient address', address],
    ['Referral number', referral],
  ]);

export const noteLines = (of: NoteOf): string[] => [
  'Consultation note',
  SYNTHETIC,
  ...aboutWhom(of),
  ...labelled([
    ['Date of service', of.date],
    ['Provider', of.specialist],
    ['NPI', of.npi],
  ]),
  '',
  'Assessment',
  'Seen and examined. Nothing of concern was found.',
  'Plan',
  'Go on as before.',
  '',
  `Electronically signed by: ${of.specialist}`,
];

/** Begins what an office answers; what stands behind it is its own word for it. */
export const ANSWER = 'Our answer';

/** @param answer such as `accepted`, `declined: out of area`, `booked for 2026-12-03T15:00:00.000Z` */
export const answerLines = (of: NoteOf, answer: string): string[] => [
  'Answer to your referral',
  SYNTHETIC,
  ...aboutWhom(of),
  ...labelled([
    ['Date', of.date],
    ['From', of.specialist],
    ['NPI', of.npi],
    [ANSWER, answer],
  ]),
];
