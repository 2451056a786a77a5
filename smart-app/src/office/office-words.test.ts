import { OFFICE_ACTS } from '@refloop/server/client/office';
import { describe, expect, test } from 'vitest';
import { ACT_NAMES, inOrder, instantOf, isOver, linkOf, statusText } from './office-words.ts';

test('every act has a name and a place', () => {
  expect(inOrder(OFFICE_ACTS).toSorted()).toEqual([...OFFICE_ACTS].toSorted());
  expect(OFFICE_ACTS.every((act) => ACT_NAMES[act].length > 0)).toBe(true);
  expect(inOrder(['decline', 'ask', 'accept'])).toEqual(['accept', 'ask', 'decline']);
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

test('statuses are told plainly; one that is not known by its own word', () => {
  expect(statusText('sent')).toBe('Waits for your answer');
  expect(statusText('in-progress')).toBe('in progress');
});

test('it is over where nothing but a question is left', () => {
  expect([isOver([]), isOver(['ask']), isOver(['ask', 'note'])]).toEqual([true, true, false]);
});
