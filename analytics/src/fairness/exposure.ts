/** Who is ordered: how the orders in the network of each specialty spread over its specialists. */
import { FEWEST_TO_JUDGE } from '@refloop/domain/fewest-to-judge';
import type { Instant } from '@refloop/domain/instant';
import type { Query } from '../duckdb.ts';
import { defineReferrals, type Moment } from '../run-metric.ts';
import type { Interval } from '../statistics/difference.ts';
import { wilson } from '../statistics/wilson.ts';
import { equalSharers } from './concentration.ts';
import { type FairnessHead, fairnessSql, readFairness } from './fairness-definition.ts';
import type { FairnessQuestion } from './gaps.ts';

export type SpecialistExposure = {
  /** NPI, of the public register. */
  npi: string;
  orders: number;
  /** Of the orders, those in which they stood first in the list. */
  first: number;
  /** Of the specialty's orders, 95 %; null where there are too few. */
  share: Interval | null;
};

export type SpecialtyExposure = {
  specialty: string;
  orders: number;
  /** The share that each would have if all who are ordered had the same. */
  equalShare: number;
  /** As if so many specialists shared equally, 95 %; null where there are too few. */
  equalSharers: Interval | null;
  /** The most ordered first. */
  specialists: SpecialistExposure[];
};

export type ExposureResult = { about: FairnessHead; asOf: Instant; snapshot: string; specialties: SpecialtyExposure[] };

export async function readExposure(query: Query, question: FairnessQuestion, { asOf, snapshot }: Moment): Promise<ExposureResult> {
  await defineReferrals(query, question);
  const rows = (await query.run(fairnessSql('exposure'))).map((row) => ({
    specialty: String(row['specialty']),
    npi: String(row['specialist']),
    orders: Number(row['orders']),
    first: Number(row['first']),
  }));
  const specialties = [...Map.groupBy(rows, ({ specialty }) => specialty)].map(([specialty, of]): SpecialtyExposure => {
    const orders = of.reduce((sum, each) => sum + each.orders, 0);
    return {
      specialty,
      orders,
      equalShare: 1 / of.length,
      equalSharers:
        orders < FEWEST_TO_JUDGE
          ? null
          : equalSharers(
              of.map((each) => each.orders),
              of.length,
            ),
      specialists: of
        .toSorted((one, other) => other.orders - one.orders || (one.npi < other.npi ? -1 : 1))
        .map(({ npi, orders: own, first }) => ({ npi, orders: own, first, share: own < FEWEST_TO_JUDGE ? null : wilson(own, orders) })),
    };
  });
  return { about: readFairness('exposure'), asOf, snapshot, specialties };
}
