import type { MetricAnswer, MetricRow } from '@refloop/server/client/insights';
import { expect, test } from 'vitest';
import { boundsOf, dotsOf } from './zip-map.ts';

const row = (zip3: string, n: number) => ({ segment: { zip3 }, n, value: 0.5 }) as MetricRow;
const place = (zip3: string, latitude: number, longitude: number) => ({ zip3, state: 'IL', latitude, longitude });
const answer = (...rows: MetricRow[]) => ({ rows }) as MetricAnswer;

test('eleven are shown, ten are not, and what has no place is counted apart', () => {
  const shown = dotsOf(answer(row('606', 11), row('602', 10), row('603', 0), row('000', 7), row('unknown', 5)), [
    place('606', 42, -88),
    place('602', 42, -88),
    place('603', 42, -88),
  ]);
  expect(shown.dots.map((dot) => dot.row.segment.zip3)).toEqual(['606']);
  expect([shown.tooFew, shown.nowhere]).toEqual([{ places: 1, n: 10 }, 12]);
});

test('one dot has room around it, far dots are all inside', () => {
  const dots = (...places: ReturnType<typeof place>[]) => places.map((each) => ({ place: each, row: row(each.zip3, 20) }));
  expect(boundsOf(dots(place('606', 42, -88)))).toEqual([
    [-89.1, 42.7],
    [-86.9, 41.3],
  ]);
  const [[west, north], [east, south]] = boundsOf(dots(place('606', 42, -88), place('900', 34, -118)));
  expect(west).toBeLessThan(-118);
  expect(east).toBeGreaterThan(-88);
  expect(north).toBeGreaterThan(42);
  expect(south).toBeLessThan(34);
});
