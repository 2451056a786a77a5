import { expect, test } from 'vitest';
import { VIEWS, WITHOUT_TAB } from './views.ts';

test('every file in views/ has a tab, and the page opens with the executive view', () => {
  expect(WITHOUT_TAB).toEqual([]);
  expect(VIEWS[0]).toMatchObject({ id: 'executive', name: 'Executive' });
});
