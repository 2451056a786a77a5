/** What came of each booking, each side of each rule of core__appointment; and the business days of core__calendar. */
import { addBusinessDays } from '@refloop/domain/sla/business-time';
import { clinicHolidaysOf } from '@refloop/domain/sla/clinic-holidays';
import { describe, expect, test } from 'vitest';
import type { InputEvent } from './input-event.ts';
import { openCore, withCore } from './test-core.ts';

type Told = [type: string, on: string, more?: InputEvent];

const booked = (on: string, starts: string, appointment = 'a', attempt = 1): Told => [
  'appointment-booked',
  on,
  { appointment, attempt, starts_on: starts },
];
const of = (type: string, on: string, appointment: string | null = 'a', attempt = 1): Told => [type, on, { appointment, attempt }];
const missed = (on: string, appointment = 'a'): Told => of('appointment-missed', on, appointment);
const cancelled = (on: string, appointment = 'a'): Told => ['appointment-cancelled', on, { appointment, attempt: 1, detail: 'patient' }];
const seen = (on: string, appointment: string | null = 'a', attempt = 1): Told => of('patient-seen', on, appointment, attempt);

const CASES: [string, Told[], string[]][] = [
  ['nothing heard', [booked('2026-01-02', '2026-01-20')], ['open, lead 18']],
  ['kept by name', [booked('2026-01-02', '2026-01-20'), seen('2026-01-20')], ['kept, lead 18']],
  ['missed', [booked('2026-01-02', '2026-01-20'), missed('2026-01-20')], ['missed, lead 18']],
  ['missed, then told that it was kept', [booked('2026-01-02', '2026-01-20'), missed('2026-01-20'), seen('2026-01-21')], ['kept, lead 18']],
  [
    'missed, then cancelled: the last word',
    [booked('2026-01-02', '2026-01-20'), missed('2026-01-20'), cancelled('2026-01-21')],
    ['cancelled late, lead 18'],
  ],
  ['cancelled on the day before: late', [booked('2026-01-02', '2026-01-20'), cancelled('2026-01-19')], ['cancelled late, lead 18']],
  ['cancelled two days before: not late', [booked('2026-01-02', '2026-01-20'), cancelled('2026-01-18')], ['cancelled, lead 18']],
  [
    'another date takes its place',
    [booked('2026-01-02', '2026-01-20'), booked('2026-01-10', '2026-01-30', 'b')],
    ['moved, lead 18', 'open, lead 20'],
  ],
  [
    'the same appointment at another date',
    [booked('2026-01-02', '2026-01-20'), booked('2026-01-10', '2026-01-30'), missed('2026-01-30')],
    ['moved, lead 18', 'missed, lead 20'],
  ],
  [
    'missed, booked anew, kept: both count',
    [booked('2026-01-02', '2026-01-20'), missed('2026-01-20'), booked('2026-01-21', '2026-01-30'), seen('2026-01-30')],
    ['missed, lead 18', 'kept, lead 9'],
  ],
  ['a visit that names none keeps the last one booked', [booked('2026-01-02', '2026-01-20'), seen('2026-01-20', null)], ['kept, lead 18']],
  ['on the day before by UTC', [booked('2026-01-02', '2026-01-20'), seen('2026-01-19', null)], ['kept, lead 18']],
  ['two days before is another visit', [booked('2026-01-02', '2026-01-20'), seen('2026-01-18', null)], ['open, lead 18']],
  [
    'a visit that names none after a missed one keeps nothing',
    [booked('2026-01-02', '2026-01-20'), missed('2026-01-20'), seen('2026-01-25', null)],
    ['missed, lead 18'],
  ],
  ['with another specialist keeps nothing here', [booked('2026-01-02', '2026-01-20'), seen('2026-01-20', null, 2)], ['open, lead 18']],
  ['booked on the day: no lead', [booked('2026-01-20', '2026-01-20'), seen('2026-01-20')], ['kept, lead 0']],
  ['a booking told after its date has no lead', [booked('2026-01-21', '2026-01-20'), seen('2026-01-20')], ['kept, lead null']],
];

test('each booking comes to what was told of it', async () => {
  const events = CASES.flatMap(([name, told]) =>
    [
      ['referral-started', '2026-01-01', { specialty: 'cardiology', service: 'visit', urgency: 'routine' }] as Told,
      ['referral-approved', '2026-01-01', { attempt: 1 }] as Told,
      ...told,
    ].map(([type, on, more], at): InputEvent => ({ referral: name, sequence: at + 1, type, effective_on: on, recorded_on: on, ...more })),
  );
  const core = await openCore(events);
  const rows = await core.query.run('select * from core__appointment order by referral, sequence');
  core.close();
  const found = Map.groupBy(rows, ({ referral }) => String(referral));
  expect(
    CASES.map(([name]) => [
      name,
      (found.get(name) ?? []).map(
        (row) => `${String(row['outcome'])}${row['cancelled_late'] === true ? ' late' : ''}, lead ${String(row['lead_days'])}`,
      ),
    ]),
  ).toEqual(CASES.map(([name, , expected]) => [name, expected]));
});

describe('the calendar', () => {
  test('reckons business days as the domain does', async () => {
    const rows = await withCore((query) =>
      query.run(`
        select strftime(start.day, '%Y-%m-%d') as day, strftime(due.day, '%Y-%m-%d') as due
        from core__calendar as start
        inner join core__calendar as due on due.is_business_day and due.business_day_number = start.counts_from + 5
        where year(start.day) in (2024, 2026)
        order by start.day`),
    );
    const calendar = { timeZone: 'UTC', opens: 0, closes: 24, holidays: [2024, 2025, 2026, 2027].flatMap(clinicHolidaysOf) };
    expect(rows).toHaveLength(366 + 365);
    for (const { day, due } of rows)
      expect([day, due]).toEqual([day, addBusinessDays(`${String(day)}T00:00:00.000Z`, 5, calendar).slice(0, 10)]);
  });
});
