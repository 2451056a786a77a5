import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flatten } from './input-event.ts';
import type { DrillPart } from './metric-result.ts';
import { performanceIds, readPerformance } from './performance-definition.ts';
import { createPseudonyms } from './pseudonym.ts';
import { defineAttempts, drillIntoPerformance, runPerformance } from './run-performance.ts';
import { type Core, type CoreRow, emptyCore, openCore, putReferrals, putRows } from './test-core.ts';
import { seenHistory, TEST_KEY } from './test-histories.ts';

/** A Monday. The Thursday before is a holiday. */
const MOMENT = { asOf: '2026-11-30T00:00:00.000Z', snapshot: 'test' };
const NPI = '2990000018';

let core: Core;
beforeAll(async () => {
  core = await openCore();
});
afterAll(() => core?.close());

type Told = { attempt?: CoreRow; referral?: CoreRow };

async function put(rows: readonly Told[]): Promise<void> {
  await emptyCore(core);
  await putReferrals(
    core.query,
    rows.map(({ referral }, at) => ({ referral: `r${at}`, ordered_on: '2026-01-05', miles: 3, ...referral })),
  );
  await putRows(
    core.query,
    'core__attempt',
    rows.map(({ attempt }, at) => ({ referral: `r${at}`, attempt: 1, opened_at: 1, performer: NPI, network: 'in', ...attempt })),
  );
}

async function judged(measure: string, told: Told): Promise<unknown> {
  await put([told]);
  await defineAttempts(core.query, readPerformance(measure), { measure, scope: null }, MOMENT);
  const [row] = await core.query.run('select why, outcome from judged');
  return row?.['why'] ?? row?.['outcome'];
}

/** Sent on Monday 2 November; ten business days later is Monday the 16th. */
const SENT = { sent_on: '2026-11-02', sent_by: '2026-11-02' };
const accepted = (day: string, known: string | null = day): CoreRow => ({ answer: 'accepted', answered_on: known, answered_by: day });
const declined = (day: string): CoreRow => ({ answer: 'declined', answered_on: day, answered_by: day });
const ended = (how: string, day: string): CoreRow => ({ ended_how: how, ended_on: day });

describe('accepted', () => {
  test.each([
    ['at once', { attempt: { ...SENT, ...accepted('2026-11-02') } }, 1],
    ['on the last day', { attempt: { ...SENT, ...accepted('2026-11-16') } }, 1],
    ['a day late', { attempt: { ...SENT, ...accepted('2026-11-17') } }, 0],
    ['declined', { attempt: { ...SENT, ...declined('2026-11-03') } }, 0],
    ['no answer', { attempt: SENT }, 0],
    ['taken back when it was due', { attempt: { ...SENT, taken_back_by: '2026-11-16' } }, 0],
    ['taken back before', { attempt: { ...SENT, taken_back_by: '2026-11-13' } }, 'taken-back'],
    ['the patient died before', { attempt: SENT, referral: ended('died', '2026-11-10') }, 'taken-back'],
    ['it expired before: nobody took it back', { attempt: SENT, referral: ended('expired', '2026-11-10') }, 0],
    ['taken back after a yes in time', { attempt: { ...SENT, ...accepted('2026-11-03'), taken_back_by: '2026-11-05' } }, 1],
    ['a yes in time, of no certain day', { attempt: { ...SENT, ...accepted('2026-11-10', null) } }, 1],
    ['a yes of no certain day, heard of late', { attempt: { ...SENT, ...accepted('2026-11-20', null) } }, 'undated'],
    // Friday the 13th; the tenth business day is Monday the 30th, since Thanksgiving is none.
    ['too young', { attempt: { sent_on: '2026-11-13', ...accepted('2026-11-16') } }, 'too-young'],
    ['just old enough', { attempt: { sent_on: '2026-11-12', ...accepted('2026-11-16') } }, 1],
    ['never sent', { attempt: {} }, 'not-sent'],
    ['no NPI', { attempt: { ...SENT, performer: null } }, 'no-npi'],
    ['no order in the chart', { attempt: SENT, referral: { was_active: false } }, 'not-in-chart'],
    // From Saturday the 31st on the count begins with Monday.
    ['sent at the weekend', { attempt: { sent_on: '2026-10-31', ...accepted('2026-11-16') } }, 1],
  ] as [string, Told, unknown][])('%s', async (_, told, expected) => {
    expect(await judged('acceptance', told)).toBe(expected);
  });
});

describe('days to an answer', () => {
  test.each([
    ['a yes', { attempt: { ...SENT, ...accepted('2026-11-05') } }, 3],
    ['a no', { attempt: { ...SENT, ...declined('2026-11-02') } }, 0],
    ['over the weekend', { attempt: { ...SENT, ...declined('2026-11-09') } }, 7],
    ['too late to count', { attempt: { ...SENT, ...declined('2026-11-17') } }, 'no-answer'],
    ['none', { attempt: SENT }, 'no-answer'],
    ['on no certain day', { attempt: { ...SENT, ...accepted('2026-11-05', null) } }, 'undated'],
    ['before it was sent', { attempt: { ...SENT, ...accepted('2026-11-01') } }, 'undated'],
    ['too young', { attempt: { sent_on: '2026-11-13', ...accepted('2026-11-16') } }, 'too-young'],
  ] as [string, Told, unknown][])('%s', async (_, told, expected) => {
    expect(await judged('days_to_answer', told)).toBe(expected);
  });
});

/** 180 days before the snapshot is 3 June. */
const OLD = { sent_on: '2026-06-02', sent_by: '2026-06-02', ...accepted('2026-06-03') };

describe('seen', () => {
  test.each([
    ['in time', { attempt: { ...OLD, seen_on: '2026-11-29', seen_by: '2026-11-29' } }, 1],
    ['a day late', { attempt: { ...OLD, seen_on: '2026-11-30', seen_by: '2026-11-30' } }, 0],
    ['on no certain day, known in time', { attempt: { ...OLD, seen_by: '2026-10-01' } }, 1],
    ['never', { attempt: OLD }, 0],
    ['never, since the patient declined', { attempt: OLD, referral: ended('patient-declined', '2026-07-01') }, 0],
    ['never, since it was cancelled', { attempt: OLD, referral: ended('cancelled', '2026-07-01') }, 'taken-back'],
    ['never, cancelled when it was too late anyway', { attempt: OLD, referral: ended('cancelled', '2026-11-29') }, 0],
    ['and cancelled afterwards', { attempt: { ...OLD, seen_by: '2026-07-01' }, referral: ended('cancelled', '2026-07-02') }, 1],
    ['declined', { attempt: { ...OLD, ...declined('2026-06-03') } }, 'not-accepted'],
    ['too young', { attempt: { ...OLD, sent_on: '2026-06-03' } }, 'too-young'],
    ['advice alone', { attempt: OLD, referral: { service: 'e-consult' } }, 'no-visit-asked'],
  ] as [string, Told, unknown][])('%s', async (_, told, expected) => {
    expect(await judged('seen', told)).toBe(expected);
  });
});

/** Seen on Monday 2 November; five business days later is Monday the 9th. */
const SEEN = { ...OLD, seen_on: '2026-11-02', seen_by: '2026-11-02' };
const noted = (day: string, known: string | null = day): CoreRow => ({ note_on: known, note_by: day });

describe('notes', () => {
  test.each([
    ['in time', 'note_return', { attempt: { ...SEEN, ...noted('2026-11-09') } }, 1],
    ['a day late', 'note_return', { attempt: { ...SEEN, ...noted('2026-11-10') } }, 0],
    ['none', 'note_return', { attempt: SEEN }, 0],
    ['of a visit without a day', 'note_return', { attempt: { ...SEEN, seen_on: null, ...noted('2026-11-03') } }, 'undated'],
    ['before the visit', 'note_return', { attempt: { ...SEEN, ...noted('2026-11-01') } }, 'undated'],
    ['on the day of the visit', 'note_return', { attempt: { ...SEEN, ...noted('2026-11-02') } }, 1],
    ['not seen', 'note_return', { attempt: OLD }, 'not-seen'],
    // Friday the 20th, Thanksgiving between: the fifth business day is Monday the 30th.
    ['too young', 'note_return', { attempt: { ...SEEN, seen_on: '2026-11-20', ...noted('2026-11-21') } }, 'too-young'],
    ['just old enough', 'note_return', { attempt: { ...SEEN, seen_on: '2026-11-19', ...noted('2026-11-21') } }, 1],
    ['days', 'days_to_note', { attempt: { ...SEEN, seen_on: '2026-09-01', ...noted('2026-09-11') } }, 10],
    ['after 60 days', 'days_to_note', { attempt: { ...SEEN, seen_on: '2026-09-01', ...noted('2026-10-31') } }, 60],
    ['later than that', 'days_to_note', { attempt: { ...SEEN, seen_on: '2026-09-01', ...noted('2026-11-01') } }, 'no-note'],
    ['on no certain day', 'days_to_note', { attempt: { ...SEEN, seen_on: '2026-09-01', ...noted('2026-09-11', null) } }, 'undated'],
    ['before the visit', 'days_to_note', { attempt: { ...SEEN, seen_on: '2026-09-12', ...noted('2026-09-11') } }, 'undated'],
    ['seen 60 days ago', 'days_to_note', { attempt: { ...SEEN, seen_on: '2026-10-01', ...noted('2026-10-05') } }, 'too-young'],
  ] as [string, string, Told, unknown][])('%s: %s', async (_, measure, told, expected) => {
    expect(await judged(measure, told)).toBe(expected);
  });
});

describe('days to the first appointment', () => {
  const booked = (by: string, on: string | null): CoreRow => ({ booked_by: by, appointment_on: on });
  test.each([
    ['counted to the day it was booked for', { attempt: { ...OLD, ...booked('2026-06-10', '2026-08-01') } }, 60],
    ['beyond the snapshot', { attempt: { ...OLD, ...booked('2026-06-10', '2026-12-10') } }, 191],
    ['booked on the last day', { attempt: { ...OLD, ...booked('2026-08-31', '2026-09-02') } }, 92],
    ['booked too late', { attempt: { ...OLD, ...booked('2026-09-01', '2026-09-02') } }, 'not-booked'],
    ['never', { attempt: OLD }, 'not-booked'],
    ['dated before the sending', { attempt: { ...OLD, ...booked('2026-06-10', '2026-06-01') } }, 'undated'],
    ['too young', { attempt: { ...OLD, sent_on: '2026-09-01', ...booked('2026-09-02', '2026-09-09') } }, 'too-young'],
  ] as [string, Told, unknown][])('%s', async (_, told, expected) => {
    expect(await judged('days_to_appointment', told)).toBe(expected);
  });
});

const many = (count: number, told: Told): Told[] => Array.from({ length: count }, () => told);
const of = (npi: string, specialty: string, yes: number, no: number): Told[] => [
  ...many(yes, { attempt: { ...SENT, ...accepted('2026-11-03'), performer: npi }, referral: { specialty } }),
  ...many(no, { attempt: { ...SENT, ...declined('2026-11-03'), performer: npi }, referral: { specialty } }),
];

describe('asked for as a whole', () => {
  const ask = (filter = {}) => runPerformance(core.query, { measure: 'acceptance', scope: null, filter }, MOMENT);
  const rows = async (part: DrillPart, specialist: string | null, filter = {}): Promise<number> => {
    const question = { measure: 'acceptance', scope: null, specialist, specialty: null, part, limit: 5, filter };
    const { total, rows: shown } = await drillIntoPerformance(core.query, question, MOMENT);
    expect(shown.length).toBe(Math.min(5, total));
    return total;
  };

  beforeAll(async () => {
    await put([
      ...['1', '2', '3', '4', '5'].flatMap((each) => of(`299000000${each}`, 'cardiology', 36, 4)),
      ...of('2990000006', 'cardiology', 8, 32),
      ...of('2990000007', 'cardiology', 9, 0),
      ...of('2990000008', 'dermatology', 10, 10),
      { attempt: {} },
    ]);
  });

  test('who stands out is named, who has too few is not judged, and what is left out is told', async () => {
    const { specialists, chance, leftOut, specialties } = await ask();
    const verdicts = Object.fromEntries(specialists.map(({ specialist, numbers }) => [specialist.slice(-1), numbers?.verdict ?? null]));
    const alike = 'not-distinguishable';
    expect(verdicts).toEqual({ 1: alike, 2: alike, 3: alike, 4: alike, 5: alike, 6: 'worse', 7: null, 8: alike });
    expect(chance).toMatchObject({ compared: 6, flagged: 1, falseAtMost: 0.1 });
    expect(leftOut.filter(({ n }) => n > 0)).toEqual([{ why: 'not-sent', n: 1 }]);
    expect(specialists.find(({ specialist }) => specialist.endsWith('6'))).toMatchObject({
      n: 40,
      network: 'in',
      numbers: { observed: 8 },
    });
    expect(specialties.map(({ specialty, n, usual }) => [specialty, n, usual !== null])).toEqual([
      ['cardiology', 249, true],
      ['dermatology', 20, false],
    ]);
  });

  test('one specialty is a part of the same answer', async () => {
    const [all, one] = [await ask(), await ask({ specialty: 'cardiology' })];
    expect(one.specialists).toEqual(all.specialists.filter(({ specialty }) => specialty === 'cardiology'));
    expect(one.chance).toEqual(all.chance);
    expect(one.specialties).toHaveLength(1);
  });

  test('behind a specialist are their attempts', async () => {
    expect([await rows('denominator', '2990000006'), await rows('numerator', '2990000006'), await rows('excluded', null)]).toEqual([
      40, 8, 1,
    ]);
    expect(await rows('denominator', null, { specialty: 'dermatology' })).toBe(20);
    expect(await rows('denominator', "2990000006' or 'x' = 'x")).toBe(0);
  });
});

test('of events, an attempt knows when it was sent, answered, booked, seen and noted', async () => {
  const pseudonyms = createPseudonyms(TEST_KEY);
  const made = await openCore(flatten(seenHistory('r'), pseudonyms));
  try {
    const [row] = await made.query.run(`
      select
        attempt, answer, strftime(sent_on, '%m-%d') as sent, strftime(answered_on, '%m-%d') as answered,
        strftime(appointment_on, '%m-%d') as appointment, strftime(seen_on, '%m-%d') as seen, strftime(note_on, '%m-%d') as noted, taken_back_by
      from core__attempt
    `);
    const day = { sent: '11-24', answered: '11-24', appointment: '11-25', seen: '11-25', noted: '11-25' };
    expect(row).toEqual({ attempt: 1, answer: 'accepted', ...day, taken_back_by: null });
  } finally {
    made.close();
  }
});

test('no measure fails where there is nothing to count', async () => {
  await put([]);
  for (const measure of performanceIds()) {
    const answer = await runPerformance(core.query, { measure, scope: null }, MOMENT);
    expect([answer.specialists, answer.specialties, answer.chance.compared]).toEqual([[], [], 0]);
  }
});
