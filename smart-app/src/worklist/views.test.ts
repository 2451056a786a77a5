import { expect, test } from 'vitest';
import { testRow } from './test-row.ts';
import { countViews, isView, VIEWS, type ViewId, viewName } from './views.ts';

const AT = new Date(2026, 10, 28, 12, 0);
const on = (day: number, hour: number): string => new Date(2026, 10, day, hour).toISOString();

const ROWS = [
  testRow({ id: 'mine', mine: true, dueAt: on(30, 9), waitingOn: 'coordinator' }),
  testRow({ id: 'escalated', escalatedToMe: true, dueAt: on(27, 9), waitingOn: 'specialist' }),
  testRow({ id: 'today', dueAt: on(28, 17), waitingOn: 'patient', exception: 'patient-unreachable' }),
  testRow({ id: 'over since this morning', dueAt: on(28, 9), waitingOn: 'clinician' }),
  testRow({ id: 'not in force', dueAt: on(29, 9), waitingOn: null, exception: 'payer' }),
];

test.each<[ViewId, string[]]>([
  ['mine', ['mine', 'escalated']],
  ['escalated', ['escalated']],
  ['overdue', ['escalated', 'over since this morning']],
  ['today', ['today']],
  ['us', ['mine']],
  ['specialist', ['escalated']],
  ['patient', ['today']],
  ['clinician', ['over since this morning']],
  ['missing', []],
  ['specialty', []],
  ['payer', ['not in force']],
  ['unreachable', ['today']],
  ['all', ROWS.map(({ id }) => id)],
])('%s holds %j, and counts them', (view, ids) => {
  const holds = VIEWS.find(({ id }) => id === view)?.holds;
  expect(ROWS.filter((row) => holds?.(row, AT)).map(({ id }) => id)).toEqual(ids);
  expect(countViews(ROWS, AT)[view]).toBe(ids.length);
});

test('a view is named in full where it stands alone', () => {
  expect(['us', 'patient', 'overdue'].filter(isView).map(viewName)).toEqual(['Waits for us', 'Waits for the patient', 'Overdue']);
  expect(isView('everything')).toBe(false);
});
