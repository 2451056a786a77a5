/** A specialist somebody named (R29): the same facts as for a ranked one, whatever stands against the choice. */
import { specialtyOfNucc } from '../clinical/specialty.ts';
import type { DirectoryEntry, Plan } from '../network/directory.ts';
import { candidateOf } from './candidate.ts';
import { eligible } from './eligibility.ts';
import type { Policy } from './policy.ts';
import type { MatchRequest } from './request.ts';
import type { Candidate, ExclusionReason } from './result.ts';
import { nuccCodesOf, scoreRulesOf } from './selection.ts';
import type { SpecialtyMedians } from './specialty-medians.ts';

export type Assessment = {
  candidate: Candidate;
  /** Why it is not among the ranked; null when it could be. */
  exclusion: ExclusionReason | null;
  /** All that stands against it, in the order of `EXCLUSION_REASONS`. */
  exclusions: readonly ExclusionReason[];
  /** Listed in a specialty other than the one asked for; naming a specialist allows that, and the card says it. */
  otherSpecialty: string | null;
};

/** Assesses one entry for a request. Distance is scored by the circle asked for; outside of it, as 0. */
export function assess(
  entry: DirectoryEntry,
  request: MatchRequest,
  plan: Plan | undefined,
  medians: SpecialtyMedians,
  policy: Policy,
): Assessment {
  const eligibility = eligible(entry, request, plan, policy);
  const rules = scoreRulesOf(request, request.origin === null ? null : request.radiusMiles, medians, policy);
  const otherSpecialty = nuccCodesOf(request).includes(entry.nucc) ? null : (specialtyOfNucc(entry.nucc)?.name ?? entry.specialty);
  return {
    candidate: candidateOf(entry, eligibility.facts, request, plan, rules),
    exclusion: eligibility.kind === 'excluded' ? eligibility.reason : null,
    exclusions: eligibility.kind === 'excluded' ? eligibility.reasons : [],
    otherSpecialty,
  };
}
