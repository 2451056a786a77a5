/** For tests: referrals with a history, appended to a store as the services append them. */
import type { ReferralEvent } from '@refloop/domain/referral/event';
import { act, inChart, minute } from '@refloop/domain/referral/test-care';
import type { NewEvent } from '../store/events.ts';
import type { Scope, Store } from '../store/store.ts';

export const newEvent = ({ fact, effectiveAt, recordedAt, actor, factKey }: ReferralEvent, referralId: string): NewEvent => {
  const { type, version, ...data } = fact;
  const key = factKey === null ? null : `${referralId} ${factKey}`;
  const event = { type, version, effectiveAt, recordedAt, actor };
  return key === null ? { ...event, data } : { ...event, data: { ...data, factKey: key }, factKey: key };
};

/** Sent, accepted, booked and seen a day later. */
export function seenEvents(): readonly ReferralEvent[] {
  const history = inChart();
  act(history, { type: 'send', transmissionId: 't', channel: 'fax' }, 1);
  act(history, { type: 'accept' }, 2);
  act(history, { type: 'schedule', appointmentId: 'a', startsAt: minute(1440) }, 3);
  act(history, { type: 'mark-seen', appointmentId: 'a' }, 1500);
  return history.events;
}

/** Ordered, and nothing since. */
export const openEvents = (): readonly ReferralEvent[] => inChart().events;

export const appendHistory = (store: Store, scope: Scope, referralId: string, events: readonly ReferralEvent[]): Promise<unknown> =>
  store.transaction(scope, (unit) =>
    unit.events.append(
      referralId,
      0,
      events.map((event) => newEvent(event, referralId)),
    ),
  );
