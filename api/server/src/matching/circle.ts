/** The entries of some NUCC codes within a circle, with their miles; exactly those the plain search would find. */
import { chordOf, milesOfChord } from '@refloop/domain/matching/miles';
import type { Origin } from '@refloop/domain/matching/request';
import type { UnitVector } from '@refloop/domain/network/directory';
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

/** Miles from a point to the entry at a position. */
export function milesTo(packed: PackedDirectory, [x, y, z]: UnitVector, position: number): number {
  return milesOfChord(chordOf(x - (packed.x[position] ?? 0), y - (packed.y[position] ?? 0), z - (packed.z[position] ?? 0)));
}

/** Everybody of these codes; without an address there is no circle. */
export function wholeSpecialty(packed: PackedDirectory, codes: readonly string[]): Found {
  const ranges = packed.nucc.filter(({ code }) => codes.includes(code));
  return { positions: ranges.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at)), miles: null };
}

/** Those of these codes no further than `radiusMiles` from the origin. */
export function withinCircle(packed: PackedDirectory, codes: readonly string[], origin: Origin, radiusMiles: number): Found {
  const { cells } = packed;
  const positions: number[] = [];
  const miles: number[] = [];
  for (const { from, to } of packed.nucc.filter(({ code }) => codes.includes(code))) {
    columnsAround(origin.unit, radiusMiles, (first, last) => {
      for (let position = firstNotBelow(cells, first, from, to); position < to && (cells[position] ?? 0) <= last; position += 1) {
        const away = milesTo(packed, origin.unit, position);
        if (away > radiusMiles) continue;
        positions.push(position);
        miles.push(away);
      }
    });
  }
  return { positions, miles };
}
