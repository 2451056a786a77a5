import type { MetricRow } from '@refloop/server/client/insights';
import { expect, test } from 'vitest';
import { lossBars, reasonGroups } from './losses.ts';

const row = (category: string, parts: MetricRow['parts'], n = 100): MetricRow => ({
  segment: {},
  category,
  n,
  value: 0.1,
  low: 0.05,
  high: 0.2,
  level: 0.95,
  parts,
  note: null,
});

test('each way is a bar of its own, with the kinds that lost anybody', () => {
  const bars = lossBars([
    row('leaked/avoidable', { lost: 6, same_way: 6 }),
    row('leaked/unknown', { lost: 0, same_way: 6 }),
    row('unseen/avoidable', { lost: 20, same_way: 27 }),
    row('unseen/not-avoidable', { lost: 7, same_way: 27 }),
  ]);
  expect(bars.map(({ way, lost, n, segments }) => [way, lost, n, segments.map(({ kind, lost: each }) => [kind, each])])).toEqual([
    ['leaked', 6, 100, [['avoidable', 6]]],
    [
      'unseen',
      27,
      100,
      [
        ['avoidable', 20],
        ['not-avoidable', 7],
      ],
    ],
  ]);
});

test('over nobody both bars are there and empty', () => {
  expect(lossBars([]).map(({ lost, n, segments }) => [lost, n, segments.length])).toEqual([
    [0, 0, 0],
    [0, 0, 0],
  ]);
});

test('the groups that somebody left for, with the reasons of each', () => {
  const group = { group_out: 5, group_share: 0.5, group_low: 0.2, group_high: 0.8 };
  const groups = reasonGroups([
    row('access/wait-too-long', { went_out: 5, ...group }),
    row('access/too-far', { went_out: 0, ...group }),
    row('data/directory-wrong', { went_out: 0, group_out: 0 }),
    row('lawful-choice/patient-preference', { went_out: 5, ...group }),
  ]);
  expect(groups.map(({ group: name, share, rows }) => [name, share, rows.length])).toEqual([
    ['access', 0.5, 1],
    ['lawful-choice', 0.5, 1],
  ]);
});
