/** What only a note showed that was linked by mistake and taken off did not happen, in every table; what somebody told, or another note shows, did. */
import { type History, inChart, minute } from '@refloop/domain/referral/test-care';
import { expect, test } from 'vitest';
import { flatten } from './input-event.ts';
import { createPseudonyms } from './pseudonym.ts';
import { openCore } from './test-core.ts';
import { historyOf, TEST_KEY } from './test-histories.ts';

const DAY = 1440;

const comes = (history: History, reportId: string, day: number, form: 'final' | 'interim' = 'final') =>
  history.see(
    {
      kind: 'report',
      attempt: 1,
      reportId,
      form,
      document: { type: 'DocumentReference', id: reportId },
      fromNpi: null,
      matched: true,
      at: minute(day * DAY),
      key: reportId,
    },
    day * DAY,
  );
const off = (history: History, reportId: string, day: number) =>
  history.ask({ type: 'unlink-report', reportId, because: 'other-patient', reason: 'Of a namesake' }, day * DAY);
const review = (history: History, reportId: string, day: number) => history.ask({ type: 'review-report', reportId }, day * DAY);
const sent = (history: History, day: number) =>
  history.ask({ type: 'send', attempt: 1, transmissionId: 't', channel: 'fax', at: minute(day * DAY) }, day * DAY);
const accepted = (history: History, day: number) => history.ask({ type: 'accept', attempt: 1, at: minute(day * DAY) }, day * DAY);
/** On the first day, and told on this one. */
const visited = (history: History, day: number) => {
  const seenBy = { npi: null, nucc: null, network: 'in' } as const;
  history.see({ kind: 'visit', attempt: 1, seenBy, evidence: 'claim', at: minute(DAY / 2), key: 'claim' }, day * DAY);
};
/** For a day after that. */
const booked = (history: History, day: number) =>
  history.ask({ type: 'schedule', attempt: 1, appointmentId: 'a', startsAt: minute(day * DAY + DAY), at: minute(day * DAY) }, day * DAY);

type Expected = {
  /** By which day it was known to be sent, accepted and seen, how often, by which day the note came, and on which the loop closed. */
  stages: [sent: string | null, accepted: string | null, seen: string | null, visits: number, note: string | null, closed: string | null];
  unseen: string;
  appointment?: string;
};

const CASES: [string, (history: History) => void, Expected][] = [
  [
    'a note that stands',
    (history) => {
      comes(history, 'n', 1);
      review(history, 'n', 2);
    },
    { stages: ['11-25', '11-25', '11-25', 1, '11-25', '11-26'], unseen: 'wait-too-long' },
  ],
  [
    'taken off, of an office that never said a word',
    (history) => {
      comes(history, 'n', 1);
      review(history, 'n', 2);
      off(history, 'n', 3);
    },
    { stages: [null, null, null, 0, null, null], unseen: 'not-sent' },
  ],
  [
    'taken off, of one that was sent it: nobody answered',
    (history) => {
      sent(history, 0);
      comes(history, 'n', 1);
      off(history, 'n', 3);
    },
    { stages: ['11-24', null, null, 0, null, null], unseen: 'no-answer' },
  ],
  [
    'taken off, of one that had accepted and booked: the visit was not kept by it',
    (history) => {
      sent(history, 0);
      accepted(history, 0);
      booked(history, 0);
      comes(history, 'n', 1);
      off(history, 'n', 3);
    },
    { stages: ['11-24', '11-24', null, 0, null, null], unseen: 'unknown', appointment: 'open' },
  ],
  [
    'taken off, and the visit was told besides',
    (history) => {
      sent(history, 0);
      comes(history, 'n', 1);
      visited(history, 2);
      off(history, 'n', 3);
    },
    { stages: ['11-24', '11-26', '11-24', 1, null, null], unseen: 'wait-too-long' },
  ],
  [
    'taken off, of an office that never said a word, and the visit was told besides: known since that was',
    (history) => {
      comes(history, 'n', 1);
      visited(history, 2);
      off(history, 'n', 3);
    },
    { stages: ['11-26', '11-26', '11-24', 1, null, null], unseen: 'wait-too-long' },
  ],
  [
    'taken off, and another stands: known since that was linked',
    (history) => {
      comes(history, 'n', 1);
      comes(history, 'm', 2);
      off(history, 'n', 3);
      review(history, 'm', 4);
    },
    { stages: ['11-26', '11-26', '11-26', 1, '11-26', '11-28'], unseen: 'wait-too-long' },
  ],
  [
    'taken off, and an interim one stands: it shows no visit',
    (history) => {
      comes(history, 'n', 1);
      comes(history, 'm', 2, 'interim');
      off(history, 'n', 3);
    },
    { stages: ['11-26', '11-26', null, 0, null, null], unseen: 'no-outreach' },
  ],
  [
    'taken off, and linked again: since then',
    (history) => {
      comes(history, 'n', 1);
      off(history, 'n', 3);
      history.ask({ type: 'match-report', reportId: 'n', attempt: 1 }, 5 * DAY);
    },
    { stages: ['11-29', '11-29', '11-29', 1, '11-25', null], unseen: 'wait-too-long' },
  ],
];

const day = (column: string): string => `strftime(${column}, '%m-%d') as ${column}`;

test('every table says the same of each stage', async () => {
  const pseudonyms = createPseudonyms(TEST_KEY);
  const histories = CASES.map(([name, tell]) => {
    const history = inChart();
    tell(history);
    return { name, ...historyOf(name, history.events) };
  });
  const nameOf = new Map(histories.map((history) => [pseudonyms.referral(history, history.referralId), history.name]));
  const core = await openCore(histories.flatMap((history) => flatten(history, pseudonyms)));
  try {
    const rows = await core.query.run(
      `select referral, ${['sent_by', 'accepted_by', 'seen_by', 'note_by', 'closed_on', 'asked_seen_by'].map(day).join(', ')}, visits, unseen_cause,
         attempt.stages, appointment.outcome, sent_on, accepted_on
       from core__referral
       inner join core__loss using (referral)
       left join (
         select referral, list_value(${['sent_by', 'answered_by', 'seen_by', 'note_by'].map((name) => `strftime(${name}, '%m-%d')`).join(', ')}) as stages
         from core__attempt
       ) as attempt using (referral)
       left join core__appointment as appointment using (referral)`,
    );
    const found = Object.fromEntries(
      rows.map((row) => {
        const [sentBy, acceptedBy, seenBy, noteBy] = ['sent_by', 'accepted_by', 'seen_by', 'note_by'].map(
          (name) => row[name] as string | null,
        );
        return [
          nameOf.get(String(row['referral'])),
          {
            stages: [sentBy, acceptedBy, seenBy, row['visits'], noteBy, row['closed_on']],
            ofAttempt: row['stages'],
            askedSeenBy: row['asked_seen_by'],
            unseen: row['unseen_cause'],
            appointment: row['outcome'],
          },
        ];
      }),
    );
    expect(found).toEqual(
      Object.fromEntries(
        CASES.map(([name, , { stages, unseen, appointment = null }]) => {
          const [sentBy, acceptedBy, seenBy, , noteBy] = stages;
          return [name, { stages, ofAttempt: [sentBy, acceptedBy, seenBy, noteBy], askedSeenBy: seenBy, unseen, appointment }];
        }),
      ),
    );
  } finally {
    core.close();
  }
});
