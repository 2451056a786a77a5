import { expect, test } from 'vitest';
import { VIEWS, viewsFor, WITHOUT_TAB } from './views.ts';

test('every file in views/ has a tab, and the page opens with the executive view', () => {
  expect(WITHOUT_TAB).toEqual([]);
  expect(VIEWS[0]).toMatchObject({ id: 'executive', name: 'Executive' });
});

test('fairness is a tab of leads alone; all else is of coordinators too', () => {
  const idsOf = (...roles: ('coordinator' | 'lead')[]) => viewsFor(roles).map(({ id }) => id);
  expect(idsOf('lead')).toEqual(VIEWS.map(({ id }) => id));
  expect(idsOf('coordinator', 'lead')).toContain('fairness');
  expect(idsOf('coordinator')).toEqual(VIEWS.map(({ id }) => id).filter((id) => id !== 'fairness'));
});
