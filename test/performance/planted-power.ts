/**
 * How likely one who differs is to be called, computed before any drawn practice is judged: from the size of the effect, how many are asked how often,
 * and what it costs that sites differ too. Case mix is taken as known but for what it takes of the information, so that neither the regression nor the posterior
 * has a part in it; the procedure for many comparisons is said once more. The centre and the over-dispersion are those of the product, of as many specialists.
 */
import { below } from '@refloop/analytics/fairness/normal';
import { FALSE_DISCOVERY } from '@refloop/analytics/performance/assess';
import { binomialScore } from '@refloop/analytics/performance/binomial';
import { fromLogit, logit } from '@refloop/analytics/performance/logit';
import { overDispersion, usualShift } from '@refloop/analytics/performance/over-dispersion';
import { DRAWN, type Draw, type Drawn, drawsFrom } from '@refloop/analytics/performance/test-random';

type Practice = Pick<Drawn, 'unit' | 'specialties' | 'attempts' | 'specialists'>;

const SITES = DRAWN.siteEffects.length;

/** That a specialist is asked and the attempt is of this site: half of the time the first are asked most, else those near the site. */
function jointShares(specialists: number): number[][] {
  return Array.from({ length: specialists }, (_, at) => {
    const first = Math.sqrt((at + 1) / specialists) - Math.sqrt(at / specialists);
    return Array.from({ length: SITES }, (__, site) => {
      const [from, to] = [(specialists * site) / SITES, (specialists * (site + 1)) / SITES];
      const near = Math.max(0, Math.min(at + 1, to) - Math.max(at, from)) / (to - from);
      return (first + near) / 2 / SITES;
    });
  });
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Gauss and Jordan, with the largest pivot of each column. */
function solved(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, at) => [...row, right[at] ?? 0]);
  for (let column = 0; column < rows.length; column += 1) {
    const pivot = rows.slice(column).reduce((best, row, at) => {
      return Math.abs(row[column] ?? 0) > Math.abs(rows[best]?.[column] ?? 0) ? column + at : best;
    }, column);
    [rows[column], rows[pivot]] = [rows[pivot] ?? [], rows[column] ?? []];
    const head = rows[column] ?? [];
    rows.forEach((row, at) => {
      if (at === column) return;
      const by = (row[column] ?? 0) / (head[column] ?? 1);
      for (let each = column; each <= rows.length; each += 1) row[each] = (row[each] ?? 0) - by * (head[each] ?? 0);
    });
  }
  return rows.map((row, at) => (row[rows.length] ?? 0) / (row[at] ?? 1));
}

/**
 * 1 + n d'Vd: what n counts for less since the effects of the sites are estimated from differences within specialists (V, in units of one attempt), where the
 * specialist's sites differ by d from those of all; and, since the other factors differ by chance alone, one attempt of all for each of their effects.
 */
function inflations(joint: readonly (readonly number[])[], attempts: number): number[] {
  const shares = joint.map(sum);
  // Without the last site, from which the effects of the others are counted.
  const within = Array.from({ length: SITES - 1 }, (_, row) =>
    Array.from({ length: SITES - 1 }, (__, column) =>
      sum(
        joint.map((own, at) => {
          const share = shares[at] ?? 1;
          const [one, other] = [(own[row] ?? 0) / share, (own[column] ?? 0) / share];
          return attempts * share * ((row === column ? one : 0) - one * other);
        }),
      ),
    ),
  );
  return joint.map((own, at) => {
    const share = shares[at] ?? 1;
    const difference = Array.from({ length: SITES - 1 }, (_, site) => (own[site] ?? 0) / share - 1 / SITES);
    const sites = sum(solved(within, difference).map((each, site) => each * (difference[site] ?? 0)));
    return 1 + attempts * share * sites + DRAWN.otherEffects / attempts;
  });
}

/** Of a specialist, over sites, urgency and language, the share that is true of an attempt. */
function shareOf(own: readonly number[], effect: number): number {
  const total = sum(own);
  return sum(
    own.flatMap((share, site) =>
      DRAWN.mixEffects.map(({ share: mix, effect: of }) => {
        return (share / total) * mix * fromLogit(DRAWN.shareLevel + (DRAWN.siteEffects[site] ?? 0) + of + effect);
      }),
    ),
  );
}

function normalOf(draw: Draw): number {
  return Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
}

type Score = { score: (shift: number) => number; weight: number };

function drawnScore(
  draw: Draw,
  unit: Practice['unit'],
  own: readonly number[],
  attempts: number,
  inflation: number,
  effect: number,
): Score {
  const share = sum(own);
  const n = Math.max(10, Math.round(attempts * share + Math.sqrt(attempts * share * (1 - share)) * normalOf(draw)));
  if (unit === 'days') {
    const error = DRAWN.daysDeviation * Math.sqrt(inflation / n);
    const found = effect + error * normalOf(draw);
    return { score: (shift) => (found - shift) / error, weight: 1 / error };
  }
  const [usual, is] = [shareOf(own, 0), shareOf(own, effect)];
  const count = Array.from({ length: n }).filter(() => draw() < is).length;
  const of = logit(usual);
  // What the estimated case mix adds is in the score, not in the count.
  const slip = Math.sqrt((inflation - 1) / (n * usual * (1 - usual))) * normalOf(draw);
  return {
    score: (shift) => binomialScore(count, n, fromLogit(of + slip + shift)) / Math.sqrt(inflation),
    weight: Math.sqrt((n * usual * (1 - usual)) / inflation),
  };
}

/** The largest p-value that is called at this rate of false discoveries (Benjamini, Hochberg 1995, J R Stat Soc B 57:289). */
const boundOf = (pValues: readonly number[], rate: number): number =>
  pValues.toSorted((one, other) => one - other).findLast((p, at) => p <= ((at + 1) * rate) / pValues.length) ?? 0;

const PRACTICES = 400;
const WITHIN = 10;

/** @param planted of each of these specialists the effect, by specialty and place */
export function plannedPower(
  { unit, specialties, specialists, attempts }: Practice,
  planted: readonly { specialty: number; specialist: number; effect: number }[],
): number {
  const draw = drawsFrom(1995);
  const joint = jointShares(specialists);
  const inflation = inflations(joint, attempts);
  let found = 0;
  for (let practice = 0; practice < PRACTICES; practice += 1) {
    const scored = Array.from({ length: specialties }, (_, specialty) => {
      const own = joint.map((shares, specialist): Score => {
        const effect = planted.find((each) => each.specialty === specialty && each.specialist === specialist)?.effect ?? 0;
        return drawnScore(draw, unit, shares, attempts, inflation[specialist] ?? 1, effect);
      });
      const shift = usualShift(
        (by) => own.map(({ score }) => score(by)),
        own.map(({ weight }) => weight),
        WITHIN,
      );
      return own.map(({ score }) => score(shift));
    });
    const scores = scored.flat();
    const phi = overDispersion(scores, specialties);
    const pValues = scores.map((score) => 2 * below(-Math.abs(score) / Math.sqrt(phi)));
    const bound = boundOf(pValues, FALSE_DISCOVERY);
    found += planted.filter(({ specialty, specialist, effect }) => {
      const place = specialty * specialists + specialist;
      return (pValues[place] ?? 1) <= bound && (scores[place] ?? 0) * effect > 0;
    }).length;
  }
  return found / (PRACTICES * planted.length);
}
