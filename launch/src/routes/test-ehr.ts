/** For tests: the whole EHR on a fresh database, with a clock that can be turned and a browser that keeps its cookies. */
import { createHash, randomBytes } from 'node:crypto';
import type { Resource } from '@medplum/fhirtypes';
import type { Hono } from 'hono';
import pg from 'pg';
import { createTestDatabase } from '../../../tools/test-database.ts';
import { type RegisteredClient, refloopClient } from '../auth/clients.ts';
import { migrateAuth } from '../auth/migrations.ts';
import { openSigningKey } from '../auth/signing-key.ts';
import { practitionerOf, SANDBOX_USERS } from '../auth/users.ts';

import type { Fetch } from '../cds/cds-client.ts';
import { createRepository } from '../fhir/postgres-repository.ts';
import type { Repository } from '../fhir/repository.ts';
import { migrateEhr } from '../fhir/schema.ts';
import { createEhrApp, type EhrOptions } from './app.ts';
import type { Readiness } from './health.ts';

export const EHR = 'http://localhost:4010';
export const FHIR_BASE = `${EHR}/fhir`;
export const REFLOOP = 'http://127.0.0.1:4020';

/** A second browser app, for what must not be shared between apps. */
export const OTHER_APP: RegisteredClient = {
  clientId: 'other-app',
  name: 'Other app',
  authentication: { kind: 'public' },
  redirectUris: ['https://other.example/callback?kept=1', 'https://other.example/second'],
  scopes: 'openid fhirUser launch launch/patient patient/*.rs',
};

export const SERVER_APP_SECRET = 'a-secret-of-the-server-app-0123456789';
export const SERVER_APP: RegisteredClient = {
  clientId: 'server-app',
  name: 'Server app',
  authentication: { kind: 'symmetric', secret: SERVER_APP_SECRET },
  redirectUris: ['https://server.example/callback'],
  scopes: 'openid fhirUser launch launch/patient offline_access patient/*.rs',
};

export type TestEhr = {
  app: Hono;
  pool: pg.Pool;
  repository: Repository;
  now: () => Date;
  /** The machine's own, by which sessions and tokens end. */
  machineTime: () => Date;
  /** From now on the practice goes by this clock, and the machine by its own. */
  goBy: (clock: () => Date) => void;
  /** Moves the clock forward. */
  pass: (seconds: number) => void;
  setReadiness: (readiness: Readiness) => void;
  setRemoteAddress: (address: string) => void;
  /** How many milliseconds the EHR let pass on purpose, each time; no test waits for them. */
  waited: number[];
  /** From now on nothing it waits for comes, until the answer is called. */
  holdWaits: () => () => void;
  /** The same EHR on the same database, as after a restart. */
  restarted: () => Hono;
  close: () => Promise<void>;
};

const reference = (to: string) => ({ reference: to });

/** Two patients, so that one's facts can be looked for in the other's chart. */
export const CHART: Resource[] = [
  {
    resourceType: 'Patient',
    id: 'pat-a',
    identifier: [
      {
        type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] },
        system: 'urn:oid:2.16.840.1.113883.19.5',
        value: 'MRN-1001',
      },
    ],
    name: [{ use: 'official', family: 'Achterberg', given: ['Nora'] }],
    gender: 'female',
    birthDate: '1961-04-09',
  },
  {
    resourceType: 'Patient',
    id: 'pat-b',
    identifier: [{ system: 'urn:oid:2.16.840.1.113883.19.5', value: 'MRN-1002' }],
    name: [{ use: 'official', family: 'Bellweather', given: ['Osei'] }],
    gender: 'male',
    birthDate: '1980-12-01',
  },
  {
    resourceType: 'Encounter',
    id: 'enc-a',
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB', display: 'ambulatory' },
    type: [{ text: 'Office visit' }],
    subject: reference('Patient/pat-a'),
    period: { start: '2026-11-02T14:00:00Z', end: '2026-11-02T14:30:00Z' },
  },
  {
    resourceType: 'ServiceRequest',
    id: 'order-a',
    status: 'draft',
    intent: 'order',
    category: [{ coding: [{ system: 'http://snomed.info/sct', code: '3457005', display: 'Patient referral' }] }],
    code: { coding: [{ system: 'http://snomed.info/sct', code: '308471005' }], text: 'Referral to cardiologist' },
    subject: reference('Patient/pat-a'),
    encounter: reference('Encounter/enc-a'),
    authoredOn: '2026-11-02T14:20:00Z',
    requester: reference('Practitioner/clinician'),
    reasonCode: [{ coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'I50.9' }], text: 'Heart failure' }],
  },
  {
    resourceType: 'ServiceRequest',
    id: 'order-b',
    status: 'draft',
    intent: 'order',
    code: { text: 'Referral to dermatologist' },
    subject: reference('Patient/pat-b'),
  },
  {
    resourceType: 'Condition',
    id: 'cond-a',
    clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] },
    code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'I50.9' }], text: 'Heart failure' },
    subject: reference('Patient/pat-a'),
  },
];

/** What the EHR calls by itself: its CDS services, and whoever subscribed; nobody answers where nothing is given. */
export type Called = { services?: Fetch; notify?: NonNullable<EhrOptions['notify']> };

/** Opens the EHR. `resources` are loaded beside the sandbox users; `further` apps are registered beside the three of every test. */
export async function openTestEhr(
  resources: Resource[] = CHART,
  further: RegisteredClient[] = [],
  { services, notify = async () => new Response(null, { status: 503 }) }: Called = {},
): Promise<TestEhr> {
  const database = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: database.url, max: 4 });
  await migrateEhr(pool);
  await migrateAuth(pool);
  // A whole second, so that ages of tokens come out even.
  let now = Math.floor(Date.now() / 1000) * 1000;
  const machineTime = (): Date => new Date(now);
  let practice = machineTime;
  const repository = createRepository(pool, { baseUrl: FHIR_BASE, now: () => practice() });
  const report = await repository.loadResources([...SANDBOX_USERS.map(practitionerOf), ...resources]);
  if (report.refused.length > 0) throw new Error(`The test's chart was refused: ${JSON.stringify(report.refused)}`);
  let readiness: Readiness = { status: 'ready' };
  let remoteAddress = '127.0.0.1';
  const clients: EhrOptions['clients'] = [refloopClient(REFLOOP), OTHER_APP, SERVER_APP, ...further];
  const signingKey = await openSigningKey(pool, new Date(now));
  const cdsKey = await openSigningKey(pool, new Date(now), 'cds');
  const waited: number[] = [];
  let held = Promise.resolve();
  const options: EhrOptions = {
    pool,
    repository,
    origin: EHR,
    clients,
    signingKey: () => signingKey,
    ...(services ? { cds: { key: () => cdsKey, fetch: services } } : {}),
    readiness: () => readiness,
    now: () => practice(),
    machineTime,
    remoteAddress: () => remoteAddress,
    notify,
    wait: (milliseconds) => {
      waited.push(milliseconds);
      return held;
    },
  };
  return {
    app: createEhrApp(options),
    waited,
    holdWaits: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return () => {
        held = Promise.resolve();
        resolve();
      };
    },
    restarted: () => createEhrApp(options),
    pool,
    repository,
    now: () => practice(),
    machineTime,
    goBy: (clock) => {
      practice = clock;
    },
    pass: (seconds) => {
      now += seconds * 1000;
    },
    setReadiness: (next) => {
      readiness = next;
    },
    setRemoteAddress: (next) => {
      remoteAddress = next;
    },
    close: async () => {
      await pool.end();
      await database.drop();
    },
  };
}

export type LaunchAnswer = { launch: string; iss: string; url: string };

/** A launch by the API, for the clinician about patient A's order unless told otherwise. */
export async function launchByApi(
  ehr: TestEhr,
  body: Record<string, unknown> = { user: 'clinician', patient: 'pat-a', order: 'order-a' },
): Promise<LaunchAnswer> {
  const response = await ehr.app.request(`${EHR}/launches`, { method: 'POST', body: JSON.stringify(body) });
  if (response.status !== 200) throw new Error(`POST /launches: ${response.status} ${await response.text()}`);
  return (await response.json()) as LaunchAnswer;
}

/** A PKCE pair (RFC 7636 §4). */
export function pkcePair(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

export const REQUESTED_SCOPE = 'launch openid fhirUser online_access patient/Patient.r patient/ServiceRequest.crus user/Practitioner.rs';

/** The parameters Refloop would send. */
export const authorizeParameters = (challenge: string, launch?: string): Record<string, string> => ({
  response_type: 'code',
  client_id: 'refloop',
  redirect_uri: `${REFLOOP}/app`,
  scope: REQUESTED_SCOPE,
  state: 'state-of-the-app',
  aud: FHIR_BASE,
  code_challenge: challenge,
  code_challenge_method: 'S256',
  ...(launch === undefined ? {} : { launch }),
});

export const authorizeUrl = (parameters: Record<string, string>): string =>
  `${EHR}/auth/authorize?${new URLSearchParams(parameters).toString()}`;

/** Sends a form as a browser would from a page of this EHR. */
export const postForm = (
  ehr: TestEhr,
  path: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> =>
  Promise.resolve(
    ehr.app.request(`${EHR}${path}`, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: EHR, ...headers },
    }),
  );

export const locationOf = (response: Response): URL => new URL(response.headers.get('location') ?? 'about:blank');

/** From a launch to a code: what the app gets back in its redirect. */
export async function fetchCode(
  ehr: TestEhr,
  launchBody?: Record<string, unknown>,
  change: Record<string, string> = {},
): Promise<{ code: string; verifier: string }> {
  const { verifier, challenge } = pkcePair();
  const { launch } = await launchByApi(ehr, launchBody);
  const response = await ehr.app.request(authorizeUrl({ ...authorizeParameters(challenge, launch), ...change }));
  const code = locationOf(response).searchParams.get('code');
  if (code === null) throw new Error(`No code: ${response.status} ${response.headers.get('location')}`);
  return { code, verifier };
}

export const exchange = (ehr: TestEhr, code: string, verifier: string, change: Record<string, string> = {}): Promise<Response> =>
  postForm(
    ehr,
    '/auth/token',
    { grant_type: 'authorization_code', code, redirect_uri: `${REFLOOP}/app`, code_verifier: verifier, client_id: 'refloop', ...change },
    { Origin: REFLOOP },
  );

export type Tokens = Record<string, unknown> & { access_token: string; scope: string; refresh_token?: string; id_token?: string };

/** From a launch to tokens. */
export async function fetchTokens(
  ehr: TestEhr,
  launchBody?: Record<string, unknown>,
  change: Record<string, string> = {},
): Promise<Tokens> {
  const { code, verifier } = await fetchCode(ehr, launchBody, change);
  const response = await exchange(ehr, code, verifier);
  if (response.status !== 200) throw new Error(`Token endpoint: ${response.status} ${await response.text()}`);
  return (await response.json()) as Tokens;
}

/** Signs in and returns the Cookie header of that browser. */
export async function signIn(ehr: TestEhr, user = 'clinician'): Promise<string> {
  const response = await postForm(ehr, '/sign-in', { user });
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}
