/** Our business identifiers. The keys a write is looked up by, so that a lost answer never makes a second order. */
export const OUR_SYSTEMS = 'https://refloop.health/id/';
export const REFERRAL_IDENTIFIER_SYSTEM = 'https://refloop.health/id/referral';
export const TASK_IDENTIFIER_SYSTEM = 'https://refloop.health/id/referral-task';
export const NOTE_IDENTIFIER_SYSTEM = 'https://refloop.health/id/referral-note';
/** Of an approved referral kept as a Communication, where the EHR takes neither order nor document. */
export const MESSAGE_IDENTIFIER_SYSTEM = 'https://refloop.health/id/referral-message';
/** Of the note that came back, as Refloop filed it in the chart. */
export const REPORT_IDENTIFIER_SYSTEM = 'https://refloop.health/id/consult-note';
/** Of the Task that says that it was received. */
export const RECEIPT_IDENTIFIER_SYSTEM = 'https://refloop.health/id/note-receipt';
export const APPROVAL_IDENTIFIER_SYSTEM = 'https://refloop.health/id/approval';
export const NPI_SYSTEM = 'http://hl7.org/fhir/sid/us-npi';

export type Identifier = { type?: { coding: { system: string; code: string }[] }; system: string; value: string };

/** The initiator's identifier of a referral (v2-0203 PLAC), as BSeR and 360X use it. */
export const placerIdentifier = (referralId: string): Identifier => ({
  type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'PLAC' }] },
  system: REFERRAL_IDENTIFIER_SYSTEM,
  value: referralId,
});

/** Of a report and of its receipt: a report has one of each. */
export const reportKey = (referralId: string, reportId: string, takenOff = 0): string =>
  `${referralId}/${reportId}${takenOff === 0 ? '' : `/${takenOff + 1}`}`;

/** Task A's own key: referral and attempt, so that a second attempt is not taken for the declined first. */
export const taskKey = (referralId: string, attempt: number): string => `${referralId}-${attempt}`;
