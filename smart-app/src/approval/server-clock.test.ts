import { describe, expect, test } from 'vitest';
import { createServerClock } from './server-clock.ts';

const TOLD = { asOf: '2026-11-28T10:00:00.000Z', sinceClockSet: 20_000 };

function laptop(wall: string) {
  const at = { wall: Date.parse(wall), steady: 5_000 };
  return {
    at,
    clock: createServerClock(
      () => at.wall,
      () => at.steady,
    ),
  };
}

describe('the server’s time in a window', () => {
  test.each(['2026-11-28T09:51:00.000Z', '2026-11-28T10:00:00.000Z', '2031-01-01T00:00:00.000Z'])(
    'goes on from what the last answer told, whatever the laptop shows: %s',
    (wall) => {
      const { at, clock } = laptop(wall);
      clock.hear(TOLD);
      at.steady += 39_000;
      at.wall -= 3_600_000;
      expect(clock.machineTime()).toEqual({ at: '2026-11-28T10:00:39.000Z', sinceSet: 59_000 });
      clock.hear({ ...TOLD, sinceClockSet: 0 });
      expect(clock.machineTime()).toEqual({ at: TOLD.asOf, sinceSet: 0 });
    },
  );

  test('makes nothing old before anything was heard, nor by a server of before, which tells none', () => {
    const { at, clock } = laptop('2026-11-28T10:00:00.000Z');
    clock.hear({} as typeof TOLD);
    at.steady += 100_000;
    expect(clock.machineTime().at < '1971').toBe(true);
    clock.hear(TOLD);
    clock.hear({} as typeof TOLD);
    expect(clock.machineTime()).toEqual({ at: TOLD.asOf, sinceSet: 20_000 });
  });

  test.each([
    ['behind', '2026-11-28T09:51:00.000Z', '2026-11-28T10:00:05.000Z'],
    ['ahead, as the practice’s is in the sandbox', '2026-12-28T10:00:00.000Z', '2026-12-28T10:00:00.000Z'],
  ])('what stands in the chart by now is not from the future on a laptop whose clock is %s', (_what, shown, now) => {
    const { at, clock } = laptop(shown);
    clock.hear(TOLD);
    at.steady += 5_000;
    expect(clock.notBefore(new Date(shown))).toBe(now);
  });

  test.each([
    ['awake', 20_000, 20_000, 20_000],
    ['asleep, where the steady clock stands still', 300_000, 2_000, 300_000],
    ['set back meanwhile', -540_000, 40_000, 40_000],
  ])('a stopwatch tells the longer of what both clocks show: %s', (_what, wall, steady, told) => {
    const { at, clock } = laptop('2026-11-28T10:00:00.000Z');
    const passed = clock.stopwatch();
    at.wall += wall;
    at.steady += steady;
    expect(passed()).toBe(told);
  });
});
