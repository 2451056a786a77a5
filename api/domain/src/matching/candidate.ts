/** One directory entry as a candidate for one request: its facts, its score and what the card says of it. */
import type { DirectoryEntry, Plan } from '../network/directory.ts';
import type { EligibilityFacts } from './eligibility.ts';
import { milesBetween } from './miles.ts';
import type { MatchRequest, Origin } from './request.ts';
import type { Candidate } from './result.ts';
import { factorsOf, type ScoreRules, scoreOf } from './score.ts';
import { callToConfirmSentences, whySentences } from './sentences.ts';

/** Great-circle miles from the patient; null when there is no address to measure from. */
export const milesFrom = (origin: Origin | null, entry: Pick<DirectoryEntry, 'location'>): number | null =>
  origin === null ? null : milesBetween(origin.unit, entry.location.unit);

/** Scores an entry by the rules of the active circle and says why; whether it may be ranked was decided before. */
export function candidateOf(
  entry: DirectoryEntry,
  facts: EligibilityFacts,
  request: MatchRequest,
  plan: Plan | undefined,
  rules: ScoreRules,
): Candidate {
  const miles = milesFrom(request.origin, entry);
  const approximate = miles !== null && (request.origin?.precision === 'zip' || entry.location.precision === 'zip');
  const factors = factorsOf({ miles, waitDays: entry.wait?.days ?? null, stars: entry.rating?.stars ?? null }, rules);
  const told = { entry, facts, miles, approximate, plan, request, policy: rules.policy };
  return {
    entryId: entry.id,
    miles,
    approximate,
    network: facts.network,
    score: scoreOf(factors),
    factors,
    why: whySentences(told),
    callToConfirm: callToConfirmSentences(told),
  };
}
