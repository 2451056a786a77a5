/**
 * The truth of measures that follow from many parameters at once: what they come to in a very large simulation with seeds of its own. It
 * is counted by the second implementation (test/oracle), over orders so old that nothing about them is still to come, so that neither the
 * SQL nor its handling of what is not over yet has a part in it.
 */
import { metricIds, readMetric } from '@refloop/analytics/metric-definition';
import type { PlantedTruths } from '@refloop/server/practice/planted-truths';
import { dayNumber } from '../oracle/calendar.ts';
import { ORACLES } from '../oracle/metrics.ts';
import type { OracleRow } from '../oracle/oracle-row.ts';
import { type ReferralFacts, readFacts } from '../oracle/referral-facts.ts';
import type { LifeDay } from '../oracle/statistics.ts';
import { CURVE_DAYS, keyOf, namedMetric, segmentKey, TOLD_APART, toldApart, valueOf } from './estimand.ts';
import { countOrders, exposureTruths, type OrdersCounted } from './exposure-truth.ts';
import { countGapBatch, type GapCounts, gapTruths, type LargeGap, largeGaps } from './gap-truth.ts';
import { AS_OF, simulatedOrders } from './simulated-orders.ts';

/** `n`: how many referrals the truth was counted over. */
export type Truth = { n: number; value: number };
export type Truths = Record<string, Truth>;

/** The practice ends an order after 210 days at the latest, and a claim comes within three months. */
const OVER_DAYS = 330;
const BATCH = 300;

type Counted = { n: number; numerator: number; days: Map<number, { events: number; competing: number; censored: number }> | null };

function add(counted: Map<string, Counted>, key: string, n: number, numerator: number, curve: readonly LifeDay[] | undefined): void {
  const sum = counted.get(key) ?? { n: 0, numerator: 0, days: curve ? new Map() : null };
  sum.n += n;
  sum.numerator += numerator;
  for (const { day, events, competing, censored } of curve ?? []) {
    const known = sum.days?.get(day) ?? { events: 0, competing: 0, censored: 0 };
    sum.days?.set(day, { events: known.events + events, competing: known.competing + competing, censored: known.censored + censored });
  }
  counted.set(key, sum);
}

/** What has a truth: shares, and times by their curves. A count or an amount is as large as the simulation. */
export const METRICS_WITH_TRUTH = metricIds()
  .filter((id) => ORACLES[id] !== undefined && ['share', 'days'].includes(readMetric(id).unit))
  .sort();

function countRows(
  group: readonly ReferralFacts[],
  segment: string,
  counted: Map<string, Counted>,
  isAskedRow: (row: OracleRow, metric: string) => boolean,
): void {
  const today = dayNumber(AS_OF);
  for (const metric of METRICS_WITH_TRUTH) {
    for (const row of [ORACLES[metric]?.(group, today) ?? []].flat()) {
      if (!isAskedRow(row, metric)) continue;
      const key = JSON.stringify([namedMetric(metric, row.category), segment]);
      add(counted, key, row.n ?? 0, row.numerator.length, row.curve);
    }
  }
}

/** `over`: of orders of which nothing is still to come; `reported`: of all ages, as a report has them. */
type Gaps = { over: GapCounts; reported: GapCounts };

/** Parts of what a metric divides may be what is not over yet: those are counted over all ages, as the metric does. */
function countBatch(batch: readonly ReferralFacts[], counted: Map<string, Counted>, gaps: Gaps): void {
  const oldest = dayNumber(AS_OF) - OVER_DAYS;
  const over = batch.filter(({ order }) => order !== null && order.on <= oldest);
  countGapBatch(over, gaps.over);
  countGapBatch(batch, gaps.reported);
  countRows(batch, segmentKey(null, 'all'), counted, ({ category }) => category !== undefined);
  for (const name of TOLD_APART) {
    for (const [value, group] of Map.groupBy(over, (facts) => valueOf(facts, name))) {
      countRows(
        group,
        segmentKey(name, value),
        counted,
        ({ category }, metric) => category === undefined && toldApart(metric).includes(name),
      );
    }
  }
}

/** From how many arrived, were lost and stayed on each day: the curves by their definitions, and the day on which half had arrived. */
function curveTruths({ n, days }: Counted): { quantity: Parameters<typeof keyOf>[1]; value: number }[] {
  let [atRisk, staying, incidence, survival] = [n, 1, 0, 1];
  const found: { quantity: Parameters<typeof keyOf>[1]; value: number }[] = [];
  let median: number | undefined;
  const wanted = [...CURVE_DAYS];
  const sorted = [...(days ?? new Map<number, { events: number; competing: number; censored: number }>())].sort(
    ([one], [other]) => one - other,
  );
  const at = (day: number): void => {
    found.push({ quantity: `incidence by day ${day}`, value: incidence });
    found.push({ quantity: `Kaplan–Meier by day ${day}`, value: 1 - survival });
  };
  for (const [day, { events, competing, censored }] of sorted) {
    for (let next = wanted[0]; next !== undefined && next < day; next = wanted[0]) at(wanted.shift() ?? next);
    incidence += (staying * events) / atRisk;
    staying *= 1 - (events + competing) / atRisk;
    survival *= 1 - events / atRisk;
    if (median === undefined && 1 - survival >= 0.5) median = day;
    atRisk -= events + competing + censored;
  }
  for (const day of wanted) at(day);
  if (median !== undefined) found.push({ quantity: 'median', value: median });
  return found;
}

/**
 * @param report how many referrals are behind the reports on gaps that will be judged
 * @param progress told after each seed
 */
export function largeSimulation(
  { seeds, referrals, report, planted }: { seeds: readonly string[]; referrals: number; report: number; planted: PlantedTruths | null },
  progress: (seed: string) => void,
): { truths: Truths; gaps: LargeGap[] } {
  const counted = new Map<string, Counted>();
  const gaps: Gaps = { over: new Map(), reported: new Map() };
  const orders: OrdersCounted = new Map();
  for (const seed of seeds) {
    let batch: ReferralFacts[] = [];
    for (const { referralId, events } of simulatedOrders(seed, referrals, planted)) {
      const facts = readFacts(referralId, events);
      if (facts.order === null) continue;
      countOrders(facts, events, orders);
      batch.push(facts);
      if (batch.length < BATCH) continue;
      countBatch(batch, counted, gaps);
      batch = [];
    }
    countBatch(batch, counted, gaps);
    progress(seed);
  }
  const truths: Truths = Object.fromEntries([...gapTruths(gaps.over), ...exposureTruths(orders)]);
  for (const [key, each] of counted) {
    const [metric = '', segment = ''] = JSON.parse(key) as string[];
    if (each.days === null) truths[keyOf(metric, 'share', segment)] = { n: each.n, value: each.numerator / each.n };
    else for (const { quantity, value } of curveTruths(each)) truths[keyOf(metric, quantity, segment)] = { n: each.n, value };
  }
  return { truths, gaps: largeGaps(gaps.reported, (seeds.length * referrals) / report) };
}
