/**
 * Refloop as a process, and the only place that knows the concrete parts: opens its port at once, migrates, loads the
 * published directory, serves until it is told to stop, lets open requests end and exits with 0.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ServerType, serve } from '@hono/node-server';
import { SEED_V1 } from '@refloop/domain/matching/policies';
import { monotonicFactory } from 'ulid';
import { type AppDeps, createApp } from './app.ts';
import { startSequencer } from './audit/sequencer.ts';
import { type Config, configFaults, readConfig } from './config.ts';
import { createKeyRing } from './crypto/key-ring.ts';
import { systemAccess } from './ehr/system-access.ts';
import { createSystemTokens } from './ehr/system-token.ts';
import { seedSandboxGrants } from './grants/sandbox-grants.ts';
import { repeat } from './jobs/repeat.ts';
import { createLogger } from './logging/log.ts';
import { currentIndex } from './matching/current-index.ts';
import { migrate } from './migrations/migrate.ts';
import { referralRoutes } from './referral-routes.ts';
import { auditRoutes } from './routes/audit.ts';
import { delegationRoutes } from './routes/delegations.ts';
import { grantRoutes } from './routes/grants.ts';
import { healthRoutes } from './routes/health.ts';
import { keySetRoutes } from './routes/key-set.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { siteRoutes } from './routes/sites.ts';
import { followDirectory } from './services/published-directory.ts';
import { createReconciliation } from './services/reconciliation.ts';
import { createDiscovery } from './sessions/discovery.ts';
import { scopeOf } from './sites.ts';
import { readBuiltApp } from './static.ts';
import { openPostgresStore } from './store/postgres/store.ts';
import type { Store } from './store/store.ts';

const WRONG_USE = 2;
/** PostgreSQL may start beside us. */
const DATABASE_PATIENCE_MS = 60_000;
/** Open requests get this long to end once the port is closed. */
const DRAIN_MS = 5000;
/** A page waits this long for an EHR that has not answered yet before it is served without that EHR's token endpoint. */
const PAGE_PATIENCE_MS = 1500;
/** How often due write-backs are looked for; each has its own time (services/look-schedule.ts). */
const RECONCILE_MS = 15_000;

const say = (line: string): void => console.error(`Refloop: ${line}`);
const now = (): Date => new Date();

function settings(): Config {
  const read = readConfig(process.env);
  if (read.ok) return read.value;
  console.error(configFaults(read.refusal));
  return process.exit(WRONG_USE);
}

const version = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;
const config = settings();
const log = createLogger();
const newId = monotonicFactory();
const production = config.environment === 'production';
const { sites } = config.sites;
const discovery = createDiscovery({ fetch, now, sites, production });
const index = currentIndex();

let starting: string | undefined = 'The database is being prepared.';
const servesApi = config.only === undefined || config.only === 'api';
const notReady = (): string | undefined => starting;

type Fetch = (request: Request) => Response | Promise<Response>;

const parts = { sites, production, log, now, idleSeconds: config.idleSeconds, notReady };
const pages = { tokenOrigins: discovery.tokenOrigins, beforePage: () => discovery.warm(PAGE_PATIENCE_MS) };

/** Until the store is open: health, the sites, and the app's pages, so that a reload finds its way by itself. */
function startingApp(): Fetch {
  const store = new Proxy({} as Store, {
    get: () => {
      throw new Error('The store is not open yet.');
    },
  });
  const routes = [...healthRoutes({ notReady }), ...siteRoutes({ sites }), ...keySetRoutes({ sites })];
  const app = createApp({ ...parts, ...pages, store, routes, builtApp: undefined });
  return (request) => app.fetch(request);
}

function servingApp(store: Store): Fetch {
  const routes: AppDeps['routes'] = [
    ...healthRoutes({ notReady }),
    ...siteRoutes({ sites }),
    ...keySetRoutes({ sites }),
    ...sessionRoutes({ store, sites, discovery, fetch, idleSeconds: config.idleSeconds, warnSeconds: config.warnSeconds }),
    ...grantRoutes({ store, sites }),
    ...delegationRoutes({ store, sites, newId }),
    ...auditRoutes({ store }),
    ...referralRoutes({ store, index: index.get, policy: SEED_V1, newId, version }),
  ];
  const builtApp = readBuiltApp(fileURLToPath(new URL('../../../smart-app/dist', import.meta.url)));
  if (!builtApp) say('smart-app/dist is missing: the API is served, the app is not. `npm start` builds it.');
  const app = createApp({ ...parts, ...pages, store, routes, builtApp });
  return (request) => app.fetch(request);
}

let answer: Fetch = startingApp();

function listen(): Promise<ServerType> {
  return new Promise((done, failed) => {
    const server = serve({ fetch: (request) => answer(request), port: config.port, hostname: config.host }, () => done(server));
    server.once('error', failed);
  });
}

const isNotReached = (error: unknown): boolean =>
  ['ECONNREFUSED', 'ENOENT', 'ECONNRESET', '57P03'].includes((error as { code?: string } | null)?.code ?? '');

async function migrated(): Promise<void> {
  const until = Date.now() + DATABASE_PATIENCE_MS;
  for (;;) {
    try {
      const applied = await migrate(config.migrationDatabaseUrl);
      if (applied.length > 0) say(`the database was brought up to ${applied.at(-1)}.`);
      return;
    } catch (error) {
      if (!isNotReached(error) || Date.now() > until) throw error;
      starting = 'PostgreSQL does not answer yet.';
      await new Promise((tryAgain) => setTimeout(tryAgain, 1000));
    }
  }
}

/** What runs, in the order in which it is ended: nothing loses what it stands on. */
const running: {
  server?: () => Promise<void>;
  directory?: () => Promise<void>;
  sequencer?: () => Promise<void>;
  reconciliation?: () => Promise<void>;
  store?: () => Promise<void>;
} = {};
let stopping = false;

async function stop(code: number): Promise<never> {
  if (stopping) return new Promise<never>(() => undefined);
  stopping = true;
  for (const end of [running.server, running.directory, running.reconciliation, running.sequencer, running.store]) {
    await end?.().catch((error: unknown) => log.failure({ route: 'stop', reference: '-', error }));
  }
  return process.exit(code);
}

/** Takes no new connection, lets open requests end, and gives up on those that do not. */
const drain = (server: ServerType) => (): Promise<void> =>
  new Promise((done) => {
    const hurry = setTimeout(done, DRAIN_MS);
    server.close(() => {
      clearTimeout(hurry);
      done();
    });
    if ('closeIdleConnections' in server) server.closeIdleConnections();
  });

/** Brings what lies under an older key under the current one. What fails now is done at the next start; both keys still open it. */
async function rewrapped(store: Store): Promise<void> {
  try {
    const count = await store.rewrapKeys();
    if (count > 0) say(`${count} data keys were wrapped anew with the current key of REFLOOP_KEY; the older keys can be taken out.`);
  } catch (error) {
    log.failure({ route: 'rewrap keys', reference: '-', error });
  }
}

const reconciliation = (store: Store) =>
  createReconciliation({
    store,
    sites,
    access: systemAccess({ fetch, tokens: createSystemTokens({ fetch, discovery, now }) }),
    newId,
    now,
    pause: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
    version,
    failed: (error) => log.failure({ route: 'reconciliation', reference: '-', error }),
  });

async function start(): Promise<void> {
  await migrated();
  const store = await openPostgresStore({ url: config.databaseUrl, keyRing: createKeyRing(config.keys), newId });
  running.store = store.close;
  for (const site of sites) await store.enrol(scopeOf(site));
  for (const sandbox of config.sandbox) await seedSandboxGrants(store, sandbox, now());
  if (config.only === undefined || config.only === 'worker') {
    running.reconciliation = repeat(reconciliation(store).run, RECONCILE_MS, (error) =>
      log.failure({ route: 'reconciliation', reference: '-', error }),
    ).stop;
    running.sequencer = startSequencer(store.auditTrail, now, (error) =>
      log.failure({ route: 'audit sequencer', reference: '-', error }),
    ).stop;
  }
  if (servesApi) {
    answer = servingApp(store);
    starting = 'The directory of specialists is being loaded.';
    const failed = (message: string): void => say(`the directory in force could not be loaded: ${message}`);
    const directory = await followDirectory({ snapshots: store.directory, index, failed });
    running.directory = directory.stop;
    // The start script publishes the sandbox's first directory beside us; a site that has none yet is served all the same.
    while (!(await directory.refresh()) && config.directoryExpected) {
      starting = 'The first directory of specialists is being made; this happens once.';
      await new Promise((again) => setTimeout(again, 500));
    }
  }
  starting = undefined;
  if (config.keys.length > 1) await rewrapped(store);
  // So that the first launch need not wait for it; an EHR that is not up yet is asked again then.
  void discovery.warm(PAGE_PATIENCE_MS);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));

try {
  running.server = drain(await listen());
} catch (error) {
  const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
  say(
    taken
      ? `port ${config.port} is taken by another program. Stop it, or choose another port with REFLOOP_PORT.`
      : (error as Error).message,
  );
  process.exit(taken ? WRONG_USE : 1);
}
try {
  await start();
} catch (error) {
  // A start that was told to stop meets closed connections; that is no failure to speak of.
  if (!stopping) say(`start failed: ${(error as Error).message}`);
  await stop(1);
}
