/**
 * A directory as the index holds it: numbers in typed arrays, entries as JSON texts, all in shared memory, so that a
 * worker thread can build it and hand it over without a copy and without a pause for those who are asking the old one.
 */
import { compareText } from '@refloop/domain/matching/order';
import { easesPayment } from '@refloop/domain/matching/selection';
import { type SpecialtyMedians, specialtyMedians } from '@refloop/domain/matching/specialty-medians';
import type { Directory, DirectoryEntry, Plan } from '@refloop/domain/network/directory';
import { cellOf } from './cells.ts';
import { type NameWords, packNameWords } from './name-words.ts';
import { packTexts, type SharedTexts, sharedFloat64, sharedUint8, sharedUint32 } from './shared-text.ts';

/** Entries have positions: by NUCC code, then cell, then entry id. Every array is by position. */
export type PackedDirectory = {
  asOf: Directory['asOf'];
  synthetic: boolean;
  plans: readonly Plan[];
  medians: SpecialtyMedians;
  count: number;
  /** Where the entries of each NUCC code stand. */
  nucc: readonly { code: string; from: number; to: number }[];
  cells: Uint32Array<SharedArrayBuffer>;
  x: Float64Array<SharedArrayBuffer>;
  y: Float64Array<SharedArrayBuffer>;
  z: Float64Array<SharedArrayBuffer>;
  /** NaN where the directory lists none. */
  waitDays: Float64Array<SharedArrayBuffer>;
  stars: Float64Array<SharedArrayBuffer>;
  /** The entry's place when all are ordered by NPI and entry id: the last word in a tie, without comparing text. */
  tieBreak: Uint32Array<SharedArrayBuffer>;
  /** 1 where the entry has sliding-scale fees or payment plans. */
  easesPayment: Uint8Array<SharedArrayBuffer>;
  ids: SharedTexts;
  /** Positions ordered by entry id, for finding one. */
  byId: Uint32Array<SharedArrayBuffer>;
  entries: SharedTexts;
  names: NameWords;
};

function nuccRanges(entries: readonly DirectoryEntry[]): PackedDirectory['nucc'] {
  const ranges: { code: string; from: number; to: number }[] = [];
  for (const [position, { nucc }] of entries.entries()) {
    const last = ranges.at(-1);
    if (last?.code === nucc) last.to = position + 1;
    else ranges.push({ code: nucc, from: position, to: position + 1 });
  }
  return ranges;
}

/** Positions in the order of `compare`. */
function ordered(count: number, compare: (a: number, b: number) => number): Uint32Array<SharedArrayBuffer> {
  const order = sharedUint32(count);
  for (let position = 0; position < count; position += 1) order[position] = position;
  return order.sort(compare);
}

/** Packs a directory; the order of its entries does not matter. Entry ids must be unique. */
export function packDirectory(directory: Directory): PackedDirectory {
  const entries = directory.entries
    .map((entry) => ({ entry, cell: cellOf(entry.location.unit) }))
    .sort((a, b) => compareText(a.entry.nucc, b.entry.nucc) || a.cell - b.cell || compareText(a.entry.id, b.entry.id))
    .map(({ entry }) => entry);
  const count = entries.length;
  const idAt = (position: number): string => entries[position]?.id ?? '';
  const npiAt = (position: number): string => entries[position]?.npi ?? '';
  const packed = {
    asOf: directory.asOf,
    synthetic: directory.synthetic,
    plans: directory.plans,
    medians: specialtyMedians(entries),
    count,
    nucc: nuccRanges(entries),
    cells: sharedUint32(count),
    x: sharedFloat64(count),
    y: sharedFloat64(count),
    z: sharedFloat64(count),
    waitDays: sharedFloat64(count),
    stars: sharedFloat64(count),
    tieBreak: sharedUint32(count),
    easesPayment: sharedUint8(count),
    ids: packTexts(entries.map(({ id }) => id)),
    byId: ordered(count, (a, b) => compareText(idAt(a), idAt(b))),
    entries: packTexts(entries.map((entry) => JSON.stringify(entry))),
    names: packNameWords(entries),
  };
  for (const [position, entry] of entries.entries()) {
    [packed.x[position], packed.y[position], packed.z[position]] = entry.location.unit;
    packed.cells[position] = cellOf(entry.location.unit);
    packed.waitDays[position] = entry.wait?.days ?? Number.NaN;
    packed.stars[position] = entry.rating?.stars ?? Number.NaN;
    packed.easesPayment[position] = easesPayment(entry) ? 1 : 0;
  }
  const byTie = ordered(count, (a, b) => compareText(npiAt(a), npiAt(b)) || compareText(idAt(a), idAt(b)));
  for (const [place, position] of byTie.entries()) packed.tieBreak[position] = place;
  for (let at = 1; at < count; at += 1) {
    const id = idAt(packed.byId[at] ?? 0);
    if (id === idAt(packed.byId[at - 1] ?? 0))
      throw new Error(`entries: the id ${id} occurs twice; an entry id must be unique in a directory`);
  }
  return packed;
}
