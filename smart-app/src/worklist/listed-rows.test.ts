import type { WorklistLine } from '@refloop/server/client/worklist';
import { expect, test } from 'vitest';
import { listedOf, withChanges, withHours, withPart } from './listed-rows.ts';
import { CALENDAR, testLine } from './test-row.ts';

const AT = '2026-11-27T15:00:00.000Z';
const later = (hours: number): string => new Date(Date.parse(AT) + hours * 3_600_000).toISOString();
const whole = (rows: WorklistLine[]) =>
  listedOf(
    {
      kind: 'whole',
      at: AT,
      mark: '1.x',
      rows,
      names: { kim: 'Kim Example', lee: 'Lee Example' },
      next: null,
      coming: 0,
      more: 0,
      people: [],
      calendar: CALENDAR,
      heldNotes: null,
    },
    'kim',
  );
const ids = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id);

const before = whole([
  testLine({ id: 'a', dueAt: later(1) }),
  testLine({ id: 'b', dueAt: later(2), owner: 'lee', escalatedTo: 'kim' }),
  testLine({ id: 'c', dueAt: later(3), owner: 'no-grant' }),
]);

test('names and whose it is come from beside the lines', () => {
  expect(before.rows.map(({ owner, mine, escalatedToMe }) => [owner?.name, mine, escalatedToMe])).toEqual([
    ['Kim Example', true, false],
    ['Lee Example', false, true],
    ['no-grant', false, false],
  ]);
});

test('changes take the place of what they change, in order of the deadline; what has not changed is the same object', () => {
  const after = withChanges(
    before,
    {
      kind: 'changes',
      at: later(1),
      mark: '2.x',
      rows: [testLine({ id: 'a', dueAt: later(9), owner: 'noor' }), testLine({ id: 'd', dueAt: later(2) })],
      gone: ['c', 'never-listed'],
      names: { noor: 'Noor Example' },
      more: 0,
    },
    'kim',
  );
  expect(ids(after.rows)).toEqual(['b', 'd', 'a']);
  expect(after.rows[0]).toBe(before.rows[1]);
  expect(after.rows[2]).toMatchObject({ owner: { name: 'Noor Example' }, mine: false });
  expect(after.rows[1]?.owner?.name, 'a name that was told before').toBe('Kim Example');
  expect(after.at).toBe(later(1));
  expect(ids(before.rows), 'the list before is left as it was').toEqual(['a', 'b', 'c']);
});

test('a line whose deadline moved behind the first part before the next one was read is listed once, as it is now', () => {
  const rows = [testLine({ id: 'd', dueAt: later(4) }), testLine({ id: 'a', dueAt: later(5), owner: 'lee' })];
  const after = withPart(before, { kind: 'part', rows, names: {}, next: null }, new Set(), 'kim');
  expect(ids(after.rows)).toEqual(['b', 'c', 'd', 'a']);
  expect(after.rows.at(-1)?.owner?.name).toBe('Lee Example');
});

test('opening hours are those of the moment that is asked for', () => {
  const row = whole([testLine({ id: 'a', since: AT, dueAt: later(2) })]).rows[0];
  if (!row) throw new Error('The list is empty.');
  expect(withHours(row, new Date(later(1)), CALENDAR)).toMatchObject({ ageBusinessHours: 1, leftBusinessHours: 1 });
  expect(withHours(row, new Date(later(3)), CALENDAR)).toMatchObject({ ageBusinessHours: 3, leftBusinessHours: -1 });
});
