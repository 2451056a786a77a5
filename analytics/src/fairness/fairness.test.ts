/** Gaps, exposure and drift over rows put in by hand, and what they promise of chance. */
import { describe, expect, test } from 'vitest';
import type { Query } from '../duckdb.ts';
import { withCore } from '../test-core.ts';
import { concentrationOf, equalSharers, simpsonVariance } from './concentration.ts';
import { detectableGap } from './detectable-gap.ts';
import { judgeDrift, quartersBefore, readDrift } from './drift.ts';
import { readExposure } from './exposure.ts';
import { FAIRNESS_IDS, readFairness } from './fairness-definition.ts';
import { type GapCounts, judgeGaps, readGaps } from './gaps.ts';
import { permute } from './permutation.ts';
import { riskDifference } from './risk-difference.ts';

const MOMENT = { asOf: '2026-11-28T00:00:00.000Z', snapshot: 'test' };
const ALL = { scope: null };

type Group = { n: number; seen: number; specialty?: string; language?: string | null; tenant?: string; payer?: string };

/** Referrals of 2026-01-05, the first `seen` of each group seen after ten days. */
async function put(query: Query, groups: readonly Group[]): Promise<void> {
  for (const [at, { n, seen, specialty = 'cardiology', language = 'en', tenant = 'north', payer = 'Plan A' }] of groups.entries()) {
    await query.run(
      `insert into core__referral
         (tenant, issuer, referral, specialty, urgency, service, standing, was_active, recommended, ordered_rank, ordered_on, month,
          language, payer, visits, seen_on, seen_by, lawful_choice)
       select $tenant, 'https://ehr.example.org/fhir', 'r-${at}-' || i, $specialty, 'routine', 'visit', 'active', true, true, 1, '2026-01-05'::date, '2026-01',
         $language, $payer, if(i < ${seen}, 1, 0), if(i < ${seen}, '2026-01-15'::date, null), if(i < ${seen}, '2026-01-15'::date, null), false
       from range(${n}) as given (i)`,
      { specialty, language, tenant, payer },
    );
  }
}

const gapsOf = (groups: readonly Group[], question: Parameters<typeof readGaps>[1] = ALL) =>
  withCore(async (query) => {
    await put(query, groups);
    return readGaps(query, question, MOMENT);
  });

describe('gaps between groups', () => {
  test('a gap is found, with its direction and an interval that leaves out 0', async () => {
    const { gaps, level, called } = await gapsOf([
      { n: 400, seen: 320 },
      { n: 100, seen: 55, language: 'es' },
    ]);
    const gap = gaps.find(({ measure, member }) => measure === 'completion' && member === 'es');
    expect(gap).toMatchObject({ n: 100, restN: 400, verdict: 'lower', found: { share: 0.55, restShare: 0.8 } });
    expect(gap?.found?.value).toBeCloseTo(-0.25, 12);
    expect(gap?.found?.high).toBeLessThan(0);
    expect(level).toBeGreaterThan(0.95);
    expect(called).toBeGreaterThan(0);
  });

  test('where kinds of referral alone make the difference there is none within them', async () => {
    const { gaps } = await gapsOf([
      { n: 400, seen: 360, specialty: 'dermatology' },
      { n: 100, seen: 40, specialty: 'neurology' },
      { n: 20, seen: 18, specialty: 'dermatology', language: 'es' },
      { n: 100, seen: 40, specialty: 'neurology', language: 'es' },
    ]);
    const gap = gaps.find(({ measure, member }) => measure === 'completion' && member === 'es');
    expect(gap?.found?.share).toBeLessThan(0.5);
    expect(gap?.found?.restShare).toBe(0.8);
    expect(gap?.found?.value).toBeCloseTo(0, 12);
    expect(gap?.verdict).toBe('not-distinguishable');
  });

  test('fewer than ten on a side are too few for any number; ten are not', async () => {
    const { gaps } = await gapsOf([
      { n: 100, seen: 90 },
      { n: 9, seen: 0, language: 'pl' },
      { n: 10, seen: 5, language: 'ar' },
    ]);
    const of = (member: string) => gaps.find((gap) => gap.measure === 'completion' && gap.member === member);
    expect(of('pl')).toMatchObject({ n: 9, verdict: 'too-few', found: null });
    expect(of('ar')?.found).not.toBeNull();
    expect(of('ar')?.restN).toBe(109);
  });

  test('whose group is not known is compared with nobody, and nobody with them', async () => {
    const { gaps } = await gapsOf([
      { n: 50, seen: 40 },
      { n: 30, seen: 20, language: 'es' },
      { n: 70, seen: 0, language: null },
    ]);
    const languages = gaps.filter(({ measure, grouping }) => measure === 'completion' && grouping === 'language');
    expect(languages.map(({ member, n, restN }) => [member, n, restN])).toEqual([
      ['en', 50, 30],
      ['es', 30, 50],
    ]);
    // One payer alone has no others beside it.
    expect(gaps.find(({ grouping }) => grouping === 'payer')).toMatchObject({ n: 150, restN: 0, verdict: 'too-few' });
  });

  test('of one EHR alone, and of what the filter asks for', async () => {
    const groups: Group[] = [
      { n: 40, seen: 30 },
      { n: 40, seen: 30, language: 'es' },
      { n: 40, seen: 0, language: 'es', tenant: 'south' },
      { n: 40, seen: 0, language: 'es', specialty: 'neurology' },
    ];
    const scope = { tenant: 'north', issuer: 'https://ehr.example.org/fhir' };
    const { gaps } = await gapsOf(groups, { scope, filter: { specialty: 'cardiology' } });
    expect(gaps.find(({ measure, member }) => measure === 'completion' && member === 'es')).toMatchObject({
      n: 40,
      found: { share: 0.75 },
    });
  });

  test('how far the patient goes is no group for who was chosen, since it follows from the choice', async () => {
    const { gaps } = await withCore(async (query) => {
      await put(query, [{ n: 60, seen: 30 }]);
      await query.run(`update core__referral set distance = if(referral like '%1', 'under 5 miles', '5 to 15 miles')`);
      return readGaps(query, ALL, MOMENT);
    });
    const measures = gaps.filter(({ grouping }) => grouping === 'distance').map(({ measure }) => measure);
    expect(measures).toContain('completion');
    expect(measures).not.toContain('override');
  });
});

/** Reproducible, and good enough for tests of chance: mulberry32 (Tommy Ettinger, public domain). */
function drawsFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const binomial = (next: () => number, n: number, p: number): number => {
  let count = 0;
  for (let at = 0; at < n; at += 1) if (next() < p) count += 1;
  return count;
};

const SHARES = [0.8, 0.55, 0.06];
/** Three kinds of referral, a group of `n` in each and three times as many others. */
const counted = (next: () => number, n: number, gap: number): GapCounts => ({
  measure: 'completion',
  grouping: 'language',
  member: 'es',
  strata: SHARES.map((share) => ({
    group: n,
    groupTrue: binomial(next, n, Math.min(1, share + gap)),
    rest: 3 * n,
    restTrue: binomial(next, 3 * n, share),
  })),
});

describe('what is promised of chance', () => {
  const REPORTS = 400;

  test('where nothing differs, no more than one report in twenty calls anything, small groups and rare outcomes among them', () => {
    const next = drawsFrom(20_261_128);
    let alarms = 0;
    for (let report = 0; report < REPORTS; report += 1) {
      const sizes = [4, 4, 6, 10, 20, 20, 40, 80];
      if (judgeGaps(sizes.map((n) => counted(next, n, 0))).called > 0) alarms += 1;
    }
    // At 5 % there are 34 or more in 400 once in a thousand runs.
    expect(alarms).toBeLessThan(34);
    expect(alarms).toBeGreaterThan(2);
  });

  test('a gap as large as "cannot find less" says is found in about four of five', () => {
    const next = drawsFrom(7);
    const n = 120;
    // What would be reported of data without a gap: one comparison, so that the level is 5 %.
    const expected = SHARES.map((share) => ({ group: n, groupTrue: n * share, rest: 3 * n, restTrue: 3 * n * share }));
    const gap = detectableGap(riskDifference(expected)?.nullError ?? 0, 0.05);
    expect(gap).toBeGreaterThan(0.05);
    let found = 0;
    for (let report = 0; report < REPORTS; report += 1) if (judgeGaps([counted(next, n, gap)]).called === 1) found += 1;
    // 0.8 ± 0.07: more than three standard errors of 400 reports, and what the approximation may be off.
    expect(Math.abs(found / REPORTS - 0.8)).toBeLessThan(0.07);
  });
});

describe('how orders spread', () => {
  test('the probability that two go to the same specialist has the mean and the variance of Simpson, by every way in which five can fall', () => {
    const probabilities = [0.5, 0.3, 0.2];
    const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
    let [mean, square] = [0, 0];
    for (let one = 0; one <= 5; one += 1) {
      for (let two = 0; one + two <= 5; two += 1) {
        const orders = [one, two, 5 - one - two];
        const ways = factorial(5) / orders.reduce((product, each) => product * factorial(each), 1);
        const mass = orders.reduce((product, each, at) => product * (probabilities[at] ?? 0) ** each, ways);
        const found = concentrationOf(orders)?.sameTwice ?? 0;
        mean += mass * found;
        square += mass * found ** 2;
      }
    }
    expect(mean).toBeCloseTo(0.38, 12);
    expect(square - mean ** 2).toBeCloseTo(simpsonVariance(5, probabilities), 12);
  });

  test('one for all is one; as many as there are where all have the same, and never more', () => {
    expect(equalSharers([50], 1)).toEqual({ value: 1, low: 1, high: 1 });
    const alike = equalSharers([50, 50, 50, 50], 4);
    expect(alike?.value).toBeCloseTo(4, 1);
    expect(alike?.high).toBe(4);
    expect(equalSharers([1], 1)).toBeNull();
  });

  test('of each specialty, the most ordered first; a share with its interval, none of fewer than ten', async () => {
    const { specialties } = await withCore(async (query) => {
      await put(query, [{ n: 40, seen: 0 }]);
      await query.run(
        `update core__referral set ordered_network = 'in', ordered_rank = if(referral like 'r-0-1%', 1, 2),
           ordered_performer = if(referral in ('r-0-1', 'r-0-2', 'r-0-3'), '1234567893', '1538271610')`,
      );
      return readExposure(query, ALL, MOMENT);
    });
    expect(specialties).toMatchObject([
      {
        specialty: 'cardiology',
        orders: 40,
        equalShare: 0.5,
        specialists: [
          { npi: '1538271610', orders: 37, share: { value: 0.925 } },
          { npi: '1234567893', orders: 3, first: 1, share: null },
        ],
      },
    ]);
  });
});

describe('drift', () => {
  test('the probability of a distance is that of all ways to share the orders out, where all can be counted', () => {
    // Of the C(8, 4) = 70 ways to choose the quarter of eight orders, two put all four of one place into one quarter.
    const { distance, p } = permute(
      [
        [4, 0],
        [0, 4],
      ],
      1,
      20_000,
    );
    expect(distance).toBe(1);
    expect(Math.abs(p - 2 / 70)).toBeLessThan(0.005);
  });

  test('the same snapshot gives the same answer, and the likeliest table the largest probability', () => {
    const counts = [
      [20, 20],
      [5, 5],
    ] as const;
    expect(permute(counts, 3)).toEqual(permute(counts, 3));
    expect(permute(counts, 3)).toMatchObject({ distance: 0, p: 1 });
  });

  const order = (quarter: 'before' | 'last', specialist: string, orders: number, overridden = 0, specialty = 'cardiology') => ({
    specialty,
    urgency: 'routine',
    quarter,
    specialist,
    orders,
    overridden,
  });

  test('orders that move to another specialist are called; as many that stay are not, and nine are too few', () => {
    const { routing, called } = judgeDrift([
      order('before', 'a', 60),
      order('last', 'a', 20),
      order('last', 'b', 40),
      order('before', 'c', 60, 0, 'neurology'),
      order('last', 'c', 55, 0, 'neurology'),
      order('before', 'd', 9, 0, 'urology'),
      order('last', 'e', 30, 0, 'urology'),
    ]);
    expect(routing.map(({ specialty, verdict }) => [specialty, verdict])).toEqual([
      ['cardiology', 'changed'],
      ['neurology', 'not-distinguishable'],
      ['urology', 'too-few'],
    ]);
    expect(routing[0]?.found?.distance).toBeCloseTo(2 / 3, 12);
    expect(called).toBe(1);
  });

  test('who stands first is passed over more often than before', () => {
    const { override } = judgeDrift([order('before', 'a', 200, 40), order('last', 'a', 200, 90)]);
    expect(override[0]).toMatchObject({ specialty: null, verdict: 'changed', found: { beforeShare: 0.2, lastShare: 0.45 } });
    expect(override[0]?.found?.low).toBeGreaterThan(0);
  });

  test('quarters are whole ones, also over the turn of the year', () => {
    expect(quartersBefore('2026-11-28')).toEqual({ now: '2026-Q4', last: '2026-Q3', before: '2026-Q2' });
    expect(quartersBefore('2026-01-01')).toEqual({ now: '2026-Q1', last: '2025-Q4', before: '2025-Q3' });
  });

  test('of the warehouse: both quarters, the day that each begins on, and what is of neither', async () => {
    const drift = await withCore(async (query) => {
      await put(query, [{ n: 90, seen: 0 }]);
      await query.run(
        `update core__referral set ordered_network = 'in', ordered_performer = '1538271610',
           ordered_on = case referral[5:]::integer // 15
             when 0 then '2026-03-31' when 1 then '2026-04-01' when 2 then '2026-06-30' when 3 then '2026-07-01' when 4 then '2026-09-30' else '2026-10-01'
           end::date`,
      );
      return readDrift(query, ALL, MOMENT);
    });
    expect(drift.quarters).toEqual({ before: '2026-Q2', last: '2026-Q3' });
    expect(drift.routing).toMatchObject([{ specialty: 'cardiology', before: 30, last: 30, verdict: 'not-distinguishable' }]);
    expect(drift.trend.map(({ quarter, n, whole }) => [quarter, n, whole])).toEqual([
      ['2026-Q1', 15, true],
      ['2026-Q2', 30, true],
      ['2026-Q3', 30, true],
      ['2026-Q4', 15, false],
    ]);
  });
});

test.each(FAIRNESS_IDS)('the report %s says what it is, by which method, and what it cannot see', (id) => {
  const { caveats, version, ...words } = readFairness(id);
  expect(words.id).toBe(id);
  expect(version).toBeGreaterThan(0);
  for (const text of Object.values(words)) expect(text.length).toBeGreaterThan(3);
  expect(caveats.length).toBeGreaterThan(1);
});

test('that race and ethnicity cannot be looked at is said', () => {
  expect(readFairness('gaps').groups).toContain('Race and ethnicity are not in the warehouse');
});
