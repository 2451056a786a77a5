import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideOffice, type OfficeAct, officeActs } from './office-act.ts';
import { statusOf } from './status.ts';
import { ANOTHER, act, type History, inChart, minute } from './test-care.ts';

const ACTS: OfficeAct['act'][] = ['accept', 'decline', 'ask', 'offer-dates', 'book', 'no-show', 'seen', 'note'];
const one = (name: OfficeAct['act'], startsAt = '2026-12-08T15:00:00.000Z'): OfficeAct => {
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
    default:
      return { act: name };
  }
};

const sent = (): History => {
  const history = inChart();
  expect(act(history, { type: 'send', transmissionId: 't', channel: 'link' }, 1)).toBeUndefined();
  return history;
};

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
      expect(put(history, one(name), 10 + at)).toBeUndefined();
    expect(history.events.every(({ effectiveAt }) => effectiveAt !== null)).toBe(true);
    history.ask({ type: 'review-report', reportId: history.referral.reports[0]?.id ?? '' }, 30);
    expect(statusOf(history.referral)).toBe('closed');
    expect(officeActs(history.referral, 1, ACTS)).toEqual([]);
  });

  test('is offered what the table lets it do, and to ask', () => {
    const history = sent();
    expect(officeActs(history.referral, 1, ACTS)).toEqual(['accept', 'decline', 'ask']);
    put(history, one('accept'), 10);
    expect(officeActs(history.referral, 1, ACTS)).toEqual(['decline', 'ask', 'offer-dates', 'book', 'seen', 'note']);
    put(history, one('book'), 11);
    expect(officeActs(history.referral, 1, ACTS)).toContain('no-show');
  });

  test.each<[string, OfficeAct['act'][], OfficeAct, string]>([
    ['a date that is past', ['accept'], one('book', minute(2)), 'date-is-past'],
    ['one of its dates is past', ['accept'], one('offer-dates', minute(2)), 'date-is-past'],
    ['to book what it did not accept', [], one('book'), 'not-in-this-state'],
    ['a missed visit where none is booked', ['accept'], one('no-show'), 'nothing-booked'],
    ['anything after it declined', ['decline'], one('accept'), 'not-in-this-state'],
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
    expect(officeActs(history.referral, 1, ACTS)).toEqual([]);
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

test('what is offered is never refused', () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.array(fc.nat(999), { maxLength: 12 }), (choices) => {
      const history = sent();
      for (const [index, choice] of choices.entries()) {
        const offered = officeActs(history.referral, 1, ACTS).filter((name) => name !== 'decline' || choice % 10 === 0);
        const name = offered[choice % Math.max(1, offered.length)];
        if (name === undefined) return;
        expect([name, put(history, one(name), 10 + index)]).toEqual([name, undefined]);
        taken += 1;
      }
    }),
    { numRuns: 200, seed: 20_261_128 },
  );
  expect(taken).toBeGreaterThan(500);
});
