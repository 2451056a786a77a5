import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ApiCall, failureText, isBusy, notDoneText, openApi } from './api.ts';

const busy = (retryAfter: string | null): Response =>
  Response.json(
    {
      type: '/problems/too-many-requests',
      title: 'Too many requests',
      status: 429,
      detail: 'More requests came from your windows than Refloop takes at once. Nothing was done. Try again in 3 seconds.',
      reference: 'abc',
    },
    { status: 429, headers: retryAfter === null ? {} : { 'retry-after': retryAfter } },
  );
const good = (): Response => Response.json({ good: true });
const away = (): Response =>
  Response.json({ type: '/problems/database-away', status: 503 }, { status: 503, headers: { 'retry-after': '2' } });

/** When each request was sent, in milliseconds from the first. */
let sent: number[];
let started: number;

beforeEach(() => {
  vi.useFakeTimers();
  started = Date.now();
  sent = [];
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Calls against a server that answers in turn, the last again and again; waits are not waited for. */
async function call(answers: (() => Response)[], path: string, options: ApiCall = {}) {
  vi.stubGlobal('fetch', async () => {
    sent.push(Date.now() - started);
    return (answers[Math.min(sent.length, answers.length) - 1] ?? good)();
  });
  const answered = openApi().call<{ good: boolean }>(path, options);
  await vi.runAllTimersAsync();
  return answered;
}

describe('told that it asks too much', () => {
  test.each([
    ['a question', '/open-work', {}],
    ['what must not be done twice, since it was not done once', '/recommendations', { method: 'POST', body: {} }],
  ] satisfies [string, string, ApiCall][])('the app waits as long as it is told and sends %s again', async (_what, path, options) => {
    expect(await call([() => busy('3'), good], path, options)).toEqual({ ok: true, value: { good: true } });
    expect(sent).toEqual([0, 3000]);
  });

  test('again and again, it says so in the server’s words and stops asking', async () => {
    const answered = await call([() => busy('3')], '/open-work');
    expect(sent).toEqual([0, 3000, 6000]);
    if (answered.ok) throw new Error('It was refused.');
    expect(isBusy(answered.refusal)).toBe(true);
    expect(failureText(answered.refusal)).toBe(
      'More requests came from your windows than Refloop takes at once. Nothing was done. Try again in 3 seconds. (reference abc)',
    );
  });

  test.each([['40'], ['Wed, 21 Oct 2026 07:28:00 GMT'], [null]])('with Retry-After %s nobody is kept waiting', async (retryAfter) => {
    const answered = await call([() => busy(retryAfter)], '/open-work');
    expect(sent).toEqual([0]);
    expect(answered).toMatchObject({ ok: false, refusal: { kind: 'problem', problem: { status: 429 } } });
  });
});

describe('a server that cannot answer just now', () => {
  test('is not told to have done nothing: what changes something may be done all the same', async () => {
    const answered = await call([away], '/recommendations', { method: 'POST', body: {} });
    if (answered.ok) throw new Error('It was answered.');
    expect(notDoneText('Not sent.', answered.refusal)).toBe(
      'Refloop’s server does not answer. Whether this was done is not known; pressing again is safe and does it once at most.',
    );
    const refused = await call([() => busy('40')], '/recommendations', { method: 'POST', body: {} });
    if (refused.ok) throw new Error('It was not refused.');
    expect(notDoneText('Not sent.', refused.refusal)).toMatch(/^Not sent\. More requests came/);
  });

  test('is asked again where the question may be repeated', async () => {
    expect(await call([away, away, good], '/match', { method: 'POST', body: {} })).toMatchObject({ ok: true });
    expect(sent).toEqual([0, 1200, 4800]);
  });

  test('is not asked again to do what it may have done', async () => {
    expect(await call([away, good], '/recommendations', { method: 'POST', body: {} })).toEqual({
      ok: false,
      refusal: { kind: 'unreachable' },
    });
    expect(sent).toEqual([0]);
  });

  test('nor after a wait that the server asked for', async () => {
    expect(await call([() => busy('3'), away, good], '/recommendations', { method: 'POST', body: {} })).toMatchObject({ ok: false });
    expect(sent).toEqual([0, 3000]);
  });
});

test('how many tries of a link are left comes to the page, and whom to call when there are none', async () => {
  const tries = { left: 0, clinic: { name: 'Maple Clinic', phone: '510-555-0150' } };
  const refused = () => Response.json({ type: '/problems/not-allowed', status: 403, detail: 'No.', tries }, { status: 403 });
  const answered = await call([refused], '/patient/open', { method: 'POST', body: {} });
  expect(answered).toMatchObject({ ok: false, refusal: { kind: 'problem', problem: { tries } } });
});
