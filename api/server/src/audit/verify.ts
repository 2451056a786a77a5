/** Checks the whole chain of a store: every row, its entry, its heads, and that nothing waits for its number too long. */
import { type Verdict, verifyChain } from '@refloop/domain/audit/chain';
import type { AuditTrail } from '../store/audit.ts';
import { sha256 } from './entry.ts';

/** The sequencer runs each second; what still has no number after a minute was kept from it. */
const LATEST_MS = 60_000;

export type AuditVerdict = Verdict | { status: 'unsequenced'; entries: string[]; rows: number };

export async function verifyAudit(trail: AuditTrail, now: Date): Promise<AuditVerdict> {
  const verdict = await verifyChain(trail.rows(), trail.heads(), sha256);
  if (verdict.status === 'broken') return verdict;
  const entries = await trail.unsequencedBefore(new Date(now.getTime() - LATEST_MS).toISOString());
  return entries.length === 0 ? verdict : { status: 'unsequenced', entries, rows: verdict.rows };
}
