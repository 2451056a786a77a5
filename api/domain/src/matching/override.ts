/**
 * The last check before anything is written to a chart (R38): a specialist who is not known to be in the patient's
 * network passes only with a recorded reason. The ranking itself binds nobody (R31): any in-network choice passes.
 */
import type { NetworkStatus } from '../network/directory.ts';
import { ok, type Result, refuse } from '../result.ts';
import rows from './override-reasons.json' with { type: 'json' };

export type OverrideReason = {
  code: string;
  label: string;
  /**
   * 42 CFR 411.354(d)(4)(iv)(B): a requirement to refer to a particular provider does not apply where the patient
   * prefers another, the insurer determines the provider, or the referral is not in the patient's best medical
   * interests in the physician's judgment. Such choices never count as leakage.
   */
  lawfulChoice: boolean;
  /** The code alone says nothing; words are needed. */
  needsText: boolean;
};

export const OVERRIDE_REASONS: readonly OverrideReason[] = rows;

/** What the clinician recorded. */
export type Override = { code: string; text: string };

export type ApprovalBasis = { kind: 'in-network' } | { kind: 'override'; network: 'out' | 'unknown'; reason: OverrideReason; text: string };

export type ApprovalRefusal = {
  code: 'override-reason-missing' | 'override-reason-unknown' | 'override-text-missing';
  field: 'overrideReason' | 'overrideReason.code' | 'overrideReason.text';
  fix: string;
};

/**
 * Whether this choice may be approved. `network` must be the status the server itself found for the chosen entry and
 * the patient's plan when approval was asked for, not what a page sent along.
 */
export function mayApprove(choice: {
  network: Pick<NetworkStatus, 'status'>;
  override: Override | null;
}): Result<ApprovalBasis, ApprovalRefusal> {
  const { network, override } = choice;
  if (network.status === 'in') return ok({ kind: 'in-network' });
  if (override === null) {
    const standing = network.status === 'out' ? 'is out of the patient’s network' : 'is not known to be in the patient’s network';
    return refuse({ code: 'override-reason-missing', field: 'overrideReason', fix: `The specialist ${standing}. Choose a reason.` });
  }
  const reason = OVERRIDE_REASONS.find(({ code }) => code === override.code);
  if (reason === undefined) {
    const codes = OVERRIDE_REASONS.map(({ code }) => code).join(', ');
    return refuse({ code: 'override-reason-unknown', field: 'overrideReason.code', fix: `Use one of ${codes}.` });
  }
  const text = override.text.trim();
  if (reason.needsText && text === '') {
    return refuse({ code: 'override-text-missing', field: 'overrideReason.text', fix: 'Say the reason in words.' });
  }
  return ok({ kind: 'override', network: network.status, reason, text });
}
