import type Client from 'fhirclient/lib/Client';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openEhr } from './ehr.ts';

const BASE = 'https://ehr.example.org/fhir';
const PATIENT = { resourceType: 'Patient', id: '1' };

/** The part of fhirclient's client that is used: a token, and until when the EHR said that it lasts. */
function clientOf(tokenResponse: Record<string, unknown>, expiresAt: number): Client {
  const part = {
    state: { serverUrl: BASE, tokenResponse: { access_token: 'token', ...tokenResponse }, expiresAt },
    refreshIfNeeded: async () => undefined,
    getAuthorizationHeader: () => 'Bearer token',
  };
  return part as unknown as Client;
}
const seconds = (fromNow: number): number => Math.floor(Date.now() / 1000) + fromNow;

afterEach(() => vi.unstubAllGlobals());

/** Answers in turn; the last one again and again. */
function answering(...answers: (Response | Error)[]) {
  const asked: { url: string; init: RequestInit }[] = [];
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    asked.push({ url, init });
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    if (answer instanceof Error) throw answer;
    return answer?.clone();
  });
  return asked;
}

describe('an access that has ended', () => {
  // What a browser sees of a 401 without CORS headers.
  const hidden = new TypeError('Failed to fetch');

  test('is recognised behind a 401 that the page is not allowed to see, once the EHR’s own time is over', async () => {
    const asked = answering(hidden);
    const ehr = openEhr(clientOf({ expires_in: 600 }, seconds(-1)));
    expect(await ehr.get('Patient/1')).toEqual({ ok: false, refusal: { kind: 'signed-out' } });
    expect(asked, 'nothing is tried again with it').toHaveLength(1);
    expect(await ehr.write({ path: 'Task', method: 'POST', resource: { resourceType: 'Task' } })).toMatchObject({
      refusal: { kind: 'signed-out' },
    });
  });

  test.each([
    ['has time left', { expires_in: 600 }, 300],
    ['never had an end said', {}, -1],
  ])('is not taken for one that %s: that is a broken connection', async (_name, token, left) => {
    answering(hidden);
    const write = { path: 'Task', method: 'POST', resource: { resourceType: 'Task' } } as const;
    expect(await openEhr(clientOf(token, seconds(left))).write(write)).toMatchObject({ refusal: { kind: 'no-answer' } });
  });

  test('is plain where the 401 can be seen', async () => {
    answering(new Response('', { status: 401 }));
    expect(await openEhr(clientOf({}, seconds(300))).get('Patient/1')).toMatchObject({ refusal: { kind: 'signed-out' } });
  });
});

describe('what is written', () => {
  const write = { path: 'ServiceRequest/7', method: 'PUT', resource: { resourceType: 'ServiceRequest', id: '7' }, ifMatch: '3' } as const;

  test.each([
    ['with the resource', Response.json({ ...write.resource, meta: { versionId: '4' } }), '4'],
    ['with nothing at all', new Response(null, { status: 200 }), undefined],
    ['with a Location that may be seen', new Response(null, { headers: { location: `${BASE}/ServiceRequest/7/_history/4` } }), '4'],
  ])('an update answered %s is known by its own address', async (_name, answer, versionId) => {
    const asked = answering(answer);
    const written = await openEhr(clientOf({}, seconds(300))).write(write);
    expect(written).toMatchObject({ ok: true, value: { reference: 'ServiceRequest/7', versionId } });
    expect(new Headers(asked[0]?.init.headers).get('if-match')).toBe('W/"3"');
  });

  test('a creation answered with nothing that can be seen has no address yet', async () => {
    answering(new Response(null, { status: 201 }));
    const written = await openEhr(clientOf({}, seconds(300))).write({ path: 'Task', method: 'POST', resource: { resourceType: 'Task' } });
    expect(written).toEqual({ ok: true, value: { reference: undefined, versionId: undefined, resource: undefined } });
  });

  test('nothing is sent to another server', async () => {
    const asked = answering(Response.json(PATIENT));
    const ehr = openEhr(clientOf({}, seconds(300)));
    expect(await ehr.get('https://elsewhere.example.org/fhir/Patient/1')).toEqual({ ok: false, refusal: { kind: 'elsewhere' } });
    expect(asked).toEqual([]);
  });
});
