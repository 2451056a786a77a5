/**
 * Refloop as a process: opens its port at once, migrates, loads the published directory, serves until it is told to stop, lets open requests
 * end and exits with 0. What it is wired of is in `process/`.
 */
import { unreadableRequest } from './app.ts';
import { type Config, configFaults, readConfig } from './config.ts';
import { openHttpServer } from './http-server.ts';
import { wordsOf } from './logging/words.ts';
import { type Answer, createApps, PAGE_PATIENCE_MS } from './process/apps.ts';
import { layFoundation, pause } from './process/foundation.ts';
import { startJobs } from './process/jobs.ts';
import { loadHistory, refreshNumbers } from './process/numbers.ts';
import { openStore, renewForms, rewrapKeys } from './process/opened-store.ts';
import { createRunning } from './process/running.ts';
import { type ClockFollowers, goBySandbox } from './process/sandbox-time.ts';
import { followDirectory } from './services/published-directory.ts';
import type { Store } from './store/store.ts';

const WRONG_USE = 2;

/** What ends the process is told to whoever started it; everything else is a line of the log. */
const say = (line: string): void => void process.stderr.write(`${line}\n`);

function settings(): Config {
  const read = readConfig(process.env);
  if (read.ok) return read.value;
  say(configFaults(read.refusal));
  return process.exit(WRONG_USE);
}

const config = settings();
const foundation = layFoundation(config);
const { discovery, failing, index, log, onceReached, readiness, runsJobs, servesApi } = foundation;
const running = createRunning(foundation);
const apps = createApps(foundation);
let answer: Answer = apps.starting();
let followers: ClockFollowers = { afterEachStep: [], renewNumbers: () => undefined };

async function serveApi(store: Store): Promise<void> {
  answer = apps.serving(store);
  const loading = 'The directory of specialists is being loaded.';
  readiness.starting(loading);
  const directory = await onceReached(() => followDirectory({ snapshots: store.directory, index, failed: failing('directory') }));
  running.add('directory', directory.stop);
  readiness.starting(loading);
  // The start script publishes the sandbox's first directory beside us; a site that has none yet is served all the same.
  while (!(await onceReached(directory.refresh)) && config.directoryExpected) {
    readiness.starting('The first directory of specialists is being made; this happens once.');
    await pause(500);
  }
}

async function start(): Promise<void> {
  if (config.sandboxClock !== undefined) await goBySandbox(foundation, config.sandboxClock, () => followers, running);
  const store = await onceReached(() => openStore(foundation));
  running.add('store', store.close);
  running.add('keys', await onceReached(store.followKeys));
  if (runsJobs) followers = { ...followers, afterEachStep: startJobs(foundation, store, running) };
  if (servesApi) await serveApi(store);
  if (config.only === 'gateway')
    log.event('The gateway takes in nothing yet: it has no listener, tells its health and serves nothing else.');
  readiness.serving(store.ping);
  if (runsJobs) {
    await renewForms(foundation, store);
    const refresh = refreshNumbers(foundation, store, running);
    followers = { ...followers, renewNumbers: refresh.now };
    loadHistory(foundation, refresh, running);
  }
  if (config.keys.length > 1) await rewrapKeys(foundation, store);
  // So that the first launch need not wait for it; an EHR that is not up yet is asked again then.
  if (servesApi) void discovery.warm(PAGE_PATIENCE_MS);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void running.stop(0));

try {
  const server = await openHttpServer({
    fetch: (request, bindings) => answer(request, bindings),
    unreadable: unreadableRequest,
    host: config.host,
    port: config.port,
  });
  running.serve(server);
  log.started({
    version: foundation.version,
    environment: config.environment,
    port: server.port,
    sites: foundation.sites.length,
    stateFolder: config.stateFolder,
    warehouseFolder: config.warehouseFolder,
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
try {
  await start();
} catch (error) {
  // A start that was told to stop meets closed connections; that is no failure to speak of.
  if (!running.isStopping()) say(`Refloop: start failed: ${wordsOf(error)}`);
  await running.stop(1);
}
