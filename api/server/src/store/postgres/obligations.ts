import type {
  NewObligation,
  ObligationChange,
  ObligationChanges,
  ObligationStore,
  OpenCount,
  OpenCounts,
  StoredObligation,
} from '../obligations.ts';
import { key, referralOwner, type UnitContext } from './context.ts';
import { instant } from './database.ts';

type Row = {
  id: string;
  referral_id: string;
  kind: string;
  raised_at: Date;
  due_at: Date;
  owner: string | null;
  raised_by: string | null;
  escalated_to: string | null;
  status: 'open' | 'done';
  settled_at: Date | null;
  content_sealed: Buffer;
};

const at = (id: string) => ({ table: 'obligation', id, column: 'content' });

async function select(unit: UnitContext, condition: string, values: unknown[]): Promise<StoredObligation[]> {
  const found = await unit.client.query<Row>(
    `select id, referral_id, kind, raised_at, due_at, owner, raised_by, escalated_to, status, settled_at, content_sealed from obligation
     where tenant = $1 and issuer = $2 and ${condition}`,
    [...key(unit), ...values],
  );
  // A worklist holds thousands: one question for all keys, and not one each.
  if (found.rows.length > 1) await unit.vault.readAhead([...new Set(found.rows.map((row) => referralOwner(row.referral_id)))]);
  const obligations: StoredObligation[] = [];
  for (const row of found.rows) {
    obligations.push({
      id: row.id,
      referralId: row.referral_id,
      kind: row.kind,
      raisedAt: instant(row.raised_at),
      dueAt: instant(row.due_at),
      owner: row.owner,
      raisedBy: row.raised_by,
      escalatedTo: row.escalated_to,
      status: row.status,
      settledAt: row.settled_at && instant(row.settled_at),
      content: await unit.vault.open(referralOwner(row.referral_id), at(row.id), row.content_sealed),
    });
  }
  return obligations;
}

export const OBLIGATION_COLUMNS =
  'tenant, issuer, id, site, referral_id, kind, raised_at, due_at, owner, raised_by, status, content_sealed';

/** One row of the table, its columns in the order of OBLIGATION_COLUMNS. */
export async function obligationRow({ scope, vault }: Pick<UnitContext, 'scope' | 'vault'>, given: NewObligation): Promise<unknown[]> {
  return [
    scope.tenant,
    scope.issuer,
    given.id,
    scope.site,
    given.referralId,
    given.kind,
    given.raisedAt,
    given.dueAt,
    given.owner,
    given.raisedBy,
    'open',
    await vault.seal(referralOwner(given.referralId), at(given.id), given.content),
  ];
}

async function insert(unit: UnitContext, given: NewObligation): Promise<void> {
  await unit.client.query(
    `insert into obligation (${OBLIGATION_COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     on conflict (tenant, issuer, id) do nothing`,
    await obligationRow(unit, given),
  );
}

async function settle(unit: UnitContext, id: string, change: ObligationChange): Promise<boolean> {
  const open = `tenant = $1 and issuer = $2 and id = $3 and status = 'open'`;
  if (change.what === 'take') {
    const taken = await unit.client.query(`update obligation set owner = $4, changed = pg_current_xact_id() where ${open}`, [
      ...key(unit),
      id,
      change.owner,
    ]);
    return taken.rowCount === 1;
  }
  const [before] = await select(unit, `id = $3 and status = 'open' for update`, [id]);
  if (!before) return false;
  const content = 'content' in change ? change.content : before.content;
  const sealed = await unit.vault.seal(referralOwner(before.referralId), at(id), content);
  if (change.what === 'revise') {
    const { owner, dueAt, escalatedTo } = change;
    const revised = await unit.client.query(
      `update obligation set owner = $4, due_at = $5, escalated_to = $6, content_sealed = $7, changed = pg_current_xact_id() where ${open}`,
      [...key(unit), id, owner, dueAt, escalatedTo, sealed],
    );
    return revised.rowCount === 1;
  }
  const done = await unit.client.query(
    `update obligation set status = 'done', settled_at = $4, content_sealed = $5, changed = pg_current_xact_id() where ${open}`,
    [...key(unit), id, change.at, sealed],
  );
  return done.rowCount === 1;
}

/** 'open' stands in the text, so that whatever plan is kept reads the index of what is open and nothing of what is done. */
function listOpen(unit: UnitContext, { after, limit }: Parameters<ObligationStore['listOpen']>[0]): Promise<StoredObligation[]> {
  const behind = after ? `and (due_at, id collate "C") > ($4::timestamptz, $5::text)` : '';
  return select(unit, `status = 'open' ${behind} order by due_at, id collate "C" limit $3`, [
    limit,
    ...(after ? [after.dueAt, after.id] : []),
  ]);
}

type CountRow = {
  kind: string;
  owner: string | null;
  age: number;
  open: number;
  overdue: number;
  at_risk: number;
  oldest: Date;
};

async function countOpen(unit: UnitContext, { now, soon, bounds }: Parameters<ObligationStore['countOpen']>[0]): Promise<OpenCounts> {
  const whole = await unit.client.query<{ referrals: number }>(
    `select count(distinct referral_id)::integer as referrals from obligation where tenant = $1 and issuer = $2 and status = 'open'`,
    key(unit),
  );
  const found = await unit.client.query<CountRow>(
    `select kind, owner, width_bucket(raised_at, $5::timestamptz[]) as age, count(*)::integer as open,
       count(*) filter (where due_at < $3)::integer as overdue,
       count(*) filter (where due_at >= $3 and due_at < $4)::integer as at_risk,
       min(raised_at) as oldest
     from obligation
     where tenant = $1 and issuer = $2 and status = 'open'
     group by kind, owner, age
     order by kind collate "C", owner collate "C" nulls first, age`,
    [...key(unit), now, soon, bounds],
  );
  const counts = found.rows.map(({ at_risk: atRisk, oldest, ...row }): OpenCount => ({ ...row, atRisk, oldest: instant(oldest) }));
  return { referrals: whole.rows[0]?.referrals ?? 0, counts };
}

/**
 * What was changed by a transaction that the mark's snapshot did not see. Those that run in other databases of the cluster hold back nothing;
 * a number that is not reached yet is of a database this one was restored from.
 */
const CHANGED = `changed >= pg_snapshot_xmin($3::pg_snapshot) and not pg_visible_in_snapshot(changed, $3::pg_snapshot)
  and changed < pg_snapshot_xmax(pg_current_snapshot())`;

/** As PostgreSQL writes a snapshot (xmin:xmax:running): it takes nothing else for one. */
function isSnapshot(mark: string): boolean {
  if (!/^\d{1,18}:\d{1,18}:(\d{1,18}(,\d{1,18})*)?$/.test(mark)) return false;
  const [from = '', to = '', running = ''] = mark.split(':');
  const numbers = [from, ...(running === '' ? [] : running.split(','))].map(BigInt);
  const inOrder = numbers.every((each, at) => at < 2 || each > (numbers[at - 1] ?? 0n));
  return inOrder && BigInt(from) > 0n && numbers.every((each) => each >= BigInt(from)) && (numbers.at(-1) ?? 0n) <= BigInt(to);
}

async function changedSince(unit: UnitContext, mark: string, limit: number): Promise<ObligationChanges | undefined> {
  if (!isSnapshot(mark)) return undefined;
  const found = await unit.client.query<{ id: string; status: 'open' | 'done' }>(
    `select id, status from obligation where tenant = $1 and issuer = $2 and ${CHANGED} order by id collate "C" limit $4`,
    [...key(unit), mark, limit + 1],
  );
  if (found.rows.length > limit) return undefined;
  const ids = (status: 'open' | 'done'): string[] => found.rows.filter((row) => row.status === status).map(({ id }) => id);
  const open = ids('open');
  return {
    open: open.length === 0 ? [] : await select(unit, `id = any($3) and status = 'open' order by due_at, id collate "C"`, [open]),
    done: ids('done'),
  };
}

/** More than a person reads at once, and the most that a worklist holds. */
const UNLESS_TOLD = 500;
const MOST = 10_000;

export const postgresObligations = (unit: UnitContext): ObligationStore => ({
  insert: (obligation) => insert(unit, obligation),
  get: async (id) => (await select(unit, 'id = $3', [id]))[0],
  ids: async () => {
    const found = await unit.client.query<{ id: string }>(
      'select id from obligation where tenant = $1 and issuer = $2 order by id collate "C"',
      key(unit),
    );
    return found.rows.map(({ id }) => id);
  },
  list: ({ status, kind, referralId, owner, raisedBy, escalatedTo, raisedFrom, raisedBefore, dueFrom, dueBefore, settledSince, limit }) =>
    select(
      unit,
      `status = $3 and ($4::text is null or kind = $4) and ($5::text is null or referral_id = $5)
         and ($6::text is null or owner = $6) and ($7::text is null or raised_by = $7)
         and ($8::timestamptz is null or due_at < $8) and ($9::timestamptz is null or settled_at >= $9)
         and ($11::timestamptz is null or raised_at >= $11) and ($12::timestamptz is null or raised_at < $12)
         and ($13::timestamptz is null or due_at >= $13) and ($14::text is null or escalated_to = $14)
       order by due_at, id collate "C" limit $10`,
      [
        status,
        kind ?? null,
        referralId ?? null,
        owner ?? null,
        raisedBy ?? null,
        dueBefore ?? null,
        settledSince ?? null,
        Math.min(limit ?? UNLESS_TOLD, MOST),
        raisedFrom ?? null,
        raisedBefore ?? null,
        dueFrom ?? null,
        escalatedTo ?? null,
      ],
    ),
  listOpen: (question) => listOpen(unit, question),
  mark: async () => {
    const found = await unit.client.query<{ mark: string }>('select pg_current_snapshot()::text as mark');
    return found.rows[0]?.mark ?? '';
  },
  changedSince: (mark, limit) => changedSince(unit, mark, limit),
  openOf: (referralId) => select(unit, `referral_id = $3 and status = 'open' order by id collate "C" for update`, [referralId]),
  countOpen: (question) => countOpen(unit, question),
  settle: (id, change) => settle(unit, id, change),
});
