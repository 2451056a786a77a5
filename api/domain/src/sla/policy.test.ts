import { describe, expect, test } from 'vitest';
import { PACKET_VARIANTS } from '../packet/variant.ts';
import type { Setting } from '../referral/event.ts';
import type { Referral } from '../referral/referral.ts';
import { inChart } from '../referral/test-care.ts';
import type { BusinessCalendar } from './business-time.ts';
import { calendarFor, defaultPolicy, type LevelOverride, levelFor, type SlaPolicy } from './policy.ts';
import type { Span } from './service-levels.ts';

const calendar: BusinessCalendar = { timeZone: 'America/Chicago', opens: 8, closes: 17, holidays: [] };
const evening: BusinessCalendar = { ...calendar, opens: 12, closes: 21 };

const setting: Setting = { clinic: 'north', payer: 'aetna', zip3: null, miles: null, language: null };

function referralWith(of: Setting | null): Referral {
  const { referral } = inChart();
  if (referral.order.status !== 'active') throw new Error('Not active');
  return { ...referral, order: { ...referral.order, approval: { ...referral.order.approval, setting: of } } };
}

const hours = (count: number): Span => ({ hours: count, clock: 'wall' });
const override = (when: LevelOverride['when'], count: number): LevelOverride => ({
  when,
  kind: 'answer',
  within: { routine: hours(count) },
  because: 'Agreed.',
});

describe('the exception that says most holds', () => {
  test.each<[string, LevelOverride[], number | undefined]>([
    ['none', [], undefined],
    ['another payer’s', [override({ payer: 'cigna' }, 1)], undefined],
    ['the clinic’s', [override({ clinic: 'north' }, 1)], 1],
    ['the specialty’s before the clinic’s', [override({ specialty: 'cardiology' }, 2), override({ clinic: 'north' }, 1)], 2],
    ['the payer’s before the specialty’s', [override({ payer: 'aetna' }, 3), override({ specialty: 'cardiology' }, 2)], 3],
    ['two named before one', [override({ specialty: 'cardiology', clinic: 'north' }, 4), override({ payer: 'aetna' }, 3)], 4],
    ['one of two does not agree', [override({ payer: 'aetna', clinic: 'south' }, 5), override({ clinic: 'north' }, 1)], 1],
    ['of equals the later', [override({ clinic: 'north' }, 1), override({ clinic: 'north' }, 6)], 6],
    ['of another obligation', [{ ...override({ clinic: 'north' }, 1), kind: 'note' }], undefined],
  ])('%s', (_what, levelOverrides, expected) => {
    const policy: SlaPolicy = { ...defaultPolicy(calendar), levelOverrides };
    const { within } = levelFor(policy, 'answer', referralWith(setting));
    expect(within.routine).toEqual(expected === undefined ? { days: 2, clock: 'business' } : hours(expected));
    expect(within.urgent).toEqual(hours(48));
  });

  test('an order approved before its setting was kept agrees with no clinic and no payer', () => {
    const policy: SlaPolicy = { ...defaultPolicy(calendar), levelOverrides: [override({ clinic: 'north' }, 1)] };
    expect(levelFor(policy, 'answer', referralWith(null)).within.routine).toEqual({ days: 2, clock: 'business' });
  });
});

describe('the turnaround of a kind of packet (R116)', () => {
  const of = (more: Partial<Referral>): Referral => ({ ...referralWith(setting), ...more });
  const within = (more: Partial<Referral>, levelOverrides: LevelOverride[] = []) =>
    levelFor({ ...defaultPolicy(calendar), levelOverrides }, 'answer', of(more)).within;

  test.each(PACKET_VARIANTS.map((variant) => [variant.id, variant] as const))('of %s is when its answer is owed', (_, variant) => {
    const [specialty] = variant.specialties;
    const [service] = variant.services;
    expect(within({ ...(specialty ? { specialty } : {}), ...(service ? { service } : {}) })).toEqual(variant.answerWithin);
  });

  test('gives way to an exception that the site made, for the urgencies that it names', () => {
    const shorter = within({ specialty: 'psychiatry' }, [override({ specialty: 'psychiatry' }, 7)]);
    expect([shorter.routine, shorter.urgent]).toEqual([hours(7), hours(24)]);
  });

  test('is of the answer alone', () => {
    const policy = defaultPolicy(calendar);
    expect(levelFor(policy, 'note', of({ specialty: 'psychiatry' }))).toEqual(policy.levels.note);
  });
});

test('a clinic has its own hours', () => {
  const policy: SlaPolicy = { ...defaultPolicy(calendar), clinicCalendars: { north: evening } };
  expect(calendarFor(policy, referralWith(setting))).toBe(evening);
  expect(calendarFor(policy, referralWith({ ...setting, clinic: 'south' }))).toBe(calendar);
});
