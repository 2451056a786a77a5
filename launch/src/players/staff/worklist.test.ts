import { expect, test } from 'vitest';
import type { Answered } from './staff-session.ts';
import { createWorklistReader } from './worklist.ts';

const NOW = new Date('2026-12-02T15:00:00.000Z');
const calendar = { timeZone: 'America/Chicago', opens: 8, closes: 17, holidays: [] };
const row = (id: string, dueAt = NOW.toISOString()) => ({
  id,
  referralId: id,
  kind: 'answer',
  patientName: 'Jo Doe',
  performerName: 'Ana Rivera, MD',
  since: NOW.toISOString(),
  dueAt,
  owner: 'kim',
});
const ok = (body: object): Answered => ({ status: 200, body });
const whole = (next: string | null, ...ids: string[]) =>
  ok({ kind: 'whole', mark: '7.abcdefgh', rows: ids.map((id) => row(id)), calendar, next });
const part = (next: string | null, ...ids: string[]) => ok({ kind: 'part', rows: ids.map((id) => row(id)), next });

function readerOf(...answers: (Answered | Error)[]) {
  const paths: string[] = [];
  const read = createWorklistReader(async (_method, path) => {
    paths.push(path);
    const answer = answers.shift() ?? ok({});
    if (answer instanceof Error) throw answer;
    return answer;
  });
  return { paths, ids: async () => [...((await read(NOW))?.rows.keys() ?? ['not read'])] };
}

test('a list that comes in parts is read to its end, and then only what has changed', async () => {
  const changes = ok({ kind: 'changes', mark: '8.abcdefgh', rows: [row('f')], gone: ['d'] });
  const { paths, ids } = readerOf(whole('2~b', 'a', 'b'), part('4~d', 'c', 'sim-1', 'd'), part(null, 'e'), changes);
  expect(await ids()).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(await ids()).toEqual(['a', 'b', 'c', 'e', 'f']);
  expect(paths).toEqual(['/worklist', '/worklist?after=2~b', '/worklist?after=4~d', '/worklist?since=7.abcdefgh']);
});

test('a line that moved behind the first part is had as the later part tells it', async () => {
  const moved = row('a', '2026-12-04T15:00:00.000Z');
  const read = createWorklistReader(async (_method, path) =>
    path === '/worklist' ? whole('2~b', 'a', 'b') : ok({ kind: 'part', rows: [moved], next: null }),
  );
  expect((await read(NOW))?.rows.get('a')).toEqual(moved);
});

test.each<[string, Answered | Error]>([
  ['is refused', { status: 503, body: {} }],
  ['does not come', new Error('Timed out')],
])('where a part %s nothing is worked on, and it is read whole the next time', async (_what, fails) => {
  const { paths, ids } = readerOf(whole(null, 'z'), whole('2~b', 'a', 'b'), fails, whole(null, 'a', 'c'));
  expect(await ids()).toEqual(['z']);
  expect(await ids().catch(() => ['not read'])).toEqual(['not read']);
  expect(await ids()).toEqual(['a', 'c']);
  expect(paths.at(-1)).toBe('/worklist');
});
