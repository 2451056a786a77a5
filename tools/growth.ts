/** For tests: how work grows with what it is given. A ratio, since what a second is worth differs from machine to machine. */

const MOST_ROUNDS = 5;
/** The first alone may be of code that was not compiled yet. */
const FEWEST_ROUNDS = 2;
/** About 1 where time grows with the amount: so far from the square that further rounds would only take longer. */
const PLAINLY_LINEAR = 1.5;

async function millisecondsOf(times: number, work: () => unknown): Promise<number> {
  const began = performance.now();
  for (let time = 0; time < times; time += 1) await work();
  return performance.now() - began;
}

/**
 * How much longer a part of the large amount takes than as much of the small one. The small amount is worked on as many times in a row as it goes
 * into the large one, so that both last about as long and what else the machine does hits both; of two to five rounds the shortest counts, and there are as many as it
 * takes to see that it does not grow faster.
 *
 * @returns of an amount eight times as large about 1 where time grows with the amount, about 8 where it grows with its square
 */
export async function growth(small: number, large: number, work: (amount: number) => unknown): Promise<number> {
  const shortest = { small: Number.POSITIVE_INFINITY, large: Number.POSITIVE_INFINITY };
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    shortest.small = Math.min(shortest.small, await millisecondsOf(Math.round(large / small), () => work(small)));
    shortest.large = Math.min(shortest.large, await millisecondsOf(1, () => work(large)));
    if (round + 1 >= FEWEST_ROUNDS && shortest.large / shortest.small < PLAINLY_LINEAR) break;
  }
  return shortest.large / shortest.small;
}
