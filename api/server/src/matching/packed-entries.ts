/** Reads entries back from a packed directory, by position or by id. */
import type { DirectoryEntry } from '@refloop/domain/network/directory';
import type { PackedDirectory } from './packed-directory.ts';
import { textReader } from './shared-text.ts';

/** Entries kept as objects; a city's specialists fit, a whole country's need not. */
const ENTRIES_KEPT = 20_000;

export type PackedEntries = {
  at: (position: number) => DirectoryEntry;
  idAt: (position: number) => string;
  /** The position of an entry id; undefined when the directory does not have it. */
  positionOf: (entryId: string) => number | undefined;
  /** The positions of all entries of a practitioner, in the order of ids, which begin with the NPI. */
  positionsOfNpi: (npi: string) => number[];
};

export function packedEntries(packed: PackedDirectory): PackedEntries {
  const textAt = textReader(packed.entries);
  const idAt = textReader(packed.ids);
  const kept = new Map<number, DirectoryEntry>();
  /** The first place, in the order of ids, whose id is not smaller. */
  const placeFrom = (id: string): number => {
    let low = 0;
    for (let high = packed.count; low < high; ) {
      const middle = (low + high) >> 1;
      if (idAt(packed.byId[middle] ?? 0) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    idAt,
    at: (position) => {
      const known = kept.get(position);
      if (known) return known;
      const entry = JSON.parse(textAt(position)) as DirectoryEntry;
      const [oldest] = kept.size >= ENTRIES_KEPT ? kept.keys() : [];
      if (oldest !== undefined) kept.delete(oldest);
      kept.set(position, entry);
      return entry;
    },
    positionOf: (entryId) => {
      const position = packed.byId[placeFrom(entryId)];
      return position !== undefined && idAt(position) === entryId ? position : undefined;
    },
    positionsOfNpi: (npi) => {
      const positions: number[] = [];
      for (let place = placeFrom(`${npi}~`); place < packed.count; place += 1) {
        const position = packed.byId[place] ?? 0;
        if (!idAt(position).startsWith(`${npi}~`)) break;
        positions.push(position);
      }
      return positions;
    },
  };
}
