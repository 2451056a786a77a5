/**
 * Small cells of a table that leaves the product. A count from 1 to 10 can be a person in a small place; so can what is left when such a
 * count is taken from its total (the cell size suppression policy of the Centers for Medicare & Medicaid Services: no cell below 11, nor
 * one from which such a cell can be derived).
 */
import type { MetricResult, MetricRow } from './metric-result.ts';

export const SMALLEST_CELL = 11;

export const SUPPRESSED = `Fewer than ${SMALLEST_CELL}; not told.`;

/** A row as it may leave: what is null was suppressed, or never had a value. */
export type SafeRow = Omit<MetricRow, 'n'> & { n: number | null };

const isSmall = (count: number): boolean => count > 0 && count < SMALLEST_CELL;

/** Counts among the parts; shares and days are none, but a share of few tells the few. */
const safePart = (name: string, value: number | null, n: number): number | null => {
  if (value === null) return null;
  if (/_(rate|share)$/.test(name)) return isSmall(Math.round(value * n)) || isSmall(n - Math.round(value * n)) ? null : value;
  return Number.isInteger(value) && isSmall(value) ? null : value;
};

function safeRow(row: MetricRow, unit: MetricResult['metric']['unit']): SafeRow {
  if (isSmall(row.n)) {
    const parts = Object.fromEntries(Object.keys(row.parts).map((name) => [name, null]));
    return { ...row, n: null, value: null, low: null, high: null, parts, note: SUPPRESSED };
  }
  const parts = Object.fromEntries(Object.entries(row.parts).map(([name, value]) => [name, safePart(name, value, row.n)]));
  const counted = unit === 'share' && row.value !== null ? Math.round(row.value * row.n) : 0;
  if (!isSmall(counted) && !isSmall(row.n - counted)) return { ...row, parts };
  if (unit !== 'share') return { ...row, parts };
  return {
    ...row,
    value: null,
    low: null,
    high: null,
    parts: Object.fromEntries(Object.keys(parts).map((name) => [name, null])),
    note: SUPPRESSED,
  };
}

/**
 * The rows of an answer without small cells. Where a single row was taken out of several its neighbour with fewest goes too: else it could be
 * had by taking the others from the total.
 */
export function withoutSmallCells({ metric, rows }: Pick<MetricResult, 'metric' | 'rows'>): SafeRow[] {
  const safe = rows.map((row) => safeRow(row, metric.unit));
  const hidden = safe.filter(({ n }) => n === null).length;
  if (hidden !== 1 || rows.length === 1) return safe;
  const rest = rows.map(({ n }, index) => ({ n, index })).filter(({ index, n }) => safe[index]?.n !== null && n > 0);
  const next = rest.toSorted((one, other) => one.n - other.n)[0];
  return safe.map((row, index) =>
    index === next?.index
      ? {
          ...row,
          n: null,
          value: null,
          low: null,
          high: null,
          parts: Object.fromEntries(Object.keys(row.parts).map((name) => [name, null])),
          note: SUPPRESSED,
        }
      : row,
  );
}
