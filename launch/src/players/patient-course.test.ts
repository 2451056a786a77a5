/** What played patients do, over many seeds: what their page allows, as often as the rates say, and the same by the same seed. */
import { CANCELLED_BY_PATIENT_SHARE, PATIENT_DECLINES_SHARE, RATED_SHARE } from '@refloop/domain/practice/rates';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextAct } from './course.ts';
import { cancelsAt, choice, type Page, readAt, stopsAfter } from './patient-course.ts';
import { certainlyCame, personKey, sameName } from './visit.ts';

const WHO = { patient: 'Doe, Jo', referral: '+15105550123/Doe, Jo' };
const CAME = new Date('2026-12-01T16:00:00.000Z');
const STARTS = '2026-12-10T15:00:00.000Z';
const MANY = 800;
const page = (more: Partial<Page>): Page => ({ stage: 'asking', acts: [], dates: [], appointment: null, ...more });
const draw = (shown: Page) => Array.from({ length: MANY }, (_, number) => choice(`seed-${number}`, WHO, shown));
const shareOf = (list: readonly unknown[]): number => list.filter((each) => each !== undefined).length / MANY;
/** Four standard errors of a share among so many. */
const near = (share: number): number => 4 * Math.sqrt((share * (1 - share)) / MANY);

const anyPage = fc.record({
  stage: fc.constantFrom('to-ask', 'asking', 'to-book', 'booked', 'past', 'missed', 'seen', 'looking', 'advice'),
  acts: fc.subarray(['book', 'cancel', 'other-date', 'seen', 'rate', 'decline']),
  dates: fc.subarray([STARTS, '2026-12-11T15:00:00.000Z', '2026-12-14T15:00:00.000Z']),
  appointment: fc.constantFrom(null, { startsAt: STARTS }),
});

test('only what the page offers is done, only a date that stands there is taken, and the same seed does the same', () => {
  fc.assert(
    fc.property(fc.string(), anyPage, (seed, shown) => {
      const chosen = choice(seed, WHO, shown);
      expect(choice(seed, WHO, shown)).toEqual(chosen);
      if (!chosen) return;
      expect(shown.acts).toContain(chosen.act);
      if (chosen.act === 'book') expect(shown.dates).toContain(chosen.startsAt);
    }),
  );
});

test('as often as the rates say: declined, rated, called off', () => {
  expect(Math.abs(shareOf(draw(page({ acts: ['decline'] }))) - PATIENT_DECLINES_SHARE)).toBeLessThan(near(PATIENT_DECLINES_SHARE));
  expect(Math.abs(shareOf(draw(page({ stage: 'seen', acts: ['rate'] }))) - RATED_SHARE)).toBeLessThan(near(RATED_SHARE));
  const cancels = Array.from({ length: MANY }, (_, number) => cancelsAt(`seed-${number}`, WHO.referral, new Date(STARTS), CAME));
  expect(Math.abs(shareOf(cancels) - CANCELLED_BY_PATIENT_SHARE)).toBeLessThan(near(CANCELLED_BY_PATIENT_SHARE));
  for (const at of cancels) if (at) expect(at >= CAME && at < new Date(STARTS)).toBe(true);
});

test('a text is read after it came or never, and few write STOP', () => {
  const seeds = Array.from({ length: MANY }, (_, number) => `seed-${number}`);
  for (const seed of seeds) expect((readAt(seed, 'text', CAME) ?? CAME) >= CAME).toBe(true);
  const stopping = seeds.filter((seed) => stopsAfter(seed, 'text')).length / MANY;
  expect(stopping).toBeGreaterThan(0);
  expect(stopping).toBeLessThan(0.06);
});

test('who is told by the office to have stayed away never says that they were there', () => {
  let missed = 0;
  for (let number = 0; number < 4000; number += 1) {
    const seed = `seed-${number}`;
    const startsAt = new Date(STARTS);
    const request = { key: `order-${number}`, specialty: 'cardiology', urgency: 'routine', patient: 'Jo Doe' } as const;
    if (nextAct(seed, request, { stage: 'booked', since: new Date('2026-10-01T15:00:00.000Z'), startsAt })?.act !== 'no-show') continue;
    missed += 1;
    expect(choice(seed, WHO, page({ stage: 'past', acts: ['seen'], appointment: { startsAt: STARTS } }))).toBeUndefined();
    expect(certainlyCame(seed, 'Doe, Jo', startsAt)).toBe(false);
  }
  expect(missed).toBeGreaterThan(100);
});

test('a name is the same person’s however it is written', () => {
  expect(personKey('Sato, Raymond')).toBe(personKey('Raymond  Sato'));
  expect(sameName('Raymond Sato', 'Sato, Rae')).toBe(false);
});
