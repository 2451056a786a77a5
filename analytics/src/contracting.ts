/** With whom a contract would bring patients back: specialists outside the network by how many of the practice's referrals they see. */
import { readFileSync } from 'node:fs';
import { FEWEST_TO_JUDGE } from '@refloop/domain/fewest-to-judge';
import type { Query } from './duckdb.ts';
import { statisticsSql } from './metric-definition.ts';
import type { DrillPart, DrillResult, MetricFilter } from './metric-result.ts';
import { HOME } from './models.ts';
import type { EhrScope } from './pseudonym.ts';
import { defineReferrals, type Moment, words } from './run-metric.ts';

export type ContractingRow = {
  specialty: string;
  /** Three digits of the patients' ZIP code, `unknown`, or null for all areas together. */
  zip3: string | null;
  /** NPI, of the public register. */
  performer: string;
  /** Referrals first seen there without a lawful choice. */
  wentOut: number;
  /** Whose referrals those are: one patient may have several. */
  patients: number;
  /** Referrals of that specialty and area first seen by anybody of known network status. */
  seenAnywhere: number;
  /** wentOut of seenAnywhere, with Wilson's interval. */
  value: number;
  low: number;
  high: number;
  /** Seen there by lawful choice: beside it, never in it. */
  byLawfulChoice: number;
  /** Of wentOut, those that the practice itself ordered outside. */
  orderedOut: number;
  /** Of wentOut, those whose reason on record is access or a gap of the network: what a contract can mend. */
  forAccess: number;
};

export type Contracting = {
  rows: ContractingRow[];
  /** Specialists with fewer than `fewest` patients of each specialty, of whom nothing is shown, and how many referrals they saw together. */
  tooFew: { specialists: number; referrals: number };
  fewest: number;
};

const listSql = (name: string): string => readFileSync(new URL(`lists/${name}.sql`, HOME), 'utf8');

type Asked = { scope: EhrScope | null; filter: MetricFilter };

async function defineFirstSeen(query: Query, asked: Asked): Promise<void> {
  await defineReferrals(query, asked);
  await query.run(`create or replace temp view first_seen as ${listSql('first_seen')}`);
}

export async function readContracting(query: Query, asked: Asked): Promise<Contracting> {
  await defineFirstSeen(query, asked);
  await query.run(statisticsSql('wilson'));
  const all = (await query.run(listSql('contracting'))).map(
    (row): ContractingRow => ({
      specialty: words(row['specialty']) ?? 'unknown',
      zip3: words(row['zip3']),
      performer: words(row['performer']) ?? '',
      wentOut: Number(row['went_out']),
      patients: Number(row['patients']),
      seenAnywhere: Number(row['seen_anywhere']),
      value: Number(row['value']),
      low: Number(row['low']),
      high: Number(row['high']),
      byLawfulChoice: Number(row['by_lawful_choice']),
      orderedOut: Number(row['ordered_out']),
      forAccess: Number(row['for_access']),
    }),
  );
  const rows = all.filter(({ patients }) => patients >= FEWEST_TO_JUDGE);
  const named = new Set(rows.map(({ performer }) => performer));
  const few = all.filter(({ performer, zip3 }) => zip3 === null && !named.has(performer));
  return {
    rows,
    tooFew: {
      specialists: new Set(few.map(({ performer }) => performer)).size,
      referrals: few.reduce((sum, { wentOut }) => sum + wentOut, 0),
    },
    fewest: FEWEST_TO_JUDGE,
  };
}

/** What the list is called where its rows are asked for. */
export const CONTRACTING = 'contracting';

export type ContractingDrill = Asked & {
  /** NPI; null = everybody outside the network. */
  specialist: string | null;
  specialty: string | null;
  /** `unknown` where nobody told; null = all areas. */
  zip3: string | null;
  part: DrillPart;
  limit: number;
};

/** Those first seen there without a lawful choice, all first seen of that specialty and area, and those seen there by lawful choice. */
const PARTS: Record<DrillPart, string> = {
  numerator: `network = 'out' and not lawful_choice`,
  denominator: 'true',
  excluded: `network = 'out' and lawful_choice`,
};

/** The referrals behind a line of the list, oldest order first. */
export async function drillIntoContracting(
  query: Query,
  { specialist, specialty, zip3, part, limit, ...asked }: ContractingDrill,
  { snapshot, asOf }: Moment,
): Promise<DrillResult> {
  await defineFirstSeen(query, asked);
  const chosen = {
    ...(specialty === null ? {} : { specialty }),
    ...(zip3 === null ? {} : { zip3 }),
    ...(specialist === null || part === 'denominator' ? {} : { performer: specialist }),
  };
  const behind = `from first_seen where ${[PARTS[part], ...Object.keys(chosen).map((name) => `coalesce(${name}, 'unknown') = $${name}`)].join(' and ')}`;
  const [counted] = await query.run(`select count(*) as total ${behind}`, chosen);
  const rows = await query.run(
    `select referral, strftime(ordered_on, '%Y-%m-%d') as ordered_on ${behind} order by ordered_on nulls last, referral limit ${Math.trunc(limit)}`,
    chosen,
  );
  return {
    question: {
      metric: CONTRACTING,
      segment: { ...(specialty === null ? {} : { specialty }), ...(zip3 === null ? {} : { zip3 }) },
      category: null,
      part,
      limit,
    },
    snapshot,
    asOf,
    total: Number(counted?.['total']),
    rows: rows.map((row) => ({
      referral: words(row['referral']) ?? '',
      orderedOn: words(row['ordered_on']),
      why: part === 'excluded' ? 'lawful-choice' : null,
    })),
  };
}
