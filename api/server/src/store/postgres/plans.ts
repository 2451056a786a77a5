import type { LeaseAnswer, NewPlan, PlanSaveAnswer, PlanStore, StoredPlan } from '../plans.ts';
import { key, referralOwner, type UnitContext } from './context.ts';
import { instant } from './database.ts';

type Row = {
  id: string;
  referral_id: string;
  recommendation_id: string;
  subject: string;
  made_at: Date;
  finished: boolean;
  lease_holder: string | null;
  lease_until: Date | null;
  revision: number;
  look_due_at: Date | null;
  looks: number;
  content_sealed: Buffer;
};

const COLUMNS =
  'id, referral_id, recommendation_id, subject, made_at, finished, lease_holder, lease_until, revision, look_due_at, looks, content_sealed';
const at = (id: string) => ({ table: 'plan', id, column: 'content' });

async function toPlan(unit: UnitContext, row: Row): Promise<StoredPlan> {
  const opened = await unit.vault.open(referralOwner(row.referral_id), at(row.id), row.content_sealed);
  const { patientId, content } = opened as { patientId: string; content: unknown };
  return {
    id: row.id,
    referralId: row.referral_id,
    recommendationId: row.recommendation_id,
    patientId,
    subject: row.subject,
    madeAt: instant(row.made_at),
    finished: row.finished,
    lease: row.lease_holder !== null && row.lease_until !== null ? { holder: row.lease_holder, until: instant(row.lease_until) } : null,
    revision: row.revision,
    lookDueAt: row.look_due_at === null ? null : instant(row.look_due_at),
    looks: row.looks,
    content,
  };
}

async function insert(unit: UnitContext, plan: NewPlan): Promise<void> {
  await unit.client.query(
    `insert into plan (tenant, issuer, id, site, referral_id, recommendation_id, patient_index, subject, made_at, finished, look_due_at,
       revision, content_sealed)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12)`,
    [
      ...key(unit),
      plan.id,
      unit.scope.site,
      plan.referralId,
      plan.recommendationId,
      unit.index.patient(unit.scope, plan.patientId),
      plan.subject,
      plan.madeAt,
      plan.finished,
      plan.lookDueAt,
      await unit.vault.seal(referralOwner(plan.referralId), at(plan.id), { patientId: plan.patientId, content: plan.content }),
    ],
  );
}

async function select(
  unit: UnitContext,
  condition: string,
  values: unknown[],
  order: 'made_at' | 'look_due_at' = 'made_at',
): Promise<StoredPlan[]> {
  const found = await unit.client.query<Row>(
    `select ${COLUMNS} from plan where tenant = $1 and issuer = $2 and ${condition} order by ${order}, id collate "C"`,
    [...key(unit), ...values],
  );
  const plans: StoredPlan[] = [];
  for (const row of found.rows) plans.push(await toPlan(unit, row));
  return plans;
}

async function takeLease(unit: UnitContext, id: string, holder: string, now: string, seconds: number): Promise<LeaseAnswer> {
  const until = new Date(Date.parse(now) + seconds * 1000);
  const taken = await unit.client.query(
    `update plan set lease_holder = $4, lease_until = $6
     where tenant = $1 and issuer = $2 and id = $3 and (lease_holder is null or lease_holder = $4 or lease_until <= $5)`,
    [...key(unit), id, holder, now, until],
  );
  if (taken.rowCount === 1) return { status: 'taken', until: instant(until) };
  const found = await unit.client.query<Row>('select lease_holder, lease_until from plan where tenant = $1 and issuer = $2 and id = $3', [
    ...key(unit),
    id,
  ]);
  const [row] = found.rows;
  if (!row) return { status: 'missing' };
  // The holder that stood in the way may have given it back between the two statements: it was held when asked.
  return { status: 'held', holder: row.lease_holder ?? '', until: row.lease_until ? instant(row.lease_until) : now };
}

async function saveStep(
  unit: UnitContext,
  id: string,
  by: { holder: string; now: string },
  expectedRevision: number,
  change: { content: unknown; finished: boolean },
): Promise<PlanSaveAnswer> {
  const found = await unit.client.query<Row>(`select ${COLUMNS} from plan where tenant = $1 and issuer = $2 and id = $3 for update`, [
    ...key(unit),
    id,
  ]);
  const [row] = found.rows;
  if (!row) return { status: 'missing' };
  if (row.lease_holder !== by.holder || row.lease_until === null || instant(row.lease_until) <= by.now) return { status: 'lease-lost' };
  if (row.revision !== expectedRevision) return { status: 'conflict', revision: row.revision };
  const { patientId } = await toPlan(unit, row);
  const sealed = await unit.vault.seal(referralOwner(row.referral_id), at(id), { patientId, content: change.content });
  await unit.client.query(
    'update plan set content_sealed = $4, finished = $5, revision = revision + 1 where tenant = $1 and issuer = $2 and id = $3',
    [...key(unit), id, sealed, change.finished],
  );
  return { status: 'saved', revision: row.revision + 1 };
}

async function listUnfinished(unit: UnitContext, question: { patientId?: string; subject?: string }): Promise<StoredPlan[]> {
  const values: unknown[] = [];
  const conditions = ['not finished'];
  if (question.patientId !== undefined) {
    values.push(unit.index.patient(unit.scope, question.patientId));
    conditions.push(`patient_index = $${values.length + 2}`);
  }
  if (question.subject !== undefined) {
    values.push(question.subject);
    conditions.push(`subject = $${values.length + 2}`);
  }
  return select(unit, conditions.join(' and '), values);
}

export const postgresPlans = (unit: UnitContext): PlanStore => ({
  insert: (plan) => insert(unit, plan),
  get: async (id) => (await select(unit, 'id = $3', [id]))[0],
  byRecommendation: async (recommendationId) => (await select(unit, 'recommendation_id = $3', [recommendationId])).at(-1),
  takeLease: (id, holder, now, seconds) => takeLease(unit, id, holder, now, seconds),
  releaseLease: async (id, holder) => {
    await unit.client.query(
      'update plan set lease_holder = null, lease_until = null where tenant = $1 and issuer = $2 and id = $3 and lease_holder = $4',
      [...key(unit), id, holder],
    );
  },
  saveStep: (id, by, expectedRevision, change) => saveStep(unit, id, by, expectedRevision, change),
  looked: async (id, next) => {
    await unit.client.query('update plan set look_due_at = $4, looks = looks + 1 where tenant = $1 and issuer = $2 and id = $3', [
      ...key(unit),
      id,
      next,
    ]);
  },
  listLookDue: async (now, limit) => {
    const due = await unit.client.query<{ id: string }>(
      'select id from plan where tenant = $1 and issuer = $2 and look_due_at <= $3 order by look_due_at, id collate "C" limit $4',
      [...key(unit), now, limit],
    );
    return select(unit, 'id = any($3)', [due.rows.map(({ id }) => id)], 'look_due_at');
  },
  after: async ({ after, madeSince, limit }) => {
    const found = await unit.client.query<{ id: string }>(
      `select id from plan where tenant = $1 and issuer = $2 and id collate "C" > $3 and made_at >= $4 order by id collate "C" limit $5`,
      [...key(unit), after, madeSince, limit],
    );
    const plans = await select(unit, 'id = any($3)', [found.rows.map(({ id }) => id)]);
    return plans.toSorted((left, right) => (left.id < right.id ? -1 : 1));
  },
  listUnfinished: (question) => listUnfinished(unit, question),
});
