/**
 * Who is right where two sides say different things of the same field (R90). Kept as data: what is captured from the EHR is judged by it, and the
 * data dictionary is made of it.
 */
export const MASTERS = ['ehr', 'refloop', 'performer', 'whoever was last'] as const;
export type Master = (typeof MASTERS)[number];

export type FieldRule = {
  /** In FHIR R4, as the EHR holds it. */
  element: string;
  master: Master;
  /** `take`: what the EHR says becomes ours. `set-aside`: a person reconciles, and until then ours holds. */
  conflict: 'take' | 'set-aside';
  why: string;
};

export const SOURCE_OF_TRUTH = {
  patient: {
    element: 'Task.for, ServiceRequest.subject',
    master: 'refloop',
    conflict: 'set-aside',
    why: 'It was approved for this patient; what names another one is an error or a merge, and nothing of it is believed.',
  },
  'order-status': {
    element: 'ServiceRequest.status',
    master: 'ehr',
    conflict: 'take',
    why: 'The order is the clinician’s, in their EHR: what it shows is how it is. Refloop neither completes nor revokes it.',
  },
  priority: {
    element: 'ServiceRequest.priority',
    master: 'refloop',
    conflict: 'set-aside',
    why: 'Deadlines rest on the urgency that was approved; another one is a decision of a clinician.',
  },
  performer: {
    element: 'Task.owner',
    master: 'refloop',
    conflict: 'set-aside',
    why: 'Who is asked was approved. Another owner means that somebody else took it on, which a person has to know.',
  },
  work: {
    element: 'Task.status, Task.businessStatus',
    master: 'performer',
    conflict: 'set-aside',
    why: 'The performer says how far it is. What cannot follow from what is known of them is a contradiction.',
  },
  appointment: {
    element: 'Appointment.status, Appointment.start',
    master: 'whoever was last',
    conflict: 'take',
    why: 'A later date takes the place of an earlier one, whoever made it.',
  },
  visit: {
    element: 'Encounter.status, Encounter.period',
    master: 'ehr',
    conflict: 'take',
    why: 'An encounter that is finished took place.',
  },
  note: {
    element: 'DocumentReference (the referral note)',
    master: 'refloop',
    conflict: 'set-aside',
    why: 'What was approved was filed. One that is gone, or stands as an error, has to be filed again by a person.',
  },
  message: {
    element: 'Communication (the referral as a message)',
    master: 'refloop',
    conflict: 'set-aside',
    why: 'What was approved was kept. One that is gone, stands as an error or will not be sent has to be seen to by a person; that somebody sent it from the EHR is no fault.',
  },
  report: {
    element: 'DocumentReference',
    master: 'performer',
    conflict: 'take',
    why: 'A report is always taken; whether it belongs here a person says where it is not sure.',
  },
} as const satisfies Record<string, FieldRule>;

export type Field = keyof typeof SOURCE_OF_TRUTH;

/** What is done with another value than ours. */
export const judge = (field: Field, ours: string, theirs: string): 'same' | FieldRule['conflict'] =>
  ours === theirs ? 'same' : SOURCE_OF_TRUTH[field].conflict;
