/** For tests: what stands in every table at a moment, closely enough to tell that a row came, went or changed, and where. */
import { scopeOf } from '../sites.ts';
import type { Worlds } from './test-worlds.ts';

export type State = {
  /** `table place` → how many rows and in which versions. */
  tables: Map<string, string>;
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
  'sla_policy',
  'used_id_token',
  'warehouse_pseudonym',
];
const TABLES_OF_A_REFERRAL = ['approval', 'obligation', 'plan', 'recommendation', 'referral', 'referral_event'];
/** More than are added at once. */
const NEWEST = 100;

const placeSql = `tenant || ' ' || issuer`;
/** A row that is changed is written anew, by another transaction. */
const stateSql = TABLES.map(
  (table) =>
    `select '${table}' as name, ${placeSql} as place, count(*)::text || ' ' || sum(hashtextextended(xmin::text || ctid::text, 0)) as state
     from ${table} group by 2`,
).join(' union all ');
const auditSql = `select id, ${placeSql} as place, entry.line ->> 'action' || ' by ' || (entry.line -> 'actor' ->> 'subject') as line
  from (select id, tenant, issuer, convert_from(entry, 'UTF8')::json as line from audit_entry order by id desc limit ${NEWEST}) as entry`;

const placeOf = ({ here }: Worlds): string => {
  const { tenant, issuer } = scopeOf(here.site);
  return `${tenant} ${issuer}`;
};

export async function readState({ asOwner }: Worlds): Promise<State> {
  const [tables, audit] = await Promise.all([
    asOwner<{ name: string; place: string; state: string }>(stateSql),
    asOwner<{ id: string; place: string; line: string }>(auditSql),
  ]);
  return { tables: new Map(tables.map(({ name, place, state }) => [`${name} ${place}`, state])), audit };
}

/** Tables with a tenant that nobody listed above would be looked at by no test. */
export async function unwatchedTables({ asOwner }: Worlds): Promise<string[]> {
  const found = await asOwner<{ name: string }>(
    `select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'tenant'`,
  );
  return found.map(({ name }) => name).filter((name) => !TABLES.includes(name) && !['audit_entry', 'scope'].includes(name));
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
