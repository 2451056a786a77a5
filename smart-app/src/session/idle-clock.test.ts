import { describe, expect, test } from 'vitest';
import { idleState, pingDue } from './idle-clock.ts';

const limits = { idleSeconds: 900, warnSeconds: 60, expiresAt: 10_000_000 };

describe('the idle clock', () => {
  test.each([
    ['just active', 0, { kind: 'active' }],
    ['a second before the warning', 839_000, { kind: 'active' }],
    ['at the warning', 840_000, { kind: 'warning', secondsLeft: 60 }],
    ['in the last second', 899_500, { kind: 'warning', secondsLeft: 1 }],
    ['at the end', 900_000, { kind: 'ended', why: 'idle' }],
    ['long after, as when a laptop wakes up', 5_000_000, { kind: 'ended', why: 'idle' }],
  ])('%s', (_when, now, state) => {
    expect(idleState(limits, 0, now)).toEqual(state);
  });

  test('activity starts it again', () => {
    expect(idleState(limits, 800_000, 1_000_000)).toEqual({ kind: 'active' });
  });

  test('the longest life ends it however active the person is, with a warning before', () => {
    expect(idleState(limits, 9_999_000, 9_980_000)).toEqual({ kind: 'warning', secondsLeft: 20 });
    expect(idleState(limits, 9_999_999, 10_000_000)).toEqual({ kind: 'ended', why: 'expired' });
  });

  test('the server hears of activity at most every 30 s, and never without any', () => {
    expect(pingDue(limits, 0, 10_000, 20_000)).toBe(false);
    expect(pingDue(limits, 0, 10_000, 30_000)).toBe(true);
    expect(pingDue(limits, 30_000, 10_000, 90_000)).toBe(false);
    expect(pingDue({ ...limits, idleSeconds: 12 }, 0, 2_000, 3_000)).toBe(true);
  });
});
