/** The kinds of obligations in words of whoever has to do it, in the order of the loop. */
import type { ObligationKind } from '@refloop/domain/sla/service-levels';
import { type EffectObligation, NOT_SENT, PERHAPS_SENT } from '../../outbox/effect-trouble.ts';
import { UNFINISHED } from '../exceptions.ts';
import { UNKNOWN_NUMBER } from '../patient/unknown-number.ts';
import { TO_SIGN } from '../to-sign.ts';

export type StepKind = ObligationKind | typeof TO_SIGN | typeof UNFINISHED | EffectObligation | typeof UNKNOWN_NUMBER | 'none-in-network';

const STEP_NAMES: Record<StepKind, string> = {
  'check-on-patient': 'Call the patient now',
  [UNKNOWN_NUMBER]: 'Call an unknown number now',
  decide: 'Approve or dismiss',
  [TO_SIGN]: 'Sign what was prepared',
  'none-in-network': 'Nobody in network found',
  'finish-writing': 'Finish writing to the chart',
  [UNFINISHED]: 'Write-back did not finish',
  'sign-in-ehr': 'Sign or release in the EHR',
  'payer-decision': 'Hear from the payer',
  'payer-denial': 'The payer denied it',
  send: 'Send to the specialist',
  [PERHAPS_SENT]: 'Find out whether it was sent',
  [NOT_SENT]: 'Send by another way',
  answer: 'Get an answer',
  book: 'Get it booked',
  visit: 'Visit is ahead',
  'confirm-visit': 'Find out about the visit',
  rebook: 'Book again after a missed visit',
  note: 'Get the note',
  'match-report': 'Link the report',
  review: 'Review the report',
  reroute: 'Ask another specialist',
  'approve-performer': 'Approve another specialist',
  'confirm-cancellation': 'Get the cancellation confirmed',
  reconcile: 'Reconcile what does not fit',
  reply: 'Answer the office',
  'answer-patient': 'Answer the patient',
  'hear-decline': 'The patient declined',
};
const STEPS = Object.keys(STEP_NAMES);
const isStep = (kind: string): kind is StepKind => Object.hasOwn(STEP_NAMES, kind);

export const stepName = (kind: string): string => (isStep(kind) ? STEP_NAMES[kind] : kind.replaceAll('-', ' '));
/** A kind that is not named here comes last. */
export const placeOfStep = (kind: string): number => (isStep(kind) ? STEPS.indexOf(kind) : STEPS.length);
