import { LARGEST_FILE } from '@refloop/domain/packet/file';
import { expect, test } from 'vitest';
import { type Site, sandboxSite } from '../sites.ts';
import type { Scope } from '../store/store.ts';
import { type ChartFiles, chartFilesNow } from './chart-files.ts';

const base = { ...sandboxSite(4010), iss: 'https://ehr.example.org/tenant/fhir' };
const reads: Site = { ...base, system: { reads: true } as NonNullable<Site['system']> };
const scope: Scope = { tenant: base.tenant, issuer: base.iss, site: base.name };

/** Answers in turn, the last one again and again. */
async function answering(...answers: (() => Response)[]): Promise<{ files: ChartFiles; asked: { url: string; init: RequestInit }[] }> {
  const asked: { url: string; init: RequestInit }[] = [];
  const open = chartFilesNow({
    sites: [reads],
    tokens: async () => ({ ok: true, value: { accessToken: 'secret', scopes: [] } }),
    fetch: async (url, init) => {
      asked.push({ url, init });
      const answer = answers[Math.min(asked.length, answers.length) - 1];
      if (answer === undefined) throw new Error('No answer given');
      return answer();
    },
    pause: async () => undefined,
  });
  const opened = await open(scope, 'p1', { tries: 3, milliseconds: 5000 });
  if (!opened?.ok) throw new Error('Not opened');
  return { files: opened.value, asked };
}

const bytes = (...values: number[]) => new Uint8Array(values);
const binary = (more: object = {}) =>
  Response.json(
    { resourceType: 'Binary', contentType: 'image/png', data: 'iVBORw==', ...more },
    { headers: { 'content-type': 'application/fhir+json' } },
  );

test.each([
  ['Binary/1', 'https://ehr.example.org/tenant/fhir/Binary/1'],
  ['https://ehr.example.org/tenant/fhir/Binary/1', 'https://ehr.example.org/tenant/fhir/Binary/1'],
  ['./Binary/1/_history/2', 'https://ehr.example.org/tenant/fhir/Binary/1/_history/2'],
])('%s is fetched from below the FHIR base, with the token', async (address, url) => {
  const { files, asked } = await answering(() => new Response(bytes(1, 2)));
  expect(await files.file(address)).toEqual({ ok: true, value: { bytes: bytes(1, 2), security: [] } });
  expect(asked.map((each) => [each.url, each.init.redirect, new Headers(each.init.headers).get('authorization')])).toEqual([
    [url, 'error', 'Bearer secret'],
  ]);
});

test.each([
  'https://evil.example.org/Binary/1',
  'http://ehr.example.org/tenant/fhir/Binary/1',
  'https://ehr.example.org/other/fhir/Binary/1',
  'https://ehr.example.org.evil.example/tenant/fhir/Binary/1',
  'https://ehr.example.org@evil.example/tenant/fhir/Binary/1',
  'https://user:word@ehr.example.org/tenant/fhir/Binary/1',
  '//evil.example.org/Binary/1',
  '/Binary/1',
  '../../admin',
  'Binary/../../../admin',
  'Binary/%2e%2e/%2e%2e/%2e%2e/admin',
  '\\\\evil.example.org\\Binary',
  'http://169.254.169.254/latest/meta-data',
  'http://127.0.0.1:5432/',
  'http://[::1]/',
  'file:///etc/passwd',
  'data:image/png;base64,iVBORw==',
  'urn:uuid:0b5c2c7e-6f0e-4f0e-9b0e-0b5c2c7e6f0e',
])('%s is asked for nowhere', async (address) => {
  const { files, asked } = await answering(() => new Response(bytes(1)));
  expect(await files.file(address)).toEqual({ ok: false, refusal: 'elsewhere' });
  expect(asked).toEqual([]);
});

test('a Binary gives its bytes and its labels, and none that is another patient’s', async () => {
  const security = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }];
  const { files } = await answering(() => binary({ meta: { security }, securityContext: { reference: 'Patient/p1' } }));
  expect(await files.file('Binary/1')).toEqual({ ok: true, value: { bytes: bytes(0x89, 0x50, 0x4e, 0x47), security } });
  const other = await answering(() => binary({ securityContext: { reference: 'Patient/p2' } }));
  expect(await other.files.file('Binary/1')).toEqual({ ok: false, refusal: 'gone' });
});

const silent = (): Response => {
  throw new Error('reset');
};

test.each<[string, () => Response, string, number]>([
  ['refused by the EHR', () => new Response('', { status: 403 }), 'not-allowed', 1],
  ['not there any more', () => new Response('', { status: 410 }), 'gone', 1],
  ['asked again while the EHR is busy, three times and no more', () => new Response('', { status: 503 }), 'no-answer', 3],
  ['asked again where no answer came', silent, 'no-answer', 3],
  ['larger than may be', () => new Response(new Uint8Array(LARGEST_FILE + 1)), 'too-large', 1],
  ['larger than may be, without an end', () => new Response(new Uint8Array(LARGEST_FILE * 2)), 'too-large', 1],
  ['a resource of another kind', () => Response.json({ resourceType: 'Bundle' }), 'unknown-kind', 1],
])('%s', async (_, answer, refusal, times) => {
  const { files, asked } = await answering(answer);
  expect(await files.file('Binary/1')).toEqual({ ok: false, refusal });
  expect(asked.length).toBe(times);
});

test('an entry is taken of this patient alone, under the id that was asked for', async () => {
  const entry = (more: object) => () =>
    Response.json({ resourceType: 'DocumentReference', id: 'd1', subject: { reference: 'Patient/p1' }, ...more });
  const read = async (more: object, id = 'd1') => (await answering(entry(more))).files.entry({ type: 'DocumentReference', id });
  expect(await read({})).toMatchObject({ ok: true, value: { id: 'd1' } });
  for (const more of [{ subject: { reference: 'Patient/p2' } }, { id: 'd2' }, { resourceType: 'DiagnosticReport' }, { subject: undefined }])
    expect(await read(more), JSON.stringify(more)).toEqual({ ok: false, refusal: 'gone' });
  expect(await read({}, '../Patient/p2')).toEqual({ ok: false, refusal: 'elsewhere' });
});

test('where the site lets Refloop read no charts nothing is fetched', async () => {
  const open = chartFilesNow({
    sites: [base],
    tokens: async () => Promise.reject(new Error('asked')),
    fetch: async () => Promise.reject(new Error('asked')),
    pause: async () => undefined,
  });
  expect(await open(scope, 'p1', { tries: 1, milliseconds: 1000 })).toBeUndefined();
});
