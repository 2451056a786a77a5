/**
 * Matching as plainly as it can be said: look at every entry of the specialty. It is the definition that the server's
 * index must equal byte for byte, and what a replay can always fall back on.
 */
import type { DirectoryEntry } from '../network/directory.ts';
import { candidateOf, milesFrom } from './candidate.ts';
import { circlesFor } from './circles.ts';
import { type Eligibility, eligible } from './eligibility.ts';
import { compareNearness, comparePlaces, type Place } from './order.ts';
import type { Policy } from './policy.ts';
import type { MatchRequest } from './request.ts';
import { EXCLUSION_REASONS, type ExclusionReason, type MatchResult, type WideningStep } from './result.ts';
import {
  answerOf,
  circleAnswers,
  EXCLUDED_NAMED,
  easesPayment,
  isNearer,
  listsOutOfNetwork,
  nuccCodesOf,
  scoreRulesOf,
} from './selection.ts';
import { planOf, type Snapshot } from './snapshot.ts';

type Judged = { entry: DirectoryEntry; miles: number | null; eligibility: Eligibility };

const reasonOf = ({ eligibility }: Judged): ExclusionReason | null => (eligibility.kind === 'excluded' ? eligibility.reason : null);

/** R4, R5: the first circle with an answer, and every circle that was searched. */
function search(judged: readonly Judged[], request: MatchRequest, policy: Policy, hasPlan: boolean) {
  if (request.origin === null) return { steps: [], radiusMiles: null, found: judged };
  const steps: WideningStep[] = [];
  let found: readonly Judged[] = [];
  let radiusMiles = request.radiusMiles;
  for (const circle of circlesFor(request.radiusMiles, policy)) {
    radiusMiles = circle;
    found = judged.filter(({ miles }) => miles !== null && miles <= circle);
    const eligibleCount = found.filter((one) => reasonOf(one) === null).length;
    const unknownCount = found.filter((one) => reasonOf(one) === 'network-unknown').length;
    steps.push({ radiusMiles: circle, inRadius: found.length, eligible: eligibleCount });
    if (circleAnswers(hasPlan, eligibleCount, unknownCount)) break;
  }
  return { steps, radiusMiles, found };
}

/**
 * Answers a request from a snapshot. `request.specialty` must be an id of specialties.json, `radiusMiles` above 0 and
 * `limit` at least 1; the routes see to that.
 */
export function match(snapshot: Snapshot, request: MatchRequest, policy: Policy): MatchResult {
  const plan = planOf(request, snapshot.directory.plans);
  const codes = new Set(nuccCodesOf(request));
  const judged = snapshot.directory.entries
    .filter((entry) => codes.has(entry.nucc))
    .map((entry): Judged => ({ entry, miles: milesFrom(request.origin, entry), eligibility: eligible(entry, request, plan, policy) }));
  const { steps, radiusMiles, found } = search(judged, request, policy, plan !== undefined);

  const rules = scoreRulesOf(request, radiusMiles, snapshot.medians, policy);
  const placed = found.map((one): Judged & Place => ({
    ...one,
    score: candidateOf(one.entry, one.eligibility.facts, request, plan, rules).score,
    npi: one.entry.npi,
    entryId: one.entry.id,
  }));
  const of = (reason: ExclusionReason | null) => placed.filter((one) => reasonOf(one) === reason);
  const best = (reason: ExclusionReason | null) =>
    of(reason)
      .sort(comparePlaces)
      .slice(0, request.limit)
      .map(({ entry }) => entry);

  const eligibleOnes = of(null).sort(compareNearness);
  const nearestEligibleMiles = eligibleOnes[0]?.miles ?? null;
  const nearer = listsOutOfNetwork(steps.length, eligibleOnes.length)
    ? of('out-of-network').filter(({ miles }) => isNearer(miles, nearestEligibleMiles, eligibleOnes.length))
    : [];
  const easedFirst = nearer.sort((a, b) => Number(easesPayment(b.entry)) - Number(easesPayment(a.entry)) || compareNearness(a, b));
  const excluded = placed.filter((one) => reasonOf(one) !== null).sort(compareNearness);

  return answerOf(
    {
      steps,
      radiusMiles,
      inRadius: found.length,
      eligible: eligibleOnes.length,
      ranked: best(null),
      networkUnknown: best('network-unknown'),
      outOfNetwork: { count: nearer.length, entries: easedFirst.slice(0, request.limit).map(({ entry }) => entry) },
      excluded: {
        counts: Object.fromEntries(EXCLUSION_REASONS.map((reason) => [reason, of(reason).length])) as Record<ExclusionReason, number>,
        nearest: excluded.slice(0, EXCLUDED_NAMED).flatMap((one) => {
          const reason = reasonOf(one);
          return reason === null ? [] : [{ entryId: one.entryId, reason, miles: one.miles }];
        }),
      },
      nearestEligibleMiles,
    },
    request,
    plan,
    snapshot,
    policy,
  );
}
