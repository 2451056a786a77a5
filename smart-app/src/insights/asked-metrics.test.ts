import { expect, test } from 'vitest';
import type { Api } from '../session/api.ts';
import { watchMetrics } from './asked-metrics.ts';

test('what a view asks for is passed on, and each metric kept once', async () => {
  const passed: string[] = [];
  const api = { call: async (path: string) => void passed.push(path) } as unknown as Api;
  const watched = watchMetrics(api);
  for (const path of ['/insights/metrics/no_show?by=site', '/insights', '/insights/metrics/completion', '/insights/metrics/no_show'])
    await watched.apiOf('quality').call(path);
  expect(passed).toHaveLength(4);
  expect([watched.idsOf('quality'), watched.idsOf('executive')]).toEqual([['no_show', 'completion'], []]);
  expect(watched.apiOf('quality')).toBe(watched.apiOf('quality'));
});
