/** What every way of sending a packet has in common: which transmission it carries out, when it must not leave, and what follows. */

import { type Attempt, isEnded } from '@refloop/domain/referral/attempt';
import { authorizationHold } from '@refloop/domain/referral/authorization-hold';
import type { ObservedFact } from '@refloop/domain/referral/observe';
import type { Referral } from '@refloop/domain/referral/referral';
import { z } from 'zod';
import type { Sent, Settled } from './handler.ts';

export const Transmission = z.object({ attempt: z.number().int().positive(), transmissionId: z.string().min(1) });
export type Transmission = z.infer<typeof Transmission>;

function askedStill({ order, attempts }: Referral, { attempt }: Transmission): Attempt | undefined {
  const last = attempts.at(-1);
  return order.status === 'active' && last?.number === attempt && !isEnded(last) ? last : undefined;
}

/** Of an office that is asked still, and waited for: what did not leave is somebody's to see to. */
export const isOwed = (referral: Referral, transmission: Transmission): boolean => askedStill(referral, transmission) !== undefined;

/** Nothing leaves for an order that is over, for an office that is not asked any more, or while the payer has not approved (R112). */
export function whyNotLeave(referral: Referral, transmission: Transmission): string | undefined {
  if (referral.order.status !== 'active') return 'The order is not in force.';
  const { transmissionId } = transmission;
  const asked = askedStill(referral, transmission);
  if (!asked) return 'This specialist is not asked any more.';
  const hold = authorizationHold(referral);
  if (hold) return hold === 'asked' ? 'The payer has not approved it yet.' : 'The payer denied it.';
  const sent = asked.transmissions.find(({ id }) => id === transmissionId);
  return sent?.status === 'failed' ? 'It could not be sent.' : undefined;
}

/** What was asked for while this way was set up comes again for as long as anything does, in case it is set up anew; then a person is told. */
export const NOT_SET_UP: Sent = { kind: 'refused', detail: 'Refloop is not set up any more to send it this way.', final: false };

/**
 * @param receipt what `done` proves: that it arrived at a machine of the other side, or only that somebody took it on
 */
export function transmissionFact(
  { attempt, transmissionId }: Transmission,
  outcome: Settled,
  { at, receipt }: { at: string; receipt: 'arrived' | 'taken-on' },
): ObservedFact | undefined {
  const about = { attempt, transmissionId, at } as const;
  switch (outcome.kind) {
    case 'done':
      return receipt === 'arrived'
        ? { kind: 'transmission-delivered', ...about, key: `transmission/${transmissionId}/delivered` }
        : undefined;
    case 'failed':
    case 'left-out':
      return { kind: 'transmission-failed', ...about, detail: outcome.detail, key: `transmission/${transmissionId}/failed` };
    case 'unknown':
      return undefined;
  }
}
