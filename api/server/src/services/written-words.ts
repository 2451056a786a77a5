/** What a step of the write-back did, in words: what it writes is called by what it is to people, not by its FHIR resource. */
import type { ReferralFact, StepName } from '@refloop/domain/referral/event';

type Settled = Extract<ReferralFact, { type: 'write-step-settled' }>;

export const WRITTEN_THINGS: Record<StepName, string> = {
  DocumentReference: 'the referral note',
  ServiceRequest: 'the order',
  Communication: 'the note as a message',
  Task: 'the task',
  Provenance: 'who approved it, and on which sources',
};

/** Behind what was to be written. */
const OUTCOMES: Record<Exclude<Settled['outcome']['status'], 'by-hand'>, string> = {
  done: '',
  refused: ': the EHR refused it',
  stale: ': it was changed in the chart before',
  unknown: ': whether it was written is not known',
  unsure: ': something like it is in the chart already, and a person decides',
};

export const isWritten = ({ outcome: { status } }: Settled): boolean => status === 'done' || status === 'by-hand';

export const settledWords = ({ step, outcome }: Settled): string =>
  outcome.status === 'by-hand'
    ? `The order was placed by hand. ${outcome.note}`.trim()
    : `${WRITTEN_THINGS[step]}${OUTCOMES[outcome.status]}`;
