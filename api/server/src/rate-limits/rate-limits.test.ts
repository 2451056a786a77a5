import { beforeEach, describe, expect, test } from 'vitest';
import { LIMITS, type LimitName } from './limits.ts';
import { createRateLimits, type RateLimits } from './rate-limits.ts';

let at: number;
let limits: RateLimits;

beforeEach(() => {
  at = Date.parse('2026-11-20T10:00:00.000Z');
  limits = createRateLimits(() => new Date(at));
});

/** How many of so many are let through. */
const through = (name: LimitName, key: string, tries: number): number =>
  Array.from({ length: tries }, () => limits.take(name, key)).filter((refusal) => refusal === undefined).length;

describe.each(Object.keys(LIMITS) as LimitName[])('%s', (name) => {
  const { burst, perSecond, reason } = LIMITS[name];

  test('lets its burst through, then so many a second, and says truly when to come again', () => {
    expect(through(name, 'a', burst + 50)).toBe(burst);
    const refusal = limits.take(name, 'a');
    expect(refusal).toMatchObject({ refused: 'too-many-requests', retryAfterSeconds: 1 });
    at += 1000;
    expect(through(name, 'a', burst)).toBe(perSecond);
    at += (burst / perSecond) * 1000;
    expect(through(name, 'a', burst + 50)).toBe(burst);
  });

  test('counts each caller alone', () => {
    through(name, 'a', burst + 1);
    expect(through(name, 'b', burst)).toBe(burst);
  });

  test('has a reason', () => {
    expect(reason.length).toBeGreaterThan(50);
  });
});

test('refused sign-ins weigh ten, and however many there were, the wait ends', () => {
  for (let turn = 0; turn < 10; turn += 1) {
    expect(limits.take('sign-in', 'a')).toBeUndefined();
    limits.refused('sign-in', 'a');
  }
  expect(limits.take('sign-in', 'a')).toMatchObject({ retryAfterSeconds: 1 });
  for (let turn = 0; turn < 1000; turn += 1) limits.refused('sign-in', 'a');
  const wait = limits.take('sign-in', 'a')?.retryAfterSeconds ?? 0;
  expect(wait).toBe(Math.ceil((LIMITS['sign-in'].burst + 1) / LIMITS['sign-in'].perSecond));
  at += wait * 1000;
  expect(limits.take('sign-in', 'a')).toBeUndefined();
});

test('a clock that is set back neither fills nor locks anything for good', () => {
  through('user', 'a', LIMITS.user.burst);
  at -= 3_600_000;
  expect(limits.take('user', 'a')).toMatchObject({ retryAfterSeconds: 1 });
  at += 3_600_000 + 1000;
  expect(limits.take('user', 'a')).toBeUndefined();
});

test('a session is known for an hour', () => {
  limits.know('one');
  expect([limits.knows('one'), limits.knows('two')]).toEqual([true, false]);
  at += 3_600_000;
  expect(limits.knows('one')).toBe(false);
});

test('fifty thousand callers are counted at once: one more, and whoever asked longest ago is forgotten, so that made-up ones take no more memory', () => {
  through('address', 'first', LIMITS.address.burst);
  through('address', 'hospital', LIMITS.address.burst);
  for (let caller = 0; caller < 49_998; caller += 1) limits.take('address', `made-up-${caller}`);
  expect([limits.take('address', 'first'), limits.take('address', 'hospital')]).toEqual([expect.anything(), expect.anything()]);
  for (let caller = 0; caller < 49_999; caller += 1) limits.take('address', `another-${caller}`);
  expect(limits.take('address', 'hospital')).toMatchObject({ refused: 'too-many-requests' });
  expect(limits.take('address', 'first')).toBeUndefined();
});
