import { expect, test } from 'vitest';
import { linesOf, stand } from './standing-list.ts';
import { testRow } from './test-row.ts';

const row = (id: string, referralId = id) => testRow({ id, referralId });
const shown = linesOf([row('a'), row('b'), row('c')]);

test.each<[string, string[], string[], number]>([
  ['nothing changed', ['a', 'b', 'c'], ['a', 'b', 'c'], 0],
  ['another order moves nothing', ['c', 'b', 'a'], ['a', 'b', 'c'], 0],
  ['one went: its place is kept', ['a', 'c'], ['a', 'b gone', 'c'], 0],
  ['new ones are counted, and not shown', ['x', 'a', 'b', 'y', 'c'], ['a', 'b', 'c'], 2],
  ['what follows of the same referral takes its place', ['a', 'b-next', 'c'], ['a', 'b-next', 'c'], 0],
  ['all went', [], ['a gone', 'b gone', 'c gone'], 0],
])('%s', (_what, fresh, lines, news) => {
  const standing = stand(
    shown,
    fresh.map((id) => row(id, id.split('-')[0])),
  );
  expect(standing.lines.map(({ row: { id }, gone }) => (gone ? `${id} gone` : id))).toEqual(lines);
  expect(standing.news).toBe(news);
});

test('a line that stays shows what is known of it now', () => {
  const { lines } = stand(linesOf([row('a')]), [testRow({ id: 'a', detail: 'Waits for us.' })]);
  expect(lines[0]?.row.detail).toBe('Waits for us.');
});
