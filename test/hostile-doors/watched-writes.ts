/** What was written, told by triggers of the test's own: what is rolled back was not, and looking takes no longer as tables grow. */
import type pg from 'pg';

export type Written = {
  table: string;
  /** Undefined where the row is of no referral. */
  referralId: string | undefined;
};

const MAKE = `
  create table if not exists touched (id bigint generated always as identity primary key, name text not null, referral text);
  create or replace function note_touched() returns trigger language plpgsql security definer as $$
    begin
      insert into public.touched (name, referral)
        values (tg_table_name, (case when tg_op = 'DELETE' then to_jsonb(old) else to_jsonb(new) end) ->> 'referral_id');
      return null;
    end $$`;

/** @returns what was added, changed or removed since it was asked last */
export async function watchedWrites(owner: pg.Client): Promise<() => Promise<Written[]>> {
  await owner.query(MAKE);
  const { rows: tables } = await owner.query<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'touched'`,
  );
  for (const { name } of tables)
    await owner.query(
      `create or replace trigger note_touched after insert or update or delete on ${name} for each row execute function note_touched()`,
    );
  let last = '0';
  return async () => {
    const { rows } = await owner.query<{ name: string; referral: string | null; last: string }>(
      'select name, referral, max(id)::text as last from touched where id > $1 group by name, referral order by name, referral',
      [last],
    );
    for (const row of rows) if (BigInt(row.last) > BigInt(last)) last = row.last;
    return rows.map(({ name, referral }) => ({ table: name, referralId: referral ?? undefined }));
  };
}
