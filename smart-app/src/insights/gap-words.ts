/** What is said of a gap, of an exposure and of a drift: a difference only where the interval says so, and what could have been missed. */
import type { DriftAnswer, FairnessAnswer, Gap } from '@refloop/server/client/fairness';
import { countText, pointsText } from './figures.ts';

export type Measure = FairnessAnswer['gaps']['measures'][number];

const one = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const two = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

export const GROUPING_NAMES: Record<Gap['grouping'], string> = {
  language: 'Language',
  payer: 'Payer',
  distance: 'Distance to the specialist ordered',
  zip3: 'First three digits of the ZIP code',
};

const LANGUAGE_NAMES = new Intl.DisplayNames(['en'], { type: 'language' });

export const memberText = ({ grouping, member }: Pick<Gap, 'grouping' | 'member'>): string => {
  if (grouping === 'language') return LANGUAGE_NAMES.of(member) ?? member;
  if (grouping === 'zip3') return member === '000' ? 'Area not told' : `${member}xx`;
  return member;
};

/** `99.4 %`; two digits where one would say 100. */
export const levelText = (level: number): string => `${100 * level >= 99.95 ? two.format(100 * level) : one.format(100 * level)} %`;

/** Whether it is better or worse for patients of the group; null where neither can be said. */
export function harmOf({ verdict }: Pick<Gap, 'verdict'>, { better }: Pick<Measure, 'better'>): 'better' | 'worse' | null {
  if (better === null || (verdict !== 'higher' && verdict !== 'lower')) return null;
  return verdict === better ? 'better' : 'worse';
}

/** `Lower than for all others, which is worse`. */
export function verdictText(gap: Gap, measure: Pick<Measure, 'better'>): string {
  if (gap.verdict === 'too-few') return 'Too few to say';
  if (gap.verdict === 'not-distinguishable') return 'Not told apart from chance';
  const harm = harmOf(gap, measure);
  const words = gap.verdict === 'higher' ? 'Higher than for all others' : 'Lower than for all others';
  return harm === null ? words : `${words}, which is ${harm} for patients`;
}

/** Of what lies below it nothing can be said. */
export const powerText = (detectable: number): string => `a gap below ${one.format(100 * detectable)} points could have been missed`;

/** What the report comes to, before any row is read. */
export function leadText({ gaps, compared, called }: FairnessAnswer['gaps'], measures: readonly Measure[]): string {
  if (compared === 0) return 'There are too few referrals to compare any groups.';
  if (called === 0) return `Of ${countText(compared)} comparisons none can be told apart from chance.`;
  const worse = gaps.filter((gap) => {
    const measure = measures.find(({ id }) => id === gap.measure);
    return measure !== undefined && harmOf(gap, measure) === 'worse';
  }).length;
  return (
    `Of ${countText(compared)} comparisons ${countText(called)} differ beyond chance, ` +
    `${worse === 0 ? 'none' : countText(worse)} of them for the worse. Of those called, one in twenty may be wrong.`
  );
}

/** Largest gap that can be told from chance first, then by size of the group. */
export const inOrder = (gaps: readonly Gap[]): Gap[] =>
  gaps.toSorted((one, other) => {
    const called = (gap: Gap): number => (gap.verdict === 'higher' || gap.verdict === 'lower' ? Math.abs(gap.found?.value ?? 0) : -1);
    return called(other) - called(one) || other.n - one.n;
  });

export const gapText = ({ found }: Gap): string =>
  found === null ? 'too few' : `${pointsText(found.value)} points (${pointsText(found.low)} to ${pointsText(found.high)})`;

type Verdict = DriftAnswer['routing'][number]['verdict'];
export const DRIFT_WORDS: Record<Verdict, string> = {
  changed: 'Changed beyond chance',
  'not-distinguishable': 'Not told apart from chance',
  'too-few': 'Too few to say',
};

/** What the drift report comes to. */
export function driftText({ compared, called, quarters: { before, last } }: DriftAnswer): string {
  if (compared === 0) return `There are too few orders in ${before} and ${last} to compare them.`;
  const what = `Between ${before} and ${last}`;
  return called === 0
    ? `${what} nothing has changed that can be told apart from chance, in ${countText(compared)} comparisons.`
    : `${what} ${countText(called)} of ${countText(compared)} comparisons have changed beyond chance.`;
}
