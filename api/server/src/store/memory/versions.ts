import type { Versioned, VersionStore } from '../versions.ts';
import type { Table } from './tables.ts';

/** @param name under which the content stands in what is kept */
export function memoryVersions<Name extends string, Content extends { version: number }>(
  table: Table<Versioned<Name, Content>>,
  name: Name,
): VersionStore<Versioned<Name, Content>> {
  const versionOf = (stored: Versioned<Name, Content>): number => stored[name].version;
  const newestFirst = () => table.rows().toSorted((left, right) => versionOf(right) - versionOf(left));
  return {
    inForce: async () => newestFirst()[0],
    get: async (version) => table.get(String(version)),
    versions: async () =>
      newestFirst().map((stored) => {
        const { madeBy, madeByName, madeAt, reason } = stored;
        return { version: versionOf(stored), madeBy, madeByName, madeAt, reason };
      }),
    add: async (stored) => {
      const at = String(versionOf(stored));
      if (table.get(at)) return false;
      table.put(at, stored);
      return true;
    },
  };
}
