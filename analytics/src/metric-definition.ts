/** A metric as its folder defines it: metric.yml in English, and one SQL file for each rule. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { MetricHead } from './metric-result.ts';
import { HOME } from './models.ts';

export type MetricDefinition = MetricHead & {
  /** Named numbers that the rules use, such as `maturity_days`. */
  parameters: Record<string, number>;
  /** Shared statistics, then rules, in the order in which each may use those before it. */
  statistics: string[];
  /** Lists of names that rules and result read, such as stages in their order; of no referral. */
  tables: string[];
  rules: string[];
  /** Each patient counts once among the referrals looked at, so that what two filters count cannot be added up. */
  countsOnce: boolean;
  /** What each number in `parts` is. */
  parts: Record<string, string>;
  /** Of times, whose life table is drawn. */
  hasCurve: boolean;
  /** What the site has to supply before it says anything; null where it needs nothing. */
  assumes: 'allowed-amounts' | null;
};

const FOLDER = new URL('metrics/', HOME);

const SHARED = new URL('rules/', HOME);

/** The metric's own file, else the one that several metrics share. */
const metricFile = (id: string, file: string): URL => {
  const own = new URL(`${id}/${file}.sql`, FOLDER);
  return existsSync(own) ? own : new URL(`${file}.sql`, SHARED);
};

/** Files of this package do not change while it runs; each is read once. */
function once<Key extends string, Value>(read: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    const value = known.get(key) ?? read(key);
    known.set(key, value);
    return value;
  };
}

const sqlOf = once((path: string) => readFileSync(new URL(path), 'utf8'));
const fileOf = once((path: `${string}/${string}`) => {
  const [id = '', file = ''] = path.split('/');
  return metricFile(id, file).href;
});

export const metricSql = (id: string, file: string): string => sqlOf(fileOf(`${id}/${file}`));
export const statisticsSql = (name: string): string => sqlOf(new URL(`statistics/${name}.sql`, HOME).href);

const listed = once((_folder: 'metrics') =>
  readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort(),
);

/** In alphabetical order. */
export const metricIds = (): string[] => listed('metrics');

const words = (text: unknown): string => String(text).trim();

/** Throws where there is no such metric; metric-definition.test.ts holds that each file has all that is read here. */
export function readMetric(id: string): MetricDefinition {
  if (!metricIds().includes(id)) throw new Error(`There is no metric "${id}". There are ${metricIds().join(', ')}.`);
  return definitionOf(id);
}

const definitionOf = once((id: string): MetricDefinition => {
  const read = parse(readFileSync(new URL(`${id}/metric.yml`, FOLDER), 'utf8')) as Record<keyof MetricDefinition, unknown>;
  const { version, unit, caveats, target, benchmarks, parameters, statistics, rules, parts } = read as MetricDefinition;
  const {
    categories = {},
    assumes = null,
    tables = [],
    counts_once = false,
    names_rows = true,
  } = read as Partial<MetricDefinition> & { counts_once?: boolean; names_rows?: boolean };
  return {
    id: words(read.id),
    version,
    title: words(read.title),
    unit,
    definition: words(read.definition),
    numerator: words(read.numerator),
    denominator: words(read.denominator),
    exclusions: words(read.exclusions),
    clock: read.clock === null ? null : words(read.clock),
    source: words(read.source),
    caveats,
    target,
    benchmarks,
    parameters,
    statistics,
    tables,
    rules,
    countsOnce: counts_once,
    namesRows: names_rows,
    parts,
    categories,
    assumes,
    hasCurve: unit === 'days' && statistics.includes('life_table'),
  };
});

/** What is shown of it with every answer. */
export function headOf({
  parameters: _parameters,
  statistics: _statistics,
  tables: _tables,
  rules: _rules,
  countsOnce: _countsOnce,
  hasCurve: _hasCurve,
  assumes: _assumes,
  ...head
}: MetricDefinition): MetricHead {
  return head;
}
