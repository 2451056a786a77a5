/** `POST /sessions` for EHRs we did not write, each registered by a REFLOOP_SITES file, on PostgreSQL and over real HTTP. */
import { openTestStore, type TestStore } from '@refloop/server/store/test-store';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type ForeignEhr, type Options, startForeignEhr } from './foreign-ehr.ts';
import { type Answer, startRefloop, tokenOf } from './refloop.ts';
import { type Traits, V1_SCOPES } from './traits.ts';

const ASKED = 'launch openid fhirUser patient/*.cruds user/Practitioner.rs user/PractitionerRole.rs';

let opened: TestStore;
const running: ForeignEhr[] = [];
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());
afterEach(async () => {
  await Promise.all(running.splice(0).map((ehr) => ehr.close()));
});

async function start(options: Options = {}): Promise<ForeignEhr> {
  const ehr = await startForeignEhr(options);
  running.push(ehr);
  return ehr;
}

const signIn = async (ehr: ForeignEhr, patient = '1') => ehr.authorization.grant({ patient }, ASKED, new Date());

/** What the site's administrator writes beside the address and the client. */
type Entered = (ehr: ForeignEhr) => Record<string, unknown>;
const nothing: Entered = () => ({});
const withIssuer: Entered = ({ issuer }) => ({ issuer });
const withKeys: Entered = ({ authorization }) => ({ jwks: authorization.jwks });
const withBoth: Entered = (ehr) => ({ ...withIssuer(ehr), ...withKeys(ehr) });

async function openAt(traits: Partial<Traits>, entered: Entered = nothing): Promise<Answer & { ehr: ForeignEhr }> {
  const ehr = await start({ traits });
  const refloop = startRefloop(opened.store, [ehr.siteEntry('foreign', entered(ehr))]);
  await enrol(refloop.sites);
  return { ...(await refloop.open(ehr.iss, await signIn(ehr))), ehr };
}

const enrol = async (sites: { tenant: string; iss: string; name: string }[]): Promise<void> => {
  for (const site of sites) await opened.store.enrol({ tenant: site.tenant, issuer: site.iss, site: site.name });
};

const NAMED = { user: { fhirUser: 'Practitioner/dr-okafor', name: 'Dr. Ada Okafor' }, patient: '1', roles: ['clinician'] };

describe('issuer and keys, wherever this EHR tells them', () => {
  const smart = (issuer: boolean, jwksUri: boolean): Partial<Traits> => ({ smart: { issuer, jwksUri } });
  const places: [string, Partial<Traits>, Entered][] = [
    ['only below the FHIR base, in OpenID’s document', smart(false, false), nothing],
    ['in smart-configuration alone', { ...smart(true, true), openid: 'nowhere' }, nothing],
    ['issuer in smart-configuration, keys where that issuer says', { ...smart(true, false), openid: 'at-issuer' }, nothing],
    ['issuer in smart-configuration, keys only below the FHIR base', { ...smart(true, false), openid: 'at-fhir-base' }, nothing],
    ['issuer entered, keys where it says', { ...smart(false, false), openid: 'at-issuer' }, withIssuer],
    ['issuer entered, keys only below the FHIR base', { ...smart(false, false), openid: 'at-fhir-base' }, withIssuer],
    ['issuer entered, keys in smart-configuration beside the same issuer', { ...smart(true, true), openid: 'nowhere' }, withIssuer],
    ['issuer entered, keys in smart-configuration beside no issuer', { ...smart(false, true), openid: 'nowhere' }, withIssuer],
    ['keys entered, issuer in smart-configuration', { ...smart(true, false), openid: 'nowhere', keysPublished: false }, withKeys],
    ['keys entered, issuer in OpenID’s document without keys', { ...smart(false, false), keysPublished: false }, withKeys],
    ['both entered and nothing published', { ...smart(false, false), openid: 'nowhere', keysPublished: false }, withBoth],
  ];
  test.each(places)('%s', async (_name, traits, entered) => {
    expect(await openAt(traits, entered)).toMatchObject({ status: 201, body: NAMED });
  });

  test.each(['RS256', 'ES256', 'ES384'] as const)('signed by %s', async (algorithm) => {
    expect((await openAt({ algorithm })).status).toBe(201);
  });

  test('the FHIR base is not the issuer unless the EHR says so', async () => {
    const wrong: Entered = ({ iss }) => ({ issuer: iss });
    const answer = await openAt({ smart: { issuer: true, jwksUri: true }, openid: 'nowhere' }, (ehr) => ({
      ...wrong(ehr),
      ...withKeys(ehr),
    }));
    expect(answer).toMatchObject({ status: 401, body: { type: '/problems/id-token-refused', detail: expect.stringContaining('iss') } });
  });

  test('an issuer entered that the EHR’s own documents contradict is told as such', async () => {
    const answer = await openAt({ smart: { issuer: true, jwksUri: true } }, () => ({ issuer: 'http://localhost:9/another' }));
    expect(answer.status).toBe(502);
    expect(answer.body['detail']).toContain('Clinic foreign');
  });
});

describe('the patient', () => {
  const proofs: [Traits['introspection'], 'read' | 'not read'][] = [
    ['none', 'read'],
    ['full', 'not read'],
    ['without-patient', 'read'],
    ['nulls', 'read'],
    ['client-only', 'read'],
    ['denies', 'read'],
  ];
  test.each(proofs)('with introspection “%s” is proven; Patient is %s with the access token', async (introspection, expected) => {
    const { status, ehr } = await openAt({ introspection });
    expect(status).toBe(201);
    expect(ehr.fhir.asked.includes('GET Patient/1?') ? 'read' : 'not read').toBe(expected);
  });

  test('that introspection names otherwise is refused', async () => {
    expect(await openAt({ introspection: 'another-patient' })).toMatchObject({
      status: 403,
      body: { type: '/problems/patient-not-proven' },
    });
  });

  test('that the token does not reach is refused', async () => {
    const ehr = await start({
      people: [
        { id: '1', family: 'Abernathy' },
        { id: '2', family: 'Brandt' },
      ],
    });
    const refloop = startRefloop(opened.store, [ehr.siteEntry('foreign')]);
    await enrol(refloop.sites);
    const token = await signIn(ehr, '1');
    expect(await refloop.open(ehr.iss, { ...token, patient: '2' })).toMatchObject({ status: 403 });
    expect(await refloop.open(ehr.iss, token), 'the refused try did not use the id_token up').toMatchObject({ status: 201 });
  });

  test('is proven under v1 scopes too', async () => {
    expect(await openAt({ grants: V1_SCOPES })).toMatchObject({ status: 201, body: NAMED });
  });
});

describe('the person', () => {
  const people: [Traits['fhirUser'], string][] = [
    ['relative', 'Practitioner/dr-okafor'],
    ['absolute', 'Practitioner/dr-okafor'],
    ['role', 'PractitionerRole/okafor-cardiology'],
    ['role-absolute', 'PractitionerRole/okafor-cardiology'],
  ];
  test.each(people)('named by a %s fhirUser', async (fhirUser, reference) => {
    expect(await openAt({ fhirUser })).toMatchObject({ status: 201, body: { user: { fhirUser: reference, name: 'Dr. Ada Okafor' } } });
  });

  test('who is a patient is refused', async () => {
    expect(await openAt({ fhirUser: 'patient' })).toMatchObject({ status: 403, body: { type: '/problems/not-allowed' } });
  });
});

describe('two EHRs that both have Patient/1', () => {
  test('never meet: not by tokens, not by sessions, not in the database', async () => {
    const [north, south] = [
      await start({ people: [{ id: '1', family: 'Abernathy' }] }),
      await start({ people: [{ id: '1', family: 'Zielinski' }] }),
    ];
    const refloop = startRefloop(opened.store, [north.siteEntry('north'), south.siteEntry('south')]);
    await enrol(refloop.sites);
    const [ofNorth, ofSouth] = [await signIn(north), await signIn(south)];

    expect((await refloop.open(south.iss, ofNorth)).status, 'an id_token of the other EHR').toBe(401);
    const mixed = { ...ofSouth, access_token: ofNorth.access_token };
    expect((await refloop.open(south.iss, mixed)).status, 'an access token of the other EHR').toBe(403);

    const [first, second] = [await refloop.open(north.iss, ofNorth), await refloop.open(south.iss, ofSouth)];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect((await refloop.current(tokenOf(first))).body).toMatchObject({ patient: '1', site: 'Clinic north' });
    expect((await refloop.current(tokenOf(second))).body).toMatchObject({ patient: '1', site: 'Clinic south' });

    const stored = await opened.asOwner<{ tenant: string; issuer: string }>(
      'select distinct tenant, issuer from session where issuer in ($1, $2) order by tenant',
      [north.iss, south.iss],
    );
    expect(stored).toEqual([
      { tenant: 'north', issuer: north.iss },
      { tenant: 'south', issuer: south.iss },
    ]);
  });
});

describe('the pages’ security policy', () => {
  test('names this EHR, its token endpoint and the launcher that may frame the app', async () => {
    const ehr = await start();
    const own = startRefloop(opened.store, [ehr.siteEntry('foreign')]);
    expect(await own.policy()).toContain(`frame-ancestors ${new URL(ehr.iss).origin};`);
    const launcher = startRefloop(opened.store, [ehr.siteEntry('foreign', { embed: [ehr.launcher, 'https://portal.example.org'] })]);
    const policy = await launcher.policy();
    expect(policy).toContain(`frame-ancestors ${ehr.launcher} https://portal.example.org;`);
    expect(policy).toContain(`connect-src 'self' ${new URL(ehr.iss).origin};`);
  });
});
