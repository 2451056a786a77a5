import { ok, refuse } from '@refloop/domain/result';
import type { WorklistAnswer, WorklistLine } from '@refloop/server/client/worklist';
import { expect, test, vi } from 'vitest';
import type { Api, ApiFailure } from '../session/api.ts';
import { openWorklist } from './live-worklist.ts';
import { CALENDAR, testLine } from './test-row.ts';

const answer = (at: string, rows: WorklistLine[] = []): WorklistAnswer => ({
  kind: 'whole',
  at,
  mark: '7.abcdefgh',
  rows,
  names: {},
  more: 0,
  people: [],
  calendar: CALENDAR,
  heldNotes: null,
});
const gone: ApiFailure = { kind: 'unreachable' };

/** Answers each question as told, when it is told to. */
function openTest() {
  const waiting: ((answered: WorklistAnswer | ApiFailure) => void)[] = [];
  const paths: string[] = [];
  const call = (path: string) =>
    new Promise((settle) => {
      paths.push(path);
      waiting.push((answered) => settle('at' in answered ? ok(answered) : refuse(answered)));
    });
  const failed = vi.fn<(failure: object) => void>();
  return { live: openWorklist({ call } as unknown as Api, 'kim', failed), waiting, paths, failed };
}

test('a list that cannot be brought up to date stays, and says so; an answer later makes it whole', async () => {
  const { live, waiting } = openTest();
  const told = async (answered: WorklistAnswer | ApiFailure) => {
    const asked = live.refresh();
    waiting.at(-1)?.(answered);
    await asked;
    return live.store.get().list;
  };
  expect(await told(gone)).toMatchObject({ kind: 'failed', noPermission: false });
  expect(await told(answer('2026-11-28T15:00:00.000Z'))).toMatchObject({ kind: 'ready', behind: undefined });
  expect(await told(gone)).toMatchObject({ kind: 'ready', behind: expect.stringMatching(/does not answer/), answer: { more: 0 } });
  expect(await told(answer('2026-11-28T15:01:00.000Z'))).toMatchObject({ behind: undefined, answer: { at: '2026-11-28T15:01:00.000Z' } });
});

test('what was asked later is newer, whichever comes first', async () => {
  const { live, waiting } = openTest();
  const both = [live.refresh(), live.refresh()];
  waiting[1]?.(answer('2026-11-28T15:00:01.000Z'));
  waiting[0]?.(answer('2026-11-28T15:00:00.000Z'));
  await Promise.all(both);
  expect(live.store.get().list).toMatchObject({ answer: { at: '2026-11-28T15:00:01.000Z' } });
});

test('after the first time only what has changed is asked for; where nothing has, the page is left as it is for a minute', async () => {
  const { live, waiting, paths } = openTest();
  const told = async (answered: WorklistAnswer) => {
    const asked = live.refresh();
    waiting.at(-1)?.(answered);
    await asked;
    const { list } = live.store.get();
    return list.kind === 'ready' ? list : undefined;
  };
  const first = await told(answer('2026-11-28T15:00:00.000Z', [testLine({ id: 'a' }), testLine({ id: 'b' })]));
  expect(await told({ kind: 'unchanged', at: '2026-11-28T15:00:05.000Z', mark: '7.abcdefgh' })).toBe(first);
  const later = await told({ kind: 'unchanged', at: '2026-11-28T15:01:05.000Z', mark: '8.abcdefgh' });
  expect(later?.answer.at).toBe('2026-11-28T15:01:05.000Z');
  expect(later?.answer.rows).toBe(first?.answer.rows);
  const changes = {
    kind: 'changes',
    at: '2026-11-28T15:01:10.000Z',
    mark: '9.abcdefgh',
    rows: [],
    gone: ['a'],
    names: {},
    more: 0,
  } as const;
  expect((await told({ ...changes, rows: [], gone: ['a'] }))?.answer.rows.map(({ id }) => id)).toEqual(['b']);
  await told({ kind: 'unchanged', at: '2026-11-28T15:01:15.000Z', mark: '9.abcdefgh' });
  expect(paths).toEqual(
    ['', '?since=7.abcdefgh', '?since=7.abcdefgh', '?since=8.abcdefgh', '?since=9.abcdefgh'].map((since) => `/worklist${since}`),
  );
});

test('an ended session is said to who opened the page', async () => {
  const { live, waiting, failed } = openTest();
  const asked = live.refresh();
  waiting[0]?.({ kind: 'session-ended', why: 'idle' });
  await asked;
  expect(failed).toHaveBeenCalledWith({ kind: 'session-ended', why: 'idle' });
  expect(live.store.get().list.kind).toBe('loading');
});
