/** For tests: the referral routes over a real PostgreSQL, with a small directory and sessions that need no EHR. */
import type { FhirResource } from '@refloop/domain/fhir/read';
import { SEED_V1 } from '@refloop/domain/matching/policies';
import type { Directory, DirectoryEntry } from '@refloop/domain/network/directory';
import { createMigratedDatabase } from '../../../../tools/test-database.ts';
import { createApp } from '../app.ts';
import type { ChannelSettings } from '../channels/settings.ts';
import { NO_CHANNELS } from '../channels/test-no-channels.ts';
import type { Role } from '../client/session.ts';
import { createKeyRing } from '../crypto/key-ring.ts';
import { chartFilesNow } from '../ehr/chart-files.ts';
import { DEVELOPMENT_KEY } from '../environment/keys.ts';
import { createDocumentReader, type DocumentReader } from '../inbound/document-reader.ts';
import { type CapturedLog, captureLog } from '../logging/test-log.ts';
import { currentIndex } from '../matching/current-index.ts';
import { buildIndex } from '../matching/match-index.ts';
import { unitVectorOf } from '../matching/origin.ts';
import { migrate } from '../migrations/migrate.ts';
import { knowingChannels } from '../process/opened-store.ts';
import { createRateLimits } from '../rate-limits/rate-limits.ts';
import { referralRoutes } from '../referral-routes.ts';
import { delegationRoutes } from '../routes/delegations.ts';
import { grantRoutes } from '../routes/grants.ts';
import { inboundRoutes } from '../routes/inbound.ts';
import { digest, newToken } from '../sessions/token.ts';
import { type Gateway, type Site, sandboxSite } from '../sites.ts';
import { openPostgresStore } from '../store/postgres/store.ts';
import type { Scope, Store } from '../store/store.ts';
import { createHeldDocumentService } from './held-documents.ts';

/** Near Oakland, California. */
export const HOME = { latitude: 37.8044, longitude: -122.2712 };

const entry = (number: number, more: Partial<DirectoryEntry> = {}): DirectoryEntry => ({
  id: `entry-${number}`,
  npi: `12345678${String(10 + number)}`,
  practitionerId: `practitioner-${number}`,
  roleIds: [`role-${number}`],
  name: { family: `Family${number}`, given: 'Ana', credential: 'MD' },
  nucc: '207RC0000X',
  specialty: 'cardiology',
  organization: { id: 'org', name: 'Bay Heart' },
  location: {
    id: `location-${number}`,
    city: 'Oakland',
    state: 'CA',
    zip: '94601',
    unit: unitVectorOf({ latitude: HOME.latitude + number / 100, longitude: HOME.longitude }),
    precision: 'address',
  },
  phone: '510-555-0100',
  channels: ['fax'],
  languages: ['en'],
  ages: 'all',
  acceptsEmergencies: true,
  wait: { days: 10 + number, asOf: '2026-11-01' },
  rating: { stars: 4, count: 30 },
  networks: [{ networkId: 'network-a', accepting: 'newpt', verifiedOn: '2026-11-03', source: 'Test payer' }],
  contradictions: [],
  ...more,
});

export const OUT_OF_NETWORK = 'entry-9';

export const testDirectory = (): Directory => ({
  format: 'refloop-directory-1',
  asOf: '2026-11-18',
  synthetic: true,
  plans: [{ id: 'plan-a', name: 'Plan A', payer: { id: 'payer-a', name: 'Payer A' }, identifiers: ['PLAN-A'], networkIds: ['network-a'] }],
  networks: [{ id: 'network-a', name: 'Network A', payerId: 'payer-a' }],
  entries: [...[1, 2, 3, 4].map((number) => entry(number)), entry(9, { networks: [] })],
});

/** Of a site that sends text messages, and e-mails; nothing here reaches its gateway. */
export const NO_GATEWAY = { url: 'http://127.0.0.1:1/messages', from: '+15552100199', key: 'k', secret: 's'.repeat(32) };

export type ReferralApi = {
  store: Store;
  read: DocumentReader['read'];
  /** What the EHR has of the patient's consents now. */
  consents: FhirResource[];
  /** What the EHR has of the chart now, by Refloop’s own access; undefined where the site gives none. Searches that were asked, types it refuses, and why it lets nobody in. */
  chart: { now: FhirResource[] | undefined; asked: string[]; refused: string[]; shut: string | undefined };
  /** What the EHR answers to its own address below the FHIR base, by Refloop’s own access; undefined where the site gives none. */
  files: { answers: Record<string, () => Response> | undefined; asked: string[] };
  /** Whether Refloop may move Tasks in this EHR. */
  movesTasks: (may: boolean) => void;
  /** The superuser's URL of its database. */
  url: string;
  scope: Scope;
  log: CapturedLog;
  /**
   * The machine's clock, that every request sees. `ahead`: by how many milliseconds the practice's is ahead of it; `sinceSet`: how many
   * milliseconds ago it was set.
   */
  clock: { now: Date; ahead: number; sinceSet: number };
  useDirectory: (directory: Directory, hash: string) => void;
  /** Opens a session as `POST /sessions` would once the EHR has proven everything; answers its token. */
  session: (who?: { patientId?: string | null; subject?: string; roles?: Role[] }) => Promise<string>;
  call: (method: string, path: string, token: string, body?: unknown) => Promise<{ status: number; body: Record<string, unknown> }>;
  /** Any request, as it is given. */
  request: (path: string, init: RequestInit) => Promise<Response>;
  /** A file as it stands, in the body. */
  upload: (
    path: string,
    token: string,
    bytes: NonNullable<RequestInit['body']>,
    type?: string,
  ) => Promise<{ status: number; body: Record<string, unknown> }>;
  /** A file as it would be downloaded. */
  download: (path: string, token: string, body?: unknown) => Promise<{ status: number; headers: Headers; bytes: Uint8Array }>;
  close: () => Promise<void>;
};

/** @param on an existing database, and how ids made there begin; without it a new one that is dropped at the end */
export async function openReferralApi(
  on?: {
    url?: string;
    migrationUrl?: string;
    ids?: string;
    gateways?: Gateway[];
    /** Counts requests by address, told by one proxy; without it nothing is counted. */
    limits?: boolean;
  },
  channels: ChannelSettings = NO_CHANNELS,
): Promise<ReferralApi> {
  const database = on?.url !== undefined ? { url: on.url, drop: async () => undefined } : await createMigratedDatabase();
  if (on?.url !== undefined) await migrate(on.migrationUrl ?? on.url);
  let counter = 0;
  const newId = (): string => `${on?.ids ?? 'id'}-${(counter += 1).toString().padStart(6, '0')}`;
  const site = sandboxSite(4010);
  const writing: Site = { ...site, textMessages: NO_GATEWAY, patientMail: true };
  const system = { tracks: true } as NonNullable<Site['system']>;
  const opened = await openPostgresStore({ url: database.url, keyRing: createKeyRing([DEVELOPMENT_KEY]), newId });
  const store = knowingChannels(opened, [writing]);
  const index = currentIndex();
  index.swap(buildIndex(testDirectory(), 'directory-1'));
  const scope: Scope = { tenant: site.tenant, issuer: site.iss, site: site.name };
  // Its process is started by the first document.
  const reader = createDocumentReader();
  const log = captureLog();
  const clock = { now: new Date('2026-11-20T10:00:00.000Z'), ahead: 0, sinceSet: Number.POSITIVE_INFINITY };
  const consents: FhirResource[] = [];
  const chart: ReferralApi['chart'] = { now: undefined, asked: [], refused: [], shut: undefined };
  const files: ReferralApi['files'] = { answers: undefined, asked: [] };
  const chartFiles = chartFilesNow({
    sites: [{ ...site, system: { reads: true } as NonNullable<(typeof site)['system']> }],
    tokens: async () => ({ ok: true, value: { accessToken: 'system-token', scopes: [] } }),
    fetch: async (url) => {
      files.asked.push(url);
      const path = url.startsWith(`${site.iss}/`) ? url.slice(site.iss.length + 1) : url;
      return files.answers?.[path]?.() ?? new Response('', { status: 404 });
    },
    pause: async () => undefined,
  });
  const app = createApp({
    store,
    sites: [site],
    idleSeconds: 900,
    now: () => new Date(clock.now.getTime() + clock.ahead),
    machineTime: () => clock.now,
    routes: [
      ...grantRoutes({ store, sites: [site] }),
      ...delegationRoutes({ store, sites: [site], newId }),
      ...referralRoutes({
        store,
        sites: [writing],
        index: index.get,
        policy: SEED_V1,
        machineTime: () => clock.now,
        sinceClockSet: () => clock.sinceSet,
        newId,
        read: reader.read,
        version: 'test',
        channels,
        consents: async () => consents,
        chart: async (_scope, _patientId, searches) => {
          chart.asked.push(...searches.map(({ path }) => path));
          if (chart.shut !== undefined) return { kind: 'failed', why: [chart.shut], away: true };
          const types = searches.map(({ type }) => type).filter((type) => !chart.refused.includes(type));
          const unread = searches.filter(({ type }) => chart.refused.includes(type)).map(({ words }) => `${words} could not be read.`);
          return (
            chart.now && {
              kind: 'read',
              resources: chart.now.filter(({ resourceType }) => types.includes(resourceType)),
              types,
              unread,
            }
          );
        },
        chartFiles: async (...asked) => files.answers && chartFiles(...asked),
        phoneOf: () => '510-555-0150',
        failed: (error) => {
          throw error;
        },
      }),
      ...inboundRoutes({ store, sites: [{ ...site, gateways: on?.gateways ?? [] }], held: createHeldDocumentService({ store }) }),
    ],
    production: false,
    tokenOrigins: () => [],
    beforePage: async () => undefined,
    log: log.log,
    notReady: () => undefined,
    builtApp: undefined,
    ...(on?.limits ? { limits: createRateLimits(() => clock.now), trustedProxies: 1 } : {}),
  });
  return {
    store,
    read: reader.read,
    url: database.url,
    scope,
    log,
    clock,
    consents,
    chart,
    files,
    movesTasks: (may) => void (writing.system = may ? system : undefined),
    useDirectory: (directory, hash) => index.swap(buildIndex(directory, hash)),
    session: async ({ patientId = 'pat-1', subject = 'clinician', roles = [] } = {}) => {
      const token = newToken();
      const at = clock.now.toISOString();
      await store.transaction(scope, async (unit) => {
        if (roles.length > 0) {
          await unit.grants.put({
            subject,
            fhirUser: `Practitioner/${subject}`,
            name: subject,
            roles,
            grantedBy: 'test',
            grantedAt: at,
            reason: 'test',
          });
        }
        await unit.sessions.insert({
          tokenHash: digest(token),
          subject,
          fhirUser: `Practitioner/${subject}`,
          name: subject === 'clinician' ? 'Dr. Lee' : `Dr. ${subject}`,
          patientId,
          startedAt: at,
          lastActivity: at,
          expiresAt: new Date(clock.now.getTime() + 3_600_000).toISOString(),
        });
      });
      return token;
    },
    call: async (method, path, token, body) => {
      const response = await app.request(path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
    },
    request: async (path, init) => app.request(path, init),
    upload: async (path, token, bytes, type = 'application/pdf') => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': type };
      // A body that is a stream is read as it comes, which fetch has to be told.
      const init: RequestInit & { duplex: 'half' } = { method: 'POST', headers, body: bytes, duplex: 'half' };
      const response = await app.request(path, init);
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    download: async (path, token, body) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const response = await app.request(path, { headers, ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }) });
      return { status: response.status, headers: response.headers, bytes: new Uint8Array(await response.arrayBuffer()) };
    },
    close: async () => {
      await reader.close();
      await store.close();
      await database.drop();
    },
  };
}
