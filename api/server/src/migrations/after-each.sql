-- A backup reads every scope. Row-level security binds the tables' owner too; it may look past it by saying so within its own
-- transaction, and nobody else can. The owner could lift row-level security altogether, so this gives it no right it lacks.
do $$
declare name text;
begin
  for name in
    select relname from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' and relforcerowsecurity
      and relowner = (select oid from pg_roles where rolname = current_user)
      and not exists (select from pg_policy where polrelid = pg_class.oid and polname = 'whole_database' and relowner = any (polroles))
  loop
    execute format('drop policy if exists whole_database on %I', name);
    execute format('create policy whole_database on %I for select to %I using (current_setting(''refloop.whole_database'', true) = ''yes'')',
      name, current_user);
  end loop;
end $$;
