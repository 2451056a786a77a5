/** What stood in the way of a referral, read from its events in order: the second telling of core__loss and core__authorization. */
import type { ReferralEvent } from '@refloop/domain/referral/event';

type Said = { denied: false } | { denied: true; reason: string };

export type Obstacles = {
  /** What the payer said, in order; `asked` where an answer is awaited. */
  authorization: { said: Said[]; last: 'pending' | 'approved' | 'not-needed' | 'denied' } | null;
  overrideReason: string | null;
  /** Of the last specialist asked. */
  sent: boolean;
  accepted: boolean;
  declined: string | null;
  booked: boolean;
  lastOfAppointment: 'booked' | 'missed' | 'cancelled' | null;
  lastContact: string | null;
};

const nothingYet = (overrideReason: string | null): Obstacles => ({
  authorization: null,
  overrideReason,
  sent: false,
  accepted: false,
  declined: null,
  booked: false,
  lastOfAppointment: null,
  lastContact: null,
});

/** @returns null where no order is in force */
export function readObstacles(events: readonly ReferralEvent[]): Obstacles | null {
  let now: Obstacles | null = null;
  let asked = 1;
  for (const { fact } of events) {
    if (fact.type === 'referral-approved') {
      now = nothingYet(fact.overrideReason?.code ?? null);
      asked = 1;
    } else if (fact.type === 'approval-withdrawn' || fact.type === 'order-changed-before-write') now = null;
    if (now === null) continue;
    if (fact.type === 'attempt-opened') {
      asked = fact.attempt;
      now = { ...nothingYet(now.overrideReason), authorization: now.authorization, lastContact: now.lastContact };
    } else if (fact.type === 'authorization-asked') now.authorization = { said: now.authorization?.said ?? [], last: 'pending' };
    else if (fact.type === 'authorization-decided') {
      const { decision } = fact;
      const said: Said = decision.status === 'denied' ? { denied: true, reason: decision.reason } : { denied: false };
      now.authorization = { said: [...(now.authorization?.said ?? []), said], last: decision.status };
    } else if (fact.type === 'patient-contacted') now.lastContact = fact.outcome;
    else if ('attempt' in fact && fact.attempt === asked) ofLastAsked(now, fact.type, 'reason' in fact ? fact.reason : null);
  }
  return now;
}

function ofLastAsked(now: Obstacles, type: string, reason: string | null): void {
  if (type === 'attempt-sent') now.sent = true;
  else if (type === 'attempt-accepted') now.accepted = true;
  else if (type === 'attempt-declined') now.declined = reason;
  else if (type === 'appointment-booked') {
    now.booked = true;
    now.lastOfAppointment = 'booked';
  } else if (type === 'appointment-missed') now.lastOfAppointment = 'missed';
  else if (type === 'appointment-cancelled') now.lastOfAppointment = 'cancelled';
}
