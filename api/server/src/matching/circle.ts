/** The entries of some NUCC codes within a circle, with their miles; exactly those the plain search would find. */
import { chordOf, milesOfChord } from '@refloop/domain/matching/miles';
import type { Origin } from '@refloop/domain/matching/request';
import { columnsAround } from './cells.ts';
import type { PackedDirectory } from './packed-directory.ts';

/** Parallel lists; `miles` is null for all when there is no origin to measure from. */
export type Found = { positions: readonly number[]; miles: readonly number[] | null };

/** The first position in [from, to) whose cell is not below `cell`. */
function firstNotBelow(cells: Uint32Array, cell: number, from: number, to: number): number {
  let low = from;
  for (let high = to; low < high; ) {
    const middle = (low + high) >> 1;
    if ((cells[middle] ?? 0) < cell) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `radiusMiles` null: everybody, whatever the distance. */
export function withinCircle(packed: PackedDirectory, codes: readonly string[], origin: Origin | null, radiusMiles: number | null): Found {
  const ranges = packed.nucc.filter(({ code }) => codes.includes(code));
  const positions: number[] = [];
  if (origin === null) {
    for (const { from, to } of ranges) for (let position = from; position < to; position += 1) positions.push(position);
    return { positions, miles: null };
  }
  const { x, y, z, cells } = packed;
  const [originX, originY, originZ] = origin.unit;
  const miles: number[] = [];
  const visit = (position: number): void => {
    const away = milesOfChord(chordOf(originX - (x[position] ?? 0), originY - (y[position] ?? 0), originZ - (z[position] ?? 0)));
    if (radiusMiles !== null && away > radiusMiles) return;
    positions.push(position);
    miles.push(away);
  };
  for (const { from, to } of ranges) {
    if (radiusMiles === null) {
      for (let position = from; position < to; position += 1) visit(position);
      continue;
    }
    columnsAround(origin.unit, radiusMiles, (first, last) => {
      for (let position = firstNotBelow(cells, first, from, to); position < to && (cells[position] ?? 0) <= last; position += 1)
        visit(position);
    });
  }
  return { positions, miles };
}
