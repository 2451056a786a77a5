/** Checks the whole chain of a store: every row, its entry, its heads, and that nothing waits for its number too long. */
import { type Verdict, verifyChain } from '@refloop/domain/audit/chain';
import type { AuditTrail, AuditView } from '../store/audit.ts';
import { sha256 } from './entry.ts';

/** The sequencer runs each second; what still has no number after a minute was kept from it. */
const LATEST_MS = 60_000;

export type AuditVerdict = Verdict | { status: 'unsequenced'; entries: string[]; rows: number };

export async function verifyView(view: AuditView, now: Date): Promise<AuditVerdict> {
  const verdict = await verifyChain(view.rows(), view.heads(), sha256);
  if (verdict.status === 'broken') return verdict;
  const entries = await view.unsequencedBefore(new Date(now.getTime() - LATEST_MS).toISOString());
  return entries.length === 0 ? verdict : { status: 'unsequenced', entries, rows: verdict.rows };
}

/**
 * First gives what waits in the queue its number, so that entries of a process that died are no alarm; where the chain is
 * broken that refuses, and the check then says why.
 */
export async function verifyAudit(trail: AuditTrail, now: Date): Promise<AuditVerdict> {
  const first = await trail.view((view) => verifyView(view, now));
  if (first.status === 'broken') return first;
  const chained = await trail.sequence(now.toISOString());
  return chained === 0 && first.status === 'whole' ? first : trail.view((view) => verifyView(view, now));
}
