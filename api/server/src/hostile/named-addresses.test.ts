/**
 * Where Refloop can be made to ask: an `iss` from a caller asks nothing unless it is in the site file, letter by letter; what a listed
 * EHR publishes is followed to its own sign-in, wherever that is, and never to this machine, a metadata service or plain http.
 * Every outgoing request is recorded.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { addressFault, namedAddressFault } from '../ehr-address.ts';
import { createDiscovery } from '../sessions/discovery.ts';
import { newSigner, type TestEhr, testEhr } from '../sessions/test-ehr.ts';
import { type Site, sandboxSite } from '../sites.ts';
import { openWholeApp, type WholeApp } from '../test-whole-app.ts';

const ISS = 'https://ehr.example.org/fhir';
const ISSUER = 'https://login.example.org';
const SMART = `${ISS}/.well-known/smart-configuration`;
const ACCESS_TOKEN = 'planted-access-token';

const METADATA = [
  'http://169.254.169.254/latest/meta-data',
  'https://169.254.169.254/latest/meta-data',
  'http://2852039166/latest',
  'http://0xa9fea9fe/latest',
  'http://0251.0376.0251.0376/latest',
  'http://169.254.43518/latest',
  'http://[::ffff:169.254.169.254]/latest',
  'http://[::ffff:a9fe:a9fe]/latest',
  'http://[fe80::1]/latest',
  'http://[fd00:ec2::254]/latest',
  'http://100.100.100.200/latest',
  'http://metadata.google.internal/computeMetadata',
  'http://metadata.google.internal./computeMetadata',
  'http://METADATA/computeMetadata',
];
const NOBODY = ['http://0.0.0.0/', 'http://0/', 'http://[::]/', 'http://224.0.0.1/', 'https://255.255.255.255/', 'http://[ff02::1]/'];
const THIS_MACHINE = [
  'http://127.0.0.1:5432/',
  'https://127.0.0.1/',
  'http://127.1/',
  'http://localhost:4020/grants',
  'http://[::1]:4020/',
  'http://app.localhost/',
  'http://[::ffff:127.0.0.1]/',
];
const NO_ADDRESS = [
  'file:///etc/passwd',
  'gopher://login.example.org/',
  'https://user:secret@login.example.org/',
  'https://login.example.org/?token=',
  'https://login.example.org/#x',
  '//login.example.org/',
  '/jwks',
  'nonsense',
  '',
];

describe('an address', () => {
  test.each([...METADATA, ...NOBODY])('%s is no EHR’s, in production or not', (address) => {
    expect(addressFault(address, false)).toContain('no EHR can be');
    expect(addressFault(address, true)).toBeDefined();
  });

  test.each(THIS_MACHINE)('%s may stand in a site file and may not be named by an EHR elsewhere', (address) => {
    expect(addressFault(address, true)).toBeUndefined();
    expect(namedAddressFault(ISS, address, false)).toContain('this machine');
    expect(namedAddressFault('http://localhost:4010/fhir', address, false)).toBeUndefined();
  });

  test.each([
    'https://10.1.2.3/fhir',
    'https://192.168.1.10:8443/fhir',
    'https://ehr.hospital.internal/fhir',
    'https://[fd12:3456::1]/fhir',
  ])('%s is where hospitals run theirs', (address) => {
    expect(addressFault(address, true)).toBeUndefined();
    expect(namedAddressFault(ISS, address, true)).toBeUndefined();
  });

  test('of plain http is taken outside production from an EHR of plain http alone', () => {
    expect(namedAddressFault(ISS, 'http://login.example.org/', false)).toContain('http');
    expect(namedAddressFault('http://ehr.example.org/fhir', 'http://login.example.org/', false)).toBeUndefined();
    expect(namedAddressFault('http://ehr.example.org/fhir', 'http://login.example.org/', true)).toBe('http in production');
  });
});

/** What Refloop finds out about an EHR that answers as `bend` has changed it, and what it asked for that. */
async function discover(bend: (ehr: TestEhr) => void): Promise<{ found: boolean; asked: string[] }> {
  const site: Site = { ...sandboxSite(4010), iss: ISS };
  const ehr = testEhr(site, ISSUER, []);
  bend(ehr);
  const discovery = createDiscovery({ fetch: ehr.fetch, now: () => new Date(), sites: [site], production: false });
  const found = (await discovery.of(site)).ok && (await discovery.keys(site, undefined)).ok;
  return { found, asked: ehr.asked };
}

let whole: WholeApp | undefined;
afterEach(async () => {
  await whole?.close();
  whole = undefined;
});

async function start(): Promise<{ ehr: TestEhr; open: (iss?: string) => Promise<number> }> {
  const signer = await newSigner('key-1');
  const site: Site = { ...sandboxSite(4010), iss: ISS, embed: [] };
  const ehr = testEhr(site, ISSUER, [signer.jwk]);
  whole = await openWholeApp({ ehr: ehr.fetch, site });
  const { app } = whole;
  const open = async (iss = ISS): Promise<number> => {
    const seconds = Math.floor(Date.now() / 1000);
    const idToken = await signer.sign({
      iss: ISSUER,
      aud: 'refloop',
      sub: 'dr-lee',
      iat: seconds,
      exp: seconds + 300,
      fhirUser: 'Practitioner/dr-lee',
    });
    const body = JSON.stringify({ iss, idToken, accessToken: ACCESS_TOKEN, patient: 'pat-1' });
    return (await app.request('/sessions', { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status;
  };
  return { ehr, open };
}

test('an iss that is not in the site file, letter by letter, asks nothing of anybody', async () => {
  const { ehr, open } = await start();
  const near = [
    `${ISS}/`,
    ISS.toUpperCase(),
    ` ${ISS}`,
    `${ISS}?x`,
    `${ISS}#`,
    `${ISS}/../fhir`,
    `${ISS}%2f`,
    ISS.replace('https', 'http'),
    ISS.replace('ehr.', 'ehr.evil.'),
    `${ISS}@evil.example.org`,
    ISS.replace('e', '\u0435'),
  ];
  for (const iss of [...near, ...METADATA, ...NOBODY, ...THIS_MACHINE, ...NO_ADDRESS, 'https://evil.example.org/fhir']) {
    expect({ iss, status: await open(iss) }).toEqual({ iss, status: 403 });
  }
  for (const path of ['/launch', '/app', '/sites', '/openapi.json', '/health']) {
    await whole?.app.request(`${path}?iss=${encodeURIComponent('https://evil.example.org/fhir')}&launch=x`);
  }
  expect(ehr.asked).toEqual([]);
  expect(await open()).toBe(201);
});

describe.each([
  ['keys', 'jwks_uri'],
  ['introspection', 'introspection_endpoint'],
  ['tokens', 'token_endpoint'],
])('an EHR that names a place for its %s', (_what, field) => {
  test.each([...METADATA, ...NOBODY, ...THIS_MACHINE, ...NO_ADDRESS.filter((address) => address !== ''), 'http://login.example.org/x'])(
    '%s: refused, and nothing is asked there',
    async (address) => {
      const name = ({ answers }: TestEhr) => void answers.set(SMART, { ...(answers.get(SMART) as object), [field]: address });
      expect(await discover(name)).toEqual({ found: false, asked: [`GET ${SMART}`] });
    },
  );
});

test('an introspection at another host of the EHR gets the token, over https', async () => {
  const { ehr, open } = await start();
  ehr.answers.set(SMART, { ...(ehr.answers.get(SMART) as object), introspection_endpoint: 'https://10.1.2.3/introspect' });
  ehr.answers.set('https://10.1.2.3/introspect', { active: true, patient: 'pat-1' });
  expect(await open()).toBe(201);
  expect(ehr.sent.filter(({ authorization }) => authorization !== null).map(({ url }) => new URL(url).host)).toEqual([
    '10.1.2.3',
    'ehr.example.org',
  ]);
});

describe('a redirect', () => {
  const redirectTo = (location: string) => () => new Response(null, { status: 302, headers: { location } });

  test.each([...METADATA, ...THIS_MACHINE, 'http://login.example.org/config', 'file:///etc/passwd', 'https://[', ''])(
    'to “%s” is not followed',
    async (location) => {
      const { found, asked } = await discover(({ answers }) => void answers.set(SMART, redirectTo(location)));
      expect({ found, elsewhere: asked.filter((line) => !line.startsWith(`GET ${ISS}`)) }).toEqual({ found: false, elsewhere: [] });
    },
  );

  test('to another place of https is followed, relative or not', async () => {
    const { found } = await discover(({ answers }) => {
      const document = answers.get(SMART);
      answers.set(SMART, redirectTo('https://moved.example.org/one'));
      answers.set('https://moved.example.org/one', redirectTo('two'));
      answers.set('https://moved.example.org/two', document);
    });
    expect(found).toBe(true);
  });

  test('in a circle ends', async () => {
    const { found, asked } = await discover(({ answers }) => void answers.set(SMART, redirectTo(SMART)));
    expect([found, asked.length]).toEqual([false, 4]);
  });

  test('of a question that carries the token is an error, wherever it leads', async () => {
    const { ehr, open } = await start();
    ehr.answers.set(`${ISS}/Patient/pat-1`, redirectTo('https://evil.example.org/Patient/pat-1'));
    ehr.answers.set('https://evil.example.org/Patient/pat-1', { resourceType: 'Patient', id: 'pat-1' });
    expect(await open()).toBe(502);
    expect(ehr.asked.some((line) => line.includes('evil'))).toBe(false);
  });
});
