/** For tests: every row that comes, goes or changes, by table and place, told apart by the moment at which somebody looked. */
import { scopeOf } from '../sites.ts';
import { type Touched, watchTouched } from '../store/test-touched.ts';
import type { Worlds } from './test-worlds.ts';

export type State = {
  /** `table place` → after which look a row of it last came, went or changed. */
  tables: Map<string, number>;
  /** The newest lines of the audit, newest first. */
  audit: { id: string; place: string; line: string }[];
};

/** Tables whose rows belong to a place. The audit only grows, and is read by its lines. */
const TABLES = [
  'alert',
  'alert_rule',
  'approval',
  'capture_checkpoint',
  'capture_subscription',
  'data_key',
  'delegation',
  'disclosure',
  'document',
  'history_load',
  'inbound_document',
  'obligation',
  'office_link',
  'outbox',
  'packet_preparation',
  'patient_contact',
  'patient_link',
  'patient_identity',
  'plan',
  'recommendation',
  'reconciliation_report',
  'referral',
  'referral_event',
  'referral_timer',
  'role_grant',
  'session',
  'site_configuration',
  'sla_policy',
  'used_id_token',
  'warehouse_pseudonym',
  'work_question',
];
const TABLES_OF_A_REFERRAL = ['approval', 'obligation', 'plan', 'recommendation', 'referral', 'referral_event'];
/** More than are added at once. */
const NEWEST = 100;

const placeSql = `tenant || ' ' || issuer`;
/** Lines after `$1`; those before it have been read. */
const auditSql = `select id, ${placeSql} as place, entry.line ->> 'action' || ' by ' || (entry.line -> 'actor' ->> 'subject') as line
  from (select id, tenant, issuer, convert_from(entry, 'UTF8')::json as line from audit_entry where id > $1 order by id desc limit ${NEWEST})
    as entry`;

const placeOf = ({ here }: Worlds): string => {
  const { tenant, issuer } = scopeOf(here.site);
  return `${tenant} ${issuer}`;
};

type Seen = { touched: () => Promise<Touched[]>; looks: number; tables: Map<string, number>; audit: State['audit'] };
/** By database, what was touched and after which look. */
const seen = new WeakMap<Worlds, Seen>();

/** Whoever reads states calls this first. */
export async function watchTables(worlds: Worlds): Promise<void> {
  seen.set(worlds, { touched: await watchTouched(worlds.asOwner, TABLES), looks: 0, tables: new Map(), audit: [] });
}

/** Throws where the tables are not watched. */
export async function readState(worlds: Worlds): Promise<State> {
  const so = seen.get(worlds);
  if (!so) throw new Error('watchTables was not called.');
  const newest = so.audit[0]?.id ?? '';
  const [touched, added] = await Promise.all([so.touched(), worlds.asOwner<State['audit'][number]>(auditSql, [newest])]);
  so.looks += 1;
  so.audit = [...added, ...so.audit].slice(0, NEWEST);
  for (const { table, tenant, issuer } of touched) so.tables.set(`${table} ${tenant} ${issuer}`, so.looks);
  return { tables: new Map(so.tables), audit: so.audit };
}

/** Tables with a tenant that nobody listed above would be looked at by no test. */
export async function unwatchedTables({ asOwner }: Worlds): Promise<string[]> {
  const found = await asOwner<{ name: string }>(
    `select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'tenant'`,
  );
  // The last is the test's own (store/test-touched.ts).
  const others = ['audit_entry', 'scope', 'touched'];
  return found.map(({ name }) => name).filter((name) => !TABLES.includes(name) && !others.includes(name));
}

/** What is another than before: at `here` and at other places. */
export type Difference = {
  tables: { here: string[]; elsewhere: string[] };
  /** Lines added to the audit, oldest first. */
  audit: { here: string[]; elsewhere: string[] };
};

export function difference(worlds: Worlds, before: State, after: State): Difference {
  const isHere = (place: string): boolean => place.endsWith(placeOf(worlds));
  const names = [...new Set([...before.tables.keys(), ...after.tables.keys()])];
  const tables = names.filter((name) => before.tables.get(name) !== after.tables.get(name));
  const newest = before.audit[0]?.id ?? '';
  const lines = after.audit.filter(({ id }) => id > newest).reverse();
  return {
    tables: { here: tables.filter(isHere), elsewhere: tables.filter((name) => !isHere(name)) },
    audit: {
      here: lines.filter(({ place }) => isHere(place)).map(({ line }) => line),
      elsewhere: lines.filter(({ place }) => !isHere(place)).map(({ line }) => line),
    },
  };
}

/** Everything that belongs to one referral, in the versions it has now. */
export async function rowsOf({ asOwner }: Worlds, referralId: string | null): Promise<string> {
  const tables = TABLES_OF_A_REFERRAL.map(
    (table) => `select '${table}' as name, xmin::text, ctid::text from ${table} where referral_id = $1`,
  );
  return JSON.stringify(await asOwner(`${tables.join(' union all ')} order by 1, 2, 3`, [referralId]));
}

/** The policies are switched off; what the statements ask for themselves is then all that keeps places apart. Returns how many tables had one. */
export async function lowerRowSecurity({ asOwner }: Worlds): Promise<number> {
  const secured = await asOwner<{ name: string }>('select relname as name from pg_class where relrowsecurity');
  for (const { name } of secured) await asOwner(`alter table ${name} disable row level security`);
  return secured.length;
}
