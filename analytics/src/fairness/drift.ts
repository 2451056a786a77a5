/** Whether specialists are ordered otherwise than in the quarter before, and whether who stands first is passed over more or less. */
import { FEWEST_TO_JUDGE } from '@refloop/domain/fewest-to-judge';
import { type Day, dayOf, type Instant } from '@refloop/domain/instant';
import type { Query, Rows } from '../duckdb.ts';
import { defineMetric, type Moment } from '../run-metric.ts';
import type { Interval } from '../statistics/difference.ts';
import { wilson } from '../statistics/wilson.ts';
import { conditionalP } from './conditional-test.ts';
import { detectableGap } from './detectable-gap.ts';
import { FALSE_DISCOVERY_RATE, type FairnessHead, fairnessSql, readFairness } from './fairness-definition.ts';
import { callDifferent } from './false-discovery.ts';
import type { FairnessQuestion } from './gaps.ts';
import { upperQuantile } from './normal.ts';
import { permute } from './permutation.ts';
import { riskDifference, type Stratum } from './risk-difference.ts';

export type DriftVerdict = 'changed' | 'not-distinguishable' | 'too-few';

export type RoutingDrift = {
  specialty: string;
  /** Orders in the quarter before and in the last one. */
  before: number;
  last: number;
  verdict: DriftVerdict;
  /** Null where there are too few. `distance` and `byChance`: 0 … 1. */
  found: { distance: number; byChance: number; p: number } | null;
};

export type OverrideDrift = {
  /** Null: all specialties together. */
  specialty: string | null;
  before: number;
  last: number;
  verdict: DriftVerdict;
  /** −1 … 1, last minus before. */
  found: (Interval & { beforeShare: number; lastShare: number; p: number; detectable: number }) | null;
};

export type DriftResult = {
  about: FairnessHead;
  asOf: Instant;
  snapshot: string;
  /** `2026-Q2`; the last whole quarter before the snapshot, and the one before it. */
  quarters: { before: string; last: string };
  /** Of the intervals of override changes, after the widening for many comparisons. */
  level: number;
  compared: number;
  called: number;
  routing: RoutingDrift[];
  override: OverrideDrift[];
  /** Of every quarter of orders, 95 %; null where there are too few. `whole` is false for the quarter that is not over. */
  trend: { quarter: string; n: number; share: Interval | null; whole: boolean }[];
};

type Order = { specialty: string; urgency: string; quarter: 'before' | 'last'; specialist: string; orders: number; overridden: number };

const OUTSIDE = 'outside the network';

const orderOf = (row: Rows[number]): Order => ({
  specialty: String(row['specialty']),
  urgency: String(row['urgency']),
  quarter: row['quarter'] === 'last' ? 'last' : 'before',
  specialist: typeof row['specialist'] === 'string' ? row['specialist'] : OUTSIDE,
  orders: Number(row['orders']),
  overridden: Number(row['overridden']),
});

const ordersOf = (orders: readonly Order[], quarter: Order['quarter']): number =>
  orders.reduce((sum, each) => (each.quarter === quarter ? sum + each.orders : sum), 0);

const pairOf = (orders: readonly Order[], of: (order: Order) => number): [number, number] => [
  orders.reduce((sum, each) => (each.quarter === 'before' ? sum + of(each) : sum), 0),
  orders.reduce((sum, each) => (each.quarter === 'last' ? sum + of(each) : sum), 0),
];

function strataOf(orders: readonly Order[]): Stratum[] {
  return [...Map.groupBy(orders, ({ specialty, urgency }) => `${specialty} ${urgency}`).values()].map((of): Stratum => {
    const [rest, group] = pairOf(of, (each) => each.orders);
    const [restTrue, groupTrue] = pairOf(of, (each) => each.overridden);
    return { group, groupTrue, rest, restTrue };
  });
}

const quarterName = (year: number, quarter: number): string => `${year}-Q${quarter + 1}`;

/** The quarter of a day that is still going on, and the two whole ones before it. */
export function quartersBefore(today: Day): { now: string; last: string; before: string } {
  const [year, quarter] = [Number(today.slice(0, 4)), Math.floor((Number(today.slice(5, 7)) - 1) / 3)];
  const back = (many: number): string => {
    const total = year * 4 + quarter - many;
    return quarterName(Math.floor(total / 4), total % 4);
  };
  return { now: back(0), last: back(1), before: back(2) };
}

type Looked =
  | { kind: 'routing'; specialty: string; orders: Order[]; p: number | null; found: RoutingDrift['found'] }
  | { kind: 'override'; specialty: string | null; orders: Order[]; p: number | null };

const enough = (orders: readonly Order[]): boolean =>
  ordersOf(orders, 'before') >= FEWEST_TO_JUDGE && ordersOf(orders, 'last') >= FEWEST_TO_JUDGE;

function lookAt(orders: readonly Order[]): Looked[] {
  const bySpecialty = [...Map.groupBy(orders, ({ specialty }) => specialty)];
  const routing = bySpecialty.map(([specialty, of], at): Looked => {
    if (!enough(of)) return { kind: 'routing', specialty, orders: of, p: null, found: null };
    const counts = [...Map.groupBy(of, ({ specialist }) => specialist).values()].map((each) => pairOf(each, (order) => order.orders));
    const { distance, byChance, p } = permute(counts, at + 1);
    return { kind: 'routing', specialty, orders: of, p, found: { distance, byChance, p } };
  });
  const override = [[null, orders] as const, ...bySpecialty].map(([specialty, of]): Looked => {
    const strata = strataOf(of);
    const p = enough(of) && riskDifference(strata) !== null ? conditionalP(strata) : null;
    return { kind: 'override', specialty, orders: [...of], p };
  });
  return [...routing, ...override];
}

/** Everything that may have drifted is one family of comparisons. */
export function judgeDrift(orders: readonly Order[]): Pick<DriftResult, 'level' | 'compared' | 'called' | 'routing' | 'override'> {
  const looked = lookAt(orders);
  const compared = looked.flatMap(({ p }) => (p === null ? [] : [p]));
  const { called, intervalAlpha } = callDifferent(compared, FALSE_DISCOVERY_RATE);
  const z = upperQuantile(intervalAlpha / 2);
  const routing: RoutingDrift[] = [];
  const override: OverrideDrift[] = [];
  let place = 0;
  for (const each of looked) {
    const isCalled = each.p !== null && called[place] === true;
    if (each.p !== null) place += 1;
    const [before, last] = [ordersOf(each.orders, 'before'), ordersOf(each.orders, 'last')];
    const verdict: DriftVerdict = each.p === null ? 'too-few' : isCalled ? 'changed' : 'not-distinguishable';
    if (each.kind === 'routing') routing.push({ specialty: each.specialty, before, last, verdict, found: each.found });
    else override.push(overrideDrift(each, { before, last, isCalled, z, intervalAlpha }));
  }
  const changed = [...routing, ...override].filter(({ verdict }) => verdict === 'changed').length;
  return { level: 1 - intervalAlpha, compared: compared.length, called: changed, routing, override };
}

function overrideDrift(
  { specialty, orders, p }: Extract<Looked, { kind: 'override' }>,
  { before, last, isCalled, z, intervalAlpha }: { before: number; last: number; isCalled: boolean; z: number; intervalAlpha: number },
): OverrideDrift {
  const difference = riskDifference(strataOf(orders));
  if (p === null || difference === null) return { specialty, before, last, verdict: 'too-few', found: null };
  const { value, standardError, nullError } = difference;
  const [low, high] = [Math.max(-1, value - z * standardError), Math.min(1, value + z * standardError)];
  const [beforeTrue, lastTrue] = pairOf(orders, (each) => each.overridden);
  const shares = { beforeShare: beforeTrue / before, lastShare: lastTrue / last };
  const verdict = isCalled && (low > 0 || high < 0) ? 'changed' : 'not-distinguishable';
  return {
    specialty,
    before,
    last,
    verdict,
    found: { value, low, high, ...shares, p, detectable: detectableGap(nullError, intervalAlpha) },
  };
}

export async function readDrift(query: Query, question: FairnessQuestion, moment: Moment): Promise<DriftResult> {
  const { asOf, snapshot } = moment;
  await defineMetric(query, { ...question, metric: 'override' }, moment);
  const today = moment.asOfDay ?? dayOf(asOf);
  const orders = (await query.run(fairnessSql('routing'), { as_of: today })).map(orderOf);
  const { now, last, before } = quartersBefore(today);
  const trend = (await query.run(fairnessSql('override-trend'))).map((row) => {
    const [quarter, n] = [String(row['quarter']), Number(row['n'])];
    return { quarter, n, share: n < FEWEST_TO_JUDGE ? null : wilson(Number(row['overridden']), n), whole: quarter !== now };
  });
  return { about: readFairness('drift'), asOf, snapshot, quarters: { before, last }, ...judgeDrift(orders), trend };
}
