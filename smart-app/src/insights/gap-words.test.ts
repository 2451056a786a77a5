import type { FairnessAnswer, Gap } from '@refloop/server/client/fairness';
import { describe, expect, test } from 'vitest';
import { gapText, harmOf, inOrder, leadText, levelText, type Measure, memberText, powerText, verdictText } from './gap-words.ts';

const COMPLETION: Measure = { id: 'completion', title: 'Referral completion', definition: '', better: 'higher' };
const OVERRIDE: Measure = { id: 'override', title: 'Override rate', definition: '', better: null };

const gap = (member: string, verdict: Gap['verdict'], value: number, more: Partial<Gap> = {}): Gap => ({
  measure: 'completion',
  grouping: 'language',
  member,
  n: 100,
  restN: 400,
  verdict,
  found: { share: 0.5, restShare: 0.6, value, standardError: 0.03, low: value - 0.1, high: value + 0.1, p: 0.01, detectable: 0.0917 },
  ...more,
});

test('a difference is said with its direction, and whether that is better or worse for patients where it is either', () => {
  expect(verdictText(gap('es', 'lower', -0.15), COMPLETION)).toBe('Lower than for all others, which is worse for patients');
  expect(verdictText(gap('en', 'higher', 0.15), COMPLETION)).toBe('Higher than for all others, which is better for patients');
  expect(verdictText(gap('es', 'higher', 0.15), OVERRIDE)).toBe('Higher than for all others');
  expect(harmOf(gap('es', 'lower', -0.1), { better: 'lower' })).toBe('better');
});

test('what cannot be told apart is not called a difference, and too few is no number', () => {
  expect(verdictText(gap('pl', 'not-distinguishable', -0.2), COMPLETION)).toBe('Not told apart from chance');
  const few = gap('ar', 'too-few', 0, { n: 9, found: null });
  expect([verdictText(few, COMPLETION), gapText(few)]).toEqual(['Too few to say', 'too few']);
  expect(powerText(0.0917)).toBe('a gap below 9.2 points could have been missed');
  expect(gapText(gap('es', 'lower', -0.15))).toBe('−15.0 points (−25.0 to −5.0)');
});

describe('the report in a sentence', () => {
  const report = (gaps: Gap[], compared: number, called: number) =>
    leadText({ gaps, compared, called, level: 0.99, measures: [], about: {} as FairnessAnswer['gaps']['about'] }, [COMPLETION, OVERRIDE]);

  test('counts what differs, and what of it is worse', () => {
    expect(report([gap('es', 'lower', -0.1), gap('en', 'higher', 0.1), gap('pl', 'not-distinguishable', 0)], 3, 2)).toBe(
      'Of 3 comparisons 2 differ beyond chance, 1 of them for the worse. Of those called, one in twenty may be wrong.',
    );
    expect(report([gap('pl', 'not-distinguishable', 0)], 1, 0)).toBe('Of 1 comparisons none can be told apart from chance.');
    expect(report([], 0, 0)).toBe('There are too few referrals to compare any groups.');
  });
});

test('what differs stands first, the largest gap before the others, then the larger group', () => {
  const rows = [
    gap('pl', 'not-distinguishable', 0.4, { n: 20 }),
    gap('en', 'higher', 0.1),
    gap('zh', 'not-distinguishable', 0, { n: 30 }),
    gap('es', 'lower', -0.2),
  ];
  expect(inOrder(rows).map(({ member }) => member)).toEqual(['es', 'en', 'zh', 'pl']);
});

test('groups by their names; a level that is nearly all is not rounded to all', () => {
  expect([
    memberText(gap('es', 'lower', 0)),
    memberText(gap('606', 'lower', 0, { grouping: 'zip3' })),
    memberText(gap('000', 'lower', 0, { grouping: 'zip3' })),
  ]).toEqual(['Spanish', '606xx', 'Area not told']);
  expect([levelText(0.9943), levelText(0.99962)]).toEqual(['99.4 %', '99.96 %']);
});
