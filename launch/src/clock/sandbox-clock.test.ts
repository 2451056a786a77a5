import { expect, test } from 'vitest';
import { millisecondsOf } from './duration.ts';
import { type ClockStore, type KeptClock, LONGEST_STEP_MS, openSandboxClock, type SandboxClock } from './sandbox-clock.ts';

const HOUR_MS = 3_600_000;
const FAST = 40_000;
const neverGone = new AbortController().signal;

/** The sandbox's machine: a clock that stands unless it is moved, and what outlives the process. */
function machine() {
  let time = Date.parse('2026-11-29T10:00:00.000Z');
  let kept: KeptClock | undefined;
  const failures: unknown[] = [];
  const store: ClockStore = {
    read: async () => kept,
    keep: async (clock) => {
      kept = clock;
    },
  };
  return {
    failures,
    passes: (milliseconds: number) => {
      time += milliseconds;
    },
    open: (afterStep?: (now: Date) => Promise<void>): Promise<SandboxClock> =>
      openSandboxClock({
        store,
        machineTime: () => new Date(time),
        // Lets what waits take its turn; no time passes.
        wait: () => new Promise((done) => setImmediate(done)),
        ...(afterStep ? { afterStep } : {}),
        failed: (error) => failures.push(error),
      }),
  };
}

const there = (clock: SandboxClock): Promise<void> => expect.poll(() => clock.state().run, { interval: 1 }).toBeUndefined();

/** So many turns of this process, however long they take. */
async function turns(count: number): Promise<'still waiting'> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((done) => setImmediate(done));
  return 'still waiting';
}

test('it goes as far as it was told, in steps of an hour at most, and flows on with the machine’s clock from there', async () => {
  const [box, seen] = [machine(), [] as number[]];
  const clock = await box.open(async (now) => void seen.push(now.getTime()));
  const from = clock.now().getTime();
  expect(clock.forward(new Date(from + 24 * HOUR_MS), FAST)).toBe('begun');
  await there(clock);
  expect(clock.now().getTime() - from).toBe(24 * HOUR_MS);
  const lengths = seen.map((at, index) => at - (seen[index - 1] ?? from));
  expect(Math.max(...lengths)).toBeLessThanOrEqual(LONGEST_STEP_MS);
  expect(lengths.reduce((sum, each) => sum + each, 0)).toBe(24 * HOUR_MS);
  box.passes(5000);
  expect(clock.now().getTime() - from).toBe(24 * HOUR_MS + 5000);
  expect(box.failures).toEqual([]);
});

test('a slower way has smaller steps', async () => {
  const seen: number[] = [];
  const clock = await machine().open(async (now) => void seen.push(now.getTime()));
  const from = clock.now().getTime();
  clock.forward(new Date(from + 120_000), 60);
  await there(clock);
  expect(seen.length).toBeGreaterThan(10);
});

test('no step is taken before every follower has lived through the last', async () => {
  const clock = await machine().open();
  await clock.follow('refloop', undefined, neverGone);
  const from = clock.now().getTime();
  clock.forward(new Date(from + 3 * LONGEST_STEP_MS), FAST);
  const first = await clock.follow('refloop', 0, neverGone);
  expect(first).toEqual({ aheadMilliseconds: LONGEST_STEP_MS, step: 1, moving: true });
  // However long it takes: it is not moved on meanwhile.
  await new Promise((done) => setTimeout(done, 50));
  expect(clock.now().getTime() - from).toBe(LONGEST_STEP_MS);
  expect(await clock.follow('refloop', 1, neverGone)).toMatchObject({ step: 2 });
  expect(await clock.follow('refloop', 2, neverGone)).toMatchObject({ step: 3 });
  // Who waits for the next hears that there is none.
  const last = clock.follow('refloop', 3, neverGone);
  await there(clock);
  // At once, and not when its wait is over.
  expect(await Promise.race([last, turns(100)])).toEqual({ aheadMilliseconds: 3 * LONGEST_STEP_MS, step: 3, moving: false });
  expect(clock.state().run).toBeUndefined();
  const gone = new AbortController();
  const waiting = clock.follow('refloop', 3, gone.signal);
  gone.abort();
  expect(await waiting).toMatchObject({ step: 3, moving: false });
});

test('a way that is no faster than the machine’s own clock waits no longer after its last step than after its first', async () => {
  const waits: number[] = [];
  const clock = await openSandboxClock({
    store: { read: async () => undefined, keep: async () => undefined },
    machineTime: () => new Date(Date.parse('2026-11-29T10:00:00.000Z') + performance.now()),
    wait: async (milliseconds) => {
      waits.push(milliseconds);
      await new Promise((done) => setTimeout(done, milliseconds));
    },
    failed: (error) => {
      throw error;
    },
  });
  clock.forward(new Date(clock.now().getTime() + 2500), 1);
  await there(clock);
  expect(waits.length).toBeGreaterThan(4);
  expect(Math.max(...waits)).toBeLessThanOrEqual(200);
});

test('what a step with much to do has taken longer, the ones after it make up for; it is never faster on the whole than it was told', async () => {
  const HOURS = 12;
  const waits: number[] = [];
  let steps = 0;
  const box = machine();
  const clock = await openSandboxClock({
    store: { read: async () => undefined, keep: async () => undefined },
    machineTime: () => new Date(Date.parse('2026-11-29T10:00:00.000Z')),
    wait: async (milliseconds) => {
      waits.push(milliseconds);
      await new Promise((done) => setTimeout(done, milliseconds));
    },
    afterStep: async () => {
      steps += 1;
      if (steps === 3) await new Promise((done) => setTimeout(done, 200));
    },
    failed: (error) => box.failures.push(error),
  });
  // An hour in fifty milliseconds.
  const began = performance.now();
  clock.forward(new Date(clock.now().getTime() + HOURS * HOUR_MS), HOUR_MS / 50);
  await there(clock);
  const took = performance.now() - began;
  expect(took).toBeGreaterThanOrEqual(HOURS * 50 - 5);
  expect(waits.filter((milliseconds) => milliseconds === 0).length).toBeGreaterThan(0);
  // Nobody waits longer than a step is to take.
  expect(Math.max(...waits)).toBeLessThanOrEqual(50 + 5);
});

test('it never shows an earlier time: not after a restart, and not where the machine’s clock was put back', async () => {
  const box = machine();
  const first = await box.open();
  first.forward(new Date(first.now().getTime() + 5 * HOUR_MS), FAST);
  await there(first);
  const left = first.now().getTime();
  box.passes(-2 * HOUR_MS);
  expect(first.now().getTime()).toBe(left);
  await first.close();
  const second = await box.open();
  expect(second.now().getTime()).toBe(left);
  expect(second.forward(new Date(left), FAST)).toBe('not-ahead');
});

test('one way at a time; halted it stays where it is', async () => {
  const clock = await machine().open();
  const from = clock.now().getTime();
  expect(clock.forward(new Date(from + 1000 * HOUR_MS), FAST)).toBe('begun');
  expect(clock.forward(new Date(from + HOUR_MS), FAST)).toBe('under-way');
  clock.halt();
  await there(clock);
  expect(clock.now().getTime() - from).toBeLessThan(1000 * HOUR_MS);
});

test.each([
  ['P14D', 14 * 24 * HOUR_MS],
  ['PT6H', 6 * HOUR_MS],
  ['P1DT30M', 24.5 * HOUR_MS],
  ['PT0H', undefined],
  ['P', undefined],
  ['-P1D', undefined],
  ['P1M', undefined],
  ['P1.5D', undefined],
])('the span %s', (span, milliseconds) => expect(millisecondsOf(span)).toBe(milliseconds));
