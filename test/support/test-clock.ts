/** The clock of a product that a test starts: it can be moved on, for EHR and Refloop at once. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type TestClock = {
  /** What the product is started with. */
  env: Record<string, string>;
  now: () => Date;
  /** From now on it is so much later, within a moment, for every process of the product. */
  pass: (milliseconds: number) => Promise<void>;
};

/** A process looks at its clock ten times a second. */
const SEEN_MS = 300;

/** @param from what it says at first @param folder where it is kept */
export function createTestClock(folder: string, from: Date): TestClock {
  const file = join(folder, 'test-clock');
  let moved = from.getTime() - Date.now();
  const write = (): void => writeFileSync(file, String(moved));
  write();
  return {
    env: { REFLOOP_TEST_CLOCK: file, NODE_OPTIONS: `--import ${join(import.meta.dirname, 'moved-clock.ts')}` },
    now: () => new Date(Date.now() + moved),
    pass: async (milliseconds) => {
      moved += milliseconds;
      write();
      await new Promise((seen) => setTimeout(seen, SEEN_MS));
    },
  };
}

/** Ten in the morning in Chicago of the next Tuesday: whoever is sent something has a working day ahead. */
export function nextTuesday(now: Date): Date {
  const day = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1, 16));
  while (day.getUTCDay() !== 2) day.setUTCDate(day.getUTCDate() + 1);
  return day;
}
