import { OFFICE_ACTS } from '@refloop/server/client/office';
import { describe, expect, test } from 'vitest';
import { linkOf } from '../words/link.ts';
import { instantOf, visitOn } from '../words/visit-day.ts';
import { ACT_NAMES, actName, headingOf, inOrder, isOver, nextAct, overText, statusText, stillWaitedText } from './office-words.ts';

const OPEN = { isBooked: false, isSeen: false, isNoteHeld: false };

test('every act has a name and a place', () => {
  expect(inOrder(OFFICE_ACTS, OPEN).toSorted()).toEqual([...OFFICE_ACTS].toSorted());
  expect(OFFICE_ACTS.every((act) => ACT_NAMES[act].length > 0)).toBe(true);
  expect(inOrder(['decline', 'ask', 'accept'], OPEN)).toEqual(['accept', 'ask', 'decline']);
  expect(inOrder(['ask', 'note', 'confirm-cancellation'], OPEN)[0], 'asked to cancel, that is what is next').toBe('confirm-cancellation');
});

test('with a date that stands what is next is what becomes of it, and another date has its own name', () => {
  expect(inOrder(['book', 'seen', 'note'], { isBooked: true, isSeen: false })).toEqual(['seen', 'note', 'book']);
  expect(actName('book', true)).toBe('Move the appointment…');
  expect(actName('book', false)).toBe(ACT_NAMES.book);
});

test.each([
  ['nothing booked', ['book', 'offer-dates', 'note', 'ask'], OPEN, 'book'],
  [
    'seen without a date: the note, not a booking',
    ['book', 'offer-dates', 'note', 'ask'],
    { isBooked: false, isSeen: true, isNoteHeld: false },
    'note',
  ],
  ['seen at a date that still stands', ['book', 'note', 'ask'], { isBooked: true, isSeen: true, isNoteHeld: false }, 'note'],
  [
    'a date to come: nobody is waited for',
    ['book', 'note', 'cancel-appointment'],
    { isBooked: true, isSeen: false, isNoteHeld: false },
    undefined,
  ],
  ['a date that is over', ['book', 'seen', 'note'], { isBooked: true, isSeen: false, isNoteHeld: false }, 'seen'],
  [
    'seen, and to be called off',
    ['note', 'confirm-cancellation'],
    { isBooked: true, isSeen: true, isNoteHeld: false },
    'confirm-cancellation',
  ],
  ['seen, and its note is looked at', ['book', 'note', 'ask'], { isBooked: false, isSeen: true, isNoteHeld: true }, undefined],
  [
    'its note is looked at, and it is to be called off',
    ['note', 'confirm-cancellation'],
    { ...OPEN, isNoteHeld: true },
    'confirm-cancellation',
  ],
  ['over', ['ask'], { isBooked: false, isSeen: true, isNoteHeld: false }, undefined],
] as const)('what is next for the office: %s', (_what, acts, stands, next) => {
  expect(nextAct([...acts], stands)).toBe(next);
});

describe('the link behind the #', () => {
  const link = 'AbC-_9'.padEnd(43, 'x');
  test.each([
    [`#${link}`, link],
    ['', undefined],
    ['#', undefined],
    [`#${link}x`, undefined],
    [`#${link.slice(1)}`, undefined],
    [`#${link.slice(1)}%`, undefined],
  ])('%s', (hash, expected) => {
    expect(linkOf(hash)).toBe(expected);
  });
});

test('a local time becomes an instant, and none where it is not one', () => {
  expect(instantOf('2026-12-08T09:00')).toBe(new Date('2026-12-08T09:00').toISOString());
  expect([instantOf(''), instantOf('soon')]).toEqual([undefined, undefined]);
});

test('a visit of which the day is asked: at the appointment, now, or at noon', () => {
  const now = new Date('2026-12-10T10:30').toISOString();
  const appointment = new Date('2026-12-08T09:15').toISOString();
  expect(visitOn('2026-12-08', appointment, now)).toBe(appointment);
  expect(visitOn('2026-12-10', appointment, now)).toBe(now);
  expect(visitOn('2026-12-09', appointment, now)).toBe(new Date('2026-12-09T12:00').toISOString());
  expect(visitOn('', appointment, now)).toBeUndefined();
});

test('statuses are told plainly; one that is not known by its own word', () => {
  expect(statusText({ status: 'sent', acts: [], noteHeld: false })).toBe('Waits for your answer');
  expect(statusText({ status: 'in-progress', acts: [], noteHeld: false })).toBe('in progress');
  expect(statusText({ status: 'accepted', acts: ['book', 'note'], noteHeld: false })).toBe('Accepted: no appointment yet');
  expect(statusText({ status: 'accepted', acts: ['note'], noteHeld: false })).toBe('Accepted: your advice is waited for');
});

test('beside a note that is looked at no other is asked for', () => {
  expect(statusText({ status: 'seen', acts: ['note'], noteHeld: true })).toBe('Seen: your note is being looked at');
  expect(statusText({ status: 'accepted', acts: ['note'], noteHeld: true })).toBe('Accepted: your note is being looked at');
  expect(statusText({ status: 'accepted', acts: ['book', 'note'], noteHeld: true })).toBe('Accepted: no appointment yet');
  expect(statusText({ status: 'reported', acts: [], noteHeld: true })).toBe('Your note has arrived. Nothing more is needed from you.');
});

test('it is over where nothing but a question is left', () => {
  expect([isOver([]), isOver(['ask']), isOver(['ask', 'note'])]).toEqual([true, true, false]);
});

describe('over for this office, and its note is still waited for', () => {
  const still = { opened: 'o', until: '2026-12-01T16:00:00.000Z', specialist: 'Ana Rivera, MD', patientName: 'Alba Reyes' };
  const toWrite = { ...still, visits: [new Date('2026-11-20T09:00').toISOString()], noteForms: ['final' as const], noteHeld: false };
  const toCancel = { ...still, appointment: null };

  test('the page says so, with the day', () => {
    expect(overText({ how: 'asked-another', toWrite })).toBe(
      'The practice asked another office meanwhile. Your note of the visit on 20 Nov 2026 is still waited for.',
    );
    expect(overText({ how: 'cancelled', toWrite })).toBe(
      'This referral was cancelled. Your note of the visit on 20 Nov 2026 is still waited for.',
    );
    expect(overText({ how: 'asked-another', toWrite: null })).toBe('The practice has asked another specialist.');
  });

  test('of a visit whose day nobody knows, and of several', () => {
    expect(stillWaitedText([])).toBe('Your note of the visit is still waited for.');
    const days = ['2026-11-20T09:00', '2026-11-20T15:00', '2026-11-27T09:00'].map((day) => new Date(day).toISOString());
    expect(stillWaitedText(days)).toBe('Your note of the visits on 20 Nov 2026 and 27 Nov 2026 is still waited for.');
  });

  test('beside one that is looked at the page says that', () => {
    const over = { how: 'asked-another' as const, toCancel: null, toWrite: { ...toWrite, noteHeld: true } };
    expect(headingOf(over)).toBe('Your note is being looked at');
    expect(overText(over)).toBe(
      'The practice asked another office meanwhile. The practice looks at your note of the visit on 20 Nov 2026 first. Send another one only if that was the wrong file.',
    );
    expect(headingOf({ ...over, toCancel })).toBe('Please let this referral go');
  });

  test('what is to be let go stands first', () => {
    expect(headingOf({ how: 'asked-another', toCancel: null, toWrite })).toBe('Your note is still waited for');
    expect(headingOf({ how: 'asked-another', toCancel, toWrite })).toBe('Please let this referral go');
    expect(headingOf({ how: 'asked-another', toCancel: null, toWrite: null })).toBe('Nothing more is needed');
  });
});
