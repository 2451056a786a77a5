/** What a packet lacks is judged and kept with what is open of its sending (packet-lacking.ts), outside of what follows an event by itself. */
import type { Instant } from '@refloop/domain/instant';
import type { Unit } from '../store/store.ts';
import { isBeforeSending, lackingOf } from './packet-lacking.ts';
import { readReferral } from './referral-log.ts';

/**
 * After a change of the packet, in its transaction: whoever is asked for what is missing sees it at once. Others of this referral wait until the
 * transaction ends, since the row is read and written back: a hand-over in between would be lost.
 */
export async function keepLacking(unit: Unit, referralId: string, now: Instant): Promise<void> {
  await unit.events.hold(referralId);
  const referral = await readReferral(unit, referralId);
  const lacking = (referral && (await lackingOf(unit, referral, now))) ?? null;
  for (const { id, kind, owner, dueAt, escalatedTo, content } of await unit.obligations.openOf(referralId))
    if (isBeforeSending(kind))
      await unit.obligations.settle(id, { what: 'revise', owner, dueAt, escalatedTo, content: { ...(content as object), lacking } });
}
