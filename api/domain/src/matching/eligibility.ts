/** The hard filters: whether a directory entry may be ranked for a request, and if not, the named reason. */
import type { DirectoryEntry, NetworkStatus, Plan } from '../network/directory.ts';
import { networkStatus, type PlanLookup } from '../network/plan-lookup.ts';
import { type Accepting, acceptingOf } from './accepting.ts';
import type { Policy } from './policy.ts';
import type { MatchRequest } from './request.ts';
import { EXCLUSION_REASONS, type ExclusionReason } from './result.ts';

/** What the filters looked at; a card shows it whether or not the entry passed. */
export type EligibilityFacts = { network: NetworkStatus; accepting: Accepting };

export type Eligibility =
  | { kind: 'eligible'; facts: EligibilityFacts }
  /** `reason` is the one counted; `reasons` are all that apply, in the same order. */
  | { kind: 'excluded'; reason: ExclusionReason; reasons: readonly ExclusionReason[]; facts: EligibilityFacts };

/** Everything of a request that the filters look at; the rest cannot change who is eligible. */
export type Circumstances = Pick<MatchRequest, 'patient' | 'urgency' | 'coverage' | 'today'>;

/** The coverage as the directory look-up takes it. */
function lookupOf({ coverage }: Circumstances, plan: Plan | undefined): PlanLookup {
  switch (coverage.kind) {
    case 'none':
      return { kind: 'unknown', reason: 'no-coverage' };
    case 'not-active':
      return { kind: 'unknown', reason: 'coverage-not-active' };
    case 'plan-not-in-directory':
      return { kind: 'unknown', reason: 'plan-not-in-directory', planName: coverage.planName, why: 'no-such-plan' };
    case 'plan':
      // The directory was replaced since the plan was found in it.
      if (plan === undefined) return { kind: 'unknown', reason: 'plan-not-in-directory', planName: coverage.planId, why: 'no-such-plan' };
      return { kind: 'known', plan };
  }
}

const applies: Record<ExclusionReason, (entry: DirectoryEntry, request: Circumstances, facts: EligibilityFacts) => boolean> = {
  'children-only': (entry, request) => entry.ages === 'children' && request.patient === 'adult',
  'adults-only': (entry, request) => entry.ages === 'adults' && request.patient === 'child',
  'not-accepting': (_entry, _request, facts) => facts.accepting === 'no',
  'existing-patients-only': (_entry, _request, facts) => facts.accepting === 'existing-patients-only',
  // R18: silence is not consent; an emergency goes only where the directory says that emergencies are taken.
  'no-emergencies': (entry, request) => request.urgency === 'emergency' && entry.acceptsEmergencies !== true,
  'out-of-network': (_entry, _request, facts) => facts.network.status === 'out',
  'network-unknown': (_entry, _request, facts) => facts.network.status === 'unknown',
};

/**
 * Judges one entry of the right specialty on `request.today`. Eligible means: right age, takes (or may take) new
 * patients, takes emergencies when this is one, and in network by a statement that is not stale.
 */
export function eligible(entry: DirectoryEntry, request: Circumstances, plan: Plan | undefined, policy: Policy): Eligibility {
  const facts = {
    network: networkStatus(entry, lookupOf(request, plan), request.today, policy),
    accepting: acceptingOf(entry, plan, request.today),
  };
  const reasons = EXCLUSION_REASONS.filter((reason) => applies[reason](entry, request, facts));
  const [reason] = reasons;
  return reason === undefined ? { kind: 'eligible', facts } : { kind: 'excluded', reason, reasons, facts };
}
