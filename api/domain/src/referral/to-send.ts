/** Since when a packet is to be sent: the payer's word gives its whole time anew (R111), another choice of the patient gives none. */
import { unreachable } from '../result.ts';
import { type Attempt, type Moment, wasNeverAsked } from './attempt.ts';
import type { Authorization } from './referral.ts';

/** Undefined while the payer keeps it from being sent (R112). */
export function owedToSendSince({ toSendSince }: Attempt, authorization: Authorization): Moment | undefined {
  switch (authorization.status) {
    case 'asked':
    case 'denied':
      return undefined;
    case 'approved':
    case 'not-needed':
    case 'approved-for-another':
      return later(toSendSince, authorization.since);
    case 'not-checked':
      return toSendSince;
    default:
      return unreachable(authorization);
  }
}

/** Of an attempt that is opened at that moment: since its predecessor was to be sent where that gave way to it in the same moment, unsent. */
export function toSendFrom(before: Attempt | undefined, authorization: Authorization, opened: Moment): Moment {
  if (before === undefined || !wasNeverAsked(before) || before.work.since !== opened) return opened;
  const owed = owedToSendSince(before, authorization);
  return owed === undefined ? opened : owed;
}

/** The first where one of them is only inferred. */
export const later = (one: Moment, other: Moment): Moment => (one === null || other === null || one >= other ? one : other);
