/** Who owes what to whom, and by when. An open referral always has at least one obligation, and each has an owner and a deadline. */
import type { Instant } from '../instant.ts';
import type { Urgency } from '../matching/request.ts';
import type { Attempt, Moment } from '../referral/attempt.ts';
import { closedBy } from '../referral/closure.ts';
import { isOpenOffer, type Referral } from '../referral/referral.ts';
import { unreachable } from '../result.ts';
import { calendarFor, levelFor, type SlaPolicy } from './policy.ts';
import type { ObligationKind, Party, Span } from './service-levels.ts';
import { after } from './span.ts';

export type Obligation = {
  kind: ObligationKind;
  /** The attempt or the report it is about. */
  about: string;
  owner: 'clinician' | 'coordinator';
  waitingOn: Party;
  /** Since when it is owed; null where that was only inferred from what came later. */
  since: Moment;
  /** How long it may take from then on. */
  within: Span;
  dueAt: Instant;
};

/** @param now stands in for the time of a stage that was only inferred */
export function due(referral: Referral, policy: SlaPolicy, now: Instant): Obligation[] {
  const calendar = calendarFor(policy, referral);
  const owed = (kind: ObligationKind, about: string, since: Moment): Obligation => {
    const { owner, waitingOn, within: spans } = levelFor(policy, kind, referral);
    const within = spans[referral.urgency satisfies Urgency];
    return { kind, about, owner, waitingOn, since, within, dueAt: after(since ?? now, within, calendar) };
  };
  const { order } = referral;
  switch (order.status) {
    case 'draft':
      return referral.recommendations.some(isOpenOffer) ? [owed('decide', 'order', referral.startedAt)] : [];
    case 'approved':
      return [owed('finish-writing', 'order', order.approval.at)];
    case 'awaiting-signature':
      return [owed('sign-in-ehr', 'order', order.approval.at)];
    case 'active':
      return [...ofCare(referral, now, owed), ...toReconcile(referral, owed)];
    case 'revoked':
    case 'ended':
      return toReconcile(referral, owed);
    default:
      return unreachable(order);
  }
}

type Owed = (kind: ObligationKind, about: string, from: Moment) => Obligation;

const toReconcile = ({ setAside }: Referral, owed: Owed): Obligation[] =>
  setAside.flatMap((each, at) => (each.status === 'open' ? [owed('reconcile', `set aside ${at}`, each.since)] : []));

/** The reports first: what came back waits for somebody here, whatever the recipient still owes. */
function ofCare(referral: Referral, now: Instant, owed: Owed): Obligation[] {
  const ofReports = referral.reports.flatMap((report): Obligation[] => {
    if (report.status === 'reviewed') return [];
    return [owed(report.status === 'received' ? 'match-report' : 'review', `report ${report.id}`, report.receivedAt)];
  });
  if (closedBy(referral)) return ofReports;
  const attempt = referral.attempts.at(-1);
  const ofWork = attempt ? workOf(attempt, now, owed) : [];
  return [...ofReports, ...toReply(referral, owed), ...ofWork];
}

/** The office asked last; what it asked first is what waits longest. */
function toReply({ messages }: Referral, owed: Owed): Obligation[] {
  const answered = messages.findLastIndex(({ from }) => from === 'practice');
  const asked = messages[answered + 1];
  return asked ? [owed('reply', 'message', asked.at)] : [];
}

function workOf(attempt: Attempt, now: Instant, owed: Owed): Obligation[] {
  const { work } = attempt;
  const about = `attempt ${attempt.number}`;
  switch (work.status) {
    case 'draft':
      return [owed('send', about, work.since)];
    case 'sent':
    case 'received':
      return [owed('answer', about, firstSent(attempt) ?? work.since)];
    case 'accepted':
    case 'in-progress':
      return [owed('book', about, work.since)];
    case 'scheduled': {
      const startsAt = attempt.appointments.find(({ id }) => id === work.appointmentId)?.startsAt ?? work.since;
      return [startsAt !== null && startsAt <= now ? owed('confirm-visit', about, startsAt) : owed('visit', about, startsAt)];
    }
    case 'missed':
    case 'appointment-cancelled':
      return [owed('rebook', about, work.since)];
    case 'seen':
      return [owed('note', about, attempt.visits.at(-1) ?? work.since)];
    case 'cancellation-requested':
      return [owed('confirm-cancellation', about, work.since)];
    case 'declined':
    case 'cancelled':
      return [owed('reroute', about, work.since)];
    case 'completed':
      return [];
    default:
      return unreachable(work);
  }
}

/** An acknowledgement by a machine or a person does not give the answer more time. */
const firstSent = ({ transmissions }: Attempt): Moment => transmissions[0]?.at ?? null;
