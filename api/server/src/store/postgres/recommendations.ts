import { readCursor, writeCursor } from '../recommendation-cursor.ts';
import type {
  NewRecommendation,
  RecommendationChange,
  RecommendationFilters,
  RecommendationListPage,
  RecommendationOutcome,
  RecommendationState,
  RecommendationStore,
  RecommendationSummary,
  SaveAnswer,
  StoredRecommendation,
} from '../recommendations.ts';
import { key, referralOwner, type UnitContext } from './context.ts';
import { instant } from './database.ts';

type SummaryRow = {
  id: string;
  referral_id: string;
  made_at: Date;
  subject: string;
  user_name: string;
  patient_pseudonym: string;
  status: RecommendationState;
  outcome: RecommendationOutcome;
  specialty: string;
  policy: string;
  composer: string;
  revision: number;
};
type Row = SummaryRow & { kept_sealed: Buffer; working_sealed: Buffer; pended_for: string | null; prepared_sealed: Buffer | null };

const SUMMARY = `id, referral_id, made_at, subject, user_name, patient_pseudonym, status, outcome, specialty, policy, composer, revision`;
const kept = (id: string) => ({ table: 'recommendation', id, column: 'kept' });
const working = (id: string) => ({ table: 'recommendation', id, column: 'working' });
const prepared = (id: string) => ({ table: 'recommendation', id, column: 'prepared' });

const toSummary = (row: SummaryRow): RecommendationSummary => ({
  id: row.id,
  referralId: row.referral_id,
  madeAt: instant(row.made_at),
  subject: row.subject,
  userName: row.user_name,
  patientPseudonym: row.patient_pseudonym,
  status: row.status,
  outcome: row.outcome,
  specialty: row.specialty,
  policy: row.policy,
  composer: row.composer,
  revision: row.revision,
});

async function toStored(unit: UnitContext, row: Row): Promise<StoredRecommendation> {
  const owner = referralOwner(row.referral_id);
  const opened = (await unit.vault.open(owner, kept(row.id), row.kept_sealed)) as { patientId: string; kept: unknown };
  return {
    ...toSummary(row),
    ...opened,
    working: await unit.vault.open(owner, working(row.id), row.working_sealed),
    pendedFor: row.pended_for,
    prepared: row.prepared_sealed && (await unit.vault.open(owner, prepared(row.id), row.prepared_sealed)),
  };
}

async function insert(unit: UnitContext, given: NewRecommendation): Promise<void> {
  const owner = referralOwner(given.referralId);
  await unit.client.query(
    `insert into recommendation
       (tenant, issuer, id, site, referral_id, made_at, subject, user_name, patient_index, patient_pseudonym, status, outcome,
        specialty, policy, composer, revision, kept_sealed, working_sealed, pended_for, prepared_sealed)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 1, $16, $17, $18, $19)`,
    [
      ...key(unit),
      given.id,
      unit.scope.site,
      given.referralId,
      given.madeAt,
      given.subject,
      given.userName,
      unit.index.patient(unit.scope, given.patientId),
      unit.index.pseudonym(unit.scope, given.patientId),
      given.status,
      given.outcome,
      given.specialty,
      given.policy,
      given.composer,
      await unit.vault.seal(owner, kept(given.id), { patientId: given.patientId, kept: given.kept }),
      await unit.vault.seal(owner, working(given.id), given.working),
      given.pendedFor,
      given.prepared === null ? null : await unit.vault.seal(owner, prepared(given.id), given.prepared),
    ],
  );
}

async function select(unit: UnitContext, condition: string, values: unknown[]): Promise<StoredRecommendation[]> {
  const found = await unit.client.query<Row>(
    `select ${SUMMARY}, kept_sealed, working_sealed, pended_for, prepared_sealed from recommendation
     where tenant = $1 and issuer = $2 and ${condition} order by made_at desc, id collate "C" desc`,
    [...key(unit), ...values],
  );
  const rows: StoredRecommendation[] = [];
  for (const row of found.rows) rows.push(await toStored(unit, row));
  return rows;
}

async function save(unit: UnitContext, id: string, expectedRevision: number, change: RecommendationChange): Promise<SaveAnswer> {
  const found = await unit.client.query<{ revision: number; referral_id: string }>(
    'select revision, referral_id from recommendation where tenant = $1 and issuer = $2 and id = $3 for update',
    [...key(unit), id],
  );
  const [row] = found.rows;
  if (!row) return { status: 'missing' };
  if (row.revision !== expectedRevision) return { status: 'conflict', revision: row.revision };
  const owner = referralOwner(row.referral_id);
  const sealed = 'working' in change ? await unit.vault.seal(owner, working(id), change.working) : null;
  const handedOver = (change.prepared ?? null) === null ? null : await unit.vault.seal(owner, prepared(id), change.prepared);
  await unit.client.query(
    `update recommendation set revision = revision + 1, working_sealed = coalesce($4, working_sealed),
       status = coalesce($5, status), outcome = coalesce($6, outcome),
       pended_for = case when $7 then $8 else pended_for end, prepared_sealed = coalesce($9, prepared_sealed)
     where tenant = $1 and issuer = $2 and id = $3`,
    [...key(unit), id, sealed, change.status ?? null, change.outcome ?? null, 'pendedFor' in change, change.pendedFor ?? null, handedOver],
  );
  return { status: 'saved', revision: row.revision + 1 };
}

/** The filters as SQL; every value is a parameter. */
function where(unit: UnitContext, filters: RecommendationFilters): { sql: string; values: unknown[] } {
  const values: unknown[] = [...key(unit)];
  const conditions = ['tenant = $1', 'issuer = $2'];
  const add = (column: string, operator: '=' | '>=' | '<', value: string | undefined): void => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(`${column} ${operator} $${values.length}`);
  };
  add('outcome', '=', filters.outcome);
  add('policy', '=', filters.policy);
  add('specialty', '=', filters.specialty);
  add('made_at', '>=', filters.from);
  add('made_at', '<', filters.to);
  add('subject', '=', filters.subject);
  add('patient_pseudonym', '=', filters.patientPseudonym);
  return { sql: conditions.join(' and '), values };
}

async function list(
  unit: UnitContext,
  question: { cursor?: string; limit: number; filters?: RecommendationFilters },
): Promise<RecommendationListPage> {
  const { sql, values } = where(unit, question.filters ?? {});
  const counted = await unit.client.query<{ total: number }>(`select count(*)::int as total from recommendation where ${sql}`, values);
  const cursor = readCursor(question.cursor);
  const after = cursor ? `and (made_at, id collate "C") < ($${values.length + 2}::timestamptz, $${values.length + 3})` : '';
  const found = await unit.client.query<SummaryRow & { audit_entry: string | null }>(
    `select ${SUMMARY},
       (select min(chain.number) from audit_entry entry join audit_chain chain on chain.entry_id = entry.id
        where entry.tenant = $1 and entry.issuer = $2 and entry.recommendation_id = recommendation.id) as audit_entry
     from recommendation where ${sql} ${after}
     order by made_at desc, id collate "C" desc limit $${values.length + 1}`,
    [...values, question.limit + 1, ...(cursor ? [cursor.madeAt, cursor.id] : [])],
  );
  const shown = found.rows.slice(0, question.limit);
  const last = found.rows.length > question.limit ? shown.at(-1) : undefined;
  return {
    rows: shown.map((row) => ({ ...toSummary(row), auditEntry: row.audit_entry === null ? null : Number(row.audit_entry) })),
    next: last ? writeCursor({ madeAt: instant(last.made_at), id: last.id }) : null,
    total: counted.rows[0]?.total ?? 0,
  };
}

export const postgresRecommendations = (unit: UnitContext): RecommendationStore => ({
  insert: (recommendation) => insert(unit, recommendation),
  get: async (id) => (await select(unit, 'id = $3', [id]))[0],
  save: (id, expectedRevision, change) => save(unit, id, expectedRevision, change),
  list: (question) => list(unit, question),
  listPending: ({ patientId, subject }) =>
    select(unit, `status = 'PENDING_REVIEW' and patient_index = $3 and subject = $4`, [unit.index.patient(unit.scope, patientId), subject]),
  listPrepared: (patientId) =>
    select(unit, `status = 'PENDING_REVIEW' and prepared_sealed is not null and patient_index = $3`, [
      unit.index.patient(unit.scope, patientId),
    ]),
  versions: async () => {
    const { rows } = await unit.client.query<{ policy: string; composer: string; since: Date }>(
      `select policy, composer, min(made_at) as since from recommendation where tenant = $1 and issuer = $2
       group by policy, composer order by since, policy collate "C", composer collate "C"`,
      key(unit),
    );
    return rows.map(({ since, ...versions }) => ({ ...versions, since: instant(since) }));
  },
});
