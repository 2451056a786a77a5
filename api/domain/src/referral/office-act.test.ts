import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { referenceText } from '../fhir/reference.ts';
import { due } from '../sla/due.ts';
import { defaultPolicy } from '../sla/policy.ts';
import { decideOffice, endForOffice, noteForms, type OfficeAct, officeActs, takesAnswer } from './office-act.ts';
import { statusOf } from './status.ts';
import { ANOTHER, act, type History, inChart, minute } from './test-care.ts';

const ACTS: OfficeAct['act'][] = [
  'accept',
  'decline',
  'ask',
  'offer-dates',
  'book',
  'no-show',
  'seen',
  'note',
  'cancel-appointment',
  'confirm-cancellation',
];
const one = (name: OfficeAct['act'], startsAt = '2026-12-08T15:00:00.000Z', at = minute(10)): OfficeAct => {
  switch (name) {
    case 'decline':
      return { act: name, reason: 'other' };
    case 'ask':
      return { act: name, text: 'Is there an ECG?' };
    case 'offer-dates':
      return { act: name, dates: [startsAt] };
    case 'book':
      return { act: name, startsAt };
    case 'note':
      return { act: name, form: 'final', document: { type: 'Document', id: 'd' } };
    case 'cancel-appointment':
      return { act: name, by: 'specialist' };
    case 'accept':
    case 'confirm-cancellation':
      return { act: name };
    case 'no-show':
    case 'seen':
      return { act: name, at };
  }
};

const sent = (): History => {
  const history = inChart();
  expect(act(history, { type: 'send', transmissionId: 't', channel: 'link' }, 1)).toBeUndefined();
  return history;
};

const POLICY = defaultPolicy({ timeZone: 'America/Chicago', opens: 8, closes: 17, holidays: [] });

let keys = 0;
function put(history: History, what: OfficeAct, at: number, attempt = 1): string | undefined {
  const decided = decideOffice(history.referral, attempt, what, `link/l/${(keys += 1)}`, minute(at));
  if (!decided.ok) return decided.refusal.kind;
  history.take(decided.value, minute(at));
  return undefined;
}

describe('an office with a link', () => {
  test('accepts, books, sees the patient and gives the note: nothing was inferred, and the review closes the loop', () => {
    const history = sent();
    for (const [at, name] of (['accept', 'book', 'seen', 'note'] as const).entries())
      expect(put(history, one(name, minute(12), minute(12)), 10 + at)).toBeUndefined();
    expect(history.referral.attempts[0]?.visits).toEqual([minute(12)]);
    expect(history.events.every(({ effectiveAt }) => effectiveAt !== null)).toBe(true);
    history.ask({ type: 'review-report', reportId: history.referral.reports[0]?.id ?? '' }, 30);
    expect(statusOf(history.referral)).toBe('closed');
    expect(officeActs(history.referral, 1, ACTS, minute(20))).toEqual([]);
  });

  test('a date that is offered twice in one press stands once', () => {
    const history = sent();
    put(history, one('accept'), 10);
    const [first, second] = ['2026-12-08T15:00:00.000Z', '2026-12-09T15:00:00.000Z'];
    expect(put(history, { act: 'offer-dates', dates: [first, second, first] }, 11)).toBeUndefined();
    expect(history.referral.attempts[0]?.offered?.dates).toEqual([first, second]);
  });

  test('is offered what the table lets it do, and to ask', () => {
    const history = sent();
    expect(officeActs(history.referral, 1, ACTS, minute(20))).toEqual(['accept', 'decline', 'ask']);
    put(history, one('accept'), 10);
    expect(officeActs(history.referral, 1, ACTS, minute(20))).toEqual(['decline', 'ask', 'offer-dates', 'book', 'seen', 'note']);
    put(history, one('book', minute(30)), 11);
    expect(officeActs(history.referral, 1, ACTS, minute(29))).toEqual([
      'decline',
      'ask',
      'offer-dates',
      'book',
      'note',
      'cancel-appointment',
    ]);
    expect(officeActs(history.referral, 1, ACTS, minute(30))).toEqual([
      'decline',
      'ask',
      'offer-dates',
      'book',
      'no-show',
      'seen',
      'note',
      'cancel-appointment',
    ]);
  });

  test('cancels what it booked, and books anew; the referral stays with it', () => {
    const history = sent();
    put(history, one('accept'), 10);
    expect(put(history, one('cancel-appointment'), 11)).toBe('not-offered');
    put(history, one('book'), 12);
    expect(put(history, { act: 'cancel-appointment', by: 'patient' }, 13)).toBeUndefined();
    expect(history.events.at(-1)?.fact).toMatchObject({ type: 'appointment-cancelled', by: 'patient' });
    expect(officeActs(history.referral, 1, ACTS, minute(20))).toContain('book');
    expect(put(history, one('book', minute(90)), 14)).toBeUndefined();
    expect(statusOf(history.referral)).toBe('scheduled');
  });

  test('confirms that it is cancelled once the practice asked, unless it saw the patient: then its note is what is owed', () => {
    const history = sent();
    put(history, one('accept'), 10);
    expect(put(history, one('confirm-cancellation'), 11)).toBe('not-offered');
    act(history, { type: 'request-cancellation', reason: 'Moved away' }, 12);
    expect(officeActs(history.referral, 1, ACTS, minute(20))).toEqual(['ask', 'note', 'confirm-cancellation']);
    expect(put(history, one('confirm-cancellation'), 13)).toBeUndefined();
    expect([history.referral.attempts[0]?.work.status, endForOffice(history.referral, 1, minute(20))]).toEqual(['cancelled', 'cancelled']);

    const seen = sent();
    for (const [at, name] of (['accept', 'seen'] as const).entries()) put(seen, one(name), 10 + at);
    act(seen, { type: 'request-cancellation', reason: 'Moved away' }, 12);
    expect(officeActs(seen.referral, 1, ACTS, minute(20))).toEqual(['ask', 'note']);
  });

  test('confirms also once it is over for them, with a visit booked or nothing answered, and does nothing else', () => {
    const booked = sent();
    put(booked, one('accept'), 10);
    put(booked, one('book', minute(90)), 11);
    booked.ask({ type: 'end', how: 'patient-declined', reason: 'Does not want it' }, 12);
    const asked = sent();
    asked.ask({ type: 'end', how: 'expired', reason: 'Nothing came' }, 12);
    for (const [history, how] of [[booked, 'patient-declined'] as const, [asked, 'ended'] as const]) {
      expect(endForOffice(history.referral, 1, minute(20))).toBe(how);
      expect(officeActs(history.referral, 1, ACTS, minute(20))).toEqual(['confirm-cancellation']);
      expect(put(history, one('ask'), 20)).toBe('order-not-active');
      expect(put(history, one('confirm-cancellation'), 21)).toBeUndefined();
      expect([endForOffice(history.referral, 1, minute(22)), officeActs(history.referral, 1, ACTS, minute(22))]).toEqual(['cancelled', []]);
    }
  });

  test('that was asked before another, and has the visit in its calendar, confirms for itself', () => {
    const history = sent();
    put(history, one('accept'), 10);
    put(history, one('book', minute(90)), 11);
    act(history, { type: 'request-cancellation', reason: 'The patient asked for another' }, 12);
    history.ask({ type: 'reroute', performer: ANOTHER, because: 'patient-asked' }, 13);
    act(history, { type: 'send', transmissionId: 't2', channel: 'link' }, 14);
    expect(endForOffice(history.referral, 1, minute(20))).toBe('asked-another');
    expect(put(history, one('confirm-cancellation'), 21)).toBeUndefined();
    expect(history.referral.attempts.map(({ work }) => work.status)).toEqual(['cancelled', 'sent']);
    expect(officeActs(history.referral, 1, ACTS, minute(22))).toEqual([]);
  });

  test.each(['seen', 'no-show'] as const)('says when: %s is refused before the appointment and ahead of now', (name) => {
    const history = sent();
    put(history, one('accept'), 10);
    put(history, one('book', minute(30)), 11);
    expect(put(history, one(name, '', minute(30)), 29)).toBe('not-offered');
    expect(put(history, one(name, '', minute(29)), 90)).toBe('too-early');
    expect(put(history, one(name, '', minute(91)), 90)).toBe('not-yet');
    expect(put(history, one(name, '', minute(30)), 90)).toBeUndefined();
    expect(history.events.at(-1)?.effectiveAt).toBe(minute(30));
  });

  test('of a visit that was not booked the day is not before the order', () => {
    const history = sent();
    put(history, one('accept'), 10);
    expect(put(history, one('seen', '', '2016-11-24T10:00:00.000Z'), 11)).toBe('too-early');
    expect(put(history, one('seen', '', minute(11)), 11)).toBeUndefined();
  });

  test.each<[string, OfficeAct['act'][], OfficeAct, string]>([
    ['a date that is past', ['accept'], one('book', minute(2)), 'date-is-past'],
    ['one of its dates is past', ['accept'], one('offer-dates', minute(2)), 'date-is-past'],
    ['a slip in the year', ['accept'], one('book', '2062-12-01T10:00:00.000Z'), 'date-too-far'],
    ['a slip in the year of one that is offered', ['accept'], one('offer-dates', '2062-12-01T10:00:00.000Z'), 'date-too-far'],
    ['to book what it did not accept', [], one('book'), 'not-offered'],
    ['a missed visit where none is booked', ['accept'], one('no-show'), 'not-offered'],
    ['anything after it declined', ['decline'], one('accept'), 'not-offered'],
  ])('is refused: %s', (_what, before, what, refusal) => {
    const history = sent();
    for (const [at, name] of before.entries()) expect(put(history, one(name), 10 + at)).toBeUndefined();
    expect(put(history, what, 30)).toBe(refusal);
  });

  test('whose link is of an earlier attempt does nothing to the later one', () => {
    const history = sent();
    put(history, one('decline'), 10);
    history.ask({ type: 'reroute', performer: ANOTHER, because: 'declined' }, 11);
    act(history, { type: 'send', transmissionId: 't2', channel: 'link' }, 12);
    expect(put(history, one('accept'), 13)).toBe('asked-another');
    expect(officeActs(history.referral, 1, ACTS, minute(20))).toEqual([]);
    expect(put(history, one('accept'), 14, 2)).toBeUndefined();
  });

  test('pressed twice it is done once', () => {
    const history = sent();
    for (const at of [10, 11]) {
      const decided = decideOffice(history.referral, 1, one('ask'), 'same', minute(at));
      if (!decided.ok) throw new Error(decided.refusal.kind);
      history.take(decided.value, minute(at));
    }
    expect(history.referral.messages).toEqual([{ attempt: 1, from: 'office', at: minute(10) }]);
  });
});

/** The practice asks it to stop, and asks another. */
function passOver(history: History, at: number): void {
  act(history, { type: 'request-cancellation', reason: 'Too slow' }, at);
  expect(history.ask({ type: 'reroute', performer: ANOTHER, because: 'cancelled' }, at)).toBeUndefined();
  act(history, { type: 'send', transmissionId: `to-another-${at}`, channel: 'link' }, at);
}

/** It saw the patient, and another was asked before its note came. @param further a visit that stands in its calendar beyond that */
function seenAndPassedOver(further?: string): History {
  const history = sent();
  put(history, one('accept'), 10);
  put(history, one('seen', undefined, minute(11)), 11);
  if (further !== undefined) expect(put(history, one('book', further), 11)).toBeUndefined();
  passOver(history, 12);
  return history;
}
const of = (form: 'interim' | 'final'): OfficeAct => ({ act: 'note', form, document: { type: 'Document', id: 'd' } });

describe('an office that saw the patient before another was asked', () => {
  test('gives its note and does nothing else, to its own attempt', () => {
    const history = seenAndPassedOver();
    expect(officeActs(history.referral, 1, ACTS, minute(20))).toEqual(['note']);
    expect([noteForms(history.referral, 1), takesAnswer(history.referral, 1)]).toEqual([['final', 'interim'], true]);
    for (const name of ACTS.filter((each) => each !== 'note')) expect([name, put(history, one(name), 20)]).toEqual([name, 'asked-another']);
    const other = history.referral.attempts[1];
    expect(put(history, of('final'), 21)).toBeUndefined();
    expect(history.referral.reports).toMatchObject([{ form: 'final', status: 'matched', attempt: 1, fromNpi: '1234567893' }]);
    expect(history.events.slice(-2).map(({ fact, effectiveAt }) => [fact.type, effectiveAt])).toEqual([
      ['report-received', minute(21)],
      ['report-matched', minute(21)],
    ]);
    expect([history.referral.attempts[0]?.work.status, history.referral.attempts[1]]).toEqual(['completed', other]);
    expect([officeActs(history.referral, 1, ACTS, minute(22)), put(history, of('final'), 22)]).toEqual([[], 'asked-another']);
    history.ask({ type: 'review-report', reportId: history.referral.reports[0]?.id ?? '' }, 23);
    expect(statusOf(history.referral)).toBe('closed');
  });

  test('says that more will follow: the note stays owed, and nothing moves', () => {
    const history = seenAndPassedOver();
    const { attempts } = history.referral;
    expect(put(history, of('interim'), 20)).toBeUndefined();
    expect(history.referral.reports).toMatchObject([{ form: 'interim', status: 'matched', attempt: 1 }]);
    expect(history.referral.attempts.map(({ work }) => work)).toEqual(attempts.map(({ work }) => work));
    expect(officeActs(history.referral, 1, ACTS, minute(21))).toEqual(['note']);
    expect(put(history, of('final'), 22)).toBeUndefined();
  });

  test('pressed twice it is one note', () => {
    const history = seenAndPassedOver();
    for (const at of [20, 21]) {
      const decided = decideOffice(history.referral, 1, of('final'), 'same', minute(at));
      if (!decided.ok) throw new Error(decided.refusal.kind);
      history.take(decided.value, minute(at));
    }
    expect(history.referral.reports).toHaveLength(1);
  });

  test('and has a further visit in its calendar: it lets that go, and gives the note before or after', () => {
    for (const order of [['note', 'confirm-cancellation'] as const, ['confirm-cancellation', 'note'] as const]) {
      const history = seenAndPassedOver(minute(90));
      expect(officeActs(history.referral, 1, ACTS, minute(20))).toEqual(['note', 'confirm-cancellation']);
      for (const [at, name] of order.entries())
        expect([order, name, put(history, one(name), 21 + at)]).toEqual([
          order,
          name,
          order[0] === 'note' && name !== 'note' ? 'asked-another' : undefined,
        ]);
      expect(officeActs(history.referral, 1, ACTS, minute(30))).toEqual([]);
    }
  });

  test.each<[string, (history: History) => void, boolean]>([
    ['while the order is on hold', (history) => onHold(history, 20), true],
    ['after the other has seen them too', (history) => otherDoes(history, ['accept', 'seen']), true],
    ['after the other gave a note that nobody has read', (history) => otherDoes(history, ['accept', 'seen', 'note']), true],
    ['after the loop was closed by the other', (history) => closedByOther(history), false],
    ['after the order has ended', (history) => history.ask({ type: 'end', how: 'expired', reason: 'Too long' }, 20), false],
  ])('is waited for %s: as long as the practice waits', (_what, then, isWaitedFor) => {
    const history = seenAndPassedOver();
    then(history);
    expect(officeActs(history.referral, 1, ACTS, minute(40)).includes('note')).toBe(isWaitedFor);
    expect(due(history.referral, POLICY, minute(40)).some(({ kind, about }) => kind === 'note' && about === 'attempt 1')).toBe(isWaitedFor);
    expect(put(history, of('final'), 40) === undefined).toBe(isWaitedFor);
  });

  test('that is cancelled after its visit, and nobody else asked yet', () => {
    const history = sent();
    put(history, one('accept'), 10);
    put(history, one('seen', undefined, minute(11)), 11);
    act(history, { type: 'request-cancellation', reason: 'Moved away' }, 12);
    act(history, { type: 'confirm-cancellation' }, 13);
    expect([endForOffice(history.referral, 1, minute(20)), officeActs(history.referral, 1, ACTS, minute(20))]).toEqual([
      'cancelled',
      ['note'],
    ]);
    expect(put(history, of('final'), 21)).toBeUndefined();
    expect(officeActs(history.referral, 1, ACTS, minute(22))).toEqual([]);
  });
});

function otherDoes(history: History, names: readonly OfficeAct['act'][]): void {
  for (const [at, name] of names.entries()) expect(put(history, one(name, undefined, minute(20 + at)), 20 + at, 2)).toBeUndefined();
}
function closedByOther(history: History): void {
  otherDoes(history, ['accept', 'seen', 'note']);
  history.ask({ type: 'review-report', reportId: history.referral.reports[0]?.id ?? '' }, 30);
}
function onHold(history: History, at: number): void {
  const { order } = history.referral;
  if (!('reference' in order) || order.reference === null) throw new Error('no order');
  history.see({ kind: 'order-read', reference: referenceText(order.reference), status: 'on-hold', versionId: '2' }, at);
}

test.each(['no-show', 'cancel-appointment'] as const)('the note of a visit is taken after a later one fell through: %s', (name) => {
  const seenNobody = sent();
  const history = sent();
  for (const [at, each] of (['accept', 'seen'] as const).entries()) put(history, one(each), 10 + at);
  put(seenNobody, one('accept'), 10);
  for (const each of [history, seenNobody]) {
    put(each, one('book', minute(13)), 12);
    expect(put(each, one(name, undefined, minute(13)), 14)).toBeUndefined();
  }
  // The practice waits for the note of the visit; where there was none, for another date alone.
  expect([takesAnswer(seenNobody.referral, 1), put(seenNobody, one('note'), 15)]).toEqual([false, 'not-offered']);
  expect([takesAnswer(history.referral, 1), noteForms(history.referral, 1)]).toEqual([true, ['final', 'interim']]);
  expect(officeActs(history.referral, 1, ['note', 'book', 'accept'], minute(15))).toEqual(['note', 'book']);
  expect(put(history, { act: 'note', form: 'interim', document: { type: 'Document', id: 'd' } }, 15)).toBeUndefined();
  expect(put(history, one('note'), 16)).toBeUndefined();
  expect(history.referral.attempts[0]?.work.status).toBe('completed');
  expect(takesAnswer(history.referral, 1)).toBe(false);
});

describe('what is not offered is not taken', () => {
  test('an interim note where the practice asked to cancel; a final one is', () => {
    const history = sent();
    put(history, one('accept'), 10);
    act(history, { type: 'request-cancellation', reason: 'Moved away' }, 11);
    expect(noteForms(history.referral, 1)).toEqual(['final']);
    expect(put(history, { act: 'note', form: 'interim', document: { type: 'Document', id: 'd' } }, 12)).toBe('not-offered');
    expect(put(history, one('note'), 13)).toBeUndefined();
  });

  test('a note of an office that was passed over and saw nobody', () => {
    const history = sent();
    put(history, one('accept'), 10);
    passOver(history, 11);
    expect(takesAnswer(history.referral, 1)).toBe(false);
    expect(put(history, one('note'), 20)).toBe('asked-another');
  });

  test('a question after the loop is closed or the order has ended, and a decline after a visit', () => {
    const closed = sent();
    for (const [at, name] of (['accept', 'seen'] as const).entries()) put(closed, one(name), 10 + at);
    expect(put(closed, one('decline'), 19)).toBe('not-offered');
    put(closed, one('note'), 20);
    closed.ask({ type: 'review-report', reportId: closed.referral.reports[0]?.id ?? '' }, 30);
    expect(put(closed, one('ask'), 31)).toBe('already-closed');
    const ended = sent();
    ended.ask({ type: 'end', how: 'patient-declined', reason: 'Does not want it' }, 10);
    expect(put(ended, one('ask'), 11)).toBe('order-not-active');
  });
});

/** What the practice may do in between; refused where it does not follow. */
function practiceDoes(history: History, choice: number, at: number): void {
  const last = history.referral.attempts.at(-1)?.number ?? 0;
  switch (choice % 5) {
    case 0:
      act(history, { type: 'request-cancellation', reason: 'Moved away' }, at);
      return;
    case 1:
      history.ask({ type: 'reroute', performer: ANOTHER, because: 'declined' }, at);
      act(history, { type: 'send', transmissionId: `t${at}`, channel: 'link' }, at);
      return;
    case 2:
      history.ask({ type: 'review-report', reportId: history.referral.reports.at(-1)?.id ?? '' }, at);
      return;
    case 3:
      history.ask({ type: 'post-message', attempt: last, from: 'practice', text: 'It is in the packet.' }, at);
      return;
    default:
      if (choice > 900) history.ask({ type: 'end', how: 'expired', reason: 'Too long' }, at);
  }
}

test('what is offered is taken, and nothing else, whatever the practice does in between', () => {
  const taken = new Map<string, number>();
  fc.assert(
    fc.property(fc.nat(3), fc.array(fc.tuple(fc.nat(999), fc.nat(999)), { maxLength: 20 }), (start, choices) => {
      const history = start === 0 ? seenAndPassedOver(minute(900)) : sent();
      for (const [index, [choice, form]] of choices.entries()) {
        const at = 20 + index * 60;
        if (choice % 4 === 0) practiceDoes(history, form, at);
        // At times the link of an office that was asked before.
        const { length } = history.referral.attempts;
        const attempt = form % 3 === 0 ? 1 + (choice % length) : length;
        const before = history.referral;
        const offered = officeActs(before, attempt, ACTS, minute(at));
        // Tried on a copy of the moment: an act that is taken moves the others.
        for (const name of ACTS) {
          const forms = name === 'note' ? (['final', 'interim'] as const) : [undefined];
          for (const note of forms) {
            const what = note === undefined ? one(name, minute(at + 30), minute(at)) : ({ ...one('note'), form: note } as OfficeAct);
            const isOffered = offered.includes(name) && (note === undefined || noteForms(before, attempt).includes(note));
            if (note === 'final') expect(takesAnswer(before, attempt)).toBe(isOffered);
            const decided = decideOffice(before, attempt, what, `tried/${index}/${name}/${note}`, minute(at));
            expect([name, note, before.attempts.at(-1)?.work.status, decided.ok]).toEqual([
              name,
              note,
              before.attempts.at(-1)?.work.status,
              isOffered,
            ]);
          }
        }
        const wanted = offered.filter((name) => name !== 'decline' || form % 10 === 0);
        const name = wanted[form % Math.max(1, wanted.length)];
        if (name === undefined) continue;
        const forms = noteForms(before, attempt);
        const what =
          name === 'note' ? ({ ...one('note'), form: forms[choice % forms.length] } as OfficeAct) : one(name, minute(at + 30), minute(at));
        expect([name, put(history, what, at, attempt)]).toEqual([name, undefined]);
        const whose = attempt < length ? `earlier: ${name}` : name;
        taken.set(whose, (taken.get(whose) ?? 0) + 1);
      }
    }),
    { numRuns: 150, seed: 20_261_128 },
  );
  expect([...taken.keys()].sort()).toEqual([...ACTS, 'earlier: confirm-cancellation', 'earlier: note'].sort());
});
