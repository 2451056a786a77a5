/**
 * Specialists of one measure beside each other, each compared with the others of the specialty. Nothing here reads or writes; the same attempts
 * in any order give the same answer.
 *
 * Who is called better or worse has passed two questions that fail in different ways. Is the posterior probability of being on that side of the
 * specialty's mean above 0.9? That weighs how few attempts there are, and says nothing about how many specialists were looked at. And is the exact
 * test against what is usual, widened by how much specialists scatter anyway, still there when the rate of false discoveries over all specialists
 * of the measure is held at 0.1 (Benjamini–Hochberg)? That holds whether or not the prior is right: a Bayesian rate of false discoveries would
 * lean on the same prior twice, which is why it was not taken.
 */
import { FEWEST_TO_JUDGE } from '@refloop/domain/fewest-to-judge';
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import { CASE_MIX, type MixedAttempt } from './case-mix.ts';
import { adjustedForDiscovery } from './false-discovery.ts';
import { overDispersion, usualShift } from './over-dispersion.ts';
import type { Chance, FunnelLimit, PerformanceUnit, SpecialistNumbers, SpecialtyRow, Verdict } from './performance-result.ts';
import { type Reading, readSpecialty, type SpecialtyReading } from './read-specialty.ts';
import type { Posterior, Shrunken } from './shrinkage.ts';

/** With fewer to compare, nobody knows which of them is the odd one. */
export const FEWEST_PEERS = 4;
export const POSTERIOR = 0.9;
export const FALSE_DISCOVERY = 0.1;
/** Of the shrunken value. */
export const INTERVAL = 0.9;

export type Attempt = MixedAttempt & { specialty: string };

export type Assessed = {
  specialties: SpecialtyRow[];
  specialists: { specialist: string; specialty: string; n: number; numbers: SpecialistNumbers | null }[];
  chance: Chance;
};

/** 95 % and 99.8 %: two and three standard deviations. */
const TAILS = { low95: 0.025, high95: 0.975, low998: 0.001, high998: 0.999 } as const;
const [BEYOND_95, BEYOND_998] = [0.05, 0.002];
const LIMITS = 48;

/** One specialty by itself: most of the work, and independent of the others. */
export type Looked = {
  specialty: string;
  n: number;
  counts: Map<string, number>;
  reading: SpecialtyReading | null;
  shrunken: Shrunken | null;
  /** Where the middle of the specialists lies; null where too few can be compared. */
  shift: number | null;
};

function grouped<Value>(values: readonly Value[], key: (value: Value) => string): [string, Value[]][] {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const group = groups.get(key(value));
    if (group) group.push(value);
    else groups.set(key(value), [value]);
  }
  return [...groups].sort(([left], [right]) => (left < right ? -1 : 1));
}

const enough = ({ n }: { n: number }): boolean => n >= FEWEST_TO_JUDGE;

/** @param given attempts of one specialty */
export function look(unit: PerformanceUnit, specialty: string, given: readonly Attempt[]): Looked {
  const attempts = inOrder(given);
  const counts = new Map(grouped(attempts, ({ specialist }) => specialist).map(([specialist, own]) => [specialist, own.length]));
  const looked = { specialty, n: attempts.length, counts };
  if (![...counts.values()].some((n) => n >= FEWEST_TO_JUDGE)) return { ...looked, reading: null, shrunken: null, shift: null };
  const reading = readSpecialty(unit, attempts);
  const shrunken = reading.shrunken();
  const judged = reading.readings.filter(enough);
  if (judged.length < FEWEST_PEERS) return { ...looked, reading, shrunken, shift: null };
  const shift = usualShift(
    (by) => judged.map(({ score }) => score(by)),
    judged.map(({ weight }) => weight),
    reading.within,
  );
  return { ...looked, reading, shrunken, shift };
}

/** From ten attempts to the most that anybody has, closer together where the funnel is steep. */
function limitsOf({ reading, shift }: Looked, phi: number): FunnelLimit[] {
  if (!reading || shift === null) return [];
  const most = Math.max(...reading.readings.map(({ n }) => n)) * 1.05;
  const counts = Array.from({ length: LIMITS }, (_, at) => Math.round(FEWEST_TO_JUDGE * (most / FEWEST_TO_JUDGE) ** (at / (LIMITS - 1))));
  return [...new Set(counts)].map((n) => {
    const at = (tail: keyof typeof TAILS): number => reading.limit(TAILS[tail], n, shift, phi);
    return { n, low95: at('low95'), high95: at('high95'), low998: at('low998'), high998: at('high998') };
  });
}

type Compared = { key: string; score: number; p: number };

const keyOf = (specialty: string, specialist: string): string => `${specialty} ${specialist}`;

function compare(looked: readonly Looked[]): { compared: Compared[]; phi: number } {
  const scored = looked.flatMap(({ specialty, reading, shift }) =>
    reading === null || shift === null
      ? []
      : reading.readings.filter(enough).map(({ specialist, score }) => ({ key: keyOf(specialty, specialist), score: score(shift) })),
  );
  const phi = overDispersion(
    scored.map(({ score }) => score),
    looked.filter(({ shift }) => shift !== null).length,
  );
  return { phi, compared: scored.map((each) => ({ ...each, p: 2 * normalCdf(-Math.abs(each.score) / Math.sqrt(phi), 0, 1) })) };
}

function verdictOf(better: 'higher' | 'lower', { above, below }: Posterior, score: number, adjustedP: number | null): Verdict {
  if (adjustedP === null || adjustedP > FALSE_DISCOVERY) return 'not-distinguishable';
  if (above > POSTERIOR && score > 0) return better === 'higher' ? 'better' : 'worse';
  if (below > POSTERIOR && score < 0) return better === 'higher' ? 'worse' : 'better';
  return 'not-distinguishable';
}

function numbersOf(
  better: 'higher' | 'lower',
  reading: Reading,
  posterior: Posterior,
  score: number,
  adjustedP: number | null,
): SpecialistNumbers {
  const { observed, expected, ratio, raw, adjusted } = reading;
  const { value, low, high, above, below } = posterior;
  const [probabilityBetter, probabilityWorse] = better === 'higher' ? [above, below] : [below, above];
  return {
    observed,
    expected,
    ratio,
    raw,
    adjusted,
    shrunken: { value, low, high },
    probabilityBetter,
    probabilityWorse,
    score,
    adjustedP,
    verdict: verdictOf(better, posterior, score, adjustedP),
  };
}

export const bySpecialty = (attempts: readonly Attempt[]): [string, Attempt[]][] => grouped(attempts, ({ specialty }) => specialty);

/** @param attempts those counted; outcomes are 0 or 1 of a share, days of a time */
export const assess = (measure: { unit: PerformanceUnit; better: 'higher' | 'lower' }, attempts: readonly Attempt[]): Assessed =>
  judge(
    measure.better,
    bySpecialty(attempts).map(([specialty, own]) => look(measure.unit, specialty, own)),
  );

/** Specialists of all specialties together: how much they scatter, and who stands out when all of them were looked at. */
export function judge(better: 'higher' | 'lower', looked: readonly Looked[]): Assessed {
  const { compared, phi } = compare(looked);
  const adjusted = adjustedForDiscovery(compared.map(({ p }) => p));
  const testOf = new Map(compared.map(({ key, score }, at) => [key, { score, adjustedP: adjusted[at] ?? 1 }]));
  const specialties: SpecialtyRow[] = [];
  const specialists: Assessed['specialists'] = [];
  for (const each of looked) {
    const { specialty, n, counts, reading, shrunken, shift } = each;
    specialties.push({
      specialty,
      n,
      specialists: counts.size,
      mean: reading?.mean ?? null,
      usual: reading && shift !== null ? reading.moved(shift) : null,
      between: shrunken?.between ?? null,
      limits: limitsOf(each, phi),
    });
    for (const [specialist, own] of counts) {
      const at = reading?.readings.findIndex((one) => one.specialist === specialist) ?? -1;
      const [found, posterior] = [reading?.readings[at], shrunken?.specialists[at]];
      const test = testOf.get(keyOf(specialty, specialist));
      const numbers =
        found && posterior && own >= FEWEST_TO_JUDGE
          ? numbersOf(better, found, posterior, test?.score ?? found.score(0), test?.adjustedP ?? null)
          : null;
      specialists.push({ specialist, specialty, n: own, numbers });
    }
  }
  return { specialties, specialists, chance: chanceOf(specialists, compared, phi) };
}

function chanceOf(specialists: Assessed['specialists'], compared: readonly Compared[], phi: number): Chance {
  const beyond = (share: number) => ({ observed: compared.filter(({ p }) => p < share).length, expected: share * compared.length });
  const flagged = specialists.filter(({ numbers }) => numbers !== null && numbers.verdict !== 'not-distinguishable').length;
  return {
    compared: compared.length,
    beyond95: beyond(BEYOND_95),
    beyond998: beyond(BEYOND_998),
    flagged,
    falseAtMost: FALSE_DISCOVERY * flagged,
    overDispersion: phi,
  };
}

/** Sums of the same numbers in another order differ in their last digits. */
function inOrder(attempts: readonly Attempt[]): Attempt[] {
  const name = ({ specialist, mix, outcome }: Attempt): string =>
    JSON.stringify([specialist, CASE_MIX.map((factor) => mix[factor]), outcome]);
  return attempts
    .map((attempt) => ({ attempt, name: name(attempt) }))
    .sort((left, right) => (left.name < right.name ? -1 : Number(left.name > right.name)))
    .map(({ attempt }) => attempt);
}
