/** What must hold of every answer, whatever the directory and the request; throws with the first thing that does not. */
import assert from 'node:assert/strict';
import { specialtyById } from '@refloop/domain/clinical/specialty';
import { match } from '@refloop/domain/matching/match';
import type { Policy } from '@refloop/domain/matching/policy';
import type { MatchRequest } from '@refloop/domain/matching/request';
import type { MatchResult } from '@refloop/domain/matching/result';
import { snapshotOf } from '@refloop/domain/matching/snapshot';
import type { Directory, DirectoryEntry } from '@refloop/domain/network/directory';
import { buildIndex } from '@refloop/server/matching/match-index';

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
const days = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;

/** The hard filters once more, written from the requirements and not from the engine (R1, R2, R3, R18). */
function mayBeRanked(entry: DirectoryEntry, request: MatchRequest, directory: Directory, policy: Policy): boolean {
  const { coverage, today } = request;
  const plan = directory.plans.find(({ id }) => coverage.kind === 'plan' && id === coverage.planId);
  if (!plan) return false;
  const rows = entry.networks.filter(
    (row) => plan.networkIds.includes(row.networkId) && (row.from ?? today) <= today && (row.until ?? today) >= today,
  );
  const proof = rows.some(
    ({ verifiedOn }) => verifiedOn !== undefined && verifiedOn <= today && days(verifiedOn, today) <= policy.networkStaleAfterDays,
  );
  const stated = rows.map(({ accepting }) => accepting).filter((accepting) => accepting !== 'unknown');
  return (
    proof &&
    (specialtyById(request.specialty)?.nucc.includes(entry.nucc) ?? false) &&
    entry.ages !== (request.patient === 'adult' ? 'children' : 'adults') &&
    (stated.length === 0 || stated.includes('newpt')) &&
    (request.urgency !== 'emergency' || entry.acceptsEmergencies === true)
  );
}

function assertExplained({ ranked, networkUnknown, outOfNetwork }: MatchResult): void {
  for (const candidate of [...ranked, ...networkUnknown.candidates, ...outOfNetwork.candidates]) {
    assert.equal(sum(candidate.factors.map(({ contribution }) => contribution)), candidate.score, 'contributions add up to the score');
    for (const factor of candidate.factors) {
      assert.equal(factor.contribution, factor.weight * factor.score);
      assert.ok(factor.score >= 0 && factor.score <= 1, `${factor.name} is between 0 and 1`);
      assert.equal(factor.basis, factor.value === null ? 'no-data' : 'stated');
    }
    assert.ok(candidate.why.length >= 3, 'distance, wait and rating are each said');
    assert.ok(candidate.network.status !== 'unknown' || candidate.callToConfirm.length > 0, 'an unknown network is a question to ask');
  }
}

function assertOrdered(result: MatchResult, entryOf: (id: string) => DirectoryEntry): void {
  for (const [at, next] of result.ranked.entries()) {
    assert.equal(next.rank, at + 1);
    const before = result.ranked[at - 1];
    if (!before) continue;
    const key = (one: typeof next) => [-one.score, one.miles ?? 0, entryOf(one.entryId).npi, one.entryId] as const;
    const [a, b] = [key(before), key(next)];
    const differs = a.findIndex((value, place) => value !== b[place]);
    assert.ok(differs >= 0 && (a[differs] ?? 0) < (b[differs] ?? 0), 'the order is total and strict');
  }
}

function assertCounted(result: MatchResult, request: MatchRequest): void {
  assert.equal(
    result.inRadius,
    result.eligible + sum(Object.values(result.excluded.counts)),
    'everybody is eligible or excluded for a reason',
  );
  assert.equal(result.ranked.length, Math.min(request.limit, result.eligible));
  assert.equal(result.excluded.nearest.length, Math.min(50, result.inRadius - result.eligible));
  assert.equal(result.networkUnknown.count, result.excluded.counts['network-unknown']);
  for (const { miles } of result.ranked) assert.ok(miles === null || miles <= (result.radiusMiles ?? Infinity), 'inside the circle');
}

/** A language the patient needs is told on the card and moves nobody: it may serve the patient and never rank by origin. */
function assertLanguageNeutral(result: MatchResult, otherLanguages: MatchResult): void {
  const places = ({ ranked }: MatchResult) => ranked.map(({ entryId, score }) => ({ entryId, score }));
  assert.deepEqual(places(otherLanguages), places(result), 'languages change no place and no score');
}

/** Checks one directory with several requests: index = plain search byte for byte, in any order of rows, and sound. */
export function checkMatching(directory: Directory, requests: readonly MatchRequest[], policy: Policy): void {
  const snapshot = snapshotOf(directory, 'hash');
  const index = buildIndex(directory, 'hash');
  const reversed = { ...directory, entries: [...directory.entries].reverse() };
  const [reversedIndex, reversedSnapshot] = [buildIndex(reversed, 'hash'), snapshotOf(reversed, 'hash')];
  const byId = new Map(directory.entries.map((entry) => [entry.id, entry]));
  const entryOf = (id: string): DirectoryEntry => byId.get(id) ?? assert.fail(`${id} is not in the directory`);
  for (const request of requests) {
    const result = match(snapshot, request, policy);
    const bytes = JSON.stringify(result);
    assert.equal(JSON.stringify(index.match(request, policy)), bytes, 'the index answers as the plain search does');
    assert.equal(JSON.stringify(index.match(request, policy)), bytes, 'and the second time, from remembered verdicts, too');
    assert.equal(JSON.stringify(reversedIndex.match(request, policy)), bytes, 'the order of rows changes nothing');
    assert.equal(JSON.stringify(match(reversedSnapshot, request, policy)), bytes, 'not in the plain search either');
    for (const { entryId } of result.ranked)
      assert.ok(mayBeRanked(entryOf(entryId), request, directory, policy), `${entryId} may be ranked`);
    const allowed = directory.entries.filter((entry) => mayBeRanked(entry, request, directory, policy)).length;
    assert.ok(result.eligible <= allowed);
    assertLanguageNeutral(result, match(snapshot, { ...request, languages: ['vi', 'es', 'en'] }, policy));
    assertExplained(result);
    assertOrdered(result, entryOf);
    assertCounted(result, request);
  }
}
