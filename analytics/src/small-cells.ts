/**
 * Small cells taken out of what leaves the practice. The rule is that of CMS (Cell Size Suppression Policy, resdac.org, version of
 * 26 January 2024): no cell of 1 to 10 is shown, nor anything from which one can be derived, percentages and excluded cases included;
 * zero may be shown. What is hidden is never a single cell of a row or of a column that adds up: the next smallest goes with it, and
 * so on until what is hidden together is no small cell itself.
 */
import type { MetricResult, MetricRow, MetricUnit, SegmentName } from './metric-result.ts';

/** Below it a count is hidden; zero is not. */
export const SMALLEST_CELL = 11;

export const SUPPRESSED = `Fewer than ${SMALLEST_CELL}; not told.`;
const PARTLY_SUPPRESSED = `Counts under ${SMALLEST_CELL}, and what would tell them, are left out.`;

/** A row as it may leave: what is null was suppressed, or never had a value. */
export type SafeRow = MetricRow & {
  /** The names of what was hidden: `n`, `value`, `low`, `high`, or of its parts. */
  suppressed?: string[];
};

type Answer = Pick<MetricResult, 'metric' | 'rows'>;

const isSmall = (count: number): boolean => count >= 1 && count < SMALLEST_CELL;

/** A part that is no count of referrals: a share, the end of an interval, a day. */
export const isFigure = (name: string, value: number): boolean =>
  !Number.isInteger(value) || /_(rate|share|low|high|ratio|days|dollars)$|_by_\d+$|^day-\d+$|^median|^followed/.test(name);

type Cells = { counts: Map<string, number>; hidden: Set<string> };

const N = 'n';

function cellsOf({ n, parts }: MetricRow): Cells {
  const counts = new Map<string, number>(n === null ? [] : [[N, n]]);
  for (const [name, value] of Object.entries(parts)) if (value !== null && !isFigure(name, value)) counts.set(name, value);
  // What the metric itself keeps back stays so.
  return { counts, hidden: new Set(n === null ? [N] : []) };
}

const hideAll = ({ counts, hidden }: Cells): void => {
  for (const name of counts.keys()) hidden.add(name);
};

/** A small count, and one that leaves a small rest of all that the row counts. */
function hideSmall(cells: Cells): void {
  const n = cells.counts.get(N) ?? 0;
  if (cells.hidden.has(N) || isSmall(n)) return hideAll(cells);
  for (const [name, count] of cells.counts) if (name !== N && (isSmall(count) || isSmall(n - count))) cells.hidden.add(name);
}

type Cell = { cells: Cells; name: string; count: number };

/** Until at least two are hidden, and together no small cell: their sum is known to whoever knows all of them. Says whether it hid more. */
function protect(line: readonly Cell[]): boolean {
  const hidden = line.filter(({ cells, name }) => cells.hidden.has(name));
  if (hidden.length === 0) return false;
  const shown = line.filter(({ cells, name, count }) => !cells.hidden.has(name) && count > 0).sort((a, b) => a.count - b.count);
  let [many, sum, more] = [hidden.length, hidden.reduce((all, { count }) => all + count, 0), false];
  for (const { cells, name, count } of shown) {
    if (many >= 2 && sum >= SMALLEST_CELL) break;
    if (name === N) hideAll(cells);
    else cells.hidden.add(name);
    [many, sum, more] = [many + 1, sum + count, true];
  }
  return more;
}

/** Rows that add up to something that may be known: those that differ in one thing alone. */
function linesOf({ rows }: Answer, grid: readonly Cells[]): Cell[][] {
  const by = Object.keys(rows[0]?.segment ?? {}) as SegmentName[];
  const names = [...new Set(grid.flatMap(({ counts }) => [...counts.keys()]))];
  const keys = [...by, 'category' as const];
  const valueOf = (row: MetricRow, key: (typeof keys)[number]): string => (key === 'category' ? row.category : row.segment[key]) ?? '';
  return keys.flatMap((free) => {
    const groups = Map.groupBy(rows.keys(), (at) => {
      const row = rows[at];
      return JSON.stringify(row === undefined ? at : keys.map((key) => (key === free ? null : valueOf(row, key))));
    });
    return [...groups.values()].flatMap((group) =>
      names.map((name) =>
        group.flatMap((at): Cell[] => {
          const cells = grid[at];
          const count = cells?.counts.get(name);
          return cells === undefined || count === undefined ? [] : [{ cells, name, count }];
        }),
      ),
    );
  });
}

/** The parts of a row may add up to its n; where hiding them all does not help, the row goes. */
function protectRow(cells: Cells): boolean {
  if (cells.hidden.has(N)) return false;
  const parts = [...cells.counts].filter(([name]) => name !== N).map(([name, count]): Cell => ({ cells, name, count }));
  if (protect(parts)) return true;
  const hidden = parts.filter(({ name }) => cells.hidden.has(name));
  const sum = hidden.reduce((all, { count }) => all + count, 0);
  if (hidden.length === 0 || (hidden.length >= 2 && sum >= SMALLEST_CELL)) return false;
  hideAll(cells);
  return true;
}

function hideInGrid(answer: Answer, grid: readonly Cells[]): void {
  for (const cells of grid) hideSmall(cells);
  const lines = linesOf(answer, grid);
  // Each pass hides more or is the last.
  for (let more = true; more; ) {
    more = false;
    for (const cells of grid) more = protectRow(cells) || more;
    for (const line of lines) more = protect(line) || more;
  }
}

/** Whether the value tells of a hidden count, or of a small one. */
function valueTells(unit: MetricUnit, { n, value }: MetricRow, { counts, hidden }: Cells): boolean {
  if (hidden.has(N) || n === null) return true;
  if (value === null) return false;
  if (unit === 'count') return isSmall(value);
  if (unit !== 'share') return false;
  const counted = Math.round(value * n);
  return isSmall(counted) || isSmall(n - counted) || [...hidden].some((name) => counts.get(name) === counted);
}

const BY_DAY = /^(.*)_by_(\d+)$/;

/** Cumulative incidences, as `seen_by_30`, that tell of few: of those who have got there, of those who have not, or of those between two days. */
function tellingByDay({ n, parts }: MetricRow): Set<string> {
  const points = Object.entries(parts).flatMap(([name, value]) => {
    const [, what, day] = BY_DAY.exec(name) ?? [];
    return what === undefined || value === null || n === null ? [] : [{ name, what, day: Number(day), count: Math.round(value * n) }];
  });
  const telling = points.filter(({ what, day, count }) => {
    const next = points.filter((each) => each.what === what && each.day > day).toSorted((one, other) => one.day - other.day)[0];
    return isSmall(count) || isSmall((n ?? 0) - count) || (next !== undefined && isSmall(next.count - count));
  });
  return new Set(telling.map(({ name }) => name));
}

function safeRow(unit: MetricUnit, row: MetricRow, cells: Cells): SafeRow {
  const tells = valueTells(unit, row, cells);
  const byDay = tellingByDay(row);
  const something = cells.hidden.size > 0 || tells;
  if (!something && byDay.size === 0) return row;
  // A figure beside a hidden count may be a quotient of it.
  const parts = Object.entries(row.parts)
    .filter(([name, value]) => value !== null && (cells.hidden.has(name) || byDay.has(name) || (something && isFigure(name, value))))
    .map(([name]) => name);
  const whole = cells.hidden.has(N);
  return {
    ...row,
    ...(tells ? { value: null, low: null, high: null } : {}),
    n: whole ? null : row.n,
    parts: Object.fromEntries(Object.entries(row.parts).map(([name, value]) => [name, parts.includes(name) ? null : value])),
    note: whole ? SUPPRESSED : PARTLY_SUPPRESSED,
    suppressed: [...(whole ? [N] : []), ...(tells ? ['value', 'low', 'high'] : []), ...parts],
  };
}

/** The rows of an answer as they may leave the product, in their order. */
export function withoutSmallCells(answer: Answer): SafeRow[] {
  const grid = answer.rows.map(cellsOf);
  hideInGrid(answer, grid);
  return answer.rows.map((row, at) => safeRow(answer.metric.unit, row, grid[at] ?? cellsOf(row)));
}
