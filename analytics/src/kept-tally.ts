/** Which rows of a tally that a snapshot keeps answer a question, if any do. */
import { quoted } from './duckdb.ts';
import { type MetricFilter, type SegmentName, UNKNOWN } from './metric-result.ts';
import type { EhrScope } from './pseudonym.ts';

/** By each of these one set of rows with the months beside it, and one over all months. Two of them at once are counted anew. */
export const GRAINS = ['specialty', 'site', 'payer'] as const;
export type Grain = (typeof GRAINS)[number];

export const monthly = (grain: Grain): string => `${grain} and month`;

type Asked = { metric: string; by: readonly SegmentName[]; scope: EhrScope | null; filter?: MetricFilter };

const isGrain = (name: string): name is Grain => GRAINS.some((grain) => grain === name);

/** By which of the kept rows a question is answered; null where by none of them. */
function grainOf({ by, filter = {} }: Asked): Grain | null {
  const asked = new Set([...by.filter((name) => name !== 'month'), ...GRAINS.filter((name) => filter[name] !== undefined)]);
  const [only = 'payer'] = asked;
  return asked.size <= 1 && isGrain(only) ? only : null;
}

/** The rows of the tally that the question asks for, from those that were kept, as SQL; null where the referrals must be counted anew. */
export function keptTally(question: Asked): string | null {
  const grain = grainOf(question);
  if (grain === null) return null;
  const { metric, by, scope, filter = {} } = question;
  const value = filter[grain];
  const ofMonths = by.includes('month') || filter.from !== undefined || filter.to !== undefined;
  const where = [
    `grain = ${quoted(ofMonths ? monthly(grain) : grain)}`,
    ...(scope === null ? [] : [`tenant = ${quoted(scope.tenant)}`, `issuer = ${quoted(scope.issuer)}`]),
    ...(value === undefined ? [] : [`value = ${quoted(value)}`]),
    ...(filter.from === undefined ? [] : [`month >= ${quoted(filter.from)}`]),
    ...(filter.to === undefined ? [] : [`month <= ${quoted(filter.to)}`]),
  ];
  const fields = by.map((name) => `${quoted(name)}: ${name === 'month' ? `coalesce(month, ${quoted(UNKNOWN)})` : 'value'}`);
  const segment = fields.length === 0 ? `'everyone': true` : fields.join(', ');
  return `select {${segment}} as segment, * exclude (tenant, issuer, grain, value, month) from tally__${metric} where ${where.join(' and ')}`;
}
