/** How work grows with what it is given: a ratio, since what a second is worth differs from machine to machine. */

const ROUNDS = 5;

/**
 * How many times as long the work takes for the large amount as for the small one. Of each the shortest of five is taken, one after the
 * other in turn, so that what else the machine does hits both.
 * @example eight times as much takes about 8 where time grows with the amount, 64 where it grows with its square
 */
export async function growth(small: number, large: number, work: (amount: number) => unknown): Promise<number> {
  const shortest = new Map([small, large].map((amount) => [amount, Number.POSITIVE_INFINITY]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [amount, before] of shortest) {
      const began = performance.now();
      await work(amount);
      shortest.set(amount, Math.min(before, performance.now() - began));
    }
  }
  return (shortest.get(large) ?? Number.NaN) / (shortest.get(small) ?? Number.NaN);
}
