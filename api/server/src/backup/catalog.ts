/** What of Refloop lies in a database, as PostgreSQL's own catalog tells it. */
import type pg from 'pg';

type Named = { name: string };

const names = async (client: pg.ClientBase, sql: string, values: unknown[] = []): Promise<string[]> =>
  (await client.query<Named>(sql, values)).rows.map(({ name }) => name);

/** Those of these tables that exist, such that a table comes after those its foreign keys point to. */
export async function existingTables(client: pg.ClientBase, tables: string[]): Promise<string[]> {
  const waiting = new Set(
    await names(client, `select tablename as name from pg_tables where schemaname = 'public' and tablename = any($1) order by 1`, [tables]),
  );
  const { rows: links } = await client.query<{ child: string; parent: string }>(
    `select child.relname as child, parent.relname as parent from pg_constraint
     join pg_class child on child.oid = conrelid join pg_class parent on parent.oid = confrelid
     where contype = 'f' and conrelid <> confrelid and child.relnamespace = 'public'::regnamespace`,
  );
  const order: string[] = [];
  while (waiting.size > 0) {
    const free = [...waiting].filter((name) => !links.some(({ child, parent }) => child === name && waiting.has(parent)));
    if (free.length === 0) throw new Error(`The foreign keys of ${[...waiting].join(', ')} form a circle.`);
    for (const name of free) {
      order.push(name);
      waiting.delete(name);
    }
  }
  return order;
}

/** What is stored; generated columns follow from the others. */
export const columnsOf = (client: pg.ClientBase, table: string): Promise<string[]> =>
  names(
    client,
    `select attname as name from pg_attribute
     where attrelid = to_regclass('public.' || quote_ident($1)) and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [table],
  );

/** Where row-level security is forced, so that it binds the owner as well. */
export const forcedTables = (client: pg.ClientBase): Promise<string[]> =>
  names(
    client,
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relforcerowsecurity order by 1`,
  );

/** Tables whose every row this role would not see even when it says that it wants the whole database. */
export const hiddenTables = (client: pg.ClientBase, tables: string[]): Promise<string[]> =>
  names(
    client,
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relname = any($1) and row_security_active(oid)
       and not exists (select from pg_policy join pg_roles on rolname = current_user
         where polrelid = pg_class.oid and polname = 'whole_database' and pg_roles.oid = any (polroles))
     order by 1`,
    [tables],
  );

/** Row-level security then shows every scope to the tables' owner, until the end of the transaction. */
export const seeWholeDatabase = async (client: pg.ClientBase): Promise<void> =>
  void (await client.query(`select set_config('refloop.whole_database', 'yes', true)`));

export type Sequence = { name: string; value: string };

/** Where the sequences of these tables' columns have come to. */
export const readSequences = async (client: pg.ClientBase, tables: string[]): Promise<Sequence[]> =>
  (
    await client.query<Sequence>(
      `select sequencename as name, last_value::text as value from pg_sequences
       join pg_depend on objid = format('%I.%I', schemaname, sequencename)::regclass and deptype in ('a', 'i')
       join pg_class owner on owner.oid = refobjid
       where schemaname = 'public' and owner.relname = any ($1) and last_value is not null order by 1`,
      [tables],
    )
  ).rows;

export async function setSequences(client: pg.ClientBase, sequences: Sequence[]): Promise<void> {
  for (const { name, value } of sequences) await client.query('select setval(quote_ident($1)::regclass, $2)', [name, value]);
}

/** How many others are connected to this database; one that is just leaving is given a moment. */
export async function othersConnected(client: pg.ClientBase): Promise<number> {
  for (let look = 1; ; look += 1) {
    // What others do is hidden from a role without rights on them, that they are there is not. Workers of the server have no user.
    const { rows } = await client.query<{ others: number }>(
      `select count(*)::int as others from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and usesysid is not null`,
    );
    const others = rows[0]?.others ?? 0;
    if (others === 0 || look === 20) return others;
    await new Promise((again) => setTimeout(again, 100));
  }
}
