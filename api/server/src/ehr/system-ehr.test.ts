import { describe, expect, test } from 'vitest';
import { addressBelow, systemEhr } from './system-ehr.ts';

const BASE = 'https://ehr.example.org/tenant/fhir';

describe('where Refloop’s own token may go', () => {
  test.each([
    ['Patient/1', `${BASE}/Patient/1`],
    ['ServiceRequest?patient=1', `${BASE}/ServiceRequest?patient=1`],
    [`${BASE}?page=2`, `${BASE}?page=2`],
    [`${BASE}/Task?page=2`, `${BASE}/Task?page=2`],
  ])('%s stays below the FHIR base', (path, url) => expect(addressBelow(BASE, path)).toBe(url));

  test.each([
    'https://evil.example.org/fhir/Task',
    'http://ehr.example.org/tenant/fhir/Task',
    'https://ehr.example.org/tenant/fhir2/Task',
    '//evil.example.org/Task',
    '/Task',
    '../other/Task',
    'https://a:b@ehr.example.org/tenant/fhir/Task',
    'http://169.254.169.254/latest',
    'file:///etc/passwd',
  ])('%s does not', async (path) => {
    expect(addressBelow(BASE, path)).toBeUndefined();
    const ehr = systemEhr(BASE, 'token', { fetch: async () => Promise.reject(new Error('asked')), pause: async () => undefined });
    expect(await ehr.get(path)).toEqual({ ok: false, refusal: { kind: 'elsewhere' } });
    expect(await ehr.write({ path, method: 'POST', resource: { resourceType: 'Task' } })).toMatchObject({ refusal: { kind: 'elsewhere' } });
  });
});

/** Answers in turn, the last one again and again. */
function answering(...answers: (Response | Error)[]) {
  const asked: { url: string; init: RequestInit }[] = [];
  const ehr = systemEhr(BASE, 'token', {
    fetch: async (url, init) => {
      asked.push({ url, init });
      const answer = answers[Math.min(asked.length, answers.length) - 1];
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error('No answer given');
      return answer.clone();
    },
    pause: async () => undefined,
  });
  return { ehr, asked };
}
const patient = { resourceType: 'Patient', id: '1' };

describe('reading', () => {
  test('is tried again where the EHR was busy or silent, within bounds, and follows no redirect', async () => {
    const busy = answering(new Response('', { status: 503 }), new Error('broken'), Response.json(patient));
    expect(await busy.ehr.get('Patient/1')).toEqual({ ok: true, value: patient });
    expect(busy.asked.map(({ init }) => [init.redirect, new Headers(init.headers).get('authorization')])).toContainEqual([
      'error',
      'Bearer token',
    ]);
    const silent = answering(new Error('broken'));
    expect(await silent.ehr.get('Patient/1')).toMatchObject({ refusal: { kind: 'no-answer' } });
    expect(silent.asked).toHaveLength(3);
  });

  test('what the EHR says of a failure is not passed on: it may hold a patient’s data', async () => {
    const outcome = { resourceType: 'OperationOutcome', issue: [{ diagnostics: 'No access to Maria Santos' }] };
    const { ehr } = answering(Response.json(outcome, { status: 403 }));
    expect(await ehr.get('Patient/1')).toEqual({
      ok: false,
      refusal: { kind: 'http', status: 403, detail: 'The EHR answered with status 403.' },
    });
  });

  test('an ended access says so at once', async () => {
    const { ehr, asked } = answering(new Response('', { status: 401 }));
    expect(await ehr.get('Patient/1')).toEqual({ ok: false, refusal: { kind: 'signed-out' } });
    expect(asked).toHaveLength(1);
  });
});

describe('writing', () => {
  const update = { path: 'ServiceRequest/7', method: 'PUT', resource: { resourceType: 'ServiceRequest', id: '7' }, ifMatch: '3' } as const;

  test('is tried once: what an unanswered write did is not known', async () => {
    const { ehr, asked } = answering(new Error('broken'));
    expect(await ehr.write(update)).toMatchObject({ refusal: { kind: 'no-answer' } });
    expect(asked).toHaveLength(1);
  });

  test('carries the version, and is known by the body or by the Location', async () => {
    const kept = answering(Response.json({ ...update.resource, meta: { versionId: '4' } }));
    expect(await kept.ehr.write(update)).toMatchObject({ ok: true, value: { reference: 'ServiceRequest/7', versionId: '4' } });
    expect(new Headers(kept.asked[0]?.init.headers).get('if-match')).toBe('W/"3"');
    const located = answering(new Response(null, { status: 201, headers: { location: `${BASE}/Task/9/_history/1` } }));
    expect(
      await located.ehr.write({ path: 'Task', method: 'POST', resource: { resourceType: 'Task' }, ifNoneExist: 'identifier=a' }),
    ).toEqual({
      ok: true,
      value: { reference: 'Task/9', versionId: '1', resource: undefined },
    });
    expect(new Headers(located.asked[0]?.init.headers).get('if-none-exist')).toBe('identifier=a');
  });
});
