/** Whom the simulated practice orders, from counts of a very large simulation: the true shares of specialists, and how many would share equally. */
import type { ReferralEvent } from '@refloop/domain/referral/event';
import type { ReferralFacts } from '../oracle/referral-facts.ts';

export const sharersKey = (specialty: string): string => `exposure, equal sharers: ${specialty}`;
export const exposureKey = (specialty: string, npi: string): string => `exposure, share of orders: ${specialty} ${npi}`;

/** By specialty and NPI, of orders in the network that stood in the chart. */
export type OrdersCounted = Map<string, Map<string, number>>;

export function countOrders({ specialty, order }: ReferralFacts, events: readonly ReferralEvent[], counted: OrdersCounted): void {
  if (order === null || !order.wasActive || order.network !== 'in') return;
  const approved = events.findLast(({ fact }) => fact.type === 'referral-approved')?.fact;
  if (approved?.type !== 'referral-approved') return;
  const of = counted.get(specialty) ?? new Map<string, number>();
  of.set(approved.performer.npi, (of.get(approved.performer.npi) ?? 0) + 1);
  counted.set(specialty, of);
}

/** The number of equal sharers is one over the probability that two orders go to the same specialist. */
export function exposureTruths(counted: OrdersCounted): [key: string, truth: { n: number; value: number }][] {
  return [...counted].flatMap(([specialty, of]) => {
    const n = [...of.values()].reduce((sum, each) => sum + each, 0);
    const sameTwice = [...of.values()].reduce((sum, each) => sum + (each / n) ** 2, 0);
    return [
      [sharersKey(specialty), { n, value: 1 / sameTwice }],
      ...[...of].map(([npi, orders]): [string, { n: number; value: number }] => [exposureKey(specialty, npi), { n, value: orders / n }]),
    ];
  });
}
