/** When an effect is tried or looked for again. */

const FIRST_MS = 10_000;
const FACTOR = 4;
const LONGEST_MS = 3_600_000;
/** About a day, most of it an hour apart; then a person is told, once it was looked whether the last of them has happened. */
export const MOST_TRIES = 28;

/**
 * The wait after so many tries, within a fifth to either side: many that failed together do not come back together.
 * @param random from 0 up to 1
 */
export function waitAfter(tries: number, random: number): number {
  const wait = Math.min(LONGEST_MS, FIRST_MS * FACTOR ** Math.max(0, tries - 1));
  return Math.round(wait * (0.8 + 0.4 * random));
}
