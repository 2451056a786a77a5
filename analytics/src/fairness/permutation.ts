/** How far two samples of orders are apart, and how far like ones would be by chance. */

/** Counts by place to go: [before, last]. */
export type TwoCounts = readonly (readonly [number, number])[];

/** Half the sum of the differences of shares: the share that would have to go elsewhere for the two to be alike. */
export function distanceOf(counts: TwoCounts): number {
  const [before, last] = [0, 1].map((side) => counts.reduce((sum, pair) => sum + (pair[side] ?? 0), 0)) as [number, number];
  if (before === 0 || last === 0) return 0;
  return counts.reduce((sum, [one, other]) => sum + Math.abs(one / before - other / last), 0) / 2;
}

/** sfc32 by Chris Doty-Humphrey (PractRand, public domain), started from one number: the same answer for the same snapshot. */
function drawsFrom(seed: number): () => number {
  let [a, b, c, counter] = [seed | 0, 0x9e3779b9 | 0, 0x2545f491 | 0, 1];
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let round = 0; round < 12; round += 1) next();
  return next;
}

export type Permuted = {
  distance: number;
  /** Of so large a distance, or a larger one, if the two were alike. */
  p: number;
  /** Below it lie nineteen of twenty distances of two that are alike. */
  byChance: number;
};

export const PERMUTATIONS = 1999;

/**
 * Shuffles which orders were of which quarter. The observed one counts among the permutations, so that p is never 0 (Phipson, Smyth 2010, Stat Appl
 * Genet Mol Biol 9:39).
 */
export function permute(counts: TwoCounts, seed: number, permutations = PERMUTATIONS): Permuted {
  const distance = distanceOf(counts);
  const places = counts.flatMap(([before, last], place) => Array.from({ length: before + last }, () => place));
  const before = counts.reduce((sum, [one]) => sum + one, 0);
  const last = places.length - before;
  const next = drawsFrom(seed);
  const shuffled: number[] = [];
  for (let round = 0; round < permutations; round += 1) {
    // The first `before` of a partial Fisher–Yates shuffle are the quarter before.
    const mine = counts.map(() => 0);
    for (let at = 0; at < before; at += 1) {
      const from = at + Math.floor(next() * (places.length - at));
      const place = places[from] ?? 0;
      places[from] = places[at] ?? 0;
      places[at] = place;
      mine[place] = (mine[place] ?? 0) + 1;
    }
    let sum = 0;
    for (const [place, [one, other]] of counts.entries()) {
      const here = mine[place] ?? 0;
      sum += Math.abs(here / before - (one + other - here) / last);
    }
    shuffled.push(sum / 2);
  }
  shuffled.sort((one, other) => one - other);
  // Sums of the same shares in another order differ in the last digit.
  const atLeast = shuffled.filter((each) => each >= distance - 1e-12).length;
  return { distance, p: (atLeast + 1) / (permutations + 1), byChance: shuffled[Math.ceil(0.95 * permutations) - 1] ?? 0 };
}
