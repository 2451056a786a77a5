/**
 * One published directory, ready to be asked. It narrows the directory to the circle and keeps the few that are shown;
 * who is eligible, what a score is and what a card says is the domain's. Answers equal `match()` of the domain byte for byte.
 */

import type { Day } from '@refloop/domain/instant';
import { type Assessment, assess } from '@refloop/domain/matching/assessment';
import { circlesFor } from '@refloop/domain/matching/circles';
import { type NameQuery, type NameSearchResult, wordsOf } from '@refloop/domain/matching/name-search';
import type { Policy } from '@refloop/domain/matching/policy';
import type { MatchRequest } from '@refloop/domain/matching/request';
import { EXCLUSION_REASONS, type ExclusionReason, type MatchResult, type WideningStep } from '@refloop/domain/matching/result';
import { distanceScore, NEUTRAL_SCORE, ratingScoreOrMedian, sumOf, waitScoreOrMedian } from '@refloop/domain/matching/score';
import {
  answerOf,
  circleAnswers,
  EXCLUDED_NAMED,
  isNearer,
  listsOutOfNetwork,
  nuccCodesOf,
  scoreRulesOf,
} from '@refloop/domain/matching/selection';
import { planOf } from '@refloop/domain/matching/snapshot';
import type { Directory, DirectoryEntry, Plan } from '@refloop/domain/network/directory';
import { type BestFew, bestFew } from './best-few.ts';
import { type Found, milesTo, wholeSpecialty, withinCircle } from './circle.ts';
import { prefixLookup } from './name-words.ts';
import { type PackedDirectory, packDirectory } from './packed-directory.ts';
import { packedEntries } from './packed-entries.ts';
import { ELIGIBLE, reasonOf, type Verdict, verdictOf, verdictsOf } from './verdicts.ts';

export type MatchIndex = {
  /** Content address of the directory it was built from. */
  hash: string;
  asOf: Day;
  synthetic: boolean;
  plans: readonly Plan[];
  /** How many entries it holds. */
  size: number;
  /** Answers a request as `match()` of the domain would; the same conditions on the request. */
  match: (request: MatchRequest, policy: Policy) => MatchResult;
  /** R29: an entry of this directory chosen by name, whatever stands against it. */
  assess: (entry: DirectoryEntry, request: MatchRequest, policy: Policy) => Assessment;
  /** Entries whose names begin with the words typed, nearest first; `total` counts all of them. */
  searchByName: (query: NameQuery) => NameSearchResult;
  entry: (entryId: string) => DirectoryEntry | undefined;
  /** An entry of this practitioner; the first by id where there are several. */
  ofNpi: (npi: string) => DirectoryEntry | undefined;
  /** Every entry of this practitioner, by id. */
  allOfNpi: (npi: string) => DirectoryEntry[];
};

const NETWORK_UNKNOWN = verdictOf('network-unknown');
const OUT_OF_NETWORK = verdictOf('out-of-network');
const orNull = (value: number | undefined): number | null => (value === undefined || Number.isNaN(value) ? null : value);

/** Makes an index of what `packDirectory` built, on this thread or another. */
export function matchIndexOf(packed: PackedDirectory, hash: string): MatchIndex {
  const entries = packedEntries(packed);
  const verdicts = verdictsOf(packed.count, entries.at);
  const entriesOf = (few: BestFew): readonly DirectoryEntry[] => few.positions().map(entries.at);
  const beginning = prefixLookup(packed.names);

  /** R4, R5: the first circle with an answer, its verdicts, and every circle that was searched. */
  function search(request: MatchRequest, policy: Policy, plan: Plan | undefined) {
    const codes = nuccCodesOf(request);
    const verdictAt = verdicts(request, plan, policy);
    const judge = (found: Found): { found: Found; judged: readonly Verdict[]; counts: Uint32Array } => {
      const counts = new Uint32Array(EXCLUSION_REASONS.length + 1);
      const judged = found.positions.map((position) => {
        const verdict = verdictAt(position);
        counts[verdict] = (counts[verdict] ?? 0) + 1;
        return verdict;
      });
      return { found, judged, counts };
    };
    if (request.origin === null) return { steps: [], radiusMiles: null, ...judge(wholeSpecialty(packed, codes)) };
    const steps: WideningStep[] = [];
    const circles = circlesFor(request.radiusMiles, policy);
    for (const radiusMiles of circles) {
      const circle = judge(withinCircle(packed, codes, request.origin, radiusMiles));
      const eligible = circle.counts[ELIGIBLE] ?? 0;
      steps.push({ radiusMiles, inRadius: circle.found.positions.length, eligible });
      const answers = circleAnswers(plan !== undefined, eligible, circle.counts[NETWORK_UNKNOWN] ?? 0);
      if (answers || radiusMiles === circles.at(-1)) return { steps, radiusMiles, ...circle };
    }
    throw new Error('radiusMiles: no circle was searched');
  }

  function match(request: MatchRequest, policy: Policy): MatchResult {
    const plan = planOf(request, packed.plans);
    const { steps, radiusMiles, found, judged, counts } = search(request, policy, plan);
    const rules = scoreRulesOf(request, radiusMiles, packed.medians, policy);
    const weights = policy.weights[request.urgency];
    const scoreAt = (position: number, miles: number | null): number =>
      sumOf(
        weights.distance * (miles === null ? NEUTRAL_SCORE : distanceScore(miles, rules.scaleMiles)),
        weights.wait * waitScoreOrMedian(orNull(packed.waitDays[position]), rules),
        weights.rating * ratingScoreOrMedian(orNull(packed.stars[position]), rules),
      );

    const [ranked, unknown, excluded, nearer] = [request.limit, request.limit, EXCLUDED_NAMED, request.limit].map(bestFew) as [
      BestFew,
      BestFew,
      BestFew,
      BestFew,
    ];
    const eligible = counts[ELIGIBLE] ?? 0;
    let nearestEligibleMiles: number | null = null;
    for (const [at, position] of found.positions.entries()) {
      const verdict = judged[at] ?? ELIGIBLE;
      const miles = found.miles?.[at] ?? null;
      const tie = packed.tieBreak[position] ?? 0;
      if (verdict === ELIGIBLE) {
        ranked.offer(position, -scoreAt(position, miles), miles ?? 0, tie);
        if (miles !== null && (nearestEligibleMiles === null || miles < nearestEligibleMiles)) nearestEligibleMiles = miles;
      } else {
        excluded.offer(at, 0, miles ?? 0, tie);
        if (verdict === NETWORK_UNKNOWN) unknown.offer(position, -scoreAt(position, miles), miles ?? 0, tie);
      }
    }
    let nearerCount = 0;
    if (listsOutOfNetwork(steps.length, eligible)) {
      for (const [at, position] of found.positions.entries()) {
        const miles = found.miles?.[at] ?? null;
        if (judged[at] !== OUT_OF_NETWORK || !isNearer(miles, nearestEligibleMiles, eligible)) continue;
        nearerCount += 1;
        nearer.offer(position, packed.easesPayment[position] === 1 ? 0 : 1, miles ?? 0, packed.tieBreak[position] ?? 0);
      }
    }

    return answerOf(
      {
        steps,
        radiusMiles,
        inRadius: found.positions.length,
        eligible,
        ranked: entriesOf(ranked),
        networkUnknown: entriesOf(unknown),
        outOfNetwork: { count: nearerCount, entries: entriesOf(nearer) },
        excluded: {
          counts: Object.fromEntries(EXCLUSION_REASONS.map((reason) => [reason, counts[verdictOf(reason)] ?? 0])) as Record<
            ExclusionReason,
            number
          >,
          nearest: excluded.positions().flatMap((at) => {
            const reason = reasonOf(judged[at] ?? ELIGIBLE);
            return reason === null ? [] : [{ entryId: entries.idAt(found.positions[at] ?? 0), reason, miles: found.miles?.[at] ?? null }];
          }),
        },
        nearestEligibleMiles,
      },
      request,
      plan,
      { hash, medians: packed.medians },
      policy,
    );
  }

  const entryAt = (position: number | undefined): DirectoryEntry | undefined => (position === undefined ? undefined : entries.at(position));

  return {
    hash,
    asOf: packed.asOf,
    synthetic: packed.synthetic,
    plans: packed.plans,
    size: packed.count,
    match,
    entry: (entryId) => entryAt(entries.positionOf(entryId)),
    ofNpi: (npi) => entryAt(entries.positionsOfNpi(npi)[0]),
    allOfNpi: (npi) => entries.positionsOfNpi(npi).map(entries.at),
    assess: (named, request, policy) => assess(named, request, planOf(request, packed.plans), packed.medians, policy),
    searchByName: ({ text, specialty, origin, limit }) => {
      const typed = wordsOf(text);
      if (typed.length === 0) return { total: 0, entries: [] };
      const named = typed.map(beginning).reduce((both, more) => new Set([...both].filter((position) => more.has(position))));
      const codes = specialty === null ? null : nuccCodesOf({ specialty });
      const ranges = packed.nucc.filter(({ code }) => codes === null || codes.includes(code));
      const nearest = bestFew(limit);
      let total = 0;
      for (const position of named) {
        if (!ranges.some(({ from, to }) => from <= position && position < to)) continue;
        total += 1;
        nearest.offer(position, 0, origin === null ? 0 : milesTo(packed, origin.unit, position), packed.tieBreak[position] ?? 0);
      }
      return { total, entries: entriesOf(nearest) };
    },
  };
}

/** Builds an index on this thread; for a directory of a site, `loadIndexInWorker` does it without a pause. */
export const buildIndex = (directory: Directory, hash: string): MatchIndex => matchIndexOf(packDirectory(directory), hash);
