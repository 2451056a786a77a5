/**
 * Refloop as the campaign starts and kills it: the parts of `main.ts` on their own PostgreSQL, by a clock that can be moved on. Sessions
 * are put into the database by the campaign, which is about writing back and not about signing in.
 */

import { SEED_V1 } from '@refloop/domain/matching/policies';
import { createApp, unreadableRequest } from '@refloop/server/app';
import { startSequencer } from '@refloop/server/audit/sequencer';
import { NO_CHANNELS } from '@refloop/server/channels/test-no-channels';
import { createKeyRing } from '@refloop/server/crypto/key-ring';
import { systemAccess } from '@refloop/server/ehr/system-access';
import { readSystemKey } from '@refloop/server/ehr/system-key';
import { createSystemTokens } from '@refloop/server/ehr/system-token';
import { DEVELOPMENT_KEY } from '@refloop/server/environment/keys';
import { openHttpServer } from '@refloop/server/http-server';
import { createDocumentReader } from '@refloop/server/inbound/document-reader';
import { repeat } from '@refloop/server/jobs/repeat';
import type { Logger } from '@refloop/server/logging/log';
import { currentIndex } from '@refloop/server/matching/current-index';
import { buildIndex } from '@refloop/server/matching/match-index';
import { migrate } from '@refloop/server/migrations/migrate';
import { referralRoutes } from '@refloop/server/referral-routes';
import { createReconciliation, type ReconciliationRun } from '@refloop/server/services/reconciliation';
import { testDirectory } from '@refloop/server/services/test-referral-api';
import { createDiscovery } from '@refloop/server/sessions/discovery';
import type { Fetch } from '@refloop/server/sessions/ehr-request';
import { COMPLETING_SCOPES, LOOKING_SCOPES, type Site } from '@refloop/server/sites';
import { openPostgresStore } from '@refloop/server/store/postgres/store';
import { monotonicFactory } from 'ulid';
import { answerQuestions, givenSettings, say, sayAndWait } from './child-side.ts';
import { passes, patience, timeOf } from './fast-clock.ts';
import type { LookKill, Question, ServedRun, ServerSettings } from './messages.ts';

/** Between two looks for what is due, by the machine's clock; each plan has its own time besides. */
const LOOK_EVERY_MS = 150;
const READ_PATIENCE_MS = 10_000;
const WRITE_PATIENCE_MS = 15_000;

const settings = givenSettings as ServerSettings;
let { clock } = settings;
const now = (): Date => timeOf(clock);
const newId = monotonicFactory();

const failure: Logger['failure'] = ({ route, error }) => {
  const known = error instanceof Error ? error : new Error(String(error));
  const cause = known.cause instanceof Error ? ` (${known.cause.message})` : '';
  const words = `${known.constructor.name}: ${known.message}${cause}`;
  say({ note: 'failure', route, error: words, at: (known.stack ?? '').split('\n').slice(1, 6) });
};
const log: Logger = { request: () => undefined, failure, event: () => undefined, started: () => undefined };

/** An EHR that is slow is given up in proportion to this clock, and the request that the run names is its last or next to last. */
function lookingFetch(kill: LookKill | null): Fetch {
  let requests = 0;
  const cut = async (at: LookKill['how']): Promise<void> => {
    if (kill?.request !== requests || kill.how !== at) return;
    await sayAndWait({ note: 'cut-off', victim: kill.victim });
  };
  return async (url, init) => {
    requests += 1;
    await cut('before');
    const signal = AbortSignal.any([
      ...(init.signal ? [init.signal] : []),
      patience(init.method === 'GET' ? READ_PATIENCE_MS : WRITE_PATIENCE_MS),
    ]);
    const answer = await fetch(url, { ...init, signal });
    await cut('after');
    return answer;
  };
}

const key = readSystemKey('env:KEY', { KEY: settings.systemKey });
if (!key.ok) throw new Error(key.message);

const siteOf = ({ tenant, name, iss, completes }: ServedRun): Site => ({
  tenant,
  name,
  iss,
  clientId: 'refloop',
  scopes: '',
  issuer: undefined,
  jwks: undefined,
  embed: [],
  admins: [],
  system: { clientId: 'refloop-system', key: key.value, scopes: completes ? COMPLETING_SCOPES : LOOKING_SCOPES, completes, tracks: false },
});

await migrate(settings.databaseUrl);
const store = await openPostgresStore({ url: settings.databaseUrl, keyRing: createKeyRing([DEVELOPMENT_KEY]), newId });
await store.followKeys();

/** One site at a time: that of the run. */
const sites: Site[] = [];
let reconciliation: { run: () => Promise<ReconciliationRun> } | undefined;

function serve(run: ServedRun): void {
  sites.splice(0, sites.length, siteOf(run));
  const fetch = lookingFetch(run.kill);
  const discovery = createDiscovery({ fetch, now, sites: [...sites], production: false });
  const access = systemAccess({ fetch, tokens: createSystemTokens({ fetch, discovery, now }), pause: passes, now });
  reconciliation = createReconciliation({
    store,
    sites: [...sites],
    access: async (site) => {
      const opened = await access(site);
      return opened.ok && !run.conditionalCreate ? { ...opened, conditionalCreate: () => false } : opened;
    },
    newId,
    now,
    pause: passes,
    version: 'campaign',
    failed: (error) => failure({ route: 'reconciliation', reference: '-', error }),
  });
}
if (settings.run) serve(settings.run);

const index = currentIndex();
index.swap(buildIndex(testDirectory(), 'directory-1'));

const app = createApp({
  store,
  sites,
  idleSeconds: 900,
  now,
  routes: referralRoutes({
    store,
    sites,
    index: index.get,
    policy: SEED_V1,
    newId,
    read: createDocumentReader().read,
    version: 'campaign',
    channels: NO_CHANNELS,
    consents: async () => [],
    chart: async () => undefined,
    chartFiles: async () => undefined,
    phoneOf: () => '510-555-0150',
    failed: (error) => {
      throw error;
    },
  }),
  production: false,
  tokenOrigins: () => [],
  beforePage: async () => undefined,
  log,
  notReady: () => undefined,
  builtApp: undefined,
});

await openHttpServer({
  fetch: (request, bindings) => app.fetch(request, bindings),
  unreadable: unreadableRequest,
  host: '127.0.0.1',
  port: settings.port,
});
startSequencer(store.auditTrail, now, (error) => failure({ route: 'audit sequencer', reference: '-', error }));
repeat(
  async () => {
    const sum = await reconciliation?.run();
    if (sum && sum.looked + sum.unreachable > 0) say({ note: 'looked', ...sum });
  },
  LOOK_EVERY_MS,
  (error) => failure({ route: 'reconciliation', reference: '-', error }),
);
answerQuestions(async (content) => {
  const question = content as Question;
  if (question.kind === 'clock') clock = question.clock;
  if (question.kind === 'serve') serve(question.run);
});
say({ note: 'ready' });
