/** The state of the audit log as the admin's page shows it, checked over every row. */
import type { AuditStatus } from '../client/admin.ts';
import type { AuditTrail } from '../store/audit.ts';
import { verifyAudit } from './verify.ts';

export async function auditStatus(trail: AuditTrail, now: Date): Promise<AuditStatus> {
  const checkedAt = now.toISOString();
  const verdict = await verifyAudit(trail, now);
  switch (verdict.status) {
    case 'whole': {
      const { rows, head, headAt } = verdict;
      return { entries: rows, verifiedTo: rows, brokenAt: null, headHash: rows === 0 ? null : head, headAt, checkedAt };
    }
    case 'broken': {
      const { row, what } = verdict;
      return { entries: row, verifiedTo: row - 1, brokenAt: { row, what }, headHash: null, headAt: null, checkedAt };
    }
    case 'unsequenced': {
      const { rows, entries } = verdict;
      const what = `entry ${entries[0]} was recorded more than a minute ago and never numbered`;
      return { entries: rows, verifiedTo: rows, brokenAt: { row: rows + 1, what }, headHash: null, headAt: null, checkedAt };
    }
  }
}
