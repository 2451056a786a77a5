import { ok, refuse } from '@refloop/domain/result';
import type { WorklistAnswer } from '@refloop/server/client/worklist';
import { expect, test, vi } from 'vitest';
import type { Api, ApiFailure } from '../session/api.ts';
import { openWorklist } from './live-worklist.ts';

const answer = (at: string): WorklistAnswer => ({ at, rows: [], more: 0, people: [] });
const gone: ApiFailure = { kind: 'unreachable' };

/** Answers each question as told, when it is told to. */
function openTest() {
  const waiting: ((answered: WorklistAnswer | ApiFailure) => void)[] = [];
  const call = () =>
    new Promise((settle) => {
      waiting.push((answered) => settle('kind' in answered ? refuse(answered) : ok(answered)));
    });
  const failed = vi.fn<(failure: object) => void>();
  return { live: openWorklist({ call } as unknown as Api, failed), waiting, failed };
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

test('an ended session is said to who opened the page', async () => {
  const { live, waiting, failed } = openTest();
  const asked = live.refresh();
  waiting[0]?.({ kind: 'session-ended', why: 'idle' });
  await asked;
  expect(failed).toHaveBeenCalledWith({ kind: 'session-ended', why: 'idle' });
  expect(live.store.get().list.kind).toBe('loading');
});
