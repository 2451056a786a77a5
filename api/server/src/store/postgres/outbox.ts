import { type EffectStanding, effectId, isOver, type OutboxStore, type Settlement, type StoredEffect, withSecret } from '../outbox.ts';
import { key, referralOwner, type UnitContext } from './context.ts';
import { instant } from './database.ts';

type Row = {
  id: string;
  referral_id: string;
  kind: string;
  key: string;
  lane: string | null;
  place: number;
  asked_at: Date;
  due_at: Date | null;
  tries: number;
  status: EffectStanding['status'];
  since: Date;
  lease_holder: string | null;
  lease_until: Date | null;
  content_sealed: Buffer;
  secret_sealed: Buffer | null;
  outcome_sealed: Buffer | null;
};

const COLUMNS =
  'id, referral_id, kind, key, lane, place, asked_at, due_at, tries, status, since, lease_holder, lease_until, content_sealed, secret_sealed, outcome_sealed';

const at = (id: string, column: 'content' | 'secret' | 'outcome') => ({ table: 'outbox', id, column });

function standingOf(status: EffectStanding['status'], words: string): EffectStanding {
  switch (status) {
    case 'waiting':
    case 'begun':
      return { status };
    case 'done':
      return { status, receipt: words };
    case 'failed':
    case 'left-out':
    case 'unknown':
      return { status, detail: words };
  }
}

/** What of a standing is told in words, and so sealed. */
function wordsOf(standing: EffectStanding): string | null {
  if (standing.status === 'done') return standing.receipt;
  return 'detail' in standing ? standing.detail : null;
}

async function effectOf(unit: UnitContext, row: Row): Promise<StoredEffect> {
  const owner = referralOwner(row.referral_id);
  const words =
    row.outcome_sealed && ((await unit.vault.open(owner, at(row.id, 'outcome'), row.outcome_sealed)) as { words: string }).words;
  return {
    id: row.id,
    referralId: row.referral_id,
    kind: row.kind,
    key: row.key,
    lane: row.lane,
    place: row.place,
    askedAt: instant(row.asked_at),
    dueAt: row.due_at && instant(row.due_at),
    tries: row.tries,
    since: instant(row.since),
    lease: row.lease_holder === null || row.lease_until === null ? null : { holder: row.lease_holder, until: instant(row.lease_until) },
    standing: standingOf(row.status, words ?? ''),
    content: withSecret(
      await unit.vault.open(owner, at(row.id, 'content'), row.content_sealed),
      row.secret_sealed && ((await unit.vault.open(owner, at(row.id, 'secret'), row.secret_sealed)) as Record<string, unknown>),
    ),
  };
}

async function effectsOf(unit: UnitContext, rows: readonly Row[]): Promise<StoredEffect[]> {
  if (rows.length > 1) await unit.vault.readAhead([...new Set(rows.map((row) => referralOwner(row.referral_id)))]);
  const effects: StoredEffect[] = [];
  for (const row of rows) effects.push(await effectOf(unit, row));
  return effects;
}

const select = async (unit: UnitContext, condition: string, values: unknown[]): Promise<Row[]> =>
  (
    await unit.client.query<Row>(`select ${COLUMNS} from outbox where tenant = $1 and issuer = $2 and ${condition}`, [
      ...key(unit),
      ...values,
    ])
  ).rows;

/** @param condition on the row, with `$8` for the one value it may need */
async function change(unit: UnitContext, id: string, { standing, at: since, dueAt }: Settlement, condition: string, value: string | null) {
  const [row] = await select(unit, 'id = $3 for update', [id]);
  if (!row) return false;
  const words = wordsOf(standing);
  const outcome = words === null ? null : await unit.vault.seal(referralOwner(row.referral_id), at(id, 'outcome'), { words });
  const changed = await unit.client.query(
    `update outbox set status = $4, since = $5, due_at = $6, outcome_sealed = $7, lease_holder = null, lease_until = null,
       secret_sealed = case when $9 then null else secret_sealed end
     where tenant = $1 and issuer = $2 and id = $3 and ${condition}`,
    [...key(unit), id, standing.status, since, dueAt, outcome, value, isOver(standing)],
  );
  return changed.rowCount === 1;
}

export const postgresOutbox = (unit: UnitContext): OutboxStore => ({
  add: async ({ referralId, kind, key: name, askedAt, dueAt, content, secret, lane, place }) => {
    const id = effectId(unit.scope, kind, name);
    const sealed = await unit.vault.seal(referralOwner(referralId), at(id, 'content'), content);
    const apart = secret ? await unit.vault.seal(referralOwner(referralId), at(id, 'secret'), secret) : null;
    await unit.client.query(
      `insert into outbox (tenant, issuer, site, id, referral_id, kind, key, lane, place, asked_at, due_at, status, since, content_sealed, secret_sealed)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'waiting', $10, $12, $13) on conflict (tenant, issuer, id) do nothing`,
      [...key(unit), unit.scope.site, id, referralId, kind, name, lane ?? null, place ?? 0, askedAt, dueAt, sealed, apart],
    );
    return id;
  },
  get: async (id) => (await effectsOf(unit, await select(unit, 'id = $3', [id])))[0],
  ids: async () => {
    const found = await unit.client.query<{ id: string }>('select id from outbox where tenant = $1 and issuer = $2 order by id', key(unit));
    return found.rows.map(({ id }) => id);
  },
  ofReferral: async (referralId) => effectsOf(unit, await select(unit, 'referral_id = $3 order by asked_at, place, id', [referralId])),
  takeOfReferral: async (referralId) =>
    effectsOf(unit, await select(unit, 'referral_id = $3 order by asked_at, place, id for update', [referralId])),
  claim: async ({ kinds, holder, now, machineTime = now, until, limit }) => {
    const found = await unit.client.query<Row>(
      // Named apart, so that it is asked once: within the condition the planner may ask it for each row, and more than the limit are taken.
      `with due_now as materialized (
         select due.tenant, due.issuer, due.id from outbox due
         where due.tenant = $1 and due.issuer = $2 and due.due_at <= $4 and due.kind = any($3)
           and (due.lease_until is null or due.lease_until <= $8)
           and (due.lane is null or not exists (
             select from outbox before
             where before.tenant = $1 and before.issuer = $2 and before.lane = due.lane and before.due_at is not null
               and (before.place, before.id) < (due.place, due.id)))
         order by due.due_at, due.place, due.id limit $7 for update of due skip locked)
       update outbox set lease_holder = $5, lease_until = $6
       where (tenant, issuer, id) in (select tenant, issuer, id from due_now)
       returning ${COLUMNS}`,
      [...key(unit), kinds, now, holder, until, limit, machineTime],
    );
    const rows = found.rows.sort(
      (left, right) => Number(left.due_at) - Number(right.due_at) || left.place - right.place || (left.id < right.id ? -1 : 1),
    );
    return effectsOf(unit, rows);
  },
  begin: async (id, holder, now, machineTime = now) => {
    const begun = await unit.client.query(
      `update outbox set status = 'begun', since = $5, tries = tries + 1, outcome_sealed = null
       where tenant = $1 and issuer = $2 and id = $3 and lease_holder = $4 and lease_until > $6`,
      [...key(unit), id, holder, now, machineTime],
    );
    return begun.rowCount === 1;
  },
  settle: (id, holder, settlement) => change(unit, id, settlement, 'lease_holder = $8', holder),
  comeBack: (id, { detail, at: when }) =>
    change(
      unit,
      id,
      { standing: { status: 'failed', detail }, at: when, dueAt: null },
      `due_at is null and status in ('done', 'unknown') and $8::text is null`,
      null,
    ),
  decide: (id, settlement) => change(unit, id, settlement, `due_at is null and status in ('failed', 'unknown') and $8::text is null`, null),
});
