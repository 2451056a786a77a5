/** What begins each stage: the moment from which its clock runs. */
import type { ObligationKind } from './service-levels.ts';

export const STAGE_TRIGGERS: Readonly<Record<ObligationKind, string>> = {
  decide: 'A recommendation was made',
  'finish-writing': 'The clinician approved',
  'sign-in-ehr': 'The EHR kept the order unsigned, or it was put on hold there',
  'payer-decision': 'The payer was asked, before it was sent',
  'payer-denial': 'The payer denied it, before it was sent',
  send: 'It was approved, or the payer decided since',
  answer: 'It was first sent',
  book: 'The office accepted',
  visit: 'An appointment is booked; due at its own time',
  'confirm-visit': 'The appointment’s time has come',
  rebook: 'The patient did not come, or the appointment was cancelled',
  note: 'The patient was seen',
  'match-report': 'A report came from somebody who was not asked',
  review: 'The report came',
  reroute: 'The office declined, it was cancelled there, or the clinician refused who was proposed',
  'approve-performer': 'The coordinator proposed another specialist',
  'confirm-cancellation':
    'The cancellation was asked for, or nothing more is wanted of an office; due before the visit where one is booked; where another was asked and nothing is booked, asked for two weeks',
  reconcile: 'Something told from outside did not fit',
  reply: 'The office asked something',
  'check-on-patient': 'The patient wrote of an emergency',
  'answer-patient': 'The patient wrote, or asked for another date',
  'hear-decline': 'The patient declined',
};
