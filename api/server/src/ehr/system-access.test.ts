/** What may be done in an EHR is asked of it: of one that does not answer now nothing is concluded. */
import { ok } from '@refloop/domain/result';
import { expect, test } from 'vitest';
import { sandboxSite } from '../sites.ts';
import { systemAccess } from './system-access.ts';

const site = sandboxSite(4010, { clientId: 'x', key: {} as never, scopes: '', completes: false, tracks: true });
const STATEMENT = {
  resourceType: 'CapabilityStatement',
  rest: [{ mode: 'server', resource: [{ type: 'DocumentReference', interaction: [{ code: 'create' }] }] }],
};

/** An EHR whose answers to `metadata` are given; later ones are like the last. */
function answering(...answers: (() => Response)[]) {
  let asked = 0;
  let now = Date.parse('2026-11-29T10:00:00.000Z');
  const access = systemAccess({
    fetch: async () => (answers[Math.min(asked++, answers.length - 1)] ?? notFound)(),
    pause: async () => undefined,
    now: () => new Date(now),
    tokens: async () => ok({ accessToken: 't', scopes: ['system/DocumentReference.crs'] }),
  });
  return {
    /** Two hours after the time before. */
    mayCreate: async () => {
      now += 2 * 3_600_000;
      const own = await access(site);
      return own.ok ? own.may('DocumentReference', 'create') : own.why;
    },
  };
}

const states = (): Response => Response.json(STATEMENT);
const notFound = (): Response => new Response(null, { status: 404 });
const broken = (): Response => {
  throw new Error('connection reset');
};

test.each<[string, () => Response]>([
  ['does not answer', broken],
  ['answers that it has enough', () => new Response(null, { status: 429 })],
  ['fails', () => new Response(null, { status: 500 })],
  ['answers with a page', () => new Response('<html>Down for maintenance</html>')],
])('an EHR that %s when it is asked what it offers is not reached, and asked again', async (_what, answer) => {
  const { mayCreate } = answering(answer, answer, answer, states);
  let first = await mayCreate();
  for (let tries = 0; tries < 3 && first !== true; tries += 1) {
    expect(first).toBe('what it offers (metadata) could not be read');
    first = await mayCreate();
  }
  expect(first).toBe(true);
});

test('what it offered before holds while it does not answer', async () => {
  const { mayCreate } = answering(states, broken);
  expect([await mayCreate(), await mayCreate()]).toEqual([true, true]);
});

test('an EHR that makes no statement offers nothing', async () => {
  expect(await answering(notFound).mayCreate()).toBe(false);
});
