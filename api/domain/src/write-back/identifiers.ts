/** Our business identifiers. The keys a write is looked up by, so that a lost answer never makes a second order. */
export const REFERRAL_IDENTIFIER_SYSTEM = 'https://refloop.health/id/referral';
export const TASK_IDENTIFIER_SYSTEM = 'https://refloop.health/id/referral-task';
export const NOTE_IDENTIFIER_SYSTEM = 'https://refloop.health/id/referral-note';
export const APPROVAL_IDENTIFIER_SYSTEM = 'https://refloop.health/id/approval';
export const NPI_SYSTEM = 'http://hl7.org/fhir/sid/us-npi';

export type Identifier = { type?: { coding: { system: string; code: string }[] }; system: string; value: string };

/** The initiator's identifier of a referral (v2-0203 PLAC), as BSeR and 360X use it. */
export const placerIdentifier = (referralId: string): Identifier => ({
  type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'PLAC' }] },
  system: REFERRAL_IDENTIFIER_SYSTEM,
  value: referralId,
});

/** Task A's own key: referral and attempt, so that a second attempt is not taken for the declined first. */
export const taskKey = (referralId: string, attempt: number): string => `${referralId}-${attempt}`;
