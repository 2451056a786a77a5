import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { due } from '../sla/due.ts';
import { raise } from '../sla/escalate.ts';
import { defaultPolicy } from '../sla/policy.ts';
import type { WorkStatus } from './attempt.ts';
import { actsOf, byHand } from './by-hand.ts';
import { capture } from './capture.ts';
import { SERVICES } from './closure.ts';
import { stagesOfNotes } from './inference.ts';
import { statusOf } from './status.ts';
import { act, type History, inChart, minute } from './test-care.ts';

const policy = defaultPolicy({ timeZone: 'UTC', opens: 8, closes: 17, holidays: [] });
const DAY = 24 * 60;

const note = (reportId: string, at: number, more: { form?: 'final' | 'interim'; type?: string; matched?: boolean } = {}) =>
  ({
    kind: 'report',
    attempt: 1,
    reportId,
    form: more.form ?? 'final',
    document: { type: more.type ?? 'Document', id: reportId },
    fromNpi: null,
    matched: more.matched ?? true,
    at: minute(at),
    key: `inbound/${reportId}`,
  }) as const;

const comes = (history: History, reportId: string, at: number, more: Parameters<typeof note>[2] = {}) =>
  history.see(note(reportId, at, more), at);
const unlink = (history: History, reportId: string, at: number) =>
  history.ask({ type: 'unlink-report', reportId, because: 'other-patient', reason: 'Of a namesake' }, at);
const review = (history: History, reportId: string, at: number) => history.ask({ type: 'review-report', reportId }, at);
const owed = (history: History, at: number) => due(history.referral, policy, minute(at)).map(({ kind, since }) => ({ kind, since }));
const standing = ({ referral }: History) =>
  referral.attempts.map(({ work, visits, acceptedAt, transmissions }) => ({ work, visits, acceptedAt, transmissions }));

const STEPS = {
  sent: (history: History, at: number) => act(history, { type: 'send', transmissionId: `t${at}`, channel: 'fax' }, at),
  received: (history: History, at: number) => act(history, { type: 'acknowledge' }, at),
  accepted: (history: History, at: number) => act(history, { type: 'accept' }, at),
  booked: (history: History, at: number) => act(history, { type: 'schedule', appointmentId: `a${at}`, startsAt: minute(at + 1) }, at),
  missed: (history: History, at: number) => act(history, { type: 'no-show', appointmentId: last(history) }, at),
  off: (history: History, at: number) => act(history, { type: 'cancel-appointment', appointmentId: last(history), by: 'patient' }, at),
  seen: (history: History, at: number) => act(history, { type: 'mark-seen', appointmentId: null }, at),
  stop: (history: History, at: number) => act(history, { type: 'request-cancellation', reason: 'moved away' }, at),
  declined: (history: History, at: number) => act(history, { type: 'decline', reason: 'other' }, at),
  interim: (history: History, at: number) => void comes(history, `i${at}`, at, { form: 'interim' }),
};
type Step = keyof typeof STEPS;
const last = ({ referral }: History): string => referral.attempts.at(-1)?.appointments.at(-1)?.id ?? 'none';
const after = (history: History, ...steps: Step[]): History => {
  for (const [at, step] of steps.entries()) STEPS[step](history, at + 1);
  return history;
};

describe('a note that was linked by mistake is taken off', () => {
  test.each<[Step[], WorkStatus]>([
    [[], 'draft'],
    [['sent'], 'sent'],
    [['sent', 'received'], 'received'],
    [['sent', 'accepted'], 'accepted'],
    [['sent', 'accepted', 'booked'], 'scheduled'],
    [['sent', 'accepted', 'booked', 'missed'], 'missed'],
    [['sent', 'accepted', 'booked', 'off'], 'appointment-cancelled'],
    [['sent', 'accepted', 'seen'], 'seen'],
    [['sent', 'accepted', 'stop'], 'cancellation-requested'],
    [['sent', 'declined'], 'declined'],
  ])('after %s it stands where it stood: %s', (steps, status) => {
    const history = after(inChart(), ...steps);
    const before = { standing: standing(history), status: statusOf(history.referral) };
    comes(history, 'wrong', 20);
    expect(statusOf(history.referral)).toBe('reported');
    expect(unlink(history, 'wrong', 30)).toBeUndefined();
    expect({ standing: standing(history), status: statusOf(history.referral) }).toEqual(before);
    expect(history.referral.attempts[0]?.work.status).toBe(status);
  });

  test('whatever was done before, of whatever is asked, reviewed or not: the referral stands as if it had never come', () => {
    let moved = 0;
    const steps = fc.array(fc.constantFrom(...(Object.keys(STEPS) as Step[])), { maxLength: 10 });
    fc.assert(
      fc.property(fc.constantFrom(...SERVICES), steps, fc.constantFrom('final', 'interim'), fc.boolean(), (service, did, form, read) => {
        const history = after(inChart(service), ...did);
        const before = { standing: standing(history), status: statusOf(history.referral) };
        comes(history, 'wrong', 20, { form });
        if (read) review(history, 'wrong', 21);
        moved += statusOf(history.referral) === before.status ? 0 : 1;
        unlink(history, 'wrong', 30);
        expect({ standing: standing(history), status: statusOf(history.referral) }).toEqual(before);
      }),
      { numRuns: 300, seed: 20_261_130 },
    );
    expect(moved).toBeGreaterThan(100);
  });

  test('what was told since the note stands by itself: the visit, and the date after it', () => {
    const history = after(inChart(), 'sent', 'accepted', 'booked');
    comes(history, 'wrong', 10);
    const visit = { kind: 'visit', seenBy: { npi: null, nucc: null, network: 'in' }, evidence: 'claim' } as const;
    history.see({ ...visit, attempt: 1, at: minute(12), key: 'claim/1' }, 12);
    expect(history.referral.attempts[0]).toMatchObject({ work: { status: 'completed' } });
    unlink(history, 'wrong', 30);
    expect(history.referral.attempts[0]).toMatchObject({ work: { status: 'seen', since: minute(12) }, visits: [minute(12)] });
  });

  test('another note of the same office says what it said: the loop it closed stays closed', () => {
    const history = after(inChart(), 'sent', 'accepted');
    comes(history, 'wrong', 10);
    comes(history, 'right', 11);
    review(history, 'right', 12);
    unlink(history, 'wrong', 30);
    expect([statusOf(history.referral), owed(history, 31)]).toEqual(['closed', []]);
    expect(unlink(history, 'right', 32)).toBeUndefined();
    expect([statusOf(history.referral), owed(history, 33)]).toEqual(['accepted', [{ kind: 'book', since: minute(32) }]]);
  });

  test('a loop that rested on it is open again, and what is owed has its whole time: nothing of the past is told to anybody', () => {
    const history = after(inChart(), 'sent', 'accepted', 'seen');
    comes(history, 'wrong', 10);
    review(history, 'wrong', 11);
    expect([statusOf(history.referral), owed(history, 12)]).toEqual(['closed', []]);
    const found = 45 * DAY;
    unlink(history, 'wrong', found);
    expect(statusOf(history.referral)).toBe('seen');
    expect(owed(history, found)).toEqual([{ kind: 'note', since: minute(found) }]);
    expect(due(history.referral, policy, minute(found))[0]?.dueAt).toBe(minute(found + 7 * DAY));
    const steps = raise(history.referral, policy, [], minute(found)).map(({ fact }) => fact);
    expect(steps, 'but for asking the office for the note, which is due at once').toMatchObject([{ rule: 'R148' }]);
  });

  test('the right note closes it as any does', () => {
    const history = after(inChart(), 'sent', 'accepted', 'seen');
    comes(history, 'wrong', 10);
    review(history, 'wrong', 11);
    unlink(history, 'wrong', 12);
    expect(review(history, 'wrong', 13)).toMatchObject({ kind: 'report-not-matched' });
    comes(history, 'right', 14);
    review(history, 'right', 15);
    expect(statusOf(history.referral)).toBe('closed');
  });

  test('one that Refloop keeps lies among what came in, and is not linked from here; one of the chart can be linked again', () => {
    const kept = after(inChart(), 'sent');
    comes(kept, 'wrong', 10);
    unlink(kept, 'wrong', 11);
    expect(kept.ask({ type: 'match-report', reportId: 'wrong', attempt: 1 }, 12)).toMatchObject({ kind: 'report-held-again' });
    expect(actsOf(kept.referral, ['link-report', 'refuse-report', 'unlink-report'])).toEqual([]);

    const ofChart = after(inChart(), 'sent');
    comes(ofChart, 'wrong', 10, { type: 'DocumentReference' });
    expect(actsOf(ofChart.referral, ['link-report', 'unlink-report'])).toEqual(['unlink-report']);
    unlink(ofChart, 'wrong', 11);
    expect(ofChart.ask({ type: 'match-report', reportId: 'wrong', attempt: 1 }, 12)).toBeUndefined();
    expect(statusOf(ofChart.referral)).toBe('reported');
    expect(ofChart.referral.reports[0]).toMatchObject({ status: 'matched', takenOff: 1 });
  });

  test('an interim note of the chart that was taken off is linked by no final form of it: a person says whose it is', () => {
    const read = (isTakenOff: boolean) => {
      const history = after(inChart(), 'sent');
      history.see(
        { ...note('DocumentReference/n/interim', 10, { form: 'interim' }), document: { type: 'DocumentReference', id: 'n' } },
        10,
      );
      if (isTakenOff) unlink(history, 'DocumentReference/n/interim', 11);
      const final = {
        resourceType: 'DocumentReference',
        id: 'n',
        meta: { versionId: '2', lastUpdated: minute(12) },
        status: 'current',
        docStatus: 'final',
        subject: { reference: 'Patient/p1' },
        type: { coding: [{ system: 'http://loinc.org', code: '34099-2' }] },
        context: { related: [{ reference: 'ServiceRequest/o1' }] },
        content: [{ attachment: { contentType: 'text/plain', data: 'QQ==' } }],
      };
      return capture(final, history.referral, { base: 'https://ehr.example.org/fhir', now: minute(13), written: () => [] }).facts;
    };
    expect([read(false), read(true)]).toMatchObject([
      [{ kind: 'report', form: 'final', matched: true }],
      [{ kind: 'report', form: 'final', matched: false }],
    ]);
  });

  test('of an order that is over too; the same press twice does it once, a second one is told that it is done', () => {
    const history = after(inChart(), 'sent', 'stop');
    history.ask({ type: 'end', how: 'cancelled', reason: 'moved away' }, 5);
    comes(history, 'wrong', 10);
    const what = { act: 'unlink-report', reportId: 'wrong', because: 'other-referral', reason: 'Of another visit' } as const;
    const first = byHand(history.referral, what, 'press', minute(20));
    if (first.ok) history.take(first.value, minute(20));
    expect(history.referral.reports[0]).toMatchObject({ status: 'not-of-this', reason: 'Of another visit' });
    expect(byHand(history.referral, what, 'press', minute(21))).toEqual({ ok: true, value: [] });
    expect(byHand(history.referral, what, 'another press', minute(21))).toMatchObject({ refusal: { kind: 'nothing-to-unlink' } });
    const unknown = { ...what, reportId: 'none' };
    expect(byHand(history.referral, unknown, 'third press', minute(21))).toMatchObject({ refusal: { kind: 'no-such-report' } });
  });
});

/** The events of one stage that stand, told or proved, each by the minute since when: of what has a time, its own. */
const stood = ({ events, referral }: History): string[] =>
  events.flatMap(({ fact, sequence, effectiveAt, recordedAt }) => {
    if (!['attempt-sent', 'attempt-accepted', 'patient-seen'].includes(fact.type)) return [];
    const since = stagesOfNotes(referral).get(sequence);
    const at = since === undefined ? (effectiveAt ?? recordedAt) : since;
    return at === null ? [] : [`${fact.type} ${(Date.parse(at) - Date.parse(minute(0))) / 60_000}`];
  });

describe('a stage that only a note proved', () => {
  const proved = (history: History) => [...stagesOfNotes(history.referral).values()];

  test('goes with the note, and comes with the next one that proves it', () => {
    const history = after(inChart());
    comes(history, 'wrong', 10);
    expect(stood(history)).toEqual(['attempt-sent 10', 'attempt-accepted 10', 'patient-seen 10']);
    unlink(history, 'wrong', 20);
    expect([stood(history), proved(history)]).toEqual([[], [null, null, null]]);
    comes(history, 'right', 30);
    expect(stood(history)).toEqual(['attempt-sent 30', 'attempt-accepted 30', 'patient-seen 30']);
  });

  test('of what somebody told only the rest goes', () => {
    const history = after(inChart(), 'sent', 'accepted');
    comes(history, 'wrong', 10);
    unlink(history, 'wrong', 20);
    expect([stood(history), proved(history)]).toEqual([['attempt-sent 1', 'attempt-accepted 2'], [null]]);
  });

  test('is no note’s where a visit that was told proved it', () => {
    const history = after(inChart());
    const visit = { kind: 'visit', seenBy: { npi: null, nucc: null, network: 'in' }, evidence: 'claim' } as const;
    history.see({ ...visit, attempt: 1, at: minute(5), key: 'claim/1' }, 6);
    comes(history, 'wrong', 10);
    unlink(history, 'wrong', 20);
    expect([stood(history), proved(history)]).toEqual([['attempt-sent 6', 'attempt-accepted 6', 'patient-seen 5'], []]);
  });

  test('stands by another note that is linked to it, since that was; by an interim one no visit does', () => {
    const history = after(inChart());
    comes(history, 'wrong', 10);
    comes(history, 'right', 15);
    comes(history, 'interim', 16, { form: 'interim' });
    unlink(history, 'wrong', 20);
    expect(stood(history)).toEqual(['attempt-sent 15', 'attempt-accepted 15', 'patient-seen 15']);
    unlink(history, 'right', 21);
    expect(stood(history)).toEqual(['attempt-sent 16', 'attempt-accepted 16']);
    unlink(history, 'interim', 22);
    expect(stood(history)).toEqual([]);
  });

  test('stands by the same note once that is linked again, since then', () => {
    const history = after(inChart());
    comes(history, 'wrong', 10, { type: 'DocumentReference' });
    comes(history, 'other', 11);
    unlink(history, 'wrong', 20);
    history.ask({ type: 'match-report', reportId: 'wrong', attempt: 1 }, 25);
    unlink(history, 'other', 30);
    expect(stood(history)).toEqual(['attempt-sent 25', 'attempt-accepted 25', 'patient-seen 25']);
  });

  const claim = (history: History, at: number) => {
    const seenBy = { npi: null, nucc: null, network: 'in' } as const;
    history.see({ kind: 'visit', seenBy, evidence: 'claim', attempt: 1, at: minute(at), key: `claim/${at}` }, at);
  };

  test('stands by what was told while the note was linked: the office booked, and another note shows the visit', () => {
    const history = after(inChart());
    comes(history, 'wrong', 10, { form: 'interim' });
    history.see(
      { kind: 'appointment', attempt: 1, appointmentId: 'a', startsAt: minute(14), status: 'booked', at: minute(12), key: 'a' },
      12,
    );
    comes(history, 'right', 15);
    unlink(history, 'wrong', 20);
    expect(stood(history)).toEqual(['attempt-sent 12', 'attempt-accepted 12', 'patient-seen 15']);
    expect(history.referral.attempts[0]).toMatchObject({ work: { status: 'completed' }, transmissions: [{ id: 'outside-1' }] });
    unlink(history, 'right', 21);
    expect(stood(history), 'and stays when that one goes too').toEqual(['attempt-sent 12', 'attempt-accepted 12']);
    expect(history.referral.attempts[0]).toMatchObject({ work: { status: 'scheduled' } });
  });

  test('stands by a visit that was told, in whatever order the note and the visit came', () => {
    const [visitFirst, noteFirst] = [after(inChart()), after(inChart())];
    claim(visitFirst, 5);
    comes(visitFirst, 'wrong', 10);
    unlink(visitFirst, 'wrong', 20);
    comes(noteFirst, 'wrong', 2);
    claim(noteFirst, 5);
    unlink(noteFirst, 'wrong', 20);
    expect(stood(visitFirst)).toEqual(['attempt-sent 5', 'attempt-accepted 5', 'patient-seen 5']);
    expect(stood(noteFirst)).toEqual(['attempt-sent 5', 'attempt-accepted 5', 'patient-seen 5']);
    expect(standing(noteFirst)).toEqual(standing(visitFirst));
  });

  test('whatever was told while it was linked: all stands as if that had been told without it', () => {
    const see = (name: string, fact: object) => (history: History, at: number) =>
      void history.see({ attempt: 1, at: minute(at), key: `${name}/${at}`, ...fact } as Parameters<History['see']>[0], at);
    const date = (status: string, appointmentId: string) =>
      see(status, { kind: 'appointment', appointmentId, startsAt: minute(appointmentId === 'a' ? 50 : 60), status });
    const TOLD: Readonly<Record<string, (history: History, at: number) => void>> = {
      received: see('received', { kind: 'received' }),
      accepted: see('accepted', { kind: 'accepted' }),
      begun: see('begun', { kind: 'work-begun' }),
      declined: see('declined', { kind: 'declined', reason: 'other' }),
      'a booked': date('booked', 'a'),
      'a missed': date('noshow', 'a'),
      'a off': date('cancelled', 'a'),
      'b booked': date('booked', 'b'),
      'b kept': date('fulfilled', 'b'),
      visit: claim,
      final: (history, at) => void comes(history, `final ${at}`, at),
      interim: (history, at) => void comes(history, `interim ${at}`, at, { form: 'interim' }),
    };
    const names = Object.keys(TOLD);
    let held = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...SERVICES),
        fc.array(fc.constantFrom(...names), { maxLength: 3 }),
        fc.constantFrom('final', 'interim'),
        fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 6 }),
        (service, before, form, since) => {
          const [history, without] = [inChart(service), inChart(service)];
          const tell = (did: string[], from: number): void => {
            for (const [index, name] of did.entries()) {
              const length = history.events.length;
              TOLD[name]?.(history, from + index);
              // What contradicts the note is set aside, and a person's.
              if (!history.events.slice(length).some(({ fact }) => fact.type === 'fact-set-aside')) TOLD[name]?.(without, from + index);
            }
          };
          tell(before, 1);
          comes(history, 'wrong', 10, { form });
          tell(since, 11);
          unlink(history, 'wrong', 30);
          expect(standing(history), [...before, 'wrong', ...since].join(', ')).toEqual(standing(without));
          expect(stood(history).sort(), [...before, 'wrong', ...since].join(', ')).toEqual(stood(without).sort());
          held += proved(history).filter((at) => at !== null && at > minute(10)).length;
        },
      ),
      { numRuns: 500, seed: 20_261_130 },
    );
    expect(held).toBeGreaterThan(100);
  });

  test('whatever happens: the events that stand are what the referral says', () => {
    const ids = ['n1', 'n2', 'n3'] as const;
    const NOTES = {
      ...Object.fromEntries(
        ids.flatMap((id) => [
          [`${id} final`, (history: History, at: number) => void comes(history, id, at, { type: 'DocumentReference' })],
          [`${id} interim`, (history: History, at: number) => void comes(history, id, at, { type: 'DocumentReference', form: 'interim' })],
          [`${id} off`, (history: History, at: number) => void unlink(history, id, at)],
          [`${id} again`, (history: History, at: number) => history.ask({ type: 'match-report', reportId: id, attempt: 1 }, at)],
        ]),
      ),
      visit: claim,
    } as const;
    const ACTS = { ...STEPS, ...NOTES } as Readonly<Record<string, (history: History, at: number) => unknown>>;
    const TAKEN: WorkStatus[] = ['accepted', 'in-progress', 'scheduled', 'missed', 'appointment-cancelled', 'seen', 'completed'];
    const UNTAKEN: WorkStatus[] = ['draft', 'sent', 'received'];
    let gone = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...SERVICES),
        fc.array(fc.constantFrom(...Object.keys(ACTS), ...Object.keys(NOTES)), { minLength: 3, maxLength: 14 }),
        (service, did) => {
          const history = inChart(service);
          for (const [at, name] of did.entries()) ACTS[name]?.(history, at + 1);
          const of = (type: string): number => stood(history).filter((each) => each.startsWith(type)).length;
          const { visits, transmissions, work } = history.referral.attempts[0]!;
          expect([of('patient-seen'), of('attempt-sent')], did.join(', ')).toEqual([visits.length, transmissions.length]);
          // Where it stands says it; of what was over before, it may be either.
          const isTaken = TAKEN.includes(work.status) && !did.includes('stop');
          if (isTaken || UNTAKEN.includes(work.status)) expect(of('attempt-accepted'), did.join(', ')).toBe(isTaken ? 1 : 0);
          gone += proved(history).filter((since) => since === null).length;
        },
      ),
      { numRuns: 500, seed: 20_261_130 },
    );
    expect(gone).toBeGreaterThan(100);
  });
});
