/** What can be put on record by hand: how each is called, what its form asks, and which one is next. */
import type { Act, ActName } from '@refloop/server/client/acts';
import type { Thread } from '@refloop/server/client/thread';
import type { UnlinkAnswer, UnlinkRequest } from '@refloop/server/client/work';
import { plainTime } from '../words/plain-date.ts';
import { faultWords } from './authorization-draft.ts';

type Choice = { value: string; label: string };

/** A field of a form beside the moment at which it happened. */
export type Field =
  | {
      name: 'channel' | 'reason' | 'by' | 'form' | 'outcome' | 'how' | 'answer' | 'because';
      kind: 'choice';
      label: string;
      choices: readonly Choice[];
    }
  /** Of what stands in this thread. */
  | { name: 'reportId' | 'attempt'; kind: 'choice'; label: string; choices: readonly Choice[] }
  | { name: 'startsAt'; kind: 'moment'; label: string }
  | { name: 'reason' | 'note'; kind: 'text'; label: string; hint?: string }
  /** The payer’s number of what it approved: asked for with that answer alone. */
  | { name: 'number'; kind: 'number'; label: string };

export type ActForm = {
  /** On the button: what was done, or what one was told. */
  name: string;
  fields: readonly Field[];
  /** What the moment is of; undefined where it is now. */
  at: string | undefined;
  /** What follows, where that is more than the words of the button say. */
  warning?: string;
};

const choices = (words: Record<string, string>): Choice[] => Object.entries(words).map(([value, label]) => ({ value, label }));

const CHANNEL: Field = {
  name: 'channel',
  kind: 'choice',
  label: 'How it was sent',
  choices: choices({
    fax: 'Fax',
    'by-hand': 'By hand, post or telephone',
    direct: 'Direct message',
  } satisfies Record<Extract<Act, { act: 'sent' }>['channel'], string>),
};

const DECLINED: Field = {
  name: 'reason',
  kind: 'choice',
  label: 'Why they declined',
  choices: choices({
    'not-taking-patients': 'Takes no patients now',
    'packet-incomplete': 'Something is missing in what was sent',
    'wrong-specialty': 'Wrong specialty',
    'not-in-plan': 'Not in the patient’s plan',
    'authorization-missing': 'Authorization missing',
    'out-of-area': 'Out of their area',
    other: 'Another reason',
  } satisfies Record<Extract<Act, { act: 'declined' }>['reason'], string>),
};

const CANCELLED_BY: Field = {
  name: 'by',
  kind: 'choice',
  label: 'Who cancelled',
  choices: choices({ patient: 'The patient', specialist: 'The office', unknown: 'Not known' } satisfies Record<
    Extract<Act, { act: 'appointment-cancelled' }>['by'],
    string
  >),
};

const NOTE: Field = {
  name: 'form',
  kind: 'choice',
  label: 'What came',
  choices: choices({ final: 'The final note: it answers the question', interim: 'An interim note: more will follow' } satisfies Record<
    Extract<Act, { act: 'note' }>['form'],
    string
  >),
};

const CONTACT: Field = {
  name: 'outcome',
  kind: 'choice',
  label: 'What came of it',
  choices: choices({ reached: 'Reached', 'left-message': 'Left a message', unreachable: 'Could not be reached' } satisfies Record<
    Extract<Act, { act: 'contacted' }>['outcome'],
    string
  >),
};

const AUTHORIZATION: Field = {
  name: 'answer',
  kind: 'choice',
  label: 'Where it stands',
  choices: choices({
    'not-needed': 'The payer does not have to authorize it',
    asked: 'The payer was asked',
    approved: 'The payer approved it',
    'not-medically-necessary': 'Denied: not medically necessary',
    'information-missing': 'Denied: information is missing',
    'not-covered': 'Denied: not covered',
    'out-of-network': 'Denied: out of network',
    other: 'Denied: another reason',
  } satisfies Record<Extract<Act, { act: 'authorization' }>['answer'], string>),
};

const NUMBER: Field = { name: 'number', kind: 'number', label: 'Number of the authorization' };

const ENDING: Field = {
  name: 'how',
  kind: 'choice',
  label: 'Why it ends',
  choices: choices({
    cancelled: 'No longer needed',
    'patient-declined': 'The patient does not want it',
    expired: 'Nothing more can be done in time',
    died: 'The patient has died',
  } satisfies Record<Extract<Act, { act: 'ended' }>['how'], string>),
};

const WHY: Field = { name: 'reason', kind: 'text', label: 'Why, in a few words' };

const FOUND: Field = { name: 'note', kind: 'text', label: 'What was found, in a few words' };

export const ACT_FORMS: Record<ActName, ActForm> = {
  sent: { name: 'Sent to the office', fields: [CHANNEL], at: 'When it was sent' },
  received: { name: 'They have it', fields: [], at: 'When they said so' },
  accepted: { name: 'Accepted', fields: [], at: 'When they accepted' },
  declined: { name: 'Declined', fields: [DECLINED], at: 'When they declined' },
  booked: {
    name: 'Appointment booked',
    fields: [{ name: 'startsAt', kind: 'moment', label: 'When the visit is' }],
    at: 'When you were told',
  },
  missed: { name: 'Visit missed', fields: [], at: 'When you learned of it' },
  'appointment-cancelled': { name: 'Appointment cancelled', fields: [CANCELLED_BY], at: 'When it was cancelled' },
  seen: { name: 'Patient was seen', fields: [], at: 'When the patient was seen' },
  note: { name: 'Note came back', fields: [NOTE], at: 'When it came' },
  'link-report': { name: 'Link the report', fields: [], at: undefined },
  'refuse-report': { name: 'Not of this referral', fields: [], at: undefined },
  'unlink-report': { name: 'A note is not of this patient or referral', fields: [], at: undefined },
  'patient-heard': { name: 'The patient was heard', fields: [], at: undefined },
  authorization: { name: 'Authorization', fields: [AUTHORIZATION, NUMBER], at: 'When you learned of it' },
  contacted: { name: 'Patient contacted', fields: [CONTACT], at: undefined },
  'cancel-requested': { name: 'Ask the office to cancel', fields: [WHY], at: 'When you asked' },
  'cancel-confirmed': { name: 'Cancellation confirmed', fields: [], at: 'When they confirmed' },
  ended: { name: 'End this referral', fields: [ENDING, WHY], at: undefined },
  reconciled: { name: 'What did not fit was looked at', fields: [FOUND], at: undefined },
};

export const MISFILED_CHOICES: readonly Choice[] = choices({
  'other-patient': 'Another patient’s',
  'other-referral': 'This patient’s, of another referral',
} satisfies Record<Extract<Act, { act: 'unlink-report' }>['because'], string>);

const MISFILED: Field = { name: 'because', kind: 'choice', label: 'Whose it is', choices: MISFILED_CHOICES };

/** Of the field in which one says how one knows: what is written there stays in this patient’s record. */
export const NAME_NOBODY = 'Do not name the other patient.';

const HOW_KNOWN: Field = { name: 'reason', kind: 'text', label: 'How you know, in a few words', hint: NAME_NOBODY };

/** Before it is pressed: what follows, since another press does not take it back. */
export const UNLINK_WARNING =
  'The note is taken off this referral, and out of this patient’s chart: what Refloop filed there is marked as entered in error, or somebody is asked to take it out by hand. What the note had settled is owed again. A note that came to Refloop is kept among the documents that came in, to be placed where it belongs. One that was in the chart before, or came on paper, stays where it is; where it is another patient’s, somebody is asked to take it out by hand.';

/** After it: where the note is now, and who sees to it. */
export const TAKEN_OFF_WORDS: Record<UnlinkAnswer['note'], Record<UnlinkRequest['because'], string>> = {
  held: {
    'other-patient': 'The note is among the documents that came in.',
    'other-referral': 'The note is among the documents that came in.',
  },
  'in-chart': {
    'other-patient': 'Whoever coordinates the referral is asked to have the note taken out of this patient’s chart.',
    'other-referral': 'The note stays in this patient’s chart.',
  },
  'on-paper': {
    'other-patient': 'Whoever coordinates the referral is asked to take the paper out of this patient’s records.',
    'other-referral': 'The note is on the paper on which it came.',
  },
};

type ToLink = Thread['toLink']['reports'][number];

/** What tells them apart stands first: a closed box shows some forty letters. */
function reportLabel({ form, fromNpi, at, refused }: ToLink, now: Date): string {
  const kind = refused ? `Refused: ${form} note` : `${form === 'final' ? 'Final' : 'Interim'} note`;
  return [kind, ...(at === null ? [] : [plainTime(at, now)]), fromNpi === null ? 'no writer named' : `NPI ${fromNpi}`].join(', ');
}

const reportField = (reports: readonly ToLink[], now: Date): Field => ({
  name: 'reportId',
  kind: 'choice',
  label: 'What came',
  choices: reports.map((report) => ({ value: report.reportId, label: reportLabel(report, now) })),
});

function linkedLabel({ form, from, at, reviewed }: Thread['toLink']['linked'][number], now: Date): string {
  const kind = `${form === 'final' ? 'Final' : 'Interim'} note`;
  return [kind, ...(at === null ? [] : [plainTime(at, now)]), from, ...(reviewed ? ['reviewed'] : [])].join(', ');
}

const takeOffField = (linked: Thread['toLink']['linked'], now: Date): Field => ({
  name: 'reportId',
  kind: 'choice',
  label: 'Which note',
  choices: linked.map((each) => ({ value: each.reportId, label: linkedLabel(each, now) })),
});

/** Whose answer it is: whom was asked last stands first. */
const linkField = ({ attempts }: Thread['toLink']): Field => ({
  name: 'attempt',
  kind: 'choice',
  label: 'It is the answer of',
  choices: attempts.map(({ attempt, name }) => ({ value: String(attempt), label: name })),
});

/** As it is asked of this thread. */
export function formOf(name: ActName, { toLink, offices }: Pick<Thread, 'toLink' | 'offices'>, now: Date): ActForm {
  const form = ACT_FORMS[name];
  if (name === 'link-report') return { ...form, fields: [reportField(toLink.reports, now), linkField(toLink)] };
  if (name === 'refuse-report')
    return {
      ...form,
      fields: [
        reportField(
          toLink.reports.filter(({ refused }) => !refused),
          now,
        ),
        WHY,
      ],
    };
  if (name === 'unlink-report')
    return { ...form, fields: [takeOffField(toLink.linked, now), MISFILED, HOW_KNOWN], warning: UNLINK_WARNING };
  const office = offices.find(({ act }) => act === name);
  if (!office) return form;
  // An approval is of the provider it names, whoever is asked now.
  if (name === 'authorization') return { ...form, fields: [...form.fields, officeField(office.attempts, 'Who is named in it')] };
  return { ...form, fields: [officeField(office.attempts), ...form.fields] };
}

/** Whom this was told of, where another was asked since. */
const officeField = (attempts: Thread['toLink']['attempts'], label = 'Which office'): Field => ({
  name: 'attempt',
  kind: 'choice',
  label,
  choices: attempts.map(({ attempt, name }) => ({ value: String(attempt), label: name })),
});

/** Which act settles what is owed, the likeliest first. */
const SETTLES: Partial<Record<string, readonly ActName[]>> = {
  'payer-decision': ['authorization'],
  'payer-denial': ['authorization'],
  send: ['sent'],
  answer: ['accepted', 'received'],
  book: ['booked'],
  'confirm-visit': ['seen', 'missed'],
  rebook: ['booked'],
  note: ['note'],
  'match-report': ['link-report', 'refuse-report'],
  'confirm-cancellation': ['cancel-confirmed'],
  reconcile: ['reconciled'],
  'check-on-patient': ['patient-heard'],
  'answer-patient': ['patient-heard'],
  'hear-decline': ['patient-heard'],
};

/** The next step, by what is due first; undefined where it is somebody else’s, or cannot be put on record here. */
export function nextAct({ obligations, acts }: Pick<Thread, 'obligations' | 'acts'>): ActName | undefined {
  for (const { kind } of obligations) {
    const next = SETTLES[kind]?.find((act) => acts.includes(act));
    if (next) return next;
  }
  return undefined;
}

/** As the browser's own field has it: `2026-11-30T14:05`, by the clock of this browser. */
export const momentText = (at: Date): string => {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
};

export type Filled = Partial<Record<Field['name'] | 'at', string>>;

/** What is filled in when a form opens: the first choice of each, and no moment, which means now. */
export const startForm = (name: ActName, { fields }: ActForm = ACT_FORMS[name]): Filled =>
  Object.fromEntries(fields.map((field) => [field.name, field.kind === 'choice' ? field.choices[0]?.value : '']));

/** Those that are asked for with what is chosen already. */
export const fieldsOf = (name: ActName, { answer }: Filled, { fields }: ActForm = ACT_FORMS[name]): readonly Field[] => {
  const isOfApproval = (field: Field): boolean => field.kind === 'number' || (name === 'authorization' && field.name === 'attempt');
  return fields.filter((field) => !isOfApproval(field) || answer === 'approved');
};

/** What was filled in and can still be meant: a choice that is gone is made anew. */
export const chosenStill = ({ fields }: ActForm, filled: Filled): Filled =>
  Object.fromEntries(
    Object.entries(filled).filter(([name, value]) => {
      const field = fields.find((each) => each.name === name);
      return field?.kind !== 'choice' || field.choices.some((choice) => choice.value === value);
    }),
  );

export type ReadAct = { ok: true; what: Act } | { ok: false; field: Field['name'] | 'at'; text: string };

/** @param now of the server, as far as this page knows; stands for a moment that was left as it is */
export function readAct(name: ActName, filled: Filled, now: Date, form: ActForm = ACT_FORMS[name]): ReadAct {
  const { at } = form;
  const what: Record<string, string | number> = { act: name };
  for (const field of fieldsOf(name, filled, form)) {
    const value = (filled[field.name] ?? '').trim();
    switch (field.kind) {
      case 'choice':
        what[field.name] = field.name === 'attempt' ? Number(value) : value;
        break;
      case 'text':
        if (value.length < 3) return { ok: false, field: field.name, text: `${field.label}.` };
        what[field.name] = value;
        break;
      case 'number':
        if (value === '') return { ok: false, field: field.name, text: faultWords('number') };
        what[field.name] = value;
        break;
      case 'moment': {
        const moment = new Date(value);
        if (Number.isNaN(moment.getTime())) return { ok: false, field: field.name, text: 'Give the day and the time.' };
        what[field.name] = moment.toISOString();
      }
    }
  }
  if (at !== undefined) {
    const moment = filled.at ? new Date(filled.at) : now;
    if (Number.isNaN(moment.getTime())) return { ok: false, field: 'at', text: 'Give the day and the time.' };
    if (moment > now) return { ok: false, field: 'at', text: 'This lies ahead. Give the moment at which it happened.' };
    what['at'] = moment.toISOString();
  }
  return { ok: true, what: what as Act };
}
