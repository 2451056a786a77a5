import type { Versioned, VersionMade, VersionStore } from '../versions.ts';
import { key, type UnitContext } from './context.ts';
import { instant } from './database.ts';

type Made = { made_by: string; made_by_name: string | null; made_at: Date; reason: string };

const madeOf = ({ made_by, made_by_name, made_at, reason }: Made): VersionMade => ({
  madeBy: made_by,
  madeByName: made_by_name,
  madeAt: instant(made_at),
  reason,
});

const MADE = 'made_by, made_by_name, made_at, reason';

/** @param table one of two tables of one form; `name` is its column, and the name of the content in what is kept */
export function postgresVersions<Name extends string, Content extends { version: number }>(
  unit: UnitContext,
  table: 'sla_policy' | 'site_configuration',
  name: Name & ('policy' | 'configuration'),
): VersionStore<Versioned<Name, Content>> {
  type Stored = Versioned<Name, Content>;
  type Row = Made & { content: Content };
  const of = `from ${table} where tenant = $1 and issuer = $2`;
  const stored = (row: Row | undefined): Stored | undefined => row && ({ ...madeOf(row), [name]: row.content } as Stored);
  return {
    inForce: async () => {
      const found = await unit.client.query<Row>(`select ${name} as content, ${MADE} ${of} order by version desc limit 1`, key(unit));
      return stored(found.rows[0]);
    },
    get: async (version) => {
      const found = await unit.client.query<Row>(`select ${name} as content, ${MADE} ${of} and version = $3`, [...key(unit), version]);
      return stored(found.rows[0]);
    },
    versions: async () => {
      const found = await unit.client.query<Made & { version: number }>(`select version, ${MADE} ${of} order by version desc`, key(unit));
      return found.rows.map((row) => ({ version: row.version, ...madeOf(row) }));
    },
    add: async (given) => {
      const content: Content = given[name];
      const added = await unit.client.query(
        `insert into ${table} (tenant, issuer, site, version, ${name}, made_by, made_at, reason, made_by_name)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (tenant, issuer, version) do nothing`,
        [
          ...key(unit),
          unit.scope.site,
          content.version,
          JSON.stringify(content),
          given.madeBy,
          given.madeAt,
          given.reason,
          given.madeByName,
        ],
      );
      return added.rowCount === 1;
    },
  };
}
