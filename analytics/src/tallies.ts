/**
 * Tallies that are kept with a snapshot. What a metric with a rule `tally` answers is reckoned from rows that say how many referrals there
 * are of a kind; such rows may be added up. Counted once for each specialty, site and payer with its months, they answer most of what a
 * dashboard asks without a look at the referrals.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Query, quoted } from './duckdb.ts';
import { GRAINS, type Grain, monthly } from './kept-tally.ts';
import { type MetricDefinition, metricIds, metricSql, readMetric } from './metric-definition.ts';
import { UNKNOWN } from './metric-result.ts';
import { writeParquet } from './models.ts';
import { type Moment, rulesSql } from './run-metric.ts';

/** Which tallies a snapshot holds: of each metric the digest of the rules that made it. */
export type KeptTallies = Record<string, string>;

/** With fewer referrals, counting anew takes no longer. */
const WORTHWHILE = 10_000;

export const tallyFile = (metric: string): string => `tally__${metric}.parquet`;

/** Changes with whatever the rows of a tally depend on, so that a release that counts otherwise does not believe an older one's. */
function digestOf({ id, tables, rules, parameters }: MetricDefinition): string {
  const sql = [...tables, ...rules].map((rule) => metricSql(id, rule));
  return createHash('sha256')
    .update(JSON.stringify([rules, sql, parameters, GRAINS]))
    .digest('hex')
    .slice(0, 32);
}

/** Metrics of money depend on what a site assumes. */
const isKept = ({ rules, assumes, countsOnce }: MetricDefinition): boolean => rules.includes('tally') && assumes === null && !countsOnce;

const referralsBy = (grain: Grain): string =>
  `create or replace temp view referral as
   select *, {tenant: tenant, issuer: issuer, value: coalesce(${grain}, ${quoted(UNKNOWN)}), month: month} as segment from core__referral`;

/**
 * Counts the tally of every metric that has one, from the tables of the connection, into files of the folder.
 * @param choice.least referrals there must be; with fewer it makes none
 * @param choice.metrics of these alone; of all unless told
 */
export async function writeTallies(
  query: Query,
  folder: string,
  moment: Moment,
  { least = WORTHWHILE, metrics = metricIds() }: { least?: number; metrics?: readonly string[] } = {},
): Promise<KeptTallies> {
  const [row] = await query.run('select count(*) as rows from core__referral');
  if (Number(row?.['rows']) < least) return {};
  const kept: KeptTallies = {};
  for (const definition of metrics.map(readMetric).filter(isKept)) {
    for (const grain of GRAINS) {
      await query.run(referralsBy(grain));
      for (const sql of rulesSql(definition, moment, undefined)) await query.run(sql);
      const rows = `select segment.tenant as tenant, segment.issuer as issuer, ${quoted(monthly(grain))} as grain, segment.value as value,
        segment.month as month, * exclude (segment, many), many from tally`;
      await query.run(grain === GRAINS[0] ? `create or replace temp table kept_tally as ${rows}` : `insert into kept_tally ${rows}`);
      await query.run(
        `insert into kept_tally select * exclude (many) replace (${quoted(grain)} as grain, null as month), sum(many)::bigint as many
         from kept_tally where grain = ${quoted(monthly(grain))} group by all`,
      );
    }
    await writeParquet(query, '(select * from kept_tally order by all)', join(folder, tallyFile(definition.id)));
    await query.run('drop table tally');
    await query.run('drop table kept_tally');
    kept[definition.id] = digestOf(definition);
  }
  return kept;
}

/** The metrics whose tally of a snapshot was made by the rules of this release. */
export const usableTallies = (kept: KeptTallies | undefined): ReadonlySet<string> =>
  new Set(
    Object.entries(kept ?? {}).flatMap(([id, digest]) => (metricIds().includes(id) && digestOf(readMetric(id)) === digest ? [id] : [])),
  );
