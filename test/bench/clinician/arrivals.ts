/** When clinicians come and how long they think, drawn from a seed: the same in every run. */
import type { Random } from '@refloop/launch/synthetic/random';
import type { Thinking } from './referral.ts';

/**
 * A Poisson process: each comes without regard to the others, and whether or not those before are done (open loop).
 * @param perSecond how many come on average
 * @returns milliseconds after the beginning, ascending
 */
export function poissonArrivals(random: Random, perSecond: number, seconds: number): number[] {
  const arrivals: number[] = [];
  const wait = (): number => (-Math.log(1 - random.next()) / perSecond) * 1000;
  for (let at = wait(); at < seconds * 1000; at += wait()) arrivals.push(at);
  return arrivals;
}

/** So many within one second, evenly: the ward round ends and everybody sits down. */
export const allAtOnce = (count: number): number[] => Array.from({ length: count }, (_, at) => (at * 1000) / count);

/**
 * By the keystroke-level model (Card, Moran and Newell 1980; 1.35 s for a thought, 0.28 s for a key): twelve glances at three cards and
 * the note, 31 letters of one's own and the pause after which they are saved, a thought and Ctrl+Enter. Milliseconds.
 */
export const MEDIAN_THINKING: Thinking = { reading: 12 * 1350, writing: 31 * 280 + 800, deciding: 1350 + 960 };

/** Of the logarithm: two thirds of people take between 0.67 and 1.5 times as long as the median one. */
const SPREAD = 0.4;

/** Log-normal around the medians. */
export function thinkingOf(random: Random): Thinking {
  // Box–Muller.
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const around = (median: number): number => median * Math.exp(SPREAD * normal());
  return { reading: around(MEDIAN_THINKING.reading), writing: around(MEDIAN_THINKING.writing), deciding: around(MEDIAN_THINKING.deciding) };
}
