import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { newSigner, testEhr } from '../sessions/test-ehr.ts';
import { LOOKING_SCOPES, type Site } from '../sites.ts';
import { selfTest } from './self-test.ts';
import { readSystemKey } from './system-key.ts';

const NOW = new Date('2026-11-28T10:00:00.000Z');
const ISSUER = 'https://login.example.org';
const BASE = 'https://ehr.example.org/fhir';
const jwk = JSON.stringify(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' }));

async function opened(withSystem = true) {
  const key = readSystemKey('env:K', { K: jwk });
  if (!key.ok) throw new Error(key.message);
  const site: Site = {
    tenant: 'north',
    name: 'North clinic',
    iss: BASE,
    clientId: 'refloop',
    scopes: 'launch',
    issuer: undefined,
    jwks: undefined,
    embed: [],
    admins: [],
    system: withSystem ? { clientId: 'back', key: key.value, scopes: LOOKING_SCOPES, completes: false, tracks: false } : undefined,
  };
  const ehr = testEhr(site, ISSUER, [(await newSigner('k')).jwk]);
  ehr.answers.set(`${ISSUER}/token`, { access_token: 'system-token', expires_in: 300 });
  const empty = { resourceType: 'Bundle', type: 'searchset' };
  for (const [type, of] of [
    ['ServiceRequest', 'referral'],
    ['DocumentReference', 'referral-note'],
    ['Communication', 'referral-message'],
    ['Task', 'referral-task'],
  ]) {
    ehr.answers.set(`${BASE}/${type}?identifier=${encodeURIComponent(`https://refloop.health/id/${of}|random`)}&_count=1`, empty);
  }
  const run = () =>
    selfTest(site, {
      fetch: ehr.fetch,
      pause: async () => undefined,
      production: true,
      now: () => NOW,
      randomId: () => 'random',
    });
  const search = (type: string): string => [...ehr.answers.keys()].find((each) => each.startsWith(`${BASE}/${type}?`)) ?? '';
  return { ehr, run, search };
}

const answers = (checks: { technical: string; answer: string }[]): string[] =>
  checks.map(({ technical, answer }) => `${technical} ${answer}`);

describe('what the EHR really answers', () => {
  test('one that has all of it is good throughout, and nothing was written or asked of a patient', async () => {
    const { ehr, run } = await opened();
    const { checks } = await run();
    expect(answers(checks)).toEqual([
      '.well-known/smart-configuration good',
      'jwks_uri good',
      'client_credentials good',
      'ServiceRequest?identifier= good',
      'DocumentReference?identifier= good',
      'Communication?identifier= good',
      'Task?identifier= good',
    ]);
    expect(
      ehr.asked.filter((line) => !line.startsWith('GET')),
      'only the token is asked for by POST',
    ).toEqual([`POST ${ISSUER}/token`]);
    expect(ehr.asked.filter((line) => /patient/i.test(line))).toEqual([]);
    expect(JSON.stringify(checks)).not.toContain('system-token');
  });

  test('each run asks anew: what an earlier one heard is no answer of now', async () => {
    const { ehr, run } = await opened();
    await run();
    ehr.asked.length = 0;
    ehr.answers.set(`${ISSUER}/token`, 401);
    const { checks } = await run();
    expect(answers(checks)[2]).toBe('client_credentials bad');
    expect(ehr.asked.filter((line) => /smart-configuration|jwks|token/.test(line))).toHaveLength(3);
  });

  test('one that ignores the parameter, refuses it or does not have the type is told apart, each with what follows', async () => {
    const { ehr, run, search } = await opened();
    ehr.answers.set(search('ServiceRequest'), {
      resourceType: 'Bundle',
      entry: [{ resource: { resourceType: 'ServiceRequest', id: '1' } }],
    });
    ehr.answers.set(search('DocumentReference'), 400);
    ehr.answers.set(search('Task'), 404);
    const { checks } = await run();
    expect(checks.slice(3).map(({ answer, detail }) => [answer, detail])).toEqual([
      ['bad', expect.stringContaining('does not search by it')],
      ['bad', expect.stringContaining('answered 400')],
      ['good', expect.stringContaining('in one look')],
      ['bad', expect.stringContaining('answered 404')],
    ]);
  });

  test('what hangs on a failed question is not asked, and says so', async () => {
    const { ehr, run } = await opened();
    ehr.answers.set(`${ISSUER}/token`, 401);
    const { checks } = await run();
    expect(answers(checks).slice(2)).toEqual([
      'client_credentials bad',
      'ServiceRequest?identifier= not-asked',
      'DocumentReference?identifier= not-asked',
      'Communication?identifier= not-asked',
      'Task?identifier= not-asked',
    ]);
  });

  test('without an access of Refloop’s own it says what that means', async () => {
    const { run } = await opened(false);
    const { checks } = await run();
    expect(checks[2]).toMatchObject({ answer: 'not-asked', detail: expect.stringContaining('waits for its clinician') });
  });
});
