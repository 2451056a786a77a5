/** Who owes what to whom, and by when. An open referral always has at least one obligation, and each has an owner and a deadline. */
import type { Instant } from '../instant.ts';
import type { Urgency } from '../matching/request.ts';
import type { Attempt, Moment } from '../referral/attempt.ts';
import type { PatientMeaning } from '../referral/care-event.ts';
import { closedBy } from '../referral/closure.ts';
import { openQuestions } from '../referral/open-questions.ts';
import { type Authorization, isOpenOffer, type Referral } from '../referral/referral.ts';
import type { Report } from '../referral/report.ts';
import { bookedStill, notesOfEarlier, type StillWith, stillWith } from '../referral/still-booked.ts';
import { later, owedToSendSince } from '../referral/to-send.ts';
import { unreachable } from '../result.ts';
import { dueBeforeVisit } from './before-visit.ts';
import { calendarFor, levelFor, type SlaPolicy } from './policy.ts';
import { LETS_GO_WITHIN, type ObligationKind, type Party, type Span } from './service-levels.ts';
import { after } from './span.ts';

export type Obligation = {
  kind: ObligationKind;
  /** The attempt or the report it is about. */
  about: string;
  owner: 'clinician' | 'coordinator';
  waitingOn: Party;
  /** Since when it is owed; null where that was only inferred from what came later. */
  since: Moment;
  /** Since when the patient waits for it, where that is longer: a lead hears of it by that, however often it began anew. */
  waitsSince?: Moment;
  /** How long it may take from then on. */
  within: Span;
  dueAt: Instant;
  /** When the visit is that it has to be done before; absent where none is booked. */
  visitAt?: Instant;
  /** When it ends by itself, done or not; absent where it does not. */
  until?: Instant;
};

type Asked = { policy: SlaPolicy; now: Instant; owed: readonly Obligation[] };
const lastAsked = new WeakMap<Referral, Asked>();

/**
 * The last answer of a referral that cannot change is remembered: whoever looks at one asks several times over.
 *
 * @param now stands in for the time of a stage that was only inferred
 */
export function due(referral: Referral, policy: SlaPolicy, now: Instant): readonly Obligation[] {
  const last = lastAsked.get(referral);
  if (last?.policy === policy && last.now === now) return last.owed;
  const owed = owedOf(referral, policy, now);
  if (Object.isFrozen(referral)) lastAsked.set(referral, { policy, now, owed });
  return owed;
}

function owedOf(referral: Referral, policy: SlaPolicy, now: Instant): Obligation[] {
  const calendar = calendarFor(policy, referral);
  const owed = (kind: ObligationKind, about: string, since: Moment): Obligation => {
    const { owner, waitingOn, within: spans } = levelFor(policy, kind, referral);
    const within = spans[referral.urgency satisfies Urgency];
    return { kind, about, owner, waitingOn, since, within, dueAt: after(since ?? now, within, calendar) };
  };
  const { order } = referral;
  const asked: Question = { referral, policy, now };
  switch (order.status) {
    case 'draft':
      return referral.recommendations.some(isOpenOffer) ? [owed('decide', 'order', referral.startedAt)] : [];
    case 'approved':
      return [owed('finish-writing', 'order', order.approval.at)];
    case 'awaiting-signature':
      return [...ofWhatCame(referral, owed), owed('sign-in-ehr', 'order', order.approval.at)];
    case 'on-hold':
      return [...ofWhatCame(referral, owed), ...toTell(asked, owed), ...ofHeldCare(asked, order.seenAt, owed)];
    case 'active':
      return [...toHear(referral, owed), ...ofCare(asked, owed), ...toReconcile(referral, owed)];
    case 'revoked':
    case 'ended':
      return [...ofWhatCame(referral, owed), ...toTell(asked, owed)];
    default:
      return unreachable(order);
  }
}

type Owed = (kind: ObligationKind, about: string, from: Moment) => Obligation;
type Question = { referral: Referral; policy: SlaPolicy; now: Instant };

const HEARD_BY = {
  emergency: 'check-on-patient',
  decline: 'hear-decline',
  'other-date': 'answer-patient',
  message: 'answer-patient',
} as const satisfies Record<PatientMeaning, ObligationKind>;

/** What the patient wrote is seen to by somebody here, whatever became of the order; of each kind the oldest waits longest. */
function toHear({ patientWords }: Referral, owed: Owed): Obligation[] {
  const open = new Map<ObligationKind, Instant>();
  for (const { meaning, at, status } of patientWords)
    if (status === 'open' && !open.has(HEARD_BY[meaning])) open.set(HEARD_BY[meaning], at);
  return [...open].map(([kind, at]) => owed(kind, 'patient', at));
}

const toReconcile = ({ setAside }: Referral, owed: Owed): Obligation[] =>
  setAside.flatMap((each, at) => (each.status === 'open' ? [owed('reconcile', `set aside ${at}`, each.since)] : []));

/** Whatever became of the order, what was heard from outside is seen to. */
const ofWhatCame = (referral: Referral, owed: Owed): Obligation[] => [
  ...toHear(referral, owed),
  ...ofReports(referral, owed),
  ...toReply(referral, owed),
  ...toReconcile(referral, owed),
];

/** Of what was begun before the order was put on hold: the patient may go to what is booked, and the office may have seen them. */
const WHILE_HELD: readonly ObligationKind[] = ['visit', 'confirm-visit', 'note', 'confirm-cancellation'];

/** Why it is on hold somebody finds out, from when it was seen; of a loop that is closed nothing waits for it. */
function ofHeldCare(asked: Question, seenAt: Instant, owed: Owed): Obligation[] {
  const { referral } = asked;
  if (closedBy(referral)) return [];
  const attempt = referral.attempts.at(-1);
  const begun = attempt ? workOf(attempt, asked, owed).filter(({ kind }) => WHILE_HELD.includes(kind)) : [];
  return [...begun, owed('sign-in-ehr', 'order', later(seenAt, referral.reopenedAt ?? seenAt))];
}

/** What came back is read by somebody, also when nothing more was hoped for. */
const ofReports = ({ reports }: Referral, owed: Owed): Obligation[] =>
  reports.flatMap((report): Obligation[] => {
    if (report.status === 'reviewed' || report.status === 'not-of-this') return [];
    if (report.status === 'received') return [owed('match-report', `report ${report.id}`, report.receivedAt)];
    // Nobody could read it with this referral before it was linked to it: one that was placed anew is as old as it was.
    return [owed('review', `report ${report.id}`, later(report.receivedAt, report.linkedAt))];
  });

/**
 * Each office of which nothing more is wanted has to hear so; past the time of a visit somebody here has to hear whether the patient went. Of
 * whoever saw the patient before another was asked the note is still waited for.
 */
function toTell(asked: Question, owed: Owed): Obligation[] {
  const told = stillWith(asked.referral).flatMap((still) => toBeCancelled(still, asked, owed));
  return [...told, ...notesOfEarlier(asked.referral).flatMap((attempt) => toWrite(attempt, sinceReopened(attempt, owed)))];
}

/** Nobody waits without end for an office that was passed over and has nothing booked: somebody else looks after the patient. */
function toBeCancelled({ attempt, appointment, since, isPassedOver }: StillWith, asked: Question, ofPolicy: Owed): Obligation[] {
  const { referral, policy, now } = asked;
  const owed = sinceReopened(attempt, ofPolicy);
  const toCancel = toCancelOf(attempt, since, asked, owed);
  if (appointment || !isPassedOver) return [toCancel];
  const until = after(toCancel.since ?? referral.startedAt, LETS_GO_WITHIN, calendarFor(policy, referral));
  return until <= now ? [] : [{ ...toCancel, until }];
}

/** What is booked has to be off the calendar before the patient comes for nothing; past its time somebody hears whether they came. */
function toCancelOf(attempt: Attempt, since: Moment, { referral, policy, now }: Question, owed: Owed): Obligation {
  const about = `attempt ${attempt.number}`;
  const visitAt = bookedStill(attempt)?.startsAt;
  if (visitAt !== undefined && visitAt <= now) return owed('confirm-visit', about, visitAt);
  const toCancel = owed('confirm-cancellation', about, since);
  if (visitAt === undefined) return toCancel;
  return { ...toCancel, visitAt, dueAt: dueBeforeVisit(referral, policy, toCancel.since ?? now, toCancel.dueAt, visitAt) };
}

/** The reports first: what came back waits for somebody here, whatever the recipient still owes. */
function ofCare(asked: Question, owed: Owed): Obligation[] {
  const { referral } = asked;
  const always = [...ofReports(referral, owed), ...toReply(referral, owed), ...toTell(asked, owed)];
  const attempt = referral.attempts.at(-1);
  return closedBy(referral) || !attempt ? always : [...always, ...workOf(attempt, asked, owed)];
}

/** Of each office by itself; two that ask in the same moment are told apart by their attempt. */
function toReply(referral: Referral, owed: Owed): Obligation[] {
  const questions = openQuestions(referral);
  return questions.map(({ attempt, at }, index) =>
    owed('reply', questions.findIndex((each) => each.at === at) === index ? 'message' : `message ${attempt}`, at),
  );
}

/** A note was taken off again: what is owed once more has its whole time from then on, and nothing of before is held against anybody. */
const sinceReopened =
  ({ reopenedAt }: Attempt, owed: Owed): Owed =>
  (kind, about, from) =>
    owed(kind, about, reopenedAt === null ? from : later(from ?? reopenedAt, reopenedAt));

function workOf(attempt: Attempt, asked: Question, ofPolicy: Owed): Obligation[] {
  const { referral, now } = asked;
  const owed = sinceReopened(attempt, ofPolicy);
  const { service, reports, authorization } = referral;
  const { work } = attempt;
  const answered = isToRead(attempt, reports);
  const noteToCome = answered ? [] : toWrite(attempt, owed);
  const about = `attempt ${attempt.number}`;
  switch (work.status) {
    case 'draft':
      return referral.proposal.status === 'open' ? toApprove(referral, owed) : [toSend(attempt, authorization, owed)];
    case 'sent':
    case 'received':
      return [owed('answer', about, firstSent(attempt) ?? work.since)];
    case 'accepted':
    case 'in-progress':
      if (answered) return [];
      // Advice needs no visit: its note is what is waited for.
      return [owed(service === 'e-consult' ? 'note' : 'book', about, attempt.acceptedAt ?? work.since)];
    case 'scheduled': {
      const startsAt = attempt.appointments.find(({ id }) => id === work.appointmentId)?.startsAt ?? work.since;
      const visit = startsAt !== null && startsAt <= now ? owed('confirm-visit', about, startsAt) : owed('visit', about, startsAt);
      return [...noteToCome, visit];
    }
    case 'missed':
    case 'appointment-cancelled':
      return answered ? [] : [...noteToCome, owed('rebook', about, work.since)];
    case 'seen':
      return answered ? [] : [owed('note', about, attempt.visits[0] ?? work.since)];
    case 'cancellation-requested':
      // A visit that took place before it was to be cancelled stands: its note is what is owed, and what is booked beyond it is called off.
      return [
        ...noteToCome,
        ...(noteToCome.length > 0 && !bookedStill(attempt) ? [] : [toCancelOf(attempt, work.since, asked, owed)]),
        ...toApprove(referral, owed),
      ];
    case 'declined':
    case 'cancelled':
      return [...noteToCome, ...toReroute(attempt, referral, owed)];
    case 'completed':
      return [];
    default:
      return unreachable(work);
  }
}

/** Whoever was proposed waits for the clinician's word, and the coordinator with them. */
function toApprove({ proposal, attempts }: Referral, owed: Owed): Obligation[] {
  if (proposal.status === 'none') return [];
  const last = attempts.at(-1);
  const waitsSince = last?.work.since ? later(last.work.since, last.reopenedAt ?? last.work.since) : proposal.at;
  return [{ ...owed('approve-performer', `proposal ${proposal.sequence}`, proposal.at), waitsSince }];
}

/** Somebody else is to be asked: the coordinator has their whole time again once the clinician refused who was proposed; a lead does not wait for it anew. */
function toReroute({ number, work }: Attempt, referral: Referral, owed: Owed): Obligation[] {
  if (referral.proposal.status === 'open') return toApprove(referral, owed);
  // Whoever wrote the answer: it may be all that was asked for.
  if (referral.attempts.some((each) => isToRead(each, referral.reports))) return [];
  const refusedAt = referral.refusedPerformers.at(-1)?.at;
  // Whosever note was taken off: while it waited nobody else was to be asked.
  const waitsSince = referral.attempts.reduce((at, { reopenedAt }) => later(at, reopenedAt ?? at), work.since);
  const since = refusedAt === undefined ? waitsSince : later(waitsSince, refusedAt);
  return [{ ...owed('reroute', `attempt ${number}`, since), waitsSince }];
}

/** While the payer keeps it from being sent (R112) their word is what is owed; from that word on it has its whole time to be sent (R111). */
function toSend(attempt: Attempt, authorization: Authorization, owed: Owed): Obligation {
  const about = `attempt ${attempt.number}`;
  if (authorization.status === 'asked') return owed('payer-decision', about, authorization.since);
  if (authorization.status === 'denied') return owed('payer-denial', about, authorization.since);
  return owed('send', about, owedToSendSince(attempt, authorization) ?? null);
}

/** The answer of this office is there, and waits for its review alone. */
const isToRead = ({ number }: Attempt, reports: readonly Report[]): boolean =>
  reports.some((report) => report.form === 'final' && report.status === 'matched' && report.attempt === number);

/** A visit was kept and its note has not come: what is booked after it does not take that away, nor that the office is not asked any more. */
const toWrite = ({ number, visits }: Attempt, owed: Owed): Obligation[] =>
  visits.length === 0 ? [] : [owed('note', `attempt ${number}`, visits[0] ?? null)];

/** An acknowledgement by a machine or a person does not give the answer more time. */
const firstSent = ({ transmissions }: Attempt): Moment => transmissions[0]?.at ?? null;
