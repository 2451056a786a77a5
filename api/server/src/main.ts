/**
 * Refloop as a process, and the only place that knows the concrete parts: opens its port at once, migrates, loads the
 * published directory, serves until it is told to stop, lets open requests end and exits with 0.
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { HttpBindings } from '@hono/node-server';
import { openWarehouse } from '@refloop/analytics/warehouse';
import { SEED_V1 } from '@refloop/domain/matching/policies';
import { monotonicFactory } from 'ulid';
import { allRoutes, routesWithoutStore } from './all-routes.ts';
import { type Refresh, startRefresh } from './analytics/refresh-thread.ts';
import { createApp, unreadableRequest } from './app.ts';
import { startSequencer } from './audit/sequencer.ts';
import { createCdsAdmission } from './cds/admission.ts';
import { createClientKeys } from './cds/client-keys.ts';
import { type AnyHandler, anyHandler } from './channels/handler.ts';
import { packetHandlers } from './channels/packet-handlers.ts';
import { noteInChart, noteReceipt } from './channels/report-in-chart.ts';
import { taskStanding } from './channels/task-standing.ts';
import { textMessage } from './channels/text-message.ts';
import { followSandbox } from './clock/follow-sandbox.ts';
import { createPracticeClock } from './clock/practice-clock.ts';
import { type Config, configFaults, readConfig } from './config.ts';
import { createKeyRing } from './crypto/key-ring.ts';
import { consentsNow } from './ehr/consents-now.ts';
import { systemAccess } from './ehr/system-access.ts';
import { createSystemTokens } from './ehr/system-token.ts';
import { seedSandboxGrants } from './grants/sandbox-grants.ts';
import { type HttpServer, openHttpServer } from './http-server.ts';
import { createDocumentReader } from './inbound/document-reader.ts';
import { createInbound } from './inbound/take-in.ts';
import { type Repeated, repeat } from './jobs/repeat.ts';
import { createLogger } from './logging/log.ts';
import { guardProcessOutput } from './logging/process-output.ts';
import { wordsOf } from './logging/words.ts';
import { currentIndex } from './matching/current-index.ts';
import { migrate } from './migrations/migrate.ts';
import { createOutboxWorker } from './outbox/worker.ts';
import { PRACTICE_TIME_ZONE } from './practice/calendar.ts';
import { startHistoryThread } from './practice/history-thread.ts';
import { SANDBOX_SEED } from './practice/planted-truths.ts';
import { createRateLimits } from './rate-limits/rate-limits.ts';
import { createReadiness } from './readiness.ts';
import { healthRoutes } from './routes/health.ts';
import { evaluateAlerts } from './services/alerts.ts';
import { createCapture } from './services/capture/capture.ts';
import { createFollowedSites } from './services/capture/followed-sites.ts';
import { createDueReferrals } from './services/engine/due-referrals.ts';
import { keepFirstPolicy } from './services/engine/policy-in-force.ts';
import { renewProjections } from './services/projections.ts';
import { followDirectory } from './services/published-directory.ts';
import { createReconciliation } from './services/reconciliation.ts';
import { createReconciliationReports } from './services/reconciliation-report.ts';
import { createDiscovery } from './sessions/discovery.ts';
import { scopeOf } from './sites.ts';
import { readBuiltApp } from './static.ts';
import { openPostgresStore } from './store/postgres/store.ts';
import type { Store } from './store/store.ts';
import { StoreUnavailable } from './store/unavailable.ts';

const WRONG_USE = 2;
/** PostgreSQL may start beside us, or be started anew meanwhile. */
const DATABASE_PATIENCE_MS = 60_000;
/** Open requests get this long to end once the port is closed, and the connections to the database once those have ended. */
const DRAIN_MS = 5000;
const CLOSE_MS = 2000;
/** The first signal often comes twice, from the terminal to the whole group and from the start script; one after this means: hurry. */
const SAME_SIGNAL_MS = 1000;
/** A page waits this long for an EHR that has not answered yet before it is served without that EHR's token endpoint. */
const PAGE_PATIENCE_MS = 1500;
/** How often due write-backs are looked for; each has its own time (services/look-schedule.ts). */
const RECONCILE_MS = 15_000;
/** Whether it is night, or somebody asked for a report. */
const REPORTS_MS = 15_000;
/** How often timers are looked at; the shortest span of a policy is counted in hours. */
const LOOK_MS = 15_000;
/** How soon what came in is read. */
const INBOUND_MS = 2000;
/** How soon after an event what it asks for leaves. */
const OUTBOX_MS = 2000;
/** How soon after an EHR’s notification it is looked into; each type has its own time besides (services/capture). */
const CAPTURE_MS = 5000;

/** What ends the process is told to whoever started it; everything else is a line of the log. */
const say = (line: string): void => void process.stderr.write(`${line}\n`);
/** What protects sessions, tokens and leases counts by this; nobody moves it. */
const machineTime = (): Date => new Date();
/** What happens in the practice is of this one; in the sandbox it may be ahead. */
const clock = createPracticeClock(machineTime);
const { now } = clock;
const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

function settings(): Config {
  const read = readConfig(process.env);
  if (read.ok) return read.value;
  say(configFaults(read.refusal));
  return process.exit(WRONG_USE);
}

const version = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;
const config = settings();
const role = config.only ?? 'all';
const log = createLogger(undefined, { role, replica: randomBytes(4).toString('hex') });
guardProcessOutput(log);
const newId = monotonicFactory();
const production = config.environment === 'production';
const { sites, cdsClients } = config.sites;
const discovery = createDiscovery({ fetch, now: machineTime, sites, production });
const tokens = createSystemTokens({ fetch, discovery, now: machineTime });
const ownAccess = systemAccess({ fetch, tokens, pause, now: machineTime });
const index = currentIndex();
const reader = createDocumentReader();
const readiness = createReadiness(machineTime);
const warehouse = openWarehouse({ folder: config.warehouseFolder, assumptions: config.assumptions });
const servesApi = config.only === undefined || config.only === 'api';
const runsJobs = config.only === undefined || config.only === 'worker';

type Fetch = (request: Request, bindings: HttpBindings) => Response | Promise<Response>;

const parts = {
  sites,
  production,
  log,
  now,
  machineTime,
  tellsTime: config.sandboxClock !== undefined,
  idleSeconds: config.idleSeconds,
  notReady: readiness.stillStarting,
  trustedProxies: config.trustedProxies,
  ...(config.rateLimits ? { limits: createRateLimits(machineTime) } : {}),
};
const pages = { tokenOrigins: discovery.tokenOrigins, beforePage: () => discovery.warm(PAGE_PATIENCE_MS) };
const health = healthRoutes({ notReady: readiness.reason });

/** Until the store is open: health, the sites, and the app's pages, so that a reload finds its way by itself. Workers have health alone. */
function startingApp(): Fetch {
  const store = new Proxy({} as Store, {
    get: () => {
      throw new Error('The store is not open yet.');
    },
  });
  const routes = servesApi ? routesWithoutStore({ sites, notReady: readiness.reason }) : health;
  const app = createApp({ ...parts, ...pages, store, routes, builtApp: undefined, described: servesApi });
  return (request, bindings) => app.fetch(request, bindings);
}

function servingApp(store: Store): Fetch {
  const routes = allRoutes({
    store,
    warehouse,
    sites,
    discovery,
    production,
    fetch,
    pause,
    now,
    machineTime,
    newId,
    version,
    read: reader.read,
    index: index.get,
    policy: SEED_V1,
    channels: config.channels,
    consents: consentsNow({ sites, access: ownAccess }),
    idleSeconds: config.idleSeconds,
    warnSeconds: config.warnSeconds,
    notReady: readiness.reason,
    address: config.address,
    newUuid: randomUUID,
    failed: (error) => log.failure({ route: 'cds hooks', reference: '-', error }),
  });
  // One that listens on this machine alone is reached by either name of it.
  const addresses = [config.address, config.address.replace(/^http:\/\/127\.0\.0\.1:/, 'http://localhost:')];
  const keys = createClientKeys({ fetch, now: machineTime, discovery, sites });
  const admitCdsClient = createCdsAdmission({ store, sites, clients: cdsClients, keys, addresses });
  const builtApp = readBuiltApp(fileURLToPath(new URL('../../../smart-app/dist', import.meta.url)));
  if (!builtApp) log.event('smart-app/dist is missing: the API is served, the app is not. `npm start` builds it.');
  const app = createApp({ ...parts, ...pages, store, routes, builtApp, admitCdsClient });
  return (request, bindings) => app.fetch(request, bindings);
}

let answer: Fetch = startingApp();

/** Does a step of the start again while PostgreSQL is away, and gives up after a minute. Each step may be done twice. */
async function onceReached<Value>(step: () => Promise<Value>): Promise<Value> {
  const until = Date.now() + DATABASE_PATIENCE_MS;
  for (;;) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || Date.now() > until) throw error;
      readiness.starting('PostgreSQL does not answer yet.');
      await pause(1000);
    }
  }
}

/** What runs, in the order in which it is ended: nothing loses what it stands on. */
const running: {
  server?: HttpServer;
  clock?: () => Promise<void>;
  directory?: () => Promise<void>;
  sequencer?: () => Promise<void>;
  engine?: () => Promise<void>;
  reconciliation?: () => Promise<void>;
  reports?: () => Promise<void>;
  outbox?: () => Promise<void>;
  inbound?: () => Promise<void>;
  capture?: () => Promise<void>;
  history?: () => Promise<void>;
  refresh?: () => Promise<void>;
  keys?: () => Promise<void>;
  store?: () => Promise<void>;
} = {};
let stoppingSince: number | undefined;
const hurry = new AbortController();

const quietly = (end: (() => Promise<void>) | undefined): Promise<void> | undefined =>
  end?.().catch((error: unknown) => log.failure({ route: 'stop', reference: '-', error }));

/** Says that it will end, so that nobody is sent here any more; then lets open requests end; then ends what they stood on. */
async function stop(code: number): Promise<never> {
  if (stoppingSince !== undefined) {
    if (Date.now() - stoppingSince > SAME_SIGNAL_MS) hurry.abort();
    return new Promise<never>(() => undefined);
  }
  stoppingSince = Date.now();
  readiness.stopping();
  running.server?.drain();
  hurry.signal.addEventListener('abort', () => running.server?.cut());
  const hurried = new Promise((done) => hurry.signal.addEventListener('abort', done));
  await Promise.race([pause(code === 0 ? config.drainSeconds * 1000 : 0), hurried]);
  await running.server?.close(hurry.signal.aborted ? 0 : DRAIN_MS);
  const closed = async (): Promise<void> => {
    for (const end of [
      running.clock,
      running.directory,
      running.history,
      running.refresh,
      running.engine,
      running.reconciliation,
      running.reports,
      running.outbox,
      running.inbound,
      running.capture,
      running.sequencer,
      running.keys,
      running.store,
    ])
      await quietly(end);
  };
  // A database that hangs does not answer to being left either.
  await Promise.race([closed(), pause(CLOSE_MS)]);
  return process.exit(code);
}

/** Brings what lies under an older key of REFLOOP_KEY under the first. What fails now is done at the next start; both keys still open it. */
async function rewrapped(store: Store): Promise<void> {
  try {
    const count = await store.rewrapKeys();
    if (count > 0) log.event('Keys were wrapped anew with the first key of REFLOOP_KEY; the older keys can be taken out.', { count });
  } catch (error) {
    log.failure({ route: 'rewrap keys', reference: '-', error });
  }
}

const reconciliation = (store: Store) =>
  createReconciliation({
    store,
    sites,
    access: ownAccess,
    newId,
    now,
    machineTime,
    pause,
    version,
    failed: (error) => log.failure({ route: 'reconciliation', reference: '-', error }),
  });

/** What of the outbox this version carries out. */
const channelHandlers = (store: Store): AnyHandler[] => [
  anyHandler(taskStanding({ sites, access: ownAccess, now })),
  anyHandler(noteInChart({ sites, access: ownAccess, now }, (scope, id) => store.transaction(scope, ({ documents }) => documents.get(id)))),
  anyHandler(noteReceipt({ sites, access: ownAccess, now })),
  ...packetHandlers(config.channels, fetch),
  anyHandler(textMessage({ sites, address: config.address })),
];

const outbox = (store: Store) =>
  createOutboxWorker({
    store,
    handlers: channelHandlers(store),
    holder: `outbox-${newId()}`,
    version,
    now,
    machineTime,
    pause,
    random: Math.random,
    failed: (error) => log.failure({ route: 'outbox', reference: '-', error }),
  });

/** Every rule is asked of each snapshot; what fails is asked of the next. */
async function tellAlerts(store: Store): Promise<void> {
  try {
    const count = await evaluateAlerts({ store, warehouse, newId, now });
    if (count > 0) log.event('Alerts were raised or cleared.', { count });
  } catch (error) {
    log.failure({ route: 'alerts', reference: '-', error });
  }
}

/** The numbers are of the last snapshot, at most an hour old. */
function refreshWarehouse(store: Store): Refresh {
  const refresh = startRefresh({
    databaseUrl: config.databaseUrl,
    keys: config.keys,
    warehouse: config.warehouseFolder,
    timezone: config.timezone,
    now,
    made: (outcome) => {
      if (typeof outcome !== 'string') {
        log.event('A snapshot of the warehouse is in force.', outcome);
        void tellAlerts(store);
      }
    },
    failed: (error) => log.failure({ route: 'warehouse', reference: '-', error }),
  });
  running.refresh = refresh.stop;
  return refresh;
}

/** The sandbox's own site holds it: no other EHR, and none of the sandbox's other modes. */
function loadHistory(refresh: Refresh): void {
  const [sandbox] = config.sandbox;
  if (config.history === 0 || !sandbox) return;
  log.event('The history of a simulated practice is being loaded, or is there already; everything works meanwhile.');
  running.history = startHistoryThread({
    databaseUrl: config.databaseUrl,
    keys: config.keys,
    scope: scopeOf(sandbox),
    referrals: config.history,
    seed: SANDBOX_SEED,
    now,
    loaded: ({ referrals, events }) => {
      log.event('The history of the simulated practice is loaded.', { referrals, events });
      refresh.now();
    },
    failed: (error) => log.failure({ route: 'simulated history', reference: '-', error }),
  }).stop;
}

/** Rows an older version wrote get this version's form; the events they are made from stay as they are. What fails is done at the next start. */
async function projectionsRenewed(store: Store): Promise<void> {
  try {
    const count = await renewProjections(store, now());
    if (count > 0) log.event('Referrals were brought into this version’s form from their events.', { count });
  } catch (error) {
    log.failure({ route: 'renew projections', reference: '-', error });
  }
}

async function openStore(): Promise<Store> {
  const applied = await migrate(config.migrationDatabaseUrl);
  if (applied.length > 0) log.event('The database was brought up to this version.', { migrations: applied.length });
  const store = await openPostgresStore({ url: config.databaseUrl, keyRing: createKeyRing(config.keys), newId, name: `refloop ${role}` });
  try {
    for (const site of sites) {
      await store.enrol(scopeOf(site));
      const timeZone = config.sandbox.includes(site) ? PRACTICE_TIME_ZONE : config.timezone;
      await keepFirstPolicy(store, scopeOf(site), timeZone, now());
    }
    for (const sandbox of config.sandbox) await seedSandboxGrants(store, sandbox, now());
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}

async function serveApi(store: Store): Promise<void> {
  answer = servingApp(store);
  const loading = 'The directory of specialists is being loaded.';
  readiness.starting(loading);
  const failed = (error: unknown): void => log.failure({ route: 'directory', reference: '-', error });
  const directory = await onceReached(() => followDirectory({ snapshots: store.directory, index, failed }));
  running.directory = directory.stop;
  readiness.starting(loading);
  // The start script publishes the sandbox's first directory beside us; a site that has none yet is served all the same.
  while (!(await onceReached(directory.refresh)) && config.directoryExpected) {
    readiness.starting('The first directory of specialists is being made; this happens once.');
    await pause(500);
  }
}

/** Done once after each step of a clock that is moved, one after the other. */
const afterEachStep: Repeated[] = [];
/** Numbers of the warehouse follow when the clock has stood still for a moment. */
const STOOD_STILL_MS = 5000;
let renewNumbers: (() => void) | undefined;
let standing: NodeJS.Timeout | undefined;

/** Nothing happens before it is known what time it is. */
async function goBySandbox(address: string): Promise<void> {
  readiness.starting('The sandbox EHR has not told what time it is.');
  const following = followSandbox({
    address,
    clock,
    live: async () => {
      for (const each of afterEachStep) await each.once();
      clearTimeout(standing);
      standing = setTimeout(() => renewNumbers?.(), STOOD_STILL_MS);
    },
    name: `refloop-${process.pid}`,
    fetch,
    pause,
    failed: (error) => log.failure({ route: 'clock of the sandbox', reference: '-', error }),
  });
  running.clock = async () => {
    clearTimeout(standing);
    await following.stop();
  };
  await following.known;
}

async function start(): Promise<void> {
  if (config.sandboxClock !== undefined) await goBySandbox(config.sandboxClock);
  const store = await onceReached(openStore);
  running.store = store.close;
  running.keys = await onceReached(store.followKeys);
  if (runsJobs) {
    const looks = repeat(reconciliation(store).run, RECONCILE_MS, (error) =>
      log.failure({ route: 'reconciliation', reference: '-', error }),
    );
    running.reconciliation = looks.stop;
    const unread = (error: unknown): void => log.failure({ route: 'inbound documents', reference: '-', error });
    const inbound = repeat(createInbound({ store, read: reader.read, version, now, failed: unread }).run, INBOUND_MS, unread);
    running.inbound = async () => {
      await inbound.stop();
      await reader.close();
    };
    const reportFailed = (error: unknown): void => log.failure({ route: 'reconciliation report', reference: '-', error });
    const reports = createReconciliationReports({ store, sites, access: ownAccess, newId, now, machineTime, failed: reportFailed });
    const nightly = repeat(reports.run, REPORTS_MS, reportFailed);
    running.reports = nightly.stop;
    const sending = repeat(outbox(store).run, OUTBOX_MS, (error) => log.failure({ route: 'outbox', reference: '-', error }));
    running.outbox = sending.stop;
    const captureFailed = (error: unknown): void => log.failure({ route: 'capture', reference: '-', error });
    const capture = createCapture({
      store,
      sites,
      access: ownAccess,
      now,
      version,
      address: config.address,
      isFollowed: createFollowedSites(store),
      failed: captureFailed,
    });
    const capturing = repeat(capture.run, CAPTURE_MS, captureFailed);
    running.capture = capturing.stop;
    const failed = (error: unknown): void => log.failure({ route: 'due referrals', reference: '-', error });
    const engine = repeat(createDueReferrals({ store, now, failed }).run, LOOK_MS, failed, { atOnce: true });
    running.engine = engine.stop;
    // What others did comes first, then what falls due, then what both ask for.
    afterEachStep.push(capturing, inbound, looks, engine, sending, nightly);
    running.sequencer = startSequencer(store.auditTrail, now, (error) =>
      log.failure({ route: 'audit sequencer', reference: '-', error }),
    ).stop;
  }
  if (servesApi) await serveApi(store);
  if (config.only === 'gateway')
    log.event('The gateway takes in nothing yet: it has no listener, tells its health and serves nothing else.');
  readiness.serving(store.ping);
  if (runsJobs) await projectionsRenewed(store);
  if (runsJobs) {
    const refresh = refreshWarehouse(store);
    renewNumbers = refresh.now;
    loadHistory(refresh);
  }
  if (config.keys.length > 1) await rewrapped(store);
  // So that the first launch need not wait for it; an EHR that is not up yet is asked again then.
  if (servesApi) void discovery.warm(PAGE_PATIENCE_MS);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));

try {
  running.server = await openHttpServer({
    fetch: (request, bindings) => answer(request, bindings),
    unreadable: unreadableRequest,
    host: config.host,
    port: config.port,
  });
} catch (error) {
  const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
  say(
    taken
      ? `Refloop: port ${config.port} is taken by another program. Stop it, or choose another port with REFLOOP_PORT.`
      : `Refloop: ${(error as Error).message}`,
  );
  process.exit(taken ? WRONG_USE : 1);
}
log.started({
  version,
  environment: config.environment,
  port: running.server.port,
  sites: sites.length,
  stateFolder: config.stateFolder,
  warehouseFolder: config.warehouseFolder,
});
try {
  await start();
} catch (error) {
  // A start that was told to stop meets closed connections; that is no failure to speak of.
  if (stoppingSince === undefined) say(`Refloop: start failed: ${wordsOf(error)}`);
  await stop(1);
}
