/**
 * Who was selected for an answer, before anything is said about them. The plain search (match.ts) and the index of the
 * server select each in its own way; both hand the selection to `answerOf`, and both must come to the same bytes.
 */
import { specialtyById } from '../clinical/specialty.ts';
import type { DirectoryEntry, Plan } from '../network/directory.ts';
import { candidateOf } from './candidate.ts';
import { distanceScale } from './circles.ts';
import { eligible } from './eligibility.ts';
import { ENGINE } from './engine.ts';
import type { Policy } from './policy.ts';
import type { MatchRequest } from './request.ts';
import type { Candidate, Exclusion, ExclusionReason, MatchResult, WideningStep } from './result.ts';
import type { ScoreRules } from './score.ts';
import type { SpecialtyMedians } from './specialty-medians.ts';

/** How many excluded entries an answer names; the rest are counted and can be had by replay. */
export const EXCLUDED_NAMED = 50;

export type Selection = {
  steps: readonly WideningStep[];
  radiusMiles: number | null;
  inRadius: number;
  eligible: number;
  /** Best first, no more than the request's limit. */
  ranked: readonly DirectoryEntry[];
  /** Excluded for an unknown network alone: best first, no more than the limit. */
  networkUnknown: readonly DirectoryEntry[];
  /** See `listsOutOfNetwork`. */
  outOfNetwork: { count: number; entries: readonly DirectoryEntry[] };
  excluded: { counts: Readonly<Record<ExclusionReason, number>>; nearest: readonly Exclusion[] };
  /** Miles to the nearest eligible candidate; null when there is none or the distance is not known. */
  nearestEligibleMiles: number | null;
};

/** NUCC codes a request is answered with. */
export function nuccCodesOf(request: Pick<MatchRequest, 'specialty'>): readonly string[] {
  const specialty = specialtyById(request.specialty);
  if (!specialty) throw new Error(`specialty: "${request.specialty}" is not in specialties.json; use the id of a specialty listed there`);
  return specialty.nucc;
}

export function scoreRulesOf(
  request: Pick<MatchRequest, 'specialty' | 'urgency'>,
  radiusMiles: number | null,
  medians: SpecialtyMedians,
  policy: Policy,
): ScoreRules {
  return {
    policy,
    urgency: request.urgency,
    scaleMiles: distanceScale(radiusMiles, policy),
    medians: medians[request.specialty] ?? { waitDays: null, stars: null },
  };
}

/**
 * Whether a circle answers the question, so that no wider one is tried. With a plan: somebody eligible. Without one
 * nobody can be in network however far one looks, so somebody who would be eligible but for that is enough.
 */
export const circleAnswers = (hasPlan: boolean, eligible: number, networkUnknown: number): boolean =>
  hasPlan ? eligible > 0 : networkUnknown > 0;

/** R7, R8: the out-of-network list stands beside the ranked one when the circle was widened or nobody was found. */
export const listsOutOfNetwork = (circlesSearched: number, eligible: number): boolean => circlesSearched > 1 || eligible === 0;

/** Nearer than the nearest who can be ranked; everybody when nobody can. */
export const isNearer = (miles: number | null, nearestEligibleMiles: number | null, eligible: number): boolean =>
  eligible === 0 || (miles !== null && nearestEligibleMiles !== null && miles < nearestEligibleMiles);

/** R7: out of network, those with sliding-scale fees or payment plans are listed before those without. */
export const easesPayment = (entry: Pick<DirectoryEntry, 'slidingScale' | 'paymentPlan'>): boolean =>
  entry.slidingScale === true || entry.paymentPlan === true;

/** R6. Only a patient with a plan of this directory can lack a network; other coverage is another question. */
function exceptionOf(selection: Selection, plan: Plan | undefined, policy: Policy): MatchResult['exception'] {
  if (plan === undefined) return null;
  const { eligible, nearestEligibleMiles } = selection;
  const somebodyNear = eligible > 0 && (nearestEligibleMiles === null || nearestEligibleMiles <= policy.exceptionMiles);
  return somebodyNear ? null : { kind: 'none-in-network', withinMiles: policy.exceptionMiles };
}

/** Describes the selected entries: the answer as it is shown, stored and replayed. */
export function answerOf(
  selection: Selection,
  request: MatchRequest,
  plan: Plan | undefined,
  snapshot: { hash: string; medians: SpecialtyMedians },
  policy: Policy,
): MatchResult {
  const rules = scoreRulesOf(request, selection.radiusMiles, snapshot.medians, policy);
  const describe = (entry: DirectoryEntry): Candidate =>
    candidateOf(entry, eligible(entry, request, plan, policy).facts, request, plan, rules);
  return {
    engine: ENGINE,
    policy: { id: policy.id, version: policy.version },
    directory: snapshot.hash,
    steps: selection.steps,
    radiusMiles: selection.radiusMiles,
    inRadius: selection.inRadius,
    eligible: selection.eligible,
    ranked: selection.ranked.map((entry, at) => ({ ...describe(entry), rank: at + 1 })),
    networkUnknown: {
      count: selection.excluded.counts['network-unknown'],
      candidates: selection.networkUnknown.map(describe),
    },
    outOfNetwork: {
      count: selection.outOfNetwork.count,
      candidates: selection.outOfNetwork.entries.map((entry) => ({
        ...describe(entry),
        slidingScale: entry.slidingScale === true,
        paymentPlan: entry.paymentPlan === true,
        estimate: null,
      })),
    },
    excluded: selection.excluded,
    exception: exceptionOf(selection, plan, policy),
  };
}
