import { ok, refuse } from '@refloop/domain/result';
import type { WorklistAnswer, WorklistLine } from '@refloop/server/client/worklist';
import { describe, expect, test, vi } from 'vitest';
import type { Api, ApiFailure } from '../session/api.ts';
import { openWorklist } from './live-worklist.ts';
import { CALENDAR, testLine } from './test-row.ts';

const answer = (at: string, rows: WorklistLine[] = []): WorklistAnswer => ({
  kind: 'whole',
  at,
  mark: '7.abcdefgh',
  rows,
  names: {},
  next: null,
  coming: 0,
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
      const isAnswer = (answered: WorklistAnswer | ApiFailure): answered is WorklistAnswer => 'at' in answered || 'next' in answered;
      waiting.push((answered) => settle(isAnswer(answered) ? ok(answered) : refuse(answered)));
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

test('whoever asked and was overtaken by a look of its own hears when that is answered', async () => {
  const { live, waiting } = openTest();
  const asked = live.refresh().then(() => live.store.get().list);
  const look = live.refresh();
  waiting[0]?.(answer('2026-11-28T15:00:00.000Z'));
  await new Promise((done) => setTimeout(done));
  waiting[1]?.(answer('2026-11-28T15:00:01.000Z'));
  expect(await asked).toMatchObject({ answer: { at: '2026-11-28T15:00:01.000Z' } });
  await look;
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

describe('a list that comes in parts', () => {
  const lines = (...ids: string[]): WorklistLine[] =>
    ids.map((id) => testLine({ id, dueAt: `2026-11-28T1${id.charCodeAt(0) - 97}:00:00.000Z` }));
  const first = { ...answer('2026-11-28T15:00:00.000Z', lines('a', 'b')), next: '2~b', coming: 3 } as WorklistAnswer;
  const part = (next: string | null, ...ids: string[]): WorklistAnswer => ({ kind: 'part', rows: lines(...ids), names: {}, next });
  const rest = async (): Promise<void> => void (await new Promise((settle) => setTimeout(settle, 0)));

  test('its first lines are there at once, and the parts behind them are asked for one after the other', async () => {
    const { live, waiting, paths } = openTest();
    const asked = live.refresh();
    waiting[0]?.(first);
    await asked;
    const ready = () => live.store.get().list as { answer: { coming: number; rows: readonly { id: string }[] } };
    const shown = () => [
      ready()
        .answer.rows.map(({ id }) => id)
        .join(''),
      ready().answer.coming,
    ];
    expect(shown()).toEqual(['ab', 3]);
    await rest();
    waiting[1]?.(part('4~d', 'c', 'd'));
    await rest();
    expect(shown()).toEqual(['abcd', 1]);
    waiting[2]?.(part(null, 'e'));
    await rest();
    expect(shown()).toEqual(['abcde', 0]);
    expect(paths).toEqual(['/worklist', '/worklist?after=2~b', '/worklist?after=4~d']);
  });

  test('a part that is older than what has been told since does not bring back what is gone, nor an earlier state', async () => {
    const { live, waiting } = openTest();
    const asked = live.refresh();
    waiting[0]?.(first);
    await asked;
    const changed = live.refresh();
    const told = { kind: 'changes', at: '2026-11-28T15:00:05.000Z', mark: '8.abcdefgh', names: {}, more: 0 } as const;
    waiting[2]?.({ ...told, gone: ['c'], rows: [testLine({ id: 'd', dueAt: '2026-11-28T19:00:00.000Z', next: 'newer' })] });
    await changed;
    waiting[1]?.(part(null, 'c', 'd', 'e'));
    await rest();
    const { list } = live.store.get();
    expect(list.kind === 'ready' && list.answer.rows.map(({ id, next }) => [id, next === 'newer'])).toEqual([
      ['a', false],
      ['b', false],
      ['e', false],
      ['d', true],
    ]);
  });

  test('where a part does not come that is said, and the list is read whole the next time', async () => {
    const { live, waiting, paths } = openTest();
    const asked = live.refresh();
    waiting[0]?.(first);
    await asked;
    waiting[1]?.(gone);
    await rest();
    expect(live.store.get().list).toMatchObject({ kind: 'ready', behind: expect.stringMatching(/does not answer/) });
    void live.refresh();
    expect(paths.at(-1)).toBe('/worklist');
  });

  const shownOf = (live: ReturnType<typeof openTest>['live']): string => {
    const { list } = live.store.get();
    return list.kind === 'ready' ? `${list.answer.rows.map(({ id }) => id).join('')} ${list.answer.coming}` : list.kind;
  };
  const changes = (gone: string[], ...ids: string[]): WorklistAnswer => ({
    kind: 'changes',
    at: '2026-11-28T15:00:05.000Z',
    mark: '8.abcdefgh',
    names: {},
    more: 0,
    gone,
    rows: lines(...ids),
  });

  test.each<[string, WorklistAnswer]>([
    ['nothing changed', { kind: 'unchanged', at: '2026-11-28T15:00:05.000Z', mark: '8.abcdefgh' }],
    ['something changed', changes(['a'])],
  ])('an answer that was under way when a part did not come closes no hole: %s', async (_what, underWay) => {
    const { live, waiting, paths } = openTest();
    const asked = live.refresh();
    waiting[0]?.(first);
    await asked;
    const changed = live.refresh();
    waiting[1]?.(gone);
    await rest();
    waiting[2]?.(underWay);
    await changed;
    expect(live.store.get().list).toMatchObject({ behind: expect.stringMatching(/does not answer/) });
    const again = live.refresh();
    expect(paths.at(-1)).toBe('/worklist');
    waiting[3]?.(answer('2026-11-28T15:00:10.000Z', lines('a', 'b', 'c')));
    await again;
    expect([shownOf(live), live.store.get().list]).toEqual(['abc 0', expect.objectContaining({ behind: undefined })]);
    void live.refresh();
    expect(paths.at(-1)).toBe('/worklist?since=7.abcdefgh');
  });

  /** Read whole, and then once more, for something besides its lines is another. */
  async function readAnew(test: ReturnType<typeof openTest>): Promise<void> {
    const { live, waiting } = test;
    const asked = live.refresh();
    waiting[0]?.(first);
    await asked;
    waiting[1]?.(part(null, 'c', 'd', 'e'));
    await rest();
    const again = live.refresh();
    waiting[2]?.({ ...first, rows: lines('a', 'c'), at: '2026-11-28T15:01:00.000Z' } as WorklistAnswer);
    await again;
  }

  test('a list that is there already stays until all parts of the one that is read anew have come', async () => {
    const test = openTest();
    await readAnew(test);
    const { live, waiting } = test;
    expect(shownOf(live)).toBe('abcde 0');
    waiting[3]?.(part('4~d', 'd'));
    await rest();
    expect(shownOf(live)).toBe('abcde 0');
    const changed = live.refresh();
    waiting[5]?.(changes(['e'], 'f'));
    await changed;
    expect(shownOf(live), 'what has changed meanwhile is told at once').toBe('abcdf 0');
    expect(live.store.get().list, 'and what changed before is not in it yet').toMatchObject({ answer: { at: '2026-11-28T15:00:00.000Z' } });
    waiting[4]?.(part(null, 'e', 'g'));
    await rest();
    expect(shownOf(live)).toBe('acdfg 0');
    expect(live.store.get().list).toMatchObject({ behind: undefined, answer: { at: '2026-11-28T15:00:05.000Z' } });
  });

  test('and stays, said to be behind, where one of them does not come', async () => {
    const test = openTest();
    await readAnew(test);
    const { live, waiting, paths } = test;
    waiting[3]?.(gone);
    await rest();
    expect(shownOf(live)).toBe('abcde 0');
    expect(live.store.get().list).toMatchObject({ behind: expect.stringMatching(/does not answer/) });
    void live.refresh();
    expect(paths.at(-1)).toBe('/worklist');
  });

  test('whoever leaves the page asks for no further part; whoever comes back reads it whole', async () => {
    vi.stubGlobal('window', new EventTarget());
    const { live, waiting, paths } = openTest();
    const leave = live.start();
    waiting[0]?.(first);
    await rest();
    leave();
    waiting[1]?.(part('4~d', 'c', 'd'));
    await rest();
    await live.refresh();
    expect(paths).toEqual(['/worklist', '/worklist?after=2~b']);
    live.start()();
    expect(paths.at(-1)).toBe('/worklist');
    waiting[2]?.(first);
    await rest();
    expect(paths.length, 'nor does an answer that comes after they left begin anew').toBe(3);
    vi.unstubAllGlobals();
  });
});

test('an ended session is said to who opened the page', async () => {
  const { live, waiting, failed } = openTest();
  const asked = live.refresh();
  waiting[0]?.({ kind: 'session-ended', why: 'idle' });
  await asked;
  expect(failed).toHaveBeenCalledWith({ kind: 'session-ended', why: 'idle' });
  expect(live.store.get().list.kind).toBe('loading');
});
