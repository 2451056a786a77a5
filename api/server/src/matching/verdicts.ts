/**
 * Who may be ranked, remembered: the rules of the domain judge an entry once for given circumstances (plan, day, adult
 * or child, emergency or not), and later requests in the same circumstances read one byte.
 */
import { type Circumstances, eligible } from '@refloop/domain/matching/eligibility';
import type { Policy } from '@refloop/domain/matching/policy';
import { EXCLUSION_REASONS, type ExclusionReason } from '@refloop/domain/matching/result';
import type { DirectoryEntry, Plan } from '@refloop/domain/network/directory';

/** 0 = eligible, else 1 + the place of the reason in `EXCLUSION_REASONS`. */
export type Verdict = number;
export const ELIGIBLE: Verdict = 0;
export const verdictOf = (reason: ExclusionReason): Verdict => EXCLUSION_REASONS.indexOf(reason) + 1;
export const reasonOf = (verdict: Verdict): ExclusionReason | null => EXCLUSION_REASONS[verdict - 1] ?? null;

const UNJUDGED = 255;
/** Circumstances kept at a time, the least recently asked dropped first; each costs one byte an entry. */
const CIRCUMSTANCES_KEPT = 64;

/** Everything `eligible` looks at besides the entry, as text. */
const keyOf = ({ patient, urgency, coverage, today }: Circumstances, policy: Policy): string =>
  JSON.stringify([
    patient,
    urgency === 'emergency',
    coverage.kind,
    coverage.kind === 'plan' ? coverage.planId : null,
    today,
    policy.networkStaleAfterDays,
  ]);

export type Verdicts = (request: Circumstances, plan: Plan | undefined, policy: Policy) => (position: number) => Verdict;

export function verdictsOf(count: number, entryAt: (position: number) => DirectoryEntry): Verdicts {
  const remembered = new Map<string, Uint8Array>();
  const bytesFor = (key: string): Uint8Array => {
    const bytes = remembered.get(key) ?? new Uint8Array(count).fill(UNJUDGED);
    remembered.delete(key);
    remembered.set(key, bytes);
    const [oldest] = remembered.keys();
    if (remembered.size > CIRCUMSTANCES_KEPT && oldest !== undefined) remembered.delete(oldest);
    return bytes;
  };
  return (request, plan, policy) => {
    const bytes = bytesFor(keyOf(request, policy));
    return (position) => {
      const known = bytes[position] ?? UNJUDGED;
      if (known !== UNJUDGED) return known;
      const judged = eligible(entryAt(position), request, plan, policy);
      const verdict = judged.kind === 'eligible' ? ELIGIBLE : verdictOf(judged.reason);
      bytes[position] = verdict;
      return verdict;
    };
  };
}
