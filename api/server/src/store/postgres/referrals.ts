import type { ReferralRow, ReferralStore } from '../referrals.ts';
import { key, referralOwner, type UnitContext } from './context.ts';
import { instant } from './database.ts';

type Row = {
  referral_id: string;
  sequence: number;
  status: string;
  updated_at: Date;
  requester: string | null;
  ended: boolean;
  fold_version: number;
  state_sealed: Buffer;
};

const COLUMNS = 'referral_id, sequence, status, updated_at, requester, ended, fold_version, state_sealed';
const at = (id: string) => ({ table: 'referral', id, column: 'state' });

async function toRow(unit: UnitContext, row: Row): Promise<ReferralRow> {
  const opened = await unit.vault.open(referralOwner(row.referral_id), at(row.referral_id), row.state_sealed);
  const { patientId, state } = opened as { patientId: string; state: unknown };
  return {
    referralId: row.referral_id,
    patientId,
    sequence: row.sequence,
    status: row.status,
    updatedAt: instant(row.updated_at),
    requester: row.requester,
    ended: row.ended,
    foldVersion: row.fold_version,
    state,
  };
}

export const REFERRAL_COLUMNS =
  'tenant, issuer, referral_id, site, patient_index, sequence, status, updated_at, state_sealed, fold_version, requester, ended';

/** One row of the table, its columns in the order of REFERRAL_COLUMNS. */
export async function referralRow(
  { scope, index, vault }: Pick<UnitContext, 'scope' | 'index' | 'vault'>,
  row: ReferralRow,
): Promise<unknown[]> {
  return [
    scope.tenant,
    scope.issuer,
    row.referralId,
    scope.site,
    index.patient(scope, row.patientId),
    row.sequence,
    row.status,
    row.updatedAt,
    await vault.seal(referralOwner(row.referralId), at(row.referralId), { patientId: row.patientId, state: row.state }),
    row.foldVersion,
    row.requester,
    row.ended,
  ];
}

async function put(unit: UnitContext, row: ReferralRow): Promise<void> {
  await unit.client.query(
    `insert into referral (${REFERRAL_COLUMNS})
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     on conflict (tenant, issuer, referral_id) do update set
       patient_index = excluded.patient_index, sequence = excluded.sequence, status = excluded.status,
       updated_at = excluded.updated_at, state_sealed = excluded.state_sealed, fold_version = excluded.fold_version,
       requester = excluded.requester, ended = excluded.ended`,
    await referralRow(unit, row),
  );
}

const AT_ONCE = 500;

/** Of referrals that have no row. */
async function insertNew(unit: UnitContext, given: readonly ReferralRow[]): Promise<void> {
  const rows: unknown[][] = [];
  for (const row of given) rows.push(await referralRow(unit, row));
  const columns = Array.from({ length: REFERRAL_COLUMNS.split(',').length }, (_, at) => rows.map((row) => row[at]));
  await unit.client.query(
    `insert into referral (${REFERRAL_COLUMNS})
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::int[], $7::text[], $8::timestamptz[], $9::bytea[], $10::int[],
       $11::text[], $12::boolean[])`,
    columns,
  );
}

const BY_ID = 'order by referral_id collate "C"';
/** As the index `referral_requester` stands. */
const BY_MOVEMENT = 'order by updated_at desc, referral_id collate "C" desc';

async function select(unit: UnitContext, condition: string, values: unknown[], order = BY_ID): Promise<ReferralRow[]> {
  const found = await unit.client.query<Row>(`select ${COLUMNS} from referral where tenant = $1 and issuer = $2 ${condition} ${order}`, [
    ...key(unit),
    ...values,
  ]);
  const rows: ReferralRow[] = [];
  for (const row of found.rows) rows.push(await toRow(unit, row));
  return rows;
}

export const postgresReferrals = (unit: UnitContext): ReferralStore => ({
  put: (row) => put(unit, row),
  get: async (referralId) => (await select(unit, 'and referral_id = $3', [referralId]))[0],
  some: (referralIds) => select(unit, 'and referral_id = any($3)', [referralIds]),
  listByPatient: (patientId) => select(unit, 'and patient_index = $3', [unit.index.patient(unit.scope, patientId)]),
  listByRequester: ({ requester, endedSince, after, limit }) =>
    select(
      unit,
      `and requester = $3 and (not ended or updated_at >= $4) ${after ? 'and (updated_at, referral_id collate "C") < ($6, $7)' : ''}`,
      [requester, endedSince, limit, ...(after ? [after.updatedAt, after.referralId] : [])],
      `${BY_MOVEMENT} limit $5`,
    ),
  listOlder: async ({ foldVersion, after, limit }) => {
    const found = await unit.client.query<{ referral_id: string }>(
      `select referral_id from referral where tenant = $1 and issuer = $2 and fold_version < $3 and referral_id collate "C" > $4
       order by referral_id collate "C" limit $5`,
      [...key(unit), foldVersion, after, limit],
    );
    return found.rows.map(({ referral_id: id }) => id);
  },
  renew: async (row) => {
    const held = await unit.client.query(
      'select 1 from referral where tenant = $1 and issuer = $2 and referral_id = $3 and sequence = $4 for update',
      [...key(unit), row.referralId, row.sequence],
    );
    if (held.rowCount === 0) return false;
    await put(unit, row);
    return true;
  },
  all: () => select(unit, '', []),
  any: async () => {
    const found = await unit.client.query('select from referral where tenant = $1 and issuer = $2 limit 1', key(unit));
    return found.rowCount !== 0;
  },
  ids: async () => {
    const found = await unit.client.query<{ referral_id: string }>(
      'select referral_id from referral where tenant = $1 and issuer = $2 order by referral_id collate "C"',
      key(unit),
    );
    return found.rows.map(({ referral_id: id }) => id);
  },
  rebuild: async (project) => {
    await unit.client.query('lock table referral in share row exclusive mode');
    const rows = await project();
    await unit.client.query('delete from referral where tenant = $1 and issuer = $2', key(unit));
    for (let from = 0; from < rows.length; from += AT_ONCE) await insertNew(unit, rows.slice(from, from + AT_ONCE));
  },
});
