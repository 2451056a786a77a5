/** For tests: every route and page of Refloop over a real PostgreSQL, with sessions that need no EHR. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SEED_V1 } from '@refloop/domain/matching/policies';
import type { Directory } from '@refloop/domain/network/directory';
import { allRoutes } from './all-routes.ts';
import { type AppDeps, createApp } from './app.ts';
import { createCdsAdmission } from './cds/admission.ts';
import { createClientKeys } from './cds/client-keys.ts';
import { newTestClient, TEST_ADDRESS, type TestClient } from './cds/test-client.ts';
import { NO_CHANNELS } from './channels/test-no-channels.ts';
import type { Role } from './client/session.ts';
import { unreadable } from './inbound/read-document.ts';
import { type CapturedLog, captureLog } from './logging/test-log.ts';
import { currentIndex } from './matching/current-index.ts';
import { buildIndex } from './matching/match-index.ts';
import type { Route } from './routes/route.ts';
import { testDirectory } from './services/test-referral-api.ts';
import { createDiscovery } from './sessions/discovery.ts';
import type { Fetch } from './sessions/ehr-request.ts';
import { digest, newToken } from './sessions/token.ts';
import { type Site, sandboxSite, scopeOf } from './sites.ts';
import { readBuiltApp } from './static.ts';
import { openTestStore, type TestStore } from './store/test-store.ts';
import { openTestWarehouse } from './test-warehouse.ts';

export type WholeApp = {
  app: ReturnType<typeof createApp>;
  routes: Route[];
  site: Site;
  log: CapturedLog;
  /** Opens a session with these roles, for the patient pat-1 unless told; answers its token. */
  session: (roles: Role[], patientId?: string | null) => Promise<string>;
  /** An EHR that calls the CDS services for the site. */
  cds: TestClient;
  /** How long the CDS services take at most; as long as they need unless a test says. */
  cdsBudget: { ms: number };
  /** The pages and files of the built app, which are no routes. */
  pages: string[];
  asOwner: TestStore['asOwner'];
  store: TestStore['store'];
  /** Stands beside the built app and is never served. */
  secret: string;
  close: () => Promise<void>;
};

const SECRET = 'this file is not for browsers';

function builtApp(): { folder: string; built: AppDeps['builtApp'] } {
  const folder = mkdtempSync(join(tmpdir(), 'refloop-built-'));
  const dist = join(folder, 'dist');
  mkdirSync(join(dist, 'assets'), { recursive: true });
  writeFileSync(join(dist, 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__"><script src="/assets/a-1.js"></script>');
  writeFileSync(join(dist, 'assets', 'a-1.js'), 'console.log(1)');
  writeFileSync(join(dist, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  for (const place of [join(folder, 'secret.txt'), join(dist, 'secret.txt'), join(dist, '.sources')]) writeFileSync(place, SECRET);
  return { folder, built: readBuiltApp(dist) };
}

export async function openWholeApp(
  more: { production?: boolean; ehr?: Fetch; site?: Partial<Site>; directory?: Directory } = {},
): Promise<WholeApp> {
  const opened = await openTestStore();
  const { store } = opened;
  const numbers = openTestWarehouse();
  const site = { ...sandboxSite(4010), ...more.site };
  const production = more.production ?? false;
  const now = (): Date => new Date();
  const ehr: Fetch = more.ehr ?? (() => Promise.reject(new Error('no EHR in this test')));
  const discovery = createDiscovery({ fetch: ehr, now, sites: [site], production });
  const index = currentIndex();
  index.swap(buildIndex(more.directory ?? testDirectory(), 'directory-1'));
  const log = captureLog();
  const cdsBudget = { ms: 30_000 };
  let counter = 0;
  const newId = (): string => `id-${(counter += 1).toString().padStart(6, '0')}`;
  const routes = allRoutes({
    warehouse: numbers.warehouse,
    store,
    sites: [site],
    discovery,
    production,
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
    cdsBudgetMs: () => cdsBudget.ms,
    failed: (error) => log.log.failure({ route: 'part of an answer', reference: '-', error }),
  });
  const cds = await newTestClient(new URL(site.iss).origin, [site.iss]);
  const keys = createClientKeys({ fetch: ehr, now, discovery, sites: [site] });
  const { folder, built } = builtApp();
  const app = createApp({
    store,
    sites: [site],
    idleSeconds: 900,
    now,
    production,
    tokenOrigins: discovery.tokenOrigins,
    beforePage: async () => undefined,
    log: log.log,
    notReady: () => undefined,
    builtApp: built,
    routes,
    admitCdsClient: createCdsAdmission({ store, sites: [site], clients: [cds.client], keys, addresses: [TEST_ADDRESS] }),
  });
  return {
    app,
    routes,
    site,
    log,
    cds,
    cdsBudget,
    pages: ['/', '/app', '/launch', '/assets/a-1.js', '/icon.svg'],
    secret: SECRET,
    asOwner: opened.asOwner,
    store,
    session: async (roles, patientId = 'pat-1') => {
      const token = newToken();
      const at = now().toISOString();
      const subject = `test-${roles.join('-')}`;
      await store.transaction(scopeOf(site), async (unit) => {
        const fhirUser = `Practitioner/${subject}`;
        await unit.grants.put({ subject, fhirUser, name: null, roles, grantedBy: 'test', grantedAt: at, reason: 'test' });
        await unit.sessions.insert({
          tokenHash: digest(token),
          subject,
          fhirUser,
          name: 'Dr. Lee',
          patientId,
          startedAt: at,
          lastActivity: at,
          expiresAt: new Date(now().getTime() + 3_600_000).toISOString(),
        });
      });
      return token;
    },
    close: async () => {
      await numbers.close();
      await opened.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
