/** The one word people see of a referral; derived, never stored as truth. */
import { unreachable } from '../result.ts';
import type { Attempt } from './attempt.ts';
import { closedBy } from './closure.ts';
import type { Referral } from './referral.ts';
import { isLinked } from './report.ts';

export const STATUS_WORDS = [
  'draft',
  'approved',
  'awaiting-signature',
  'on-hold',
  'in-chart',
  'sent',
  'received',
  'accepted',
  'scheduled',
  'no-show',
  'seen',
  'reported',
  'closed',
  'declined',
  'cancelling',
  'cancelled',
  'expired',
  'patient-declined',
  'revoked',
] as const;
export type StatusWord = (typeof STATUS_WORDS)[number];

export function statusOf(referral: Referral): StatusWord {
  const { order } = referral;
  switch (order.status) {
    case 'draft':
    case 'approved':
    case 'awaiting-signature':
      return order.status;
    case 'on-hold':
      return closedBy(referral) ? 'closed' : order.status;
    case 'active':
      return inCare(referral);
    case 'revoked':
      return closedBy(referral) ? 'closed' : 'revoked';
    case 'ended':
      return order.how === 'died' ? 'cancelled' : order.how;
    default:
      return unreachable(order);
  }
}

function inCare(referral: Referral): StatusWord {
  if (closedBy(referral)) return 'closed';
  const attempt = referral.attempts.at(-1);
  if (!attempt) return 'in-chart';
  const reported = referral.reports.some((report) => report.form === 'final' && isLinked(report));
  return reported ? 'reported' : workWord(attempt);
}

function workWord({ work, visits }: Attempt): StatusWord {
  switch (work.status) {
    case 'draft':
      return 'in-chart';
    case 'missed':
      return 'no-show';
    case 'cancellation-requested':
      // What was to be cancelled took place: the note is waited for.
      return visits.length > 0 ? 'seen' : 'cancelling';
    case 'in-progress':
    case 'appointment-cancelled':
      return 'accepted';
    case 'completed':
      return 'reported';
    case 'sent':
    case 'received':
    case 'accepted':
    case 'scheduled':
    case 'seen':
    case 'declined':
    case 'cancelled':
      return work.status;
    default:
      return unreachable(work);
  }
}
