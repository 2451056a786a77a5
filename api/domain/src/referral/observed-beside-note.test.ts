/** What an office is seen to do while a note that is not its own stands with it: nobody tells of it a second time once that is taken off. */
import { describe, expect, test } from 'vitest';
import { due } from '../sla/due.ts';
import { defaultPolicy } from '../sla/policy.ts';
import type { ObservedFact } from './observe.ts';
import { statusOf } from './status.ts';
import { act, type History, inChart, minute } from './test-care.ts';

const policy = defaultPolicy({ timeZone: 'UTC', opens: 8, closes: 17, holidays: [] });
type Own = 'received' | 'accepted' | 'work-begun';

const sent = (): History => {
  const history = inChart();
  act(history, { type: 'send', transmissionId: 't', channel: 'fax' }, 1);
  return history;
};
const note = (history: History, reportId: string, at: number, form: 'interim' | 'final' = 'final') => {
  const document = { type: 'DocumentReference', id: reportId };
  const fact = { kind: 'report', attempt: 1, reportId, form, document, fromNpi: null, matched: true } as const;
  return history.see({ ...fact, at: minute(at), key: `note/${reportId}` }, at);
};
const sees = (history: History, kind: Own, at: number, version = `Task/t/${at}`, seenAt = at) =>
  history.see({ kind, attempt: 1, at: minute(at), key: version } as ObservedFact, seenAt).map(({ fact, effectiveAt, factKey }) => ({
    type: fact.type,
    at: effectiveAt,
    key: factKey,
  }));
const unlink = (history: History, reportId: string, at: number) =>
  history.ask({ type: 'unlink-report', reportId, because: 'other-patient', reason: 'Of a namesake' }, at);
const work = ({ referral }: History) => referral.attempts[0]?.work;

describe('an office is seen to come to a stage that a note alone has it past', () => {
  test.each([
    ['received', 'attempt-received', 'received', 'answer'],
    ['accepted', 'attempt-accepted', 'accepted', 'book'],
    ['work-begun', 'work-begun', 'in-progress', 'book'],
  ] as const)(
    '%s: on record once, when they did; the note has it further on, and once that is off it stands',
    (kind, type, status, owed) => {
      const history = sent();
      note(history, 'wrong', 10);
      expect(sees(history, kind, 12, 'Task/t/2', 15)).toEqual([{ type, at: minute(12), key: 'Task/t/2' }]);
      expect([work(history)?.status, statusOf(history.referral)]).toEqual(['completed', 'reported']);
      expect(sees(history, kind, 12, 'Task/t/2', 16), 'the same version').toEqual([]);
      expect(sees(history, kind, 13, 'Task/t/3', 17), 'another version that says the same').toEqual([]);
      unlink(history, 'wrong', 20);
      expect(work(history)).toEqual({ status, since: minute(12) });
      expect(due(history.referral, policy, minute(21)).map((each) => each.kind)).toContain(owed);
      expect(sees(history, kind, 12, 'Task/t/4', 22), 'nor after it').toEqual([]);
    },
  );

  test('an interim note that is off: accepted since they said so', () => {
    const history = sent();
    note(history, 'wrong', 10, 'interim');
    sees(history, 'accepted', 12);
    expect([work(history)?.status, history.referral.attempts[0]?.acceptedAt]).toEqual(['seen', minute(12)]);
    unlink(history, 'wrong', 20);
    expect([work(history)?.status, history.referral.attempts[0]?.acceptedAt]).toEqual(['accepted', minute(12)]);
  });

  test('that it came before the note or after it is all the same once that is off', () => {
    const [before, after] = [sent(), sent()];
    sees(before, 'accepted', 5, 'Task/t/2', 5);
    note(before, 'wrong', 10);
    note(after, 'wrong', 4);
    sees(after, 'accepted', 5, 'Task/t/2', 5);
    for (const history of [before, after]) unlink(history, 'wrong', 20);
    expect(after.referral.attempts[0]?.work).toEqual(before.referral.attempts[0]?.work);
    expect(after.referral.attempts[0]?.acceptedAt).toBe(before.referral.attempts[0]?.acceptedAt);
  });

  test('another note that stays has it where that shows it', () => {
    const history = sent();
    note(history, 'wrong', 10);
    note(history, 'right', 11);
    sees(history, 'accepted', 12);
    unlink(history, 'wrong', 20);
    expect([work(history)?.status, history.referral.attempts[0]?.acceptedAt]).toEqual(['completed', minute(12)]);
    unlink(history, 'right', 21);
    expect(work(history)).toEqual({ status: 'accepted', since: minute(12) });
  });
});

describe('what is past by more than a note makes no event', () => {
  test.each<[string, (history: History) => void]>([
    ['they accepted before the note', (history) => sees(history, 'accepted', 5)],
    [
      'they booked while it stood',
      (history) => {
        note(history, 'interim', 6, 'interim');
        const fact = { kind: 'appointment', attempt: 1, appointmentId: 'a', startsAt: minute(60), status: 'booked' } as const;
        history.see({ ...fact, at: minute(7), key: 'Appointment/a/1' }, 7);
      },
    ],
  ])('%s', (_name, before) => {
    const history = sent();
    before(history);
    note(history, 'wrong', 10);
    expect([...sees(history, 'received', 12), ...sees(history, 'accepted', 13)]).toEqual([]);
  });

  test('nor does a stage before one that is on record by now', () => {
    const history = sent();
    note(history, 'wrong', 10);
    sees(history, 'work-begun', 12);
    expect([...sees(history, 'accepted', 13), ...sees(history, 'received', 14)]).toEqual([]);
  });
});
