/**
 * What a coordinator puts on record: what they did, or what an office or a patient told them by telephone or on paper. What was told is a
 * fact and never refused; what the practice does itself is a command. The same key twice does it once.
 */
import type { Instant } from '../instant.ts';
import { ok, type Result, refuse, unreachable } from '../result.ts';
import { type Appointment, type Attempt, type Channel, type DeclineReason, isTooFarAhead, type WorkStatus } from './attempt.ts';
import { authorizationHold } from './authorization-hold.ts';
import { type Act, MOVES } from './bser.ts';
import { type CareCommand, type CareRefusal, decideCare } from './care-command.ts';
import {
  type AuthorizationDecision,
  type ContactOutcome,
  type DenialReason,
  type EndingKind,
  type Misfiling,
  PATIENT_MEANINGS,
  type PatientMeaning,
} from './care-event.ts';
import { closedBy } from './closure.ts';
import type { Happening } from './event.ts';
import { type ObservedFact, observe } from './observe.ts';
import { waitsForApproval } from './options.ts';
import type { Referral } from './referral.ts';
import { isHeldAgain, isLinked, type Report } from './report.ts';
import { bookedStill, isOver, notesOfEarlier, stillWith } from './still-booked.ts';

export type ByHandAct =
  | { act: 'sent'; channel: Channel; at: Instant }
  | { act: 'received' | 'accepted'; at: Instant }
  /** Of the office that is named; else of the one it makes sense of, and where it makes sense of none, of whom was asked last. */
  | { act: 'missed' | 'seen' | 'cancel-confirmed'; at: Instant; attempt?: number | undefined }
  | { act: 'declined'; reason: DeclineReason; at: Instant }
  | { act: 'booked'; startsAt: Instant; at: Instant }
  | { act: 'appointment-cancelled'; by: 'patient' | 'specialist' | 'unknown'; at: Instant }
  | { act: 'note'; form: 'interim' | 'final'; at: Instant; attempt?: number | undefined }
  | { act: 'contacted'; outcome: ContactOutcome }
  /** What the payer answered, or that they were asked. A denial is told by its reason, an approval by the payer's number. */
  | { act: 'authorization'; answer: 'asked'; at: Instant }
  | { act: 'authorization'; answer: 'not-needed' | DenialReason; at: Instant }
  /** Of the office that the payer's letter names; of whom was asked last where none is given. */
  | { act: 'authorization'; answer: 'approved'; number: string; at: Instant; attempt?: number | undefined }
  | { act: 'cancel-requested'; reason: string; at: Instant }
  | { act: 'ended'; how: EndingKind; reason: string }
  /** What was set aside was looked at; the oldest of what is still open. */
  | { act: 'reconciled'; note: string }
  /** All that the patient wrote so far of what is this person's to hear was seen to. */
  | { act: 'patient-heard'; meanings: readonly PatientMeaning[] }
  /** Whose answer a note is that came from somebody who was not asked. */
  | { act: 'link-report'; reportId: string; attempt: number }
  /** Of something else: it is set aside here, and nobody is asked to review it. */
  | { act: 'refuse-report'; reportId: string; reason: string }
  /** It was linked by mistake: what rested on it is open again. */
  | { act: 'unlink-report'; reportId: string; because: Misfiling; reason: string };

export type ByHandRefusal =
  | CareRefusal
  | { kind: 'nobody-asked' }
  /** More than one of those who were asked may have told it: a word of one must not end what is asked of another. */
  | { kind: 'office-not-named'; attempts: number[] }
  | { kind: 'nothing-booked' }
  | { kind: 'date-too-far'; date: Instant }
  /** What became of a visit is known from its time on. */
  | { kind: 'before-visit'; startsAt: Instant }
  /** The patient wrote nothing that nobody has seen to. */
  | { kind: 'nothing-unheard' }
  /** A note has come and nobody has read it: ending the order would leave it unread. */
  | { kind: 'report-unread'; reportId: string }
  /** The same, of one that first has to be linked to whom was asked. */
  | { kind: 'report-not-linked'; reportId: string }
  /** Somebody linked it already. */
  | { kind: 'nothing-to-link' }
  /** Somebody took it off already. */
  | { kind: 'nothing-to-unlink' };

/** @param key of this press; unique among all of this referral */
export function byHand(referral: Referral, what: ByHandAct, key: string, now: Instant): Result<Happening[], ByHandRefusal> {
  const factKey = `by-hand/${key}`;
  if (referral.factKeys.includes(factKey)) return ok([]);
  const { status } = referral.order;
  // What is put on record of an order that never was in force would be of something else; of one that is over an office still tells.
  if (!mayBePut(referral, what.act)) return refuse({ kind: 'order-not-active', status });
  if (what.act === 'patient-heard') return patientHeard(referral, what.meanings, factKey, now);
  if (what.act === 'reconciled') return reconciled(referral, what.note, factKey, now);
  if (what.act === 'link-report') return linkReport(referral, what, factKey, now);
  if (what.act === 'refuse-report') return refuseReport(referral, what, factKey, now);
  if (what.act === 'unlink-report') return unlinkReport(referral, what, factKey, now);
  if (what.act === 'booked' && isTooFarAhead(what.startsAt, now)) return refuse({ kind: 'date-too-far', date: what.startsAt });
  const hindrance = what.act === 'ended' ? whyNotEnd(referral) : undefined;
  if (hindrance) return refuse(hindrance);
  const named = 'attempt' in what ? what.attempt : undefined;
  const others = named === undefined && what.act !== 'authorization' ? attemptsFor(referral, what.act) : [];
  if (others.length > 1) return refuse({ kind: 'office-not-named', attempts: others });
  const number = named ?? others[0] ?? referral.attempts.at(-1)?.number;
  const attempt = referral.attempts.find((each) => each.number === number);
  if (!attempt) return refuse(named === undefined ? { kind: 'nobody-asked' } : { kind: 'no-such-attempt', attempt: named });
  const still = stillWith(referral).find((each) => each.attempt === attempt);
  const appointmentId = still || isOver(referral) ? still?.appointment?.id : appointmentOf(attempt);
  const booked = attempt.appointments.find(({ id }) => id === appointmentId);
  if (booked && (what.act === 'seen' || what.act === 'missed') && what.at < booked.startsAt && what.at <= now)
    return refuse({ kind: 'before-visit', startsAt: booked.startsAt });
  const isAskedNow = attempt.performer.npi === referral.attempts.at(-1)?.performer.npi;
  const asked = askedFor(attempt, { appointmentId, isAskedNow }, what, factKey);
  switch (asked.kind) {
    case 'nothing-booked':
      return refuse({ kind: 'nothing-booked' });
    case 'told':
      return asked.fact.at > now ? refuse({ kind: 'not-yet', at: asked.fact.at }) : ok(observe(referral, asked.fact, now));
    case 'done': {
      const decided = decideCare(referral, asked.command, now);
      if (!decided.ok) return decided;
      const [first, ...others] = decided.value;
      return ok(first ? [{ ...first, factKey }, ...others] : []);
    }
    default:
      return unreachable(asked);
  }
}

/** Asked of nobody outside: it is put on record whatever became of the order. */
const SEEN_TO_HERE: readonly ByHandAct['act'][] = ['reconciled', 'patient-heard', 'link-report', 'refuse-report', 'unlink-report'];
/** While the order is on hold nothing new leaves, and the practice does not end what waits for its clinician. */
const NOT_ON_HOLD: readonly ByHandAct['act'][] = ['sent', 'ended'];

function mayBePut(referral: Referral, act: ByHandAct['act']): boolean {
  switch (referral.order.status) {
    case 'draft':
    case 'approved':
      return false;
    case 'awaiting-signature':
      return SEEN_TO_HERE.includes(act);
    case 'on-hold':
      return !NOT_ON_HOLD.includes(act);
    case 'active':
      return true;
    case 'revoked':
    case 'ended':
      return AFTERWARDS.includes(act);
    default:
      return unreachable(referral.order);
  }
}

const AFTERWARDS: readonly ByHandAct['act'][] = [
  'cancel-confirmed',
  'seen',
  'missed',
  'note',
  'reconciled',
  'patient-heard',
  'link-report',
  'refuse-report',
  'unlink-report',
];
/** What became of a visit of which nothing more is wanted: the office cancelled it, or the patient came or did not. */
const OF_A_BOOKING: readonly ByHandAct['act'][] = ['cancel-confirmed', 'seen', 'missed'];

/** Whoever sees to the patient's words hears all but a decline, which is their clinician's to hear (R144). */
export const heardBy = (isClinician: boolean): readonly PatientMeaning[] =>
  isClinician ? PATIENT_MEANINGS : PATIENT_MEANINGS.filter((meaning) => meaning !== 'decline');

const isUnheard = ({ patientWords }: Referral, meanings: readonly PatientMeaning[]): boolean =>
  patientWords.some(({ status, meaning }) => status === 'open' && meanings.includes(meaning));

function patientHeard(
  referral: Referral,
  meanings: readonly PatientMeaning[],
  factKey: string,
  now: Instant,
): Result<Happening[], ByHandRefusal> {
  if (!isUnheard(referral, meanings)) return refuse({ kind: 'nothing-unheard' });
  return ok([{ effectiveAt: now, factKey, fact: { type: 'patient-heard', version: 2, meanings } }]);
}

/** Whoever was asked is told to stop first, and what came back is read first. */
function whyNotEnd({ attempts, reports }: Referral): ByHandRefusal | undefined {
  const unlinked = reports.find(isUnlinked);
  if (unlinked) return { kind: 'report-not-linked', reportId: unlinked.id };
  const unread = reports.find(({ status }) => status === 'matched');
  if (unread) return { kind: 'report-unread', reportId: unread.id };
  const last = attempts.at(-1);
  const free: readonly WorkStatus[] = ['draft', 'declined', 'cancelled', 'cancellation-requested', 'completed'];
  return last && !free.includes(last.work.status) ? { kind: 'attempt-still-open', attempt: last.number } : undefined;
}

function reconciled(referral: Referral, note: string, factKey: string, now: Instant): Result<Happening[], ByHandRefusal> {
  const setAside = referral.setAside.findIndex(({ status }) => status === 'open');
  const decided = decideCare(referral, { type: 'settle-set-aside', setAside, note }, now);
  return decided.ok ? ok(decided.value.map((each) => ({ ...each, factKey }))) : decided;
}

/** Nobody has said yet whose answer it is. */
export const isUnlinked = ({ status }: Report): boolean => status === 'received';
/** Also one that was said to be of something else: that may have been a mistake. */
export const mayBeLinked = (report: Report): boolean => !isLinked(report) && !isHeldAgain(report);

type Link = Extract<ByHandAct, { act: 'link-report' }>;

function linkReport(referral: Referral, { reportId, attempt }: Link, factKey: string, now: Instant): Result<Happening[], ByHandRefusal> {
  const decided = decideCare(referral, { type: 'match-report', reportId, attempt }, now);
  if (!decided.ok) return decided;
  if (decided.value.length === 0) return refuse({ kind: 'nothing-to-link' });
  // The key is of what was pressed, not of the stages that it proves.
  return ok(decided.value.map((each) => (each.fact.type === 'report-matched' ? { ...each, factKey } : each)));
}

type Refuse = Extract<ByHandAct, { act: 'refuse-report' }>;

function refuseReport(referral: Referral, { reportId, reason }: Refuse, factKey: string, now: Instant): Result<Happening[], ByHandRefusal> {
  const decided = decideCare(referral, { type: 'refuse-report', reportId, reason }, now);
  if (!decided.ok) return decided;
  if (decided.value.length === 0) return refuse({ kind: 'nothing-to-link' });
  return ok(decided.value.map((each) => ({ ...each, factKey })));
}

type Unlink = Extract<ByHandAct, { act: 'unlink-report' }>;

function unlinkReport(
  referral: Referral,
  { reportId, because, reason }: Unlink,
  factKey: string,
  now: Instant,
): Result<Happening[], ByHandRefusal> {
  const decided = decideCare(referral, { type: 'unlink-report', reportId, because, reason }, now);
  if (!decided.ok) return decided;
  if (decided.value.length === 0) return refuse({ kind: 'nothing-to-unlink' });
  return ok(decided.value.map((each) => ({ ...each, factKey })));
}

type Asked =
  | { kind: 'told'; fact: Extract<ObservedFact, { key: string }> }
  | { kind: 'done'; command: CareCommand }
  | { kind: 'nothing-booked' };

const appointmentOf = (attempt: Attempt): string | undefined =>
  attempt.work.status === 'scheduled' ? attempt.work.appointmentId : bookedOf(attempt)?.id;

/** With whoever was asked to cancel, and of which nobody has heard yet. */
const bookedOf = (attempt: Attempt): Appointment | undefined =>
  attempt.work.status === 'cancellation-requested' ? bookedStill(attempt) : undefined;

/** @param about `appointmentId`: of the visit of which something may be told; `isAskedNow`: whether it is the specialist of whom was asked last */
function askedFor(
  attempt: Attempt,
  { appointmentId, isAskedNow }: { appointmentId: string | undefined; isAskedNow: boolean },
  what: Exclude<ByHandAct, { act: 'reconciled' | 'patient-heard' | 'link-report' | 'refuse-report' | 'unlink-report' }>,
  key: string,
): Asked {
  const { number } = attempt;
  switch (what.act) {
    case 'received':
    case 'accepted':
      return { kind: 'told', fact: { kind: what.act, attempt: number, at: what.at, key } };
    case 'cancel-confirmed':
      return { kind: 'told', fact: { kind: 'cancellation-confirmed', attempt: number, at: what.at, key } };
    case 'declined':
      return { kind: 'told', fact: { kind: 'declined', attempt: number, reason: what.reason, at: what.at, key } };
    case 'booked': {
      const { startsAt, at } = what;
      return { kind: 'told', fact: { kind: 'appointment', attempt: number, appointmentId: key, startsAt, status: 'booked', at, key } };
    }
    case 'missed': {
      const booked = attempt.appointments.find(({ id }) => id === appointmentId);
      if (!booked) return { kind: 'nothing-booked' };
      const { id, startsAt } = booked;
      return {
        kind: 'told',
        fact: { kind: 'appointment', attempt: number, appointmentId: id, startsAt, status: 'noshow', at: what.at, key },
      };
    }
    case 'appointment-cancelled':
      if (appointmentId === undefined) return { kind: 'nothing-booked' };
      return { kind: 'done', command: { type: 'cancel-appointment', attempt: number, appointmentId, by: what.by, at: what.at } };
    case 'seen': {
      const booked = attempt.appointments.find(({ id }) => id === appointmentId);
      const { npi, nucc, network } = attempt.performer;
      if (booked === undefined)
        return {
          kind: 'told',
          fact: { kind: 'visit', attempt: number, seenBy: { npi, nucc, network }, evidence: 'note', at: what.at, key },
        };
      const { id, startsAt } = booked;
      return {
        kind: 'told',
        fact: { kind: 'appointment', attempt: number, appointmentId: id, startsAt, status: 'fulfilled', at: what.at, key },
      };
    }
    case 'note': {
      const report = { reportId: key, form: what.form, document: null, fromNpi: attempt.performer.npi, matched: true };
      return { kind: 'told', fact: { kind: 'report', attempt: number, ...report, at: what.at, key } };
    }
    case 'sent':
      return { kind: 'done', command: { type: 'send', attempt: number, transmissionId: key, channel: what.channel, at: what.at } };
    case 'cancel-requested':
      return { kind: 'done', command: { type: 'request-cancellation', attempt: number, reason: what.reason, at: what.at } };
    case 'authorization':
      if (what.answer === 'asked') return { kind: 'done', command: { type: 'ask-authorization' } };
      if (what.answer === 'approved' && !isAskedNow)
        return { kind: 'told', fact: { kind: 'authorization-for-another', attempt: number, number: what.number, at: what.at, key } };
      return { kind: 'told', fact: { kind: 'authorization-decided', decision: decisionOf(what), at: what.at, key } };
    case 'contacted':
      return { kind: 'done', command: { type: 'record-contact', outcome: what.outcome } };
    case 'ended':
      return { kind: 'done', command: { type: 'end', how: what.how, reason: what.reason } };
    default:
      return unreachable(what);
  }
}

type Decided = Exclude<Extract<ByHandAct, { act: 'authorization' }>, { answer: 'asked' }>;

function decisionOf(what: Decided): AuthorizationDecision {
  if (what.answer === 'approved') return { status: 'approved', number: what.number };
  return what.answer === 'not-needed' ? { status: 'not-needed' } : { status: 'denied', reason: what.answer };
}

/** Not yet sent there is nothing to be told of; once it is over there, nothing more is expected. */
const TOLD_FROM: Record<'received' | 'accepted' | 'booked' | 'seen' | 'note', readonly WorkStatus[]> = {
  received: ['sent'],
  accepted: ['sent', 'received'],
  booked: ['sent', 'received', 'accepted', 'in-progress', 'scheduled', 'missed', 'appointment-cancelled', 'seen'],
  seen: ['sent', 'received', 'accepted', 'in-progress', 'scheduled', 'missed', 'appointment-cancelled'],
  note: ['sent', 'received', 'accepted', 'in-progress', 'scheduled', 'missed', 'appointment-cancelled', 'seen', 'completed'],
};

const MOVE_OF: Partial<Record<ByHandAct['act'], Act>> = {
  sent: 'send',
  declined: 'decline',
  'cancel-requested': 'request-cancellation',
  'cancel-confirmed': 'confirm-cancellation',
};

/**
 * What it makes sense to put on record now; the buttons are these. A fact that comes all the same is taken.
 *
 * @param hears which of the patient's words are this person's to hear
 */
export function actsOf(
  referral: Referral,
  all: readonly ByHandAct['act'][],
  hears: readonly PatientMeaning[] = PATIENT_MEANINGS,
): ByHandAct['act'][] {
  const own = ofLast(referral, all, hears);
  return all.filter((act) => own.includes(act) || ofOthers(referral, act).length > 0);
}

/** Which offices an act can be told of, by their attempts: those of which nothing more is wanted first; of an approval whoever was asked last. */
export function attemptsFor(referral: Referral, act: ByHandAct['act']): number[] {
  const last = ofLast(referral, [act], []).includes(act) ? referral.attempts.slice(-1) : [];
  const all = act === 'authorization' ? [...last, ...approvedLate(referral, last)] : [...ofOthers(referral, act), ...last];
  return [...new Set(all.map(({ number }) => number))];
}

/** Each specialist who was asked before, once: the payer may have approved them all the same. */
const approvedLate = ({ attempts }: Referral, [last]: readonly Attempt[]): Attempt[] =>
  last === undefined
    ? []
    : attempts.filter(
        ({ number, performer }) =>
          performer.npi !== last.performer.npi && !attempts.some((later) => later.number > number && later.performer.npi === performer.npi),
      );

function ofOthers(referral: Referral, act: ByHandAct['act']): Attempt[] {
  if (!mayBePut(referral, act)) return [];
  if (act === 'note') return notesOfEarlier(referral);
  if (!OF_A_BOOKING.includes(act)) return [];
  return stillWith(referral).flatMap(({ attempt, appointment }) => (appointment || act === 'cancel-confirmed' ? [attempt] : []));
}

/** Of whom was asked last, and of what lies here. */
function ofLast(referral: Referral, all: readonly ByHandAct['act'][], hears: readonly PatientMeaning[]): ByHandAct['act'][] {
  const attempt = referral.attempts.at(-1);
  const aside = referral.setAside.some(({ status }) => status === 'open');
  const unheard = isUnheard(referral, hears);
  const unlinked = referral.attempts.length > 0 && referral.reports.some(isUnlinked);
  const linkable = referral.attempts.length > 0 && referral.reports.some(mayBeLinked);
  const linked = referral.reports.some(isLinked);
  const looked = all.filter(
    (act) =>
      (act === 'reconciled' && aside) ||
      (act === 'patient-heard' && unheard) ||
      (act === 'link-report' && linkable) ||
      (act === 'refuse-report' && unlinked) ||
      (act === 'unlink-report' && linked),
  );
  if (!attempt || isOver(referral) || closedBy(referral) || referral.order.status === 'awaiting-signature') return looked;
  const { status } = attempt.work;
  return all.filter((act) => {
    if (!mayBePut(referral, act)) return false;
    switch (act) {
      case 'reconciled':
        return aside;
      case 'patient-heard':
        return unheard;
      case 'link-report':
        return linkable;
      case 'refuse-report':
        return unlinked;
      case 'unlink-report':
        return linked;
      case 'seen':
        return TOLD_FROM[act].includes(status) || bookedOf(attempt) !== undefined;
      case 'received':
      case 'accepted':
      case 'booked':
      case 'note':
        return TOLD_FROM[act].includes(status) || (act === 'note' && status === 'cancellation-requested' && attempt.visits.length > 0);
      case 'missed':
        return status === 'scheduled' || bookedOf(attempt) !== undefined;
      case 'appointment-cancelled':
        return status === 'scheduled';
      case 'contacted':
      case 'authorization':
        return true;
      case 'ended':
        return whyNotEnd(referral) === undefined;
      case 'sent':
      case 'declined':
      case 'cancel-requested':
      case 'cancel-confirmed': {
        const move = MOVE_OF[act];
        if (act === 'sent' && (authorizationHold(referral) !== undefined || waitsForApproval(referral, attempt))) return false;
        // Whoever saw the patient did not decline, nor was it cancelled before; what is booked beyond the visit is.
        if (attempt.visits.length > 0 && (act === 'declined' || (act === 'cancel-confirmed' && !bookedStill(attempt)))) return false;
        return move !== undefined && MOVES[status][move] !== undefined;
      }
      default:
        return unreachable(act);
    }
  });
}
