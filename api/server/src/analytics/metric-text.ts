/** A metric's answer as people read it on a terminal. */
import type { MetricHead, MetricResult, MetricRow, MetricUnit } from '@refloop/analytics/metric-result';

const DAYS = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });
const WHOLE = new Intl.NumberFormat('en-US');

const shown = (value: number | null, unit: MetricUnit): string => {
  if (value === null) return '–';
  if (unit === 'dollars') return `$${WHOLE.format(Math.round(value))}`;
  if (unit === 'minutes' || unit === 'per-referral') return `${value.toFixed(1)}${unit === 'minutes' ? ' min' : ''}`;
  return unit === 'share' ? `${(value * 100).toFixed(1)} %` : unit === 'days' ? `${DAYS.format(value)} d` : WHOLE.format(value);
};

function interval({ value, low, high }: MetricRow, unit: MetricUnit): string {
  if (low === null && high === null) return '–';
  return high === null && value !== null ? `from ${shown(low, unit)}` : `${shown(low, unit)} to ${shown(high, unit)}`;
}

/** Columns as wide as their widest cell; the last one is not padded. */
function columns(lines: string[][]): string[] {
  const widths = (lines[0] ?? []).map((_, at) => Math.max(...lines.map((cells) => cells[at]?.length ?? 0)));
  return lines.map((cells) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** A rate between 0 and 1 is a share; whatever else stands among the parts is a count or a day. */
const isShare = (name: string): boolean => /_(rate|share)$|^seen_by_\d+$/.test(name);

function partLines({ metric, rows: [row] }: MetricResult): string[] {
  if (!row) return [];
  const lines = Object.entries(row.parts).map(([name, value]) => [
    '',
    name,
    shown(value, isShare(name) ? 'share' : 'count'),
    metric.parts[name] ?? '',
  ]);
  return columns(lines);
}

export function metricText(result: MetricResult): string {
  const { metric, by, rows, asOf, snapshot } = result;
  const divides = Object.keys(metric.categories).length > 0;
  const head = [
    ...by,
    ...(divides ? ['category'] : []),
    'n',
    metric.unit === 'days' ? 'median' : 'value',
    metric.unit === 'dollars' ? 'range assumed' : '95 % interval',
    'note',
  ];
  const lines = rows.map((row) => [
    ...by.map((name) => row.segment[name] ?? ''),
    ...(divides ? [row.category ?? ''] : []),
    row.n === null ? 'not told' : WHOLE.format(row.n),
    shown(row.value, metric.unit),
    interval(row, metric.unit),
    row.note ?? '',
  ]);
  return [
    `${metric.title} (${metric.id}, version ${metric.version})`,
    metric.definition,
    `As of ${asOf.slice(0, 10)}, snapshot ${snapshot}.`,
    '',
    ...(rows.length === 0 ? ['No referral to count.'] : columns([head, ...lines])),
    ...(by.length === 0 && rows.length > 0 ? ['', ...partLines(result)] : []),
    '',
  ].join('\n');
}

/** What a metric is, without any number of one's own. */
export function definitionText(metric: MetricHead): string {
  const named: [string, string][] = [
    ['', metric.definition],
    ['Numerator', metric.numerator],
    ['Denominator', metric.denominator],
    ['Left out', metric.exclusions],
    ...(metric.clock === null ? [] : ([['Clock', metric.clock]] as [string, string][])),
    ['Source', metric.source],
    ...metric.caveats.map((caveat): [string, string] => ['Caveat', caveat]),
    ...metric.benchmarks.map(({ label, value, population, source, caveat }): [string, string] => [
      'Benchmark',
      `${label}: ${shown(value, metric.unit)} (${population}). ${source}. ${caveat}`,
    ]),
  ];
  return [`${metric.id}  ${metric.title}`, ...named.map(([name, text]) => `  ${name === '' ? '' : `${name}: `}${text}`), ''].join('\n');
}
