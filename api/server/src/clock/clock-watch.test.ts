import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createClockWatch } from './clock-watch.ts';

/** A machine whose clock can be set, and whose steady clock stands still while it sleeps. */
function machine() {
  const at = { wall: Date.parse('2026-11-20T10:00:00.000Z'), steady: 777 };
  return {
    at,
    watch: createClockWatch({ wall: () => new Date(at.wall), steady: () => at.steady }),
    pass: (milliseconds: number) => {
      at.wall += milliseconds;
      at.steady += milliseconds;
    },
  };
}

test('that the watch begins counts as a setting: nobody knows what was before', () => {
  const { watch, pass } = machine();
  expect(watch.sinceSet()).toBe(0);
  pass(61_000);
  expect(watch.sinceSet()).toBe(61_000);
});

test.each([
  ['set forward', 540_000, true],
  ['set back', -540_000, true],
  ['asleep', 3_600_000, true],
  ['put right by a second', 1000, false],
  ['put right by a second', -1000, false],
  ['set by more than a second', 1001, true],
] as const)('a clock that was %s (%i ms)', (_what, by, noticed) => {
  const { watch, pass, at } = machine();
  pass(100_000);
  at.wall += by;
  expect(watch.sinceSet()).toBe(noticed ? 0 : 100_000);
  pass(20_000);
  expect(watch.sinceSet()).toBe(noticed ? 20_000 : 120_000);
});

test('many small steps are a large one', () => {
  const { watch, pass, at } = machine();
  for (let step = 0; step < 3; step += 1) {
    pass(10_000);
    at.wall += 400;
    watch.sinceSet();
  }
  expect(watch.sinceSet()).toBe(0);
});

test('it never tells more than has truly passed since the clock was set', () => {
  const happening = fc.record({ passed: fc.nat(90_000), set: fc.integer({ min: -600_000, max: 600_000 }), looks: fc.boolean() });
  const isTold = (happenings: readonly { passed: number; set: number; looks: boolean }[]): boolean => {
    const { watch, pass, at } = machine();
    let since = 0;
    return happenings.every(({ passed, set, looks }) => {
      const isSet = Math.abs(set) > 2000;
      pass(passed);
      since = isSet ? 0 : since + passed;
      if (isSet) at.wall += set;
      // One that is set while nobody looks may be set right again unseen: that is what the looks in between are for.
      return !(looks || isSet) || watch.sinceSet() <= since;
    });
  };
  expect(() => fc.assert(fc.property(fc.array(happening, { minLength: 1 }), isTold))).not.toThrow();
});
