/** For tests: Refloop's own access to the whole sandbox EHR, with a line between them that can break. */
import { generateKeyPairSync } from 'node:crypto';
import type { Resource } from '@medplum/fhirtypes';
import type { RegisteredClient } from '@refloop/launch/auth/clients';
import type { ModeName } from '@refloop/launch/modes/modes';
import { baseOf } from '@refloop/launch/routes/test-backend';
import { openTestEhr, type TestEhr } from '@refloop/launch/routes/test-ehr';
import { type OwnAccess, systemAccess } from '@refloop/server/ehr/system-access';
import { publicJwk, readSystemKey } from '@refloop/server/ehr/system-key';
import { createSystemTokens } from '@refloop/server/ehr/system-token';
import { createDiscovery } from '@refloop/server/sessions/discovery';
import { type Site, systemScopes } from '@refloop/server/sites';

export type Notified = { url: string; bearer: string; type: string; focus: string[] };

type Notification = { entry: { fullUrl: string; resource?: { parameter: { name: string; valueCode?: string }[] } }[] };

export type Exchange = {
  ehr: TestEhr;
  site: (mode?: ModeName) => Site;
  access: OwnAccess;
  /** Requests that reached the EHR's FHIR base: method and path. */
  asked: string[];
  /** Notifications of the EHR, in the order in which they were sent. */
  notified: Notified[];
  /** Written by the other side, and everybody who asked was told. */
  write: (path: string, resource: Resource) => Promise<void>;
  away: (isAway: boolean) => void;
  /** The next write is taken, and its answer is lost. */
  loseNextAnswer: () => void;
  /** It takes no change of what it holds. */
  refuseUpdates: (refuses?: boolean) => void;
};

const PATIENT: Resource = {
  resourceType: 'Patient',
  id: 'p1',
  name: [{ family: 'Example', given: ['Rosa'] }],
  gender: 'female',
  birthDate: '1960-01-01',
} as const;
const ORDER: Resource = {
  resourceType: 'ServiceRequest',
  id: 'o1',
  status: 'active',
  intent: 'order',
  code: { text: 'Referral to cardiologist' },
  subject: { reference: 'Patient/p1' },
};

const MAY = { completes: true, tracks: true };

/** The chart holds the patient p1 and the order o1 of `putInForce`, and what is given. */
export async function openExchange(resources: Resource[] = []): Promise<Exchange> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const key = readSystemKey('env:KEY', { KEY: JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'own' }) });
  if (!key.ok) throw new Error(key.message);
  const scopes = systemScopes(MAY);
  const client: RegisteredClient = {
    clientId: 'own',
    name: 'Refloop',
    authentication: { kind: 'asymmetric', keys: { kind: 'inline', keys: [publicJwk(key.value)] } },
    redirectUris: [],
    scopes,
  };
  const requester: Resource = { resourceType: 'Practitioner', id: 's', name: [{ family: 'Lee' }] };
  const notified: Notified[] = [];
  const notify = async (url: string, init: RequestInit): Promise<Response> => {
    const bundle = JSON.parse(typeof init.body === 'string' ? init.body : '{}') as Notification;
    const parameters = bundle.entry[0]?.resource?.parameter ?? [];
    const type = parameters.find(({ name }) => name === 'type')?.valueCode ?? '';
    const focus = bundle.entry.slice(1).map(({ fullUrl }) => fullUrl.split('/').slice(-2).join('/'));
    const bearer = (new Headers(init.headers).get('authorization') ?? '').replace(/^Bearer /, '');
    notified.push({ url, bearer, type, focus });
    return new Response(null, { status: 204 });
  };
  const ehr = await openTestEhr([PATIENT, ORDER, requester, ...resources], [client], { notify });
  const site = (mode: ModeName = 'full'): Site => ({
    tenant: 'north',
    name: 'North clinic',
    iss: baseOf(mode),
    clientId: 'refloop',
    scopes: '',
    issuer: undefined,
    jwks: undefined,
    embed: [],
    admins: [],
    system: { clientId: 'own', key: key.value, scopes, ...MAY },
  });
  let isAway = false;
  let loses = false;
  let refuses = false;
  const asked: string[] = [];
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    if (isAway) throw new Error('connection refused');
    const method = init.method ?? 'GET';
    const { pathname, search } = new URL(url);
    if (pathname.includes('/fhir/')) asked.push(`${method} ${pathname.replace(/^.*\/fhir\//, '')}${search}`);
    if (refuses && method === 'PUT' && pathname.includes('/fhir/')) return Response.json({}, { status: 403 });
    const answer = await ehr.app.request(url, init);
    if (!loses || method === 'GET' || !pathname.includes('/fhir/')) return answer;
    loses = false;
    throw new Error('broken');
  };
  const now = () => ehr.now();
  const discovery = createDiscovery({
    fetch,
    now,
    sites: [site(), site('epic-like'), site('oracle-like'), site('athena-like')],
    production: false,
  });
  const tokens = createSystemTokens({ fetch, now, discovery });
  const access = systemAccess({ fetch, tokens, now, pause: async () => undefined });
  return {
    ehr,
    site,
    asked,
    notified,
    access,
    write: async (path, resource) => {
      const own = await access(site());
      const before = notified.length;
      const written = own.ok && (await own.ehr.write({ path, method: 'PUT', resource: resource as never }));
      if (!written || !written.ok) throw new Error(`${path} was not written.`);
      // Whoever asked is told once the answer has gone out.
      for (let times = 0; times < 200 && notified.length === before; times += 1) await new Promise((again) => setTimeout(again, 10));
    },
    away: (to) => void (isAway = to),
    loseNextAnswer: () => void (loses = true),
    refuseUpdates: (to = true) => void (refuses = to),
  };
}
