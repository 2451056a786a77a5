import { describe, expect, test } from 'vitest';
import { type EntryChanges, exampleRequest, exampleSnapshot, inNetwork } from './example-directory.ts';
import { match } from './match.ts';
import { SEED_V1 } from './policies.ts';
import type { MatchRequest } from './request.ts';
import type { MatchResult } from './result.ts';

const ask = (entries: readonly EntryChanges[], request: Partial<MatchRequest> = {}): MatchResult =>
  match(exampleSnapshot(...entries), exampleRequest(request), SEED_V1);
const ids = (candidates: readonly { entryId: string }[]) => candidates.map(({ entryId }) => entryId);

const OUT = { networks: [inNetwork({ networkId: 'net-b' })] };
const STALE = { networks: [inNetwork({ verifiedOn: '2026-01-05' })] };

describe('ranking', () => {
  // near: 5 mi, 20 d, 3 stars; soon: 15 mi, 2 d, 4 stars; loved: 20 mi, 25 d, 5 stars.
  const three: EntryChanges[] = [
    { id: 'near', miles: 5, wait: { days: 20, asOf: '2026-11-01' }, rating: { stars: 3, count: 10 } },
    { id: 'soon', miles: 15, wait: { days: 2, asOf: '2026-11-01' }, rating: { stars: 4, count: 10 } },
    { id: 'loved', miles: 20, wait: { days: 25, asOf: '2026-11-01' }, rating: { stars: 5, count: 10 } },
  ];

  // By hand: distance 0.8 0.4 0.2, wait 1/3 14/15 1/6, rating 0.6 0.8 1.
  test.each([
    ['routine', ['soon', 'near', 'loved'], [0.72, 0.58, 0.51]],
    ['urgent', ['soon', 'near', 'loved'], [0.7333, 0.5533, 0.4267]],
    ['emergency', ['soon', 'near', 'loved'], [0.76, 0.5, 0.26]],
  ] as const)('R14–R16, golden: %s', (urgency, order, scores) => {
    const { ranked } = ask(three, { urgency });
    expect(ids(ranked)).toEqual(order);
    for (const [at, { score }] of ranked.entries()) expect(score).toBeCloseTo(scores[at] ?? Number.NaN, 4);
  });

  test('equal scores are ordered by miles, then NPI, then entry id', () => {
    const twins = [
      { id: '1', npi: '1679576722', miles: 3 },
      { id: '9', npi: '1234567893', miles: 3 },
      { id: '3', npi: '1234567893', miles: 3 },
    ];
    expect(ids(ask(twins).ranked)).toEqual(['3', '9', '1']);
    const beyond = [
      { id: 'far', miles: 24, rating: { stars: 3, count: 1 } },
      { id: 'near', miles: 23, rating: { stars: 3, count: 1 } },
    ];
    expect(ids(ask(beyond).ranked)).toEqual(['near', 'far']);
  });

  test('R1: only the specialty asked for; C1, R9: all are ranked, the limit cuts', () => {
    const many = Array.from({ length: 9 }, (_, at): EntryChanges => ({ id: `c${at}`, miles: at + 1 }));
    const answer = ask([...many, { id: 'skin', nucc: '207N00000X', specialty: 'dermatology' }], { limit: 3 });
    expect(ids(answer.ranked)).toEqual(['c0', 'c1', 'c2']);
    expect([answer.inRadius, answer.eligible]).toEqual([9, 9]);
    expect(() => ask(many, { specialty: 'phrenology' })).toThrow(/specialties\.json/);
  });

  test('R3, R33: a score is explained by contributions that add up to it', () => {
    for (const { factors, score } of ask(three).ranked) {
      expect(factors.reduce((sum, { contribution }) => sum + contribution, 0)).toBe(score);
    }
  });
});

describe('circles', () => {
  test('R4: 25 miles answer when somebody is eligible there', () => {
    const answer = ask([
      { id: 'a', miles: 24.99 },
      { id: 'b', miles: 25.01 },
    ]);
    expect(answer).toMatchObject({ radiusMiles: 25, steps: [{ radiusMiles: 25, inRadius: 1, eligible: 1 }], exception: null });
    expect(ids(answer.ranked)).toEqual(['a']);
  });

  test('R5: each circle that was tried is shown, and the wider circle is its own scale', () => {
    const answer = ask([
      { id: 'a', miles: 30 },
      { id: 'b', miles: 34 },
      { id: 'out', miles: 5, ...OUT },
    ]);
    expect(answer.steps).toEqual([
      { radiusMiles: 25, inRadius: 1, eligible: 0 },
      { radiusMiles: 35, inRadius: 3, eligible: 2 },
    ]);
    expect(ids(answer.ranked)).toEqual(['a', 'b']);
    expect(answer.ranked[0]?.factors[0]?.score).toBeCloseTo(5 / 35, 6);
  });

  test('R6: nobody within 50 miles is an exception, and the search stops there', () => {
    const answer = ask([{ id: 'far', miles: 80 }]);
    expect(answer).toMatchObject({ radiusMiles: 50, eligible: 0, exception: { kind: 'none-in-network', withinMiles: 50 } });
    expect(answer.steps.map(({ radiusMiles }) => radiusMiles)).toEqual([25, 35, 50]);
  });

  test('C2: further only by choice, and the exception stands', () => {
    const answer = ask([{ id: 'far', miles: 80 }], { radiusMiles: 100 });
    expect(ids(answer.ranked)).toEqual(['far']);
    expect(answer).toMatchObject({ steps: [{ radiusMiles: 100, inRadius: 1, eligible: 1 }], exception: { withinMiles: 50 } });
    expect(ask([{ id: 'a', miles: 49 }], { radiusMiles: 100 }).exception).toBeNull();
  });

  test('without an address everybody of the specialty is ranked, by wait and rating, and distance is labelled', () => {
    const answer = ask(
      [
        { id: 'a', miles: 700 },
        { id: 'b', miles: 3, rating: { stars: 5, count: 3 } },
        { id: 'c', rating: { stars: 2, count: 3 } },
      ],
      { origin: null },
    );
    expect(answer).toMatchObject({ radiusMiles: null, steps: [], inRadius: 3, exception: null });
    expect(ids(answer.ranked)).toEqual(['b', 'a', 'c']);
    expect(answer.ranked[0]).toMatchObject({ miles: null, approximate: false });
    expect(answer.ranked[0]?.factors[0]).toMatchObject({ name: 'distance', basis: 'no-data', score: 0.5 });
  });
});

describe('beside the ranked', () => {
  test('R7, R8: nearer but out of network, eased payment first, when the circle was widened', () => {
    const answer = ask([
      { id: 'in', miles: 30 },
      { id: 'plain', miles: 2, ...OUT },
      { id: 'sliding', miles: 9, slidingScale: true, ...OUT },
      { id: 'further', miles: 31, paymentPlan: true, ...OUT },
    ]);
    expect(ids(answer.ranked)).toEqual(['in']);
    expect(answer.outOfNetwork.count).toBe(2);
    expect(answer.outOfNetwork.candidates).toMatchObject([
      { entryId: 'sliding', slidingScale: true, paymentPlan: false, estimate: null },
      { entryId: 'plain', slidingScale: false, paymentPlan: false, estimate: null },
    ]);
    expect(answer.excluded.counts['out-of-network']).toBe(3);
  });

  test('R8: no list while the first circle answers, all of them when nobody does', () => {
    expect(
      ask([
        { id: 'in', miles: 20 },
        { id: 'out', miles: 2, ...OUT },
      ]).outOfNetwork,
    ).toEqual({ count: 0, candidates: [] });
    expect(ids(ask([{ id: 'out', miles: 45, ...OUT }]).outOfNetwork.candidates)).toEqual(['out']);
  });

  test('an unknown network is never ranked and stands under its own heading', () => {
    const answer = ask([
      { id: 'stale', miles: 1, ...STALE },
      { id: 'in', miles: 20 },
    ]);
    expect(ids(answer.ranked)).toEqual(['in']);
    expect(answer.networkUnknown).toMatchObject({
      count: 1,
      candidates: [{ entryId: 'stale', network: { status: 'unknown', reason: 'stale' } }],
    });
    expect(answer.networkUnknown.candidates[0]?.callToConfirm).toEqual([
      'Network for Example Health PPO last verified 5 Jan 2026, more than 90 days ago.',
    ]);
  });

  test('without a plan nobody can be in network: no circle is widened in vain and no exception is raised', () => {
    const answer = ask([{ id: 'a', miles: 4 }], { coverage: { kind: 'none' } });
    expect(answer).toMatchObject({ eligible: 0, ranked: [], exception: null, steps: [{ radiusMiles: 25, inRadius: 1, eligible: 0 }] });
    expect(ids(answer.networkUnknown.candidates)).toEqual(['a']);
    expect(ask([{ id: 'a', miles: 44 }], { coverage: { kind: 'none' } }).radiusMiles).toBe(50);
  });

  test('exclusions are counted by their first reason and the nearest are named', () => {
    const closed = { networks: [inNetwork({ accepting: 'nopt' as const })] };
    const many = Array.from({ length: 60 }, (_, at): EntryChanges => ({ id: `x${at}`, miles: 20 - at / 10, ...closed }));
    const answer = ask([...many, { id: 'kids', miles: 1, ages: 'children' }, { id: 'ok', miles: 2 }]);
    expect(answer.excluded.counts).toMatchObject({ 'not-accepting': 60, 'children-only': 1, 'out-of-network': 0 });
    expect(answer.excluded.nearest).toHaveLength(50);
    expect(answer.excluded.nearest[0]).toMatchObject({ entryId: 'kids', reason: 'children-only' });
    expect(answer.excluded.nearest[1]?.entryId).toBe('x59');
  });
});

test('R33: the card says what the directory says, in plain words', () => {
  const answer = ask(
    [
      {
        id: 'a',
        miles: 4.2,
        languages: ['en', 'es'],
        wait: { days: 12, asOf: '2026-11-01' },
        networks: [inNetwork({ accepting: 'unknown' })],
        contradictions: [{ about: 'phone', detail: 'Rows give different telephone numbers.' }],
      },
    ],
    { languages: ['es-MX', 'vi'] },
  );
  expect(answer.ranked[0]?.why).toEqual([
    'In network for Example Health PPO, verified 3 Nov 2026',
    '4.2 miles away',
    'Listed wait 12 days, as of 1 Nov 2026',
    'No rating in the directory',
    'Speaks Spanish',
  ]);
  expect(answer.ranked[0]?.callToConfirm).toEqual([
    'The directory does not say whether new patients are accepted.',
    'Rows give different telephone numbers.',
    'The directory lists neither Vietnamese nor an interpreter on site.',
  ]);
});

test('a ZIP centroid at either end makes the distance approximate', () => {
  const snapshot = exampleSnapshot({ id: 'a', miles: 4.2 });
  const request = exampleRequest();
  const byZip = match(snapshot, { ...request, origin: request.origin && { ...request.origin, precision: 'zip' } }, SEED_V1);
  expect(byZip.ranked[0]).toMatchObject({ approximate: true });
  expect(byZip.ranked[0]?.why).toContain('About 4 miles away');
});
