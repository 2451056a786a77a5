import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type MachineTime, mayStillArrive, SETTLED_AFTER_MILLISECONDS, settlesIn } from './settled.ts';

const SECOND = 1000;
const SENT = Date.parse('2026-11-20T10:00:00.000Z');
const instant = (milliseconds: number): string => new Date(milliseconds).toISOString();
const after = (seconds: number, sinceSetSeconds = Number.POSITIVE_INFINITY): MachineTime => ({
  at: instant(SENT + seconds * SECOND),
  sinceSet: sinceSetSeconds * SECOND,
});
const unheard = { attemptedAt: instant(SENT), outcome: { status: 'waiting' } } as const;
const refused = (seconds: number) =>
  ({ ...unheard, outcome: { status: 'refused', httpStatus: 403, detail: '', at: instant(SENT + seconds * SECOND) } }) as const;

describe('what was sent and not heard of may still arrive', () => {
  test.each([
    ['a minute is not over', after(59), true, 1],
    ['a minute is over', after(60), false, 0],
    ['by a clock that was set forward just now', after(540, 0), true, 60],
    ['by a clock that was set forward most of a minute ago', after(599, 59), true, 1],
    ['a minute after the clock was set', after(600, 60), false, 0],
    ['by a clock that was set back since', after(-480, 3600), true, 540],
    ['by a clock that nobody can read', { at: '', sinceSet: Number.POSITIVE_INFINITY }, true, Number.NaN],
    ['and nobody says when it was set', { ...after(600), sinceSet: Number.NaN }, true, Number.NaN],
  ] as const)('%s: %o', (_when, time, may, seconds) => {
    expect([mayStillArrive(unheard, time), settlesIn(unheard, time)]).toEqual([may, seconds * SECOND]);
  });

  test('but not what was never sent, nor what the EHR refused, however the clock was set', () => {
    expect(mayStillArrive({ ...unheard, attemptedAt: null }, after(1, 0))).toBe(false);
    expect(mayStillArrive(refused(2), after(3, 0))).toBe(false);
    expect(mayStillArrive(refused(-2), after(3)), 'refused before it was sent again').toBe(true);
  });

  test('however often the clock is set, nothing is settled before a minute has truly passed, and where it was not, it is then', () => {
    const settings = fc.array(fc.record({ at: fc.integer({ min: 0, max: 300_000 }), by: fc.integer({ min: -600_000, max: 600_000 }) }));
    fc.assert(
      fc.property(settings, fc.integer({ min: 0, max: 300_000 }), (set, passed) => {
        const before = set.filter(({ at }) => at <= passed);
        const shown = before.reduce((sum, { by }) => sum + by, SENT + passed);
        const sinceSet = passed - Math.max(Number.NEGATIVE_INFINITY, ...before.map(({ at }) => at));
        fc.pre(passed < SETTLED_AFTER_MILLISECONDS || before.length === 0);
        expect(mayStillArrive(unheard, { at: instant(shown), sinceSet })).toBe(passed < SETTLED_AFTER_MILLISECONDS);
      }),
    );
  });
});
