/**
 * For tests: one Refloop that serves three EHRs of two organisations, and holds rows from the time when one of them belonged to another.
 * The same people, patients and ids exist in each.
 */

import { randomUUID } from 'node:crypto';
import { SEED_V1 } from '@refloop/domain/matching/policies';
import { allRoutes } from '../all-routes.ts';
import { createApp } from '../app.ts';
import { createCdsAdmission } from '../cds/admission.ts';
import { createClientKeys } from '../cds/client-keys.ts';
import { newTestClient, TEST_ADDRESS, type TestClient } from '../cds/test-client.ts';
import { NO_CHANNELS } from '../channels/test-no-channels.ts';
import type { Role } from '../client/session.ts';
import { unreadable } from '../inbound/read-document.ts';
import { TEST_GATEWAY } from '../inbound/test-gateway.ts';
import { type CapturedLog, captureLog } from '../logging/test-log.ts';
import { currentIndex } from '../matching/current-index.ts';
import { buildIndex } from '../matching/match-index.ts';
import type { Route } from '../routes/route.ts';
import { testDirectory } from '../services/test-referral-api.ts';
import type { Body } from '../services/test-referral-input.ts';
import { createDiscovery } from '../sessions/discovery.ts';
import type { Fetch } from '../sessions/ehr-request.ts';
import { newSigner, type Signer, testEhr } from '../sessions/test-ehr.ts';
import { digest, newToken } from '../sessions/token.ts';
import { type Site, sandboxSite, scopeOf } from '../sites.ts';
import { openTestStore, type TestStore } from '../store/test-store.ts';
import { openTestWarehouse } from '../test-warehouse.ts';

export const PLACES = ['here', 'there', 'away', 'formerly'] as const;
export type PlaceName = (typeof PLACES)[number];

const siteOf = (tenant: string, name: string): Site => ({
  ...sandboxSite(4010),
  tenant,
  name: `Clinic ${name}`,
  iss: `https://${name}.example.org/fhir`,
  admins: [],
  gateways: [TEST_GATEWAY],
});

/** `formerly` is the address of `here` in the hands of the other organisation: two site entries never share it at the same time. */
const SITES: Record<PlaceName, Site> = {
  here: siteOf('north', 'here'),
  there: siteOf('north', 'there'),
  away: siteOf('south', 'away'),
  formerly: siteOf('south', 'here'),
};

export type Answer = { status: number; body: Body; text: string };

export type SessionOf = { subject: string; patient: string | null; lastActivity?: Date; expiresAt?: Date };

export type World = {
  name: PlaceName;
  site: Site;
  call: (method: string, path: string, token: string | undefined, body?: unknown) => Promise<Answer>;
  /** Opens a session as `POST /sessions` would once the EHR has proven everything. */
  session: (who: SessionOf) => Promise<string>;
  /** A grant as if an admin had given it; `[]` takes all access away. */
  grant: (subject: string, roles: readonly Role[]) => Promise<void>;
};

export type Worlds = Record<PlaceName, World> & {
  routes: Route[];
  store: TestStore['store'];
  asOwner: TestStore['asOwner'];
  log: CapturedLog;
  clock: { now: Date };
  /** Signs as the EHR of `here` does. */
  signer: Signer;
  /** `here` as it calls the CDS services. */
  cds: TestClient;
  /** Ids made from now on begin like this, and count from one. */
  countIds: (prefix: string) => void;
  close: () => Promise<void>;
};

const LIFE_MS = 8 * 60 * 60 * 1000;
const issuerOf = ({ iss }: Site): string => iss.replace('/fhir', '/login');

export async function openWorlds(): Promise<Worlds> {
  const opened = await openTestStore();
  const { store } = opened;
  // A snapshot of nobody: whose numbers are whose is looked at in services/insights.test.ts.
  const numbers = openTestWarehouse();
  await numbers.refresh(store, new Date('2026-11-20T09:00:00.000Z'));
  const clock = { now: new Date('2026-11-20T10:00:00.000Z') };
  const now = (): Date => clock.now;
  const log = captureLog();
  const index = currentIndex();
  index.swap(buildIndex(testDirectory(), 'directory-1'));
  let [prefix, count] = ['id', 0];
  const newId = (): string => `${prefix}-${(count += 1).toString().padStart(6, '0')}`;
  // Each EHR has keys of its own.
  const served = [SITES.here, SITES.there, SITES.away];
  const signers = await Promise.all(served.map((site) => newSigner(`key of ${site.name}`, 'ES256')));
  const ehrs = served.map((site, at) => testEhr(site, issuerOf(site), signers[at] ? [signers[at].jwk] : []));
  const ehr: Fetch = (url, init) => {
    const at = served.findIndex((site) => url.startsWith(new URL(site.iss).origin));
    return ehrs[at]?.fetch(url, init) ?? Promise.reject(new Error('No such EHR in this test'));
  };

  const cds = await newTestClient(new URL(SITES.here.iss).origin, [SITES.here.iss]);

  const appOf = (sites: Site[]) => {
    const discovery = createDiscovery({ fetch: ehr, now, sites, production: false });
    const routes = allRoutes({
      warehouse: numbers.warehouse,
      store,
      sites,
      discovery,
      production: false,
      fetch: ehr,
      pause: async () => undefined,
      now,
      newId,
      version: 'test',
      read: async () => unreadable('other-kind'),
      index: index.get,
      policy: SEED_V1,
      channels: NO_CHANNELS,
      consents: async () => [],
      chart: async () => undefined,
      chartFiles: async () => undefined,
      idleSeconds: 900,
      warnSeconds: 60,
      notReady: () => undefined,
      address: TEST_ADDRESS,
      newUuid: randomUUID,
      cdsBudgetMs: () => 30_000,
      failed: (error) => log.log.failure({ route: 'part of an answer', reference: '-', error }),
    });
    const keys = createClientKeys({ fetch: ehr, now, discovery, sites });
    const app = createApp({
      store,
      sites,
      idleSeconds: 900,
      now,
      production: false,
      tokenOrigins: () => [],
      beforePage: async () => undefined,
      log: log.log,
      notReady: () => undefined,
      builtApp: undefined,
      routes,
      admitCdsClient: createCdsAdmission({ store, sites, clients: [cds.client], keys, addresses: [TEST_ADDRESS] }),
    });
    return { app, routes };
  };
  const today = appOf(served);
  const before = appOf([SITES.formerly]);

  const worldOf = (name: PlaceName): World => {
    const site = SITES[name];
    const { app } = name === 'formerly' ? before : today;
    return {
      name,
      site,
      call: async (method, path, token, body) => {
        const isFile = body instanceof Uint8Array;
        const headers = {
          'content-type': isFile
            ? (today.routes.find((route) => route.path === path)?.upload?.contentType ?? 'application/pdf')
            : 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        };
        const response = await app.request(path, {
          method: method.toUpperCase(),
          headers,
          ...(body === undefined ? {} : { body: isFile ? new Uint8Array(body) : JSON.stringify(body) }),
        });
        const text = await response.text();
        const isJson = response.headers.get('content-type')?.includes('json') ?? false;
        return { status: response.status, body: isJson ? (JSON.parse(text) as Body) : {}, text };
      },
      session: async ({ subject, patient, lastActivity, expiresAt }) => {
        const token = newToken();
        const startedAt = clock.now.toISOString();
        await store.transaction(scopeOf(site), (unit) =>
          unit.sessions.insert({
            tokenHash: digest(token),
            subject,
            fhirUser: `Practitioner/${subject}`,
            name: `Dr. ${subject}`,
            patientId: patient,
            startedAt,
            lastActivity: (lastActivity ?? clock.now).toISOString(),
            expiresAt: (expiresAt ?? new Date(clock.now.getTime() + LIFE_MS)).toISOString(),
          }),
        );
        return token;
      },
      grant: (subject, roles) =>
        store.transaction(scopeOf(site), (unit) =>
          unit.grants.put({
            subject,
            fhirUser: `Practitioner/${subject}`,
            name: null,
            roles: [...roles],
            grantedBy: 'test',
            grantedAt: clock.now.toISOString(),
            reason: 'For the test',
          }),
        ),
    };
  };
  const [signer] = signers;
  if (!signer) throw new Error('No EHR in this test');
  return {
    here: worldOf('here'),
    there: worldOf('there'),
    away: worldOf('away'),
    formerly: worldOf('formerly'),
    routes: today.routes,
    store,
    asOwner: opened.asOwner,
    log,
    clock,
    signer,
    cds,
    countIds: (next) => {
      [prefix, count] = [next, 0];
    },
    close: async () => {
      await numbers.close();
      await opened.close();
    },
  };
}
