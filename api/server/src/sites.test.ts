import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readSystemKey } from './ehr/system-key.ts';
import { findSite, parseSites, publicSite, readSites, sandboxSite } from './sites.ts';

const sandbox = sandboxSite(4010);
const entry = (more: Record<string, unknown> = {}) => ({
  tenant: 'north',
  name: 'North clinic',
  iss: 'https://fhir.example.org/r4',
  clientId: 'refloop-north',
  ...more,
});
const parse = (file: unknown, production = true) =>
  parseSites(typeof file === 'string' ? file : JSON.stringify(file), { production, taken: [sandbox] });
const faults = (file: unknown, production = true): string[] => {
  const answer = parse(file, production);
  return answer.ok ? [] : answer.refusal.map(({ field, message }) => `${field}: ${message}`);
};

describe('a sites file', () => {
  test('with the least it needs', () => {
    const answer = parse({ sites: [entry()] });
    expect(answer.ok && answer.value.sites).toMatchObject([
      {
        iss: 'https://fhir.example.org/r4',
        embed: ['https://fhir.example.org'],
        admins: [],
        issuer: undefined,
        scopes: expect.stringContaining('patient/ServiceRequest.crus'),
      },
    ]);
  });

  test('with all it may say', () => {
    const full = entry({
      scopes: 'launch openid fhirUser',
      issuer: 'https://login.example.org',
      jwks: { keys: [{ kty: 'RSA', n: 'x', e: 'AQAB' }] },
      embed: ['https://ehr.example.org', 'https://portal.example.org:8443'],
      admins: ['Practitioner/123'],
    });
    const cdsClients = [{ iss: 'https://fhir.example.org/r4', jku: 'https://fhir.example.org/jwks' }];
    const answer = parse({ sites: [full], cdsClients });
    expect(answer.ok && answer.value).toMatchObject({ sites: [full], cdsClients });
  });

  describe('with a CDS client', () => {
    const key = { kty: 'EC', crv: 'P-384', x: 'x', y: 'y' };
    const parsed = (sites: object[], client: object) => parse({ sites, cdsClients: [{ iss: 'https://fhir.example.org', ...client }] });
    const speaksFor = (...asked: Parameters<typeof parsed>): string[] | undefined => {
      const answer = parsed(...asked);
      return answer.ok ? answer.value.cdsClients[0]?.sites : undefined;
    };
    const elsewhere = entry({ iss: 'https://elsewhere.example.org/r4' });
    const another = entry({ iss: 'https://other.example.org/r4', tenant: 'another' });

    test('that speaks for the EHRs at its own origin, unless it lists others', () => {
      expect(speaksFor([entry(), elsewhere], { jwks: { keys: [key] } })).toEqual(['https://fhir.example.org/r4']);
      expect(speaksFor([entry(), elsewhere], { sites: ['https://elsewhere.example.org/r4'] })).toEqual([
        'https://elsewhere.example.org/r4',
      ]);
    });

    test('at another origin: for all of the file where they are of one organisation; of a file without any, for the sandbox', () => {
      expect(speaksFor([elsewhere], {})).toEqual(['https://elsewhere.example.org/r4']);
      expect(speaksFor([], {})).toEqual([sandbox.iss]);
    });

    test.each([
      ['for EHRs of several organisations', [elsewhere, another], {}, 'cdsClients.0.sites: It is not clear'],
      ['for an EHR that is not there', [entry()], { sites: ['https://nowhere.example.org'] }, 'cdsClients.0.sites: Names an EHR'],
      ['with a private key', [entry()], { jwks: { keys: [{ ...key, d: 'secret' }] } }, 'cdsClients.0.jwks.keys.0: A private key'],
      ['with a shared secret', [entry()], { jwks: { keys: [{ kty: 'oct', k: 'x' }] } }, 'cdsClients.0.jwks.keys.0: A key of type "oct"'],
      [
        'with keys at the cloud’s metadata',
        [entry()],
        { jku: 'https://169.254.169.254/keys' },
        'cdsClients.0.jku: An address where no EHR',
      ],
    ])('%s is refused', (_what, sites, client, fault) => {
      const answer = parsed(sites, client);
      expect(answer.ok ? [] : answer.refusal.map(({ field, message }) => `${field}: ${message}`)).toEqual([expect.stringContaining(fault)]);
    });

    test('named twice is refused', () => {
      const answer = parse({ sites: [entry()], cdsClients: [{ iss: 'https://fhir.example.org' }, { iss: 'https://fhir.example.org' }] });
      expect(answer.ok ? [] : answer.refusal.map(({ field }) => field)).toEqual(['cdsClients.1.iss']);
    });
  });

  test('with one account for texts at two entries is refused, and both are named: an answer would reach the first alone', () => {
    const texts = (key: string) => ({ url: 'https://sms.example.org/m', from: '+15552100199', key: 'env:OPENS', secret: `env:${key}` });
    const admins = ['Practitioner/123'];
    const south = { tenant: 'south', name: 'South clinic', iss: 'https://south.example.org/r4' };
    const file = JSON.stringify({
      sites: [entry({ textMessages: texts('A'), admins }), entry({ ...south, textMessages: texts('B'), admins })],
    });
    const read = (A: string, B: string) => parseSites(file, { production: true, taken: [sandbox], environment: { OPENS: 'k', A, B } });
    const one = 'a secret of more than thirty-two characters';
    const answer = read(one, ` ${one}\n`);
    expect(answer.ok ? [] : answer.refusal).toEqual([
      {
        field: 'sites.1.textMessages.secret',
        message: expect.stringMatching(/“North clinic” and “South clinic” have the same secret/),
        fix: expect.stringContaining('an account of its own'),
      },
    ]);
    expect(JSON.stringify(answer)).not.toContain(one);
    expect(read(one, `another: ${one}`).ok).toBe(true);
  });

  test.each([undefined, []])(
    'that takes texts and names no administrator (%j) is refused: what may be an emergency would be nobody’s',
    (admins) => {
      const textMessages = { url: 'https://sms.example.org/m', from: '+15552100199', key: 'env:OPENS', secret: 'env:A' };
      const environment = { OPENS: 'k', A: 'a secret of more than thirty-two characters' };
      const read = (more: object) =>
        parseSites(JSON.stringify({ sites: [entry({ textMessages, ...more })] }), { production: true, taken: [sandbox], environment });
      const answer = read({ admins });
      expect(answer.ok ? [] : answer.refusal.map(({ field }) => field)).toEqual(['sites.0.admins']);
      expect(read({ admins: ['Practitioner/123'] }).ok).toBe(true);
    },
  );

  describe('with a system client', () => {
    const jwk = (): string => JSON.stringify(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' }));
    const withSystem = (system: object, environment: Record<string, string> = {}) =>
      parseSites(JSON.stringify({ sites: [entry({ system })] }), { production: true, taken: [sandbox], environment });

    test('looks by default, and finishes only where the site wants it, each with scopes of its own', () => {
      const looks = withSystem({ clientId: 'back', key: 'env:NORTH_KEY' }, { NORTH_KEY: jwk() });
      expect(looks.ok && looks.value.sites[0]?.system).toMatchObject({ clientId: 'back', completes: false, key: { algorithm: 'ES384' } });
      expect(looks.ok && looks.value.sites[0]?.system?.scopes).not.toMatch(/\.[crs]*u|\.c/);
      const completes = withSystem({ clientId: 'back', key: 'env:NORTH_KEY', completes: true }, { NORTH_KEY: jwk() });
      expect(completes.ok && completes.value.sites[0]?.system?.scopes).toContain('system/ServiceRequest.crus');
      const own = withSystem({ clientId: 'back', key: 'env:NORTH_KEY', scopes: 'system/ServiceRequest.rs' }, { NORTH_KEY: jwk() });
      expect(own.ok && own.value.sites[0]?.system?.scopes).toBe('system/ServiceRequest.rs');
    });

    test.each([
      ['a variable that is not set', 'env:MISSING', {}, 'The variable MISSING is not set'],
      ['a file that is not there', '/nowhere/key.json', {}, '/nowhere/key.json cannot be read (ENOENT)'],
      ['no JSON', 'env:K', { K: 'secret' }, 'The key is not JSON'],
      ['a public key', 'env:K', { K: JSON.stringify({ kty: 'EC', crv: 'P-384', x: 'a', y: 'b' }) }, 'Not a private JWK'],
      ['parts that do not fit', 'env:K', { K: JSON.stringify({ kty: 'EC', crv: 'P-384', x: 'YQ', y: 'Yg', d: 'Yw' }) }, 'do not fit'],
    ] as [string, string, Record<string, string>, string][])(
      'a key that is %s is told by the field, and never shown',
      (_what, key, environment, message) => {
        const answer = withSystem({ clientId: 'back', key }, environment);
        const fault = answer.ok ? undefined : answer.refusal[0];
        expect(fault).toMatchObject({
          field: 'sites.0.system.key',
          message: expect.stringContaining(message),
          fix: expect.stringContaining('env:NAME'),
        });
        expect(JSON.stringify(answer)).not.toContain('secret');
      },
    );

    test('two keys of one name are refused: EHRs know a key by its name, and one of them would not be published', () => {
      const file = JSON.stringify({
        sites: [
          entry({ iss: 'https://a.example.org/fhir', system: { clientId: 'a', key: 'env:A' } }),
          entry({ iss: 'https://b.example.org/fhir', system: { clientId: 'b', key: 'env:B' } }),
        ],
      });
      const read = (environment: Record<string, string>) => parseSites(file, { production: true, taken: [sandbox], environment });
      const answer = read({ A: jwk(), B: jwk() });
      expect(answer.ok ? [] : answer.refusal).toEqual([
        { field: 'sites.1.system.key', message: 'Another key has the kid refloop', fix: expect.stringContaining('kid of its own') },
      ]);
      const same = jwk();
      expect(read({ A: same, B: same }).ok, 'one key may serve two EHRs').toBe(true);
      const named = (kid: string): string => JSON.stringify({ ...JSON.parse(jwk()), kid });
      expect(read({ A: named('a'), B: named('b') }).ok).toBe(true);
    });

    test('scopes that are none of its own are refused', () => {
      const answer = withSystem({ clientId: 'back', key: 'env:K', scopes: 'patient/Patient.r' }, { K: jwk() });
      expect(answer.ok ? [] : answer.refusal.map(({ field }) => field)).toEqual(['sites.0.system.scopes']);
    });
  });

  const wrong: [string, unknown, string[]][] = [
    ['that is no JSON', '{"sites": [', ['(file): Not JSON']],
    ['that is no JSON, which may hold a key', '{"d": "secret" "x"}', ['(file): Not JSON, at position 15 (line 1 column 16)']],
    ['without sites', {}, ['sites: ']],
    ['with a key that nobody knows', { sites: [entry({ clientID: 'x' })] }, ['sites.0: Unrecognized key']],
    ['without a client', { sites: [entry({ clientId: undefined })] }, ['sites.0.clientId: ']],
    ['with an iss that is no URL', { sites: [entry({ iss: 'fhir' })] }, ['sites.0.iss: Not a URL']],
    [
      'with a password in its iss',
      { sites: [entry({ iss: 'https://a:b@fhir.example.org' })] },
      ['sites.0.iss: A URL with a name or password'],
    ],
    ['with http in production', { sites: [entry({ iss: 'http://fhir.example.org' })] }, ['sites.0.iss: http in production']],
    ['with the same iss twice', { sites: [entry(), entry({ name: 'Again' })] }, ['sites.1.iss: Another entry']],
    ['with the sandbox’s iss', { sites: [entry({ iss: sandbox.iss })] }, ['sites.0.iss: Another entry']],
    ['with a path in embed', { sites: [entry({ embed: ['https://ehr.example.org/'] })] }, ['sites.0.embed.0: Not an origin']],
    [
      'with a header injected by embed',
      { sites: [entry({ embed: ["https://a.example.org; script-src 'unsafe-inline'"] })] },
      ['sites.0.embed.0: Not an origin'],
    ],
    ['with a patient as admin', { sites: [entry({ admins: ['Patient/1'] })] }, ['sites.0.admins.0: Not a fhirUser']],
    ['with no key in its set', { sites: [entry({ jwks: { keys: [] } })] }, ['sites.0.jwks.keys: ']],
    [
      'with keys given twice',
      { sites: [], cdsClients: [{ iss: 'x', jku: 'https://x.org/k', jwks: { keys: [{ kty: 'RSA' }] } }] },
      ['cdsClients.0: Both'],
    ],
    [
      'with scopes that open no session',
      { sites: [entry({ scopes: 'launch patient/*.rs' })] },
      ['sites.0.scopes: Without openid, fhirUser'],
    ],
    ['with an issuer that is no URL', { sites: [entry({ issuer: 'login' })] }, ['sites.0.issuer: Not a URL']],
    [
      'with a shared secret as key',
      { sites: [entry({ jwks: { keys: [{ kty: 'oct', k: 'x' }] } })] },
      ['sites.0.jwks.keys.0: A key of type "oct"'],
    ],
    [
      'with a private key',
      { sites: [entry({ jwks: { keys: [{ kty: 'EC', x: 'x', y: 'y', d: 'secret' }] } })] },
      ['sites.0.jwks.keys.0: A private key'],
    ],
    ['with embed that is no list', { sites: [entry({ embed: 'https://ehr.example.org' })] }, ['sites.0.embed: ']],
    ['with a list instead of an object', [], ['(file): ']],
    ['with two mistakes', { sites: [entry({ tenant: 'North Clinic', name: '' })] }, ['sites.0.tenant: ', 'sites.0.name: ']],
  ];
  test.each(wrong)('%s is refused, with the field', (_name, file, expected) => {
    const found = faults(file);
    expect(found).toHaveLength(expected.length);
    for (const [index, start] of expected.entries()) expect(found[index]).toContain(start);
  });

  test.each(wrong)('%s is told how to mend it', (_name, file) => {
    const answer = parse(file);
    expect(answer.ok).toBe(false);
    for (const { fix } of answer.ok ? [] : answer.refusal) expect(fix).toMatch(/\.$/);
  });

  test('a fix speaks of the field that is wrong', () => {
    const fixOf = (more: Record<string, unknown>) => {
      const answer = parse({ sites: [entry(more)] });
      return answer.ok ? undefined : answer.refusal[0]?.fix;
    };
    expect(fixOf({ embed: ['https://ehr.example.org/'] })).toContain('["https://ehr.example.org"]');
    expect(fixOf({ clientId: '' })).toContain('client id');
    expect(fixOf({ clientID: 'x' })).toContain('"clientId"');
    expect(fixOf({ jwks: {} })).toContain('public keys');
  });

  test('no secret of a wrong file is repeated', () => {
    const answer = parse({
      sites: [entry({ jwks: { keys: [{ kty: 'EC', d: 'planted-secret' }] }, system: { clientId: 'x', key: 7, k: 'planted-secret' } })],
    });
    expect(JSON.stringify(answer)).not.toContain('planted-secret');
  });

  test('http is taken outside production, and on loopback', () => {
    expect(faults({ sites: [entry({ iss: 'http://fhir.example.org' })] }, false)).toEqual([]);
    expect(faults({ sites: [entry({ iss: 'http://127.0.0.1:8080/fhir' }), entry({ iss: 'http://localhost:8080/fhir' })] })).toEqual([]);
  });

  test('that cannot be read is named', () => {
    const answer = readSites({ file: '/nonexistent/sites.json', sandbox: [sandbox], production: false });
    expect(answer).toMatchObject({ ok: false, refusal: [{ field: 'REFLOOP_SITES', message: expect.stringContaining('ENOENT') }] });
  });
});

test('iss is compared exactly', () => {
  expect(findSite([sandbox], sandbox.iss)).toBe(sandbox);
  for (const iss of [`${sandbox.iss}/`, sandbox.iss.replace('localhost', '127.0.0.1'), sandbox.iss.toUpperCase(), '']) {
    expect(findSite([sandbox], iss)).toBeUndefined();
  }
});

test('the public sees no admins, keys or secrets of a site', () => {
  const jwk = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' });
  const key = readSystemKey('env:K', { K: JSON.stringify(jwk) });
  if (!key.ok) throw new Error(key.message);
  const system = { clientId: 'x', key: key.value, scopes: 'system/Task.rs', completes: false, tracks: false };
  expect(Object.keys(publicSite({ ...sandbox, system })).sort()).toEqual(['clientId', 'iss', 'name', 'scopes']);
});

test('the sandbox may be framed from both names of this machine, which a browser takes for two sites', () => {
  expect(sandbox.embed).toEqual(['http://localhost:4010', 'http://127.0.0.1:4010']);
});
