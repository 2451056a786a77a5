import { describe, expect, test } from 'vitest';
import type { Service } from '../referral/closure.ts';
import { ANOTHER, act, type History, inChart, minute } from '../referral/test-care.ts';
import { due } from './due.ts';
import { raise } from './escalate.ts';
import { defaultPolicy } from './policy.ts';

const policy = defaultPolicy({ timeZone: 'UTC', opens: 8, closes: 17, holidays: [] });
const DAY = 24 * 60;
/** When it is found that the note was linked by mistake, on a working day. */
const FOUND = 45 * DAY;

type Step = (history: History, at: number) => unknown;
const sent: Step = (history, at) => act(history, { type: 'send', transmissionId: `t${at}`, channel: 'fax' }, at);
const accepted: Step = (history, at) => act(history, { type: 'accept' }, at);
const seen: Step = (history, at) => act(history, { type: 'mark-seen', appointmentId: null }, at);
const declined: Step = (history, at) => act(history, { type: 'decline', reason: 'other' }, at);
const stopped: Step = (history, at) => act(history, { type: 'request-cancellation', reason: 'no-answer' }, at);
const rerouted: Step = (history, at) => history.ask({ type: 'reroute', performer: ANOTHER, because: 'no-answer' }, at);
const ended: Step = (history, at) => history.ask({ type: 'end', how: 'cancelled', reason: 'moved away' }, at);
const visited: Step = (history, at) => {
  const seenBy = { npi: null, nucc: null, network: 'in' } as const;
  history.see({ kind: 'visit', seenBy, evidence: 'claim', attempt: 1, at: minute(at), key: 'claim/1' }, at);
};
const noteOf =
  (attempt: number): Step =>
  (history, at) =>
    history.see(
      {
        kind: 'report',
        attempt,
        reportId: 'wrong',
        form: 'final',
        document: { type: 'Document', id: 'wrong' },
        fromNpi: null,
        matched: true,
        at: minute(at),
        key: 'inbound/wrong',
      },
      at,
    );
const read: Step = (history, at) => history.ask({ type: 'review-report', reportId: 'wrong' }, at);
const takenOff = (history: History, at: number) =>
  history.ask({ type: 'unlink-report', reportId: 'wrong', because: 'other-patient', reason: 'Of a namesake' }, at);

const after = (service: Service, ...steps: Step[]): History => {
  const history = inChart(service);
  for (const [at, step] of steps.entries()) expect(step(history, at + 1)).not.toMatchObject({ kind: expect.any(String) });
  return history;
};
const owed = ({ referral }: History, at: number) =>
  due(referral, policy, minute(at)).map(({ kind, about, since }) => ({ kind, about, since }));
const late = ({ referral }: History, at: number) =>
  due(referral, policy, minute(at)).filter((each) => each.dueAt <= minute(at) || (each.waitsSince ?? minute(at)) < minute(at));
/** Who is told at once: of any stage an office or its owner may be. */
const raised = ({ referral }: History, at: number) =>
  raise(referral, policy, [], minute(at)).map(({ fact }) => (fact.type === 'escalation-raised' ? fact.reach : ''));

describe('a note that had closed the loop is taken off: what anybody owes again has its whole time from then on', () => {
  test.each<[string, Service, Step[], string[]]>([
    [
      'who was asked next has taken it',
      'e-consult',
      [sent, stopped, rerouted, noteOf(1), read, sent, accepted],
      ['confirm-cancellation 1', 'note 2'],
    ],
    [
      'who was asked next declined',
      'imaging',
      [sent, stopped, rerouted, noteOf(1), sent, declined, read],
      ['confirm-cancellation 1', 'reroute 2'],
    ],
    [
      'who was asked first has seen them',
      'visit',
      [sent, stopped, visited, rerouted, sent, accepted, seen, noteOf(2), read],
      ['note 1', 'note 2'],
    ],
  ])('%s', (_, service, steps, kinds) => {
    const history = after(service, ...steps);
    expect(owed(history, FOUND - 1).filter(({ kind }) => kind !== 'confirm-cancellation')).toEqual([]);
    takenOff(history, FOUND);
    const now = owed(history, FOUND);
    expect(now.map(({ kind, about }) => about.replace('attempt', kind)).sort()).toEqual(kinds);
    expect(now.map(({ since }) => since)).toEqual(now.map(() => minute(FOUND)));
    expect([late(history, FOUND), raised(history, FOUND).filter((reach) => reach === 'lead')]).toEqual([[], []]);
  });

  test('of an order that is over: the office is asked for its word that it let go', () => {
    const history = after('visit', sent, accepted, noteOf(1), ended);
    expect(owed(history, 10)).toMatchObject([{ kind: 'review' }]);
    takenOff(history, FOUND);
    expect(owed(history, FOUND)).toEqual([{ kind: 'confirm-cancellation', about: 'attempt 1', since: minute(FOUND) }]);
    expect(late(history, FOUND)).toEqual([]);
  });

  test('the order as a whole too, and why it is on hold', () => {
    const history = after('e-consult', sent, noteOf(1), read);
    history.see({ kind: 'order-read', reference: 'ServiceRequest/o1', status: 'on-hold', versionId: '8' }, 5);
    expect(history.referral.order.status).toBe('on-hold');
    takenOff(history, FOUND);
    expect(owed(history, FOUND)).toEqual([{ kind: 'sign-in-ehr', about: 'order', since: minute(FOUND) }]);
  });
});

describe('a note is taken off that had closed nothing', () => {
  test('what was owed by the others all along is as old as it is', () => {
    const history = after('visit', sent, stopped, rerouted, noteOf(1), sent, accepted);
    const before = owed(history, FOUND - 1).filter(({ about }) => about === 'attempt 2');
    expect(before).toEqual([{ kind: 'book', about: 'attempt 2', since: minute(6) }]);
    takenOff(history, FOUND);
    expect(owed(history, FOUND).filter(({ about }) => about === 'attempt 2')).toEqual(before);
  });

  test('an office that was passed over is asked for its word that it let go, for two weeks from then on', () => {
    const history = after('visit', sent, stopped, rerouted, noteOf(1), sent, accepted);
    const asked = (at: number) => owed(history, at).filter(({ kind }) => kind === 'confirm-cancellation');
    expect(asked(10), 'it answered').toEqual([]);
    takenOff(history, FOUND);
    expect(asked(FOUND)).toEqual([{ kind: 'confirm-cancellation', about: 'attempt 1', since: minute(FOUND) }]);
    expect([asked(FOUND + 13 * DAY).length, asked(FOUND + 15 * DAY).length]).toEqual([1, 0]);
    expect(late(history, FOUND).filter(({ about }) => about === 'attempt 1')).toEqual([]);
  });

  test('while the answer of another office waited nobody else was to be asked: the coordinator and the lead have their whole time', () => {
    const history = after('visit', sent, stopped, rerouted, sent, declined, noteOf(1));
    expect(owed(history, FOUND - 1).map(({ kind }) => kind)).not.toContain('reroute');
    takenOff(history, FOUND);
    const reroute = due(history.referral, policy, minute(FOUND)).find(({ kind }) => kind === 'reroute');
    expect(reroute).toMatchObject({ about: 'attempt 2', since: minute(FOUND), waitsSince: minute(FOUND) });
  });
});

describe('a note is placed where it belongs, long after it came', () => {
  test('its review is owed since it was linked there, and no lead is told at once', () => {
    const history = after('visit', sent, accepted);
    const came = { kind: 'report', attempt: 1, reportId: 'wrong', form: 'final', document: null, fromNpi: null, matched: true } as const;
    history.see({ ...came, at: minute(3), key: 'inbound/again' }, FOUND);
    expect(history.referral.reports[0]).toMatchObject({ receivedAt: minute(3) });
    expect(owed(history, FOUND)).toContainEqual({ kind: 'review', about: 'report wrong', since: minute(FOUND) });
    expect([late(history, FOUND), raised(history, FOUND)]).toEqual([[], []]);
  });

  test('one of the chart that was taken off and is linked again, too', () => {
    const history = after('visit', sent, accepted);
    const document = { type: 'DocumentReference', id: 'd' };
    const came = { kind: 'report', attempt: 1, reportId: 'wrong', form: 'final', document, fromNpi: null, matched: true } as const;
    history.see({ ...came, at: minute(3), key: 'chart/d' }, 3);
    takenOff(history, 10);
    history.ask({ type: 'match-report', reportId: 'wrong', attempt: 1 }, FOUND);
    expect(owed(history, FOUND)).toContainEqual({ kind: 'review', about: 'report wrong', since: minute(FOUND) });
  });
});

describe('a review that was raised while it was named by when its note came', () => {
  const document = { type: 'DocumentReference', id: 'd' };
  const came = { kind: 'report', attempt: 1, reportId: 'wrong', form: 'final', document, fromNpi: null, matched: true } as const;
  const placed = (): History => {
    const history = after('visit', sent, accepted);
    history.see({ ...came, at: minute(3), key: 'chart/d' }, FOUND);
    return history;
  };
  const raiseAsBefore = (history: History, at: number): void => {
    const stage = `review report wrong ${minute(3)}`;
    const of = { rule: 'review-lead', stage, act: 'alert', reach: 'lead', to: 'lena', insteadOf: null, policy: 'default/1' } as const;
    history.take([{ effectiveAt: minute(at), factKey: null, fact: { type: 'escalation-raised', version: 1, ...of } }], minute(at));
  };
  const lateRules = ({ referral }: History, at: number) =>
    raise(referral, policy, [], minute(at)).flatMap(({ fact }) => (fact.type === 'escalation-raised' ? [fact.rule] : []));

  test('is not raised once more', () => {
    const history = placed();
    expect(lateRules(history, FOUND + 15 * DAY)).toContain('review-lead');
    raiseAsBefore(history, FOUND + 1);
    expect(lateRules(history, FOUND + 15 * DAY)).not.toContain('review-lead');
  });

  test('is raised anew where its note was taken off and linked again since', () => {
    const history = placed();
    raiseAsBefore(history, FOUND + 1);
    takenOff(history, FOUND + 2);
    history.ask({ type: 'match-report', reportId: 'wrong', attempt: 1 }, FOUND + 3);
    expect(lateRules(history, FOUND + 4)).not.toContain('review-lead');
    expect(lateRules(history, FOUND + 15 * DAY)).toContain('review-lead');
  });
});
