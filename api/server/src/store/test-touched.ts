/**
 * For tests: what was written, told by triggers of the test's own. What is rolled back was not, and looking takes no longer as tables grow. The
 * function is its owner's, since nobody else may write to the notes.
 */

/** One row that came, went or changed; null where a table has no such column. */
export type Touched = { table: string; tenant: string | null; issuer: string | null; referralId: string | null };

/** Asks the database as the owner of its tables. */
export type AskOwner = (sql: string) => Promise<unknown[]>;

const MAKE = [
  `create table if not exists touched (
     id bigint generated always as identity primary key, name text not null, tenant text, issuer text, referral text
   )`,
  `create or replace function note_touched() returns trigger language plpgsql security definer as $$
   begin
     if tg_op <> 'INSERT' then
       insert into public.touched (name, tenant, issuer, referral)
         select tg_table_name, each.tenant, each.issuer, each.referral_id from jsonb_to_record(to_jsonb(old)) as each (tenant text, issuer text, referral_id text);
     end if;
     if tg_op <> 'DELETE' then
       insert into public.touched (name, tenant, issuer, referral)
         select tg_table_name, each.tenant, each.issuer, each.referral_id from jsonb_to_record(to_jsonb(new)) as each (tenant text, issuer text, referral_id text);
     end if;
     return null;
   end $$`,
];

/**
 * @param tables those that are watched; all of them unless told
 * @returns what was added, changed or removed since it was asked last, each once
 */
export async function watchTouched(ask: AskOwner, tables?: readonly string[]): Promise<() => Promise<Touched[]>> {
  for (const sql of MAKE) await ask(sql);
  const all = (await ask(
    `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'touched'`,
  )) as { name: string }[];
  for (const name of tables ?? all.map((each) => each.name))
    await ask(
      `create or replace trigger note_touched after insert or update or delete on ${name} for each row execute function note_touched()`,
    );
  let last = 0n;
  return async () => {
    const rows = (await ask(
      `select name as table, tenant, issuer, referral as "referralId", max(id)::text as last from touched where id > ${last}
       group by 1, 2, 3, 4 order by 1, 2, 3, 4`,
    )) as (Touched & { last: string })[];
    for (const row of rows) if (BigInt(row.last) > last) last = BigInt(row.last);
    return rows.map(({ table, tenant, issuer, referralId }) => ({ table, tenant, issuer, referralId }));
  };
}
