/** One seed of the simulated practice through the warehouse: what every metric says of it, with its intervals. */
import type { Query } from '@refloop/analytics/duckdb';
import type { DriftResult } from '@refloop/analytics/fairness/drift';
import { readExposure } from '@refloop/analytics/fairness/exposure';
import { upperQuantile } from '@refloop/analytics/fairness/normal';
import { metricIds } from '@refloop/analytics/metric-definition';
import type { CurvePoint, MetricRow } from '@refloop/analytics/metric-result';
import { runMetric } from '@refloop/analytics/run-metric';
import { PAYERS } from '@refloop/server/practice/practice';
import { CURVE_DAYS, isAsked, keyOf, namedMetric, segmentKey, type ToldApart, toldApart } from './estimand.ts';
import { exposureKey, sharersKey } from './exposure-truth.ts';
import { driftKey, quarterKey } from './planted-parameters.ts';
import { AS_OF } from './simulated-orders.ts';

/** The interval that was given; `high` is null where it is open above. */
export type Given = { key: string; low: number; high: number | null };

const Z = upperQuantile(0.025);
const MOMENT = { asOf: AS_OF, snapshot: 'coverage' };

const segmentOf = (name: ToldApart, { segment }: Pick<MetricRow, 'segment'>): string =>
  segmentKey(name, name === null ? 'all' : (segment[name] ?? 'unknown'));

function onDay(points: readonly CurvePoint[], day: number): CurvePoint | undefined {
  return points.findLast((point) => point.day <= day);
}

function intervalsOf(metric: string, name: ToldApart, row: MetricRow, curve: readonly CurvePoint[] | undefined): Given[] {
  const segment = segmentOf(name, row);
  if (!curve)
    return row.low === null ? [] : [{ key: keyOf(namedMetric(metric, row.category), 'share', segment), low: row.low, high: row.high }];
  const points = curve.filter((point) => segmentOf(name, point) === segment);
  const median: Given[] = row.low === null ? [] : [{ key: keyOf(metric, 'median', segment), low: row.low, high: row.high }];
  return [
    ...median,
    ...CURVE_DAYS.flatMap((day): Given[] => {
      const point = onDay(points, day);
      if (!point) return [];
      return [
        { key: keyOf(metric, `incidence by day ${day}`, segment), low: point.low, high: point.high },
        { key: keyOf(metric, `Kaplan–Meier by day ${day}`, segment), low: point.kaplanMeierLow, high: point.kaplanMeierHigh },
      ];
    }),
  ];
}

export const overrideKey = (specialty: string, language: string): string => `override rate by the parameters: ${specialty}, ${language}`;

/** The override rate of each specialty for each language, of which the parameters say what is true. */
async function overrides(query: Query): Promise<Given[]> {
  const { rows } = await runMetric(query, { metric: 'override', by: ['specialty', 'language'], scope: null }, MOMENT);
  return rows.flatMap(({ segment, low, high }) =>
    low === null ? [] : [{ key: overrideKey(segment.specialty ?? '', segment.language ?? ''), low, high }],
  );
}

/** Whom the orders of a specialty went to, and as if how many shared them equally. */
async function exposure(query: Query): Promise<Given[]> {
  const { specialties } = await readExposure(query, { scope: null }, MOMENT);
  return specialties.flatMap(({ specialty, equalSharers, specialists }): Given[] => [
    ...(equalSharers ? [{ key: sharersKey(specialty), low: equalSharers.low, high: equalSharers.high }] : []),
    ...specialists.flatMap(({ npi, share }) => (share ? [{ key: exposureKey(specialty, npi), low: share.low, high: share.high }] : [])),
  ]);
}

/** The interval of one change alone, before it is widened for many, and the override rate of each whole quarter. */
export function driftIntervals({ level, override, trend }: DriftResult): Given[] {
  const wider = upperQuantile((1 - level) / 2);
  const changes = override.flatMap(({ specialty, found }): Given[] => {
    // An end that was cut at −1 or 1 says nothing of how wide it was.
    if (found === null || found.low <= -1 || found.high >= 1) return [];
    const half = (((found.high - found.low) / 2) * Z) / wider;
    return [{ key: driftKey(specialty), low: found.value - half, high: found.value + half }];
  });
  const quarters = trend.flatMap(({ quarter, share, whole }): Given[] =>
    share !== null && whole ? [{ key: quarterKey(quarter), low: share.low, high: share.high }] : [],
  );
  return [...changes, ...quarters];
}

export async function intervalsOfSeed(query: Query): Promise<Given[]> {
  const given: Given[] = [];
  for (const metric of metricIds()) {
    for (const name of toldApart(metric)) {
      const { rows, curve } = await runMetric(query, { metric, by: name === null ? [] : [name], scope: null }, MOMENT);
      for (const row of rows.filter(({ category }) => isAsked(category, name))) given.push(...intervalsOf(metric, name, row, curve));
    }
  }
  given.push(...(await overrides(query)), ...(await exposure(query)));
  return given;
}

export const LEAK_OF_PLANTED = 'leakage of visits ordered in network, payers whose claims are seen';

/** Of the very referrals for which the planted share of leaks is the truth. Replaces the table of referrals: asked last. */
export async function plantedLeakage(query: Query): Promise<Given[]> {
  const payers = PAYERS.filter(({ claims }) => claims)
    .map(({ name }) => `'${name}'`)
    .join(', ');
  await query.run(
    `create or replace table core__referral as
     select * from core__referral where service = 'visit' and ordered_network = 'in' and payer in (${payers})`,
  );
  const { rows } = await runMetric(query, { metric: 'network_leakage', by: ['specialty'], scope: null }, MOMENT);
  return rows.flatMap(({ segment, low, high }) => (low === null ? [] : [{ key: `${LEAK_OF_PLANTED}: ${segment.specialty}`, low, high }]));
}
