import type { ApprovalInsertAnswer, ApprovalStore, StoredApproval } from '../approvals.ts';
import { key, referralOwner, type UnitContext } from './context.ts';
import { instant } from './database.ts';

type Row = {
  id: string;
  recommendation_id: string;
  referral_id: string;
  idempotency_key: string;
  subject: string;
  approved_at: Date;
  order_version: string | null;
  content_hash: string;
  content_sealed: Buffer;
};

const COLUMNS = 'id, recommendation_id, referral_id, idempotency_key, subject, approved_at, order_version, content_hash, content_sealed';
const at = (id: string) => ({ table: 'approval', id, column: 'content' });

async function select(unit: UnitContext, condition: string, value: string): Promise<StoredApproval | undefined> {
  const found = await unit.client.query<Row>(
    `select ${COLUMNS} from approval where tenant = $1 and issuer = $2 and ${condition} = $3 order by approved_at desc, id collate "C" desc limit 1`,
    [...key(unit), value],
  );
  const [row] = found.rows;
  if (!row) return undefined;
  return {
    id: row.id,
    recommendationId: row.recommendation_id,
    referralId: row.referral_id,
    idempotencyKey: row.idempotency_key,
    subject: row.subject,
    approvedAt: instant(row.approved_at),
    orderVersion: row.order_version,
    contentHash: row.content_hash,
    content: await unit.vault.open(referralOwner(row.referral_id), at(row.id), row.content_sealed),
  };
}

async function insert(unit: UnitContext, approval: StoredApproval): Promise<ApprovalInsertAnswer> {
  const inserted = await unit.client.query(
    `insert into approval (tenant, issuer, id, site, recommendation_id, referral_id, idempotency_key, subject, approved_at, order_version,
       content_hash, content_sealed)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     on conflict (tenant, issuer, idempotency_key) do nothing`,
    [
      ...key(unit),
      approval.id,
      unit.scope.site,
      approval.recommendationId,
      approval.referralId,
      approval.idempotencyKey,
      approval.subject,
      approval.approvedAt,
      approval.orderVersion,
      approval.contentHash,
      await unit.vault.seal(referralOwner(approval.referralId), at(approval.id), approval.content),
    ],
  );
  if (inserted.rowCount === 1) return { status: 'inserted' };
  const earlier = await select(unit, 'idempotency_key', approval.idempotencyKey);
  if (!earlier) throw new Error('An approval with this idempotency key exists but cannot be read.');
  return { status: 'earlier', approval: earlier };
}

export const postgresApprovals = (unit: UnitContext): ApprovalStore => ({
  insert: (approval) => insert(unit, approval),
  byRecommendation: (recommendationId) => select(unit, 'recommendation_id', recommendationId),
});
