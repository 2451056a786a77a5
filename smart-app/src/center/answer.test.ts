import { ok, type Result, refuse } from '@refloop/domain/result';
import { expect, test } from 'vitest';
import type { ApiFailure } from '../session/api.ts';
import { type Answer, answerAfter } from './answer.ts';

const AT = new Date('2026-11-30T15:00:00.000Z');
const LATER = new Date('2026-11-30T15:05:00.000Z');
const READ: Answer<string> = { kind: 'ready', value: 'as it was', at: AT, behind: undefined };

const problem = (status: number, name: string): Result<string, ApiFailure> =>
  refuse({
    kind: 'problem',
    problem: { type: `urn:problem:${name}`, title: 'Not done', status, detail: 'Why.', reference: 'r1' } as never,
  });
const UNREACHABLE: Result<string, ApiFailure> = refuse({ kind: 'unreachable' });

test.each([
  ['nobody answers', UNREACHABLE],
  ['the server is broken', problem(503, 'store-unavailable')],
  ['too much was asked', problem(429, 'too-many-requests')],
] as const)('what was read stays, and says that it may be old, where %s', (_why, refused) => {
  const after = answerAfter(READ, refused, LATER);
  expect(after).toMatchObject({ kind: 'ready', value: 'as it was', at: AT, behind: expect.stringMatching(/does not answer|Why\./) });
  expect(answerAfter(after, ok('as it is'), LATER)).toEqual({ kind: 'ready', value: 'as it is', at: LATER, behind: undefined });
});

test.each([
  ['it may not be read any more', problem(403, 'forbidden'), true],
  ['it is not there any more', problem(404, 'not-found'), false],
] as const)('what was read is taken off where %s', (_why, refused, noPermission) => {
  expect(answerAfter(READ, refused, LATER)).toMatchObject({ kind: 'failed', noPermission });
});

test('where nothing was read before, the page says why', () => {
  for (const before of [{ kind: 'loading' }, { kind: 'failed', text: 'Why.', noPermission: false }] as const)
    expect(answerAfter(before, UNREACHABLE, LATER)).toMatchObject({ kind: 'failed', noPermission: false });
});
