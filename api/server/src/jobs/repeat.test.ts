import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { repeat } from './repeat.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const failing = (error: unknown): never => {
  throw error;
};

test.each([
  ['at once', true, [1, 2]],
  ['after its time', false, [0, 1]],
])('its first run is %s, and the next after its time', async (_, atOnce, expected) => {
  let runs = 0;
  const { stop } = repeat(async () => void (runs += 1), 15_000, failing, { atOnce });
  const counts: number[] = [];
  for (const milliseconds of [1, 15_000]) {
    await vi.advanceTimersByTimeAsync(milliseconds);
    counts.push(runs);
  }
  await stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([counts, runs]).toEqual([expected, expected.at(-1)]);
});

test('a run that fails is told of and ends nothing, and none begins while another lasts', async () => {
  const failures: unknown[] = [];
  let [running, most, runs] = [0, 0, 0];
  const work = async (): Promise<void> => {
    runs += 1;
    running += 1;
    most = Math.max(most, running);
    await new Promise((done) => setTimeout(done, 40));
    running -= 1;
    throw new Error(`run ${runs}`);
  };
  const { stop } = repeat(work, 10, (error) => failures.push(error), { atOnce: true });
  await vi.advanceTimersByTimeAsync(130);
  await Promise.all([stop(), vi.advanceTimersByTimeAsync(100)]);
  expect([most, failures.map(String)]).toEqual([1, ['Error: run 1', 'Error: run 2', 'Error: run 3']]);
});
