/** The list while it is looked at: each line keeps its place when others come and go, until whoever reads asks for the new order. */
import type { ListedRow } from './listed-rows.ts';

export type Line = {
  row: ListedRow;
  /** No longer open, or no longer in this view; its place is kept so that nothing moves. */
  gone: boolean;
};

export type Standing = { lines: Line[] /** Rows that are not shown yet. */; news: number };

export const linesOf = (rows: readonly ListedRow[]): Line[] => rows.map((row) => ({ row, gone: false }));

/**
 * What follows on a line of the same referral takes its place: the loop went on.
 * @param shown the lines as they stand
 * @param fresh what the view holds now, earliest deadline first
 */
export function stand(shown: readonly Line[], fresh: readonly ListedRow[]): Standing {
  const left = new Map(fresh.map((row) => [row.id, row]));
  const lines = shown.map(({ row }): Line => {
    const now = left.get(row.id);
    left.delete(row.id);
    return now ? { row: now, gone: false } : { row, gone: true };
  });
  const following = new Map<string, ListedRow[]>();
  for (const row of left.values()) following.set(row.referralId, [...(following.get(row.referralId) ?? []), row]);
  let placed = 0;
  const standing = lines.map((line) => {
    const next = line.gone ? following.get(line.row.referralId)?.shift() : undefined;
    if (!next) return line;
    placed += 1;
    return { row: next, gone: false };
  });
  return { lines: standing, news: left.size - placed };
}
