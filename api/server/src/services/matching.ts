/** Matching for a request of the app: coverage understood, place found, candidates ranked and told as cards. */
import { specialtyById } from '@refloop/domain/clinical/specialty';
import { dayOf } from '@refloop/domain/instant';
import type { Policy } from '@refloop/domain/matching/policy';
import type { MatchRequest } from '@refloop/domain/matching/request';
import type { Candidate, MatchResult } from '@refloop/domain/matching/result';
import { coverageFactOf, findPlan, type PlanLookup } from '@refloop/domain/network/plan-lookup';
import type { Card, CoverageInput, MatchAnswer, MatchInput, SpecialistSearch, SpecialistSearchAnswer } from '../client/match.ts';
import type { MatchIndex } from '../matching/match-index.ts';
import { originOf } from '../matching/origin.ts';
import { problem, type Refusal } from '../problem.ts';
import { cardOf } from './card.ts';

/** What a search by name returns at most; the page asks for a longer name instead of a longer list. */
const NAMED_LIMIT = 8;

export type MatchingService = {
  matcher: () => MatchIndex | Refusal;
  match: (input: MatchInput, now: Date) => MatchAnswer | Refusal;
  search: (input: SpecialistSearch, now: Date) => SpecialistSearchAnswer | Refusal;
  /** Every entry of this practitioner, wherever they practise, for this request; none where the directory does not know the NPI. */
  ofNpi: (input: MatchInput, npi: string, now: Date) => Card[] | Refusal;
  /** One entry for this request, as it stands in the directory in force now. */
  assess: (input: MatchInput, entryId: string, now: Date) => Card | Refusal;
  policy: Policy;
};

function lookUpPlan(coverage: CoverageInput, matcher: MatchIndex, today: string): PlanLookup {
  if (!coverage) return findPlan(undefined, matcher.plans, today);
  const { payerId, payerName, planIdentifier, planName, groupIdentifier, active } = coverage;
  const classes: { type: string; value: string; name?: string }[] = [];
  const plan = planIdentifier ?? planName;
  if (plan !== undefined) classes.push({ type: 'plan', value: plan, ...(planName === undefined ? {} : { name: planName }) });
  if (groupIdentifier !== undefined) classes.push({ type: 'group', value: groupIdentifier });
  const payor = { identifiers: payerId === undefined ? [] : [payerId], ...(payerName === undefined ? {} : { name: payerName }) };
  return findPlan({ status: active ? 'active' : 'cancelled', payor, classes }, matcher.plans, today);
}

/** The request as the engine takes it; a specialty or ZIP code nobody knows is refused by field. */
function requestOf(input: MatchInput, lookup: PlanLookup, now: Date): MatchRequest | Refusal {
  if (!specialtyById(input.specialty)) {
    return problem('invalid-request', 'Choose a specialty from the list.', [
      { field: 'specialty', message: 'Not a specialty of this directory', fix: 'Use an id of the specialty list.' },
    ]);
  }
  const origin = input.place === null ? null : originOf('zip' in input.place ? input.place.zip : input.place);
  return {
    specialty: input.specialty,
    urgency: input.urgency,
    // A ZIP code without a known place is no reason to stop: distance is then left out, and the page says so.
    origin,
    coverage: coverageFactOf(lookup),
    patient: input.patient,
    languages: input.languages,
    radiusMiles: input.radiusMiles,
    limit: input.limit,
    today: dayOf(now.toISOString()),
  };
}

const isRequest = (value: MatchRequest | Refusal): value is MatchRequest => 'specialty' in value;

function answerOf(matcher: MatchIndex, result: MatchResult, lookup: PlanLookup, asked: string): MatchAnswer {
  const entryOf = (id: string) => {
    const entry = matcher.entry(id);
    if (!entry) throw new Error(`The engine named an entry that its directory does not hold: ${id}`);
    return entry;
  };
  const card = (candidate: Candidate, rank: number | null, exclusion: 'network-unknown' | 'out-of-network' | null): Card =>
    cardOf(entryOf(candidate.entryId), candidate, { rank, exclusion }, asked);
  return {
    engine: result.engine,
    policy: { ...result.policy },
    directory: { hash: matcher.hash, asOf: matcher.asOf, synthetic: matcher.synthetic },
    coverage:
      lookup.kind === 'known'
        ? { kind: 'plan', planId: lookup.plan.id, planName: lookup.plan.name }
        : {
            kind:
              lookup.reason === 'no-coverage' ? 'none' : lookup.reason === 'coverage-not-active' ? 'not-active' : 'plan-not-in-directory',
            planId: null,
            planName: lookup.reason === 'plan-not-in-directory' ? lookup.planName : null,
          },
    steps: result.steps.map((step) => ({ ...step })),
    radiusMiles: result.radiusMiles,
    inRadius: result.inRadius,
    eligible: result.eligible,
    ranked: result.ranked.map((candidate) => card(candidate, candidate.rank, null)),
    networkUnknown: {
      count: result.networkUnknown.count,
      cards: result.networkUnknown.candidates.map((candidate) => card(candidate, null, 'network-unknown')),
    },
    outOfNetwork: {
      count: result.outOfNetwork.count,
      cards: result.outOfNetwork.candidates.map((candidate) => card(candidate, null, 'out-of-network')),
    },
    excluded: {
      counts: { ...result.excluded.counts },
      nearest: result.excluded.nearest.map(({ entryId, reason, miles }) => {
        const entry = entryOf(entryId);
        return { entryId, name: `${entry.name.given} ${entry.name.family}`, organization: entry.organization?.name ?? null, reason, miles };
      }),
    },
    exception: result.exception ? { ...result.exception } : null,
  };
}

export function createMatchingService(deps: { current: () => MatchIndex | undefined; policy: Policy }): MatchingService {
  const matcherNow = (): MatchIndex | Refusal =>
    deps.current() ?? problem('not-ready', 'The directory of specialists is still being loaded. Try again in a moment.');

  const prepare = (input: MatchInput, now: Date): { matcher: MatchIndex; request: MatchRequest; lookup: PlanLookup } | Refusal => {
    const matcher = matcherNow();
    if ('refused' in matcher) return matcher;
    const lookup = lookUpPlan(input.coverage, matcher, dayOf(now.toISOString()));
    const request = requestOf(input, lookup, now);
    return isRequest(request) ? { matcher, request, lookup } : request;
  };

  const assessed = (matcher: MatchIndex, request: MatchRequest, entryId: string): Card | undefined => {
    const entry = matcher.entry(entryId);
    if (!entry) return undefined;
    const assessment = matcher.assess(entry, request, deps.policy);
    const card = cardOf(entry, assessment.candidate, { rank: null, exclusion: assessment.exclusion }, request.specialty);
    return assessment.otherSpecialty === null
      ? card
      : { ...card, callToConfirm: [`Listed in ${assessment.otherSpecialty}, not in the specialty asked for.`, ...card.callToConfirm] };
  };

  return {
    policy: deps.policy,
    matcher: matcherNow,
    match: (input, now) => {
      const prepared = prepare(input, now);
      if ('refused' in prepared) return prepared;
      return answerOf(prepared.matcher, prepared.matcher.match(prepared.request, deps.policy), prepared.lookup, prepared.request.specialty);
    },
    search: ({ text, match }, now) => {
      const prepared = prepare(match, now);
      if ('refused' in prepared) return prepared;
      const { matcher, request } = prepared;
      const inSpecialty = matcher.searchByName({ text, specialty: match.specialty, origin: request.origin, limit: NAMED_LIMIT });
      // Nobody of that name in the specialty: a named specialist may be listed in another one, and the card says so.
      const found =
        inSpecialty.total > 0 ? inSpecialty : matcher.searchByName({ text, specialty: null, origin: request.origin, limit: NAMED_LIMIT });
      const cards = found.entries.flatMap((entry) => assessed(matcher, request, entry.id) ?? []);
      return { total: found.total, cards };
    },
    ofNpi: (input, npi, now) => {
      const prepared = prepare(input, now);
      if ('refused' in prepared) return prepared;
      const { matcher, request } = prepared;
      return matcher.allOfNpi(npi).flatMap(({ id }) => assessed(matcher, request, id) ?? []);
    },
    assess: (input, entryId, now) => {
      const prepared = prepare(input, now);
      if ('refused' in prepared) return prepared;
      return (
        assessed(prepared.matcher, prepared.request, entryId) ??
        problem('conflict', 'This specialist is no longer in the directory, which was updated meanwhile. Choose again from the new list.', [
          { field: 'working.chosen', message: 'Not in the directory in force', fix: 'Match again and choose from the new list.' },
        ])
      );
    },
  };
}
