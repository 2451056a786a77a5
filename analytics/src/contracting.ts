/** With whom a contract would bring patients back: specialists outside the network by how many of the practice's referrals they see. */

import { readFileSync } from 'node:fs';
import { FEWEST_TO_JUDGE } from '@refloop/domain/fewest-to-judge';
import type { Query } from './duckdb.ts';
import { statisticsSql } from './metric-definition.ts';
import type { MetricFilter } from './metric-result.ts';
import { HOME } from './models.ts';
import type { EhrScope } from './pseudonym.ts';
import { defineReferrals, words } from './run-metric.ts';

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

const SQL = new URL('lists/contracting.sql', HOME);

export async function readContracting(
  query: Query,
  { scope, filter }: { scope: EhrScope | null; filter: MetricFilter },
): Promise<Contracting> {
  await defineReferrals(query, { scope, filter });
  await query.run(statisticsSql('wilson'));
  const all = (await query.run(readFileSync(SQL, 'utf8'))).map(
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
