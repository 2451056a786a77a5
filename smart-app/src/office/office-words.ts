/** The office's acts, reasons and statuses in its own words. */
import type { OfficeActName, OfficeNoteAnswer, OfficeOver, OfficeView } from '@refloop/server/client/office';
import { plainDate } from '../words/plain-date.ts';
import { localDay } from '../words/visit-day.ts';

export const ACT_NAMES: Record<OfficeActName, string> = {
  accept: 'Accept the referral',
  decline: 'Decline…',
  ask: 'Ask the practice…',
  'offer-dates': 'Offer dates…',
  book: 'Book an appointment…',
  'no-show': 'The patient did not come…',
  seen: 'The patient was seen…',
  note: 'Send your note…',
  'cancel-appointment': 'The appointment is cancelled…',
  'confirm-cancellation': 'Confirm that it is cancelled',
};

/** Of what can be done the one that moves the referral on; the others stand beside it. */
const NEXT: readonly OfficeActName[] = [
  'confirm-cancellation',
  'accept',
  'book',
  'seen',
  'note',
  'offer-dates',
  'no-show',
  'cancel-appointment',
  'ask',
  'decline',
];

type Stands = {
  /** A date stands: what is next is what becomes of the visit, no other date. */
  isBooked: boolean;
  /** The patient was there: what is next is the note, whatever date stands. */
  isSeen: boolean;
  /** A note of theirs is looked at first: another copy of it helps nobody, so none is asked for. */
  isNoteHeld: boolean;
};

export function inOrder(acts: readonly OfficeActName[], { isBooked, isSeen }: Omit<Stands, 'isNoteHeld'>): OfficeActName[] {
  const later = isBooked ? [...NEXT.filter((act) => act !== 'book'), 'book' as const] : NEXT;
  const order = isSeen ? (['confirm-cancellation', 'note', ...later] as const) : later;
  return [...new Set(order)].filter((act) => acts.includes(act));
}

/** The one act that moves it on; undefined where the office is waited for no more, or only the day of the visit is. */
export function nextAct(acts: readonly OfficeActName[], stands: Stands): OfficeActName | undefined {
  if (isOver(acts)) return undefined;
  const waitsForVisit = stands.isBooked && !stands.isSeen && !acts.some((act) => act === 'seen' || act === 'confirm-cancellation');
  const [first] = inOrder(acts, stands);
  return waitsForVisit || (first === 'note' && stands.isNoteHeld) ? undefined : first;
}

export const actName = (act: OfficeActName, isBooked: boolean): string =>
  act === 'book' && isBooked ? 'Move the appointment…' : ACT_NAMES[act];

/** Done with the press; the others ask for something first. */
export const AT_ONCE = ['accept', 'confirm-cancellation'] as const satisfies readonly OfficeActName[];
export const isAtOnce = (act: OfficeActName): act is (typeof AT_ONCE)[number] => AT_ONCE.some((each) => each === act);

/** Who called it off. */
export const CANCELLED_BY = { specialist: 'Our office', patient: 'The patient' } as const;

export const FORM_NAMES: Record<OfficeView['noteForms'][number], string> = {
  final: 'the final note',
  interim: 'an interim note; more will follow',
};

export const DECLINE_NAMES = {
  'not-taking-patients': 'We take no new patients at present',
  'wrong-specialty': 'Another specialty is the right one',
  'not-in-plan': 'We are not in the patient’s plan',
  'packet-incomplete': 'Something is missing in the packet',
  'authorization-missing': 'The authorization is missing',
  'out-of-area': 'The patient lives too far away',
  other: 'Another reason',
} as const;
export type DeclineReason = keyof typeof DECLINE_NAMES;

const STATUSES: Record<string, string> = {
  sent: 'Waits for your answer',
  received: 'Waits for your answer',
  accepted: 'Accepted: no appointment yet',
  scheduled: 'An appointment is booked',
  'no-show': 'The patient did not come: book again',
  seen: 'Seen: the note is waited for',
  reported: 'Your note has arrived. Nothing more is needed from you.',
  closed: 'Closed. Thank you; nothing more is needed.',
  cancelling: 'The practice asked you to cancel this',
};

/** How it is over, where nothing else is shown any more. */
export const END_TEXTS: Record<OfficeOver['how'], string> = {
  declined: 'Your office declined this referral. The practice asks somebody else.',
  cancelled: 'This referral was cancelled.',
  'asked-another': 'The practice has asked another specialist.',
  'on-hold': 'The practice has put this referral on hold. If the patient has a visit with you, or was seen, call the practice.',
  'patient-declined': 'The patient does not want this visit, so the practice has ended this referral.',
  ended: 'The practice has ended this referral.',
  closed: 'This referral is closed: your note was read. Thank you.',
};

export function headingOf({ how, toCancel, toWrite }: Pick<OfficeOver, 'how' | 'toCancel' | 'toWrite'>): string {
  if (toCancel) return toCancel.appointment ? 'Please cancel this appointment' : 'Please let this referral go';
  if (toWrite) return toWrite.noteHeld ? 'Your note is being looked at' : 'Your note is still waited for';
  return how === 'on-hold' ? 'On hold' : 'Nothing more is needed';
}

/** @param visits when they were, as far as that is known */
export const stillWaitedText = (visits: readonly string[]): string => `Your note of the ${visitsText(visits)} is still waited for.`;

function visitsText(visits: readonly string[]): string {
  const days = [...new Set(visits.map((at) => plainDate(localDay(at))))];
  return days.length === 0 ? 'visit' : `${days.length === 1 ? 'visit' : 'visits'} on ${days.join(' and ')}`;
}

/** How it is over, and what is waited for all the same. */
export function overText({ how, toWrite }: Pick<OfficeOver, 'how' | 'toWrite'>): string {
  if (!toWrite) return END_TEXTS[how];
  const first = how === 'asked-another' ? 'The practice asked another office meanwhile.' : END_TEXTS[how];
  const waited = toWrite.noteHeld
    ? `The practice looks at your note of the ${visitsText(toWrite.visits)} first. Send another one only if that was the wrong file.`
    : stillWaitedText(toWrite.visits);
  return `${first} ${waited}`;
}

/** Of a note that has gone off. */
export const NOTE_BECAME: Record<OfficeNoteAnswer['became'], string> = {
  'on-record': 'Your note has arrived.',
  held: 'Your note names another patient than this referral, or does not read like its note, so the practice looks at it first.',
};

/** Where nothing can be booked, advice alone is asked for. */
export function statusText({ status, acts, noteHeld }: Pick<OfficeView, 'status' | 'acts' | 'noteHeld'>): string {
  if (acts.includes('confirm-cancellation')) return 'The practice asks you to cancel this';
  if (status === 'seen' && noteHeld) return 'Seen: your note is being looked at';
  if (status === 'accepted' && !acts.includes('book'))
    return noteHeld ? 'Accepted: your note is being looked at' : 'Accepted: your advice is waited for';
  return STATUSES[status] ?? status.replaceAll('-', ' ');
}

/** Whether the practice has ended it, or the office has nothing left to do. */
export const isOver = (acts: readonly OfficeActName[]): boolean => acts.every((act) => act === 'ask');

export const MOST_DATES = 3;
