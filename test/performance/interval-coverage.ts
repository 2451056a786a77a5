/** How often the 90 % interval of a shrunken value holds the value it was drawn from. */
import { fromLogit, logit } from '@refloop/analytics/performance/logit';
import { shrinkAverages, shrinkShares } from '@refloop/analytics/performance/shrinkage';
import { type Draw, drawsFrom } from '@refloop/analytics/performance/test-random';

const normal = (draw: Draw): number => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
const specialists = (draw: Draw, between: number): { truth: number; n: number }[] =>
  Array.from({ length: 8 }, () => ({ truth: between * normal(draw), n: 10 + Math.floor(190 * draw()) }));

/** @returns how many of how many */
export function shareIntervals(seed: number, between: number): { held: number; of: number } {
  const draw = drawsFrom(seed);
  const own = specialists(draw, between).map(({ truth, n }) => ({ n, share: fromLogit(logit(0.8) + truth) }));
  const counted = own.map(({ n, share }) => ({ n, shift: 0, count: Array.from({ length: n }).filter(() => draw() < share).length }));
  const found = shrinkShares(counted).specialists;
  return { of: own.length, held: own.filter(({ share }, at) => holds(found[at], share)).length };
}

export function averageIntervals(seed: number, between: number): { held: number; of: number } {
  const draw = drawsFrom(seed);
  const own = specialists(draw, between).map(({ truth, n }) => ({ truth, error: 0.7 / Math.sqrt(n) }));
  const found = shrinkAverages(own.map(({ truth, error }) => ({ value: truth + error * normal(draw), error }))).specialists;
  return { of: own.length, held: own.filter(({ truth }, at) => holds(found[at], truth)).length };
}

const holds = (found: { low: number; high: number } | undefined, value: number): boolean =>
  found !== undefined && found.low <= value && value <= found.high;
