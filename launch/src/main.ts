/** The sandbox EHR as a process: reads its settings, opens its port at once, loads its patients, serves until it is told to stop. */
import { type ServerType, serve } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import { migrateAuth } from './auth/migrations.ts';
import { purgeFromTimeToTime } from './auth/purge.ts';
import { openSigningKey, type SigningKey } from './auth/signing-key.ts';
import { migrateClock, postgresClockStore } from './clock/clock-store.ts';
import { openSandboxClock, type SandboxClock } from './clock/sandbox-clock.ts';
import { type EhrConfig, readConfig } from './config.ts';
import { openPool } from './database-pool.ts';
import { definitions } from './fhir/definitions.ts';
import { createRepository } from './fhir/postgres-repository.ts';
import { migrateEhr } from './fhir/schema.ts';
import { loadCharts, loadPeople, readSource } from './load-charts.ts';
import { decideLoad, migrateLoadedData, readLoadedData } from './loaded-data.ts';
import { createFaxMachine } from './mail/fax-machine.ts';
import { type KeptMail, type MailServer, openMailServer } from './mail/mail-server.ts';
import { createTextGateway } from './phone/text-gateway.ts';
import { createSandboxPlayers } from './players/sandbox-players.ts';
import { createEhrApp } from './routes/app.ts';
import type { Readiness } from './routes/health.ts';

/** Wrong use, as opposed to a failure: the settings or the data asked for do not fit. */
const WRONG_USE = 2;
/** Open requests get this long to end after the port is closed. */
const DRAIN_MILLISECONDS = 3000;

const say = (line: string): void => console.error(`Sandbox EHR: ${line}`);

function settings(): EhrConfig {
  const check = readConfig(process.env);
  if (check.kind === 'config') return check.config;
  for (const problem of check.problems) say(problem);
  return process.exit(WRONG_USE);
}

/** Opens both loopback addresses, because `localhost` may be either; a machine without IPv6 has the one. */
async function listen(fetch: Parameters<typeof serve>[0]['fetch'], port: number): Promise<ServerType[]> {
  const open = (hostname: string): Promise<ServerType> =>
    new Promise((resolve, reject) => {
      const server = serve({ fetch, port, hostname }, () => resolve(server));
      server.once('error', reject);
    });
  const first = await open('127.0.0.1');
  try {
    return [first, await open('::1')];
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return [first];
    throw error;
  }
}

const config = settings();
const pool = openPool(config.databaseUrl, (error) => say(`a database connection ended (${error.name}).`));
const repository = createRepository(pool, { baseUrl: `${config.origin}/fhir`, now: () => now() });

let readiness: Readiness = { status: 'loading', reason: 'The database is being prepared.' };
let signingKey: SigningKey | undefined;
let cdsKey: SigningKey | undefined;

let mailServer: MailServer | undefined;
let clock: SandboxClock | undefined;
/** What signs, ends and times out goes by the machine; what happens in the practice by the clock that can be moved. */
const machineTime = (): Date => new Date();
const now = (): Date => clock?.now() ?? machineTime();
const wait = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

const refloop = new URL(config.clients[0].launchUrl).origin;
const texts =
  config.textsFile === undefined ? undefined : createTextGateway({ secretsFile: config.textsFile, refloop, now, machineTime, fetch });
const fax =
  config.faxKeyFile === undefined
    ? undefined
    : createFaxMachine({ keyFile: config.faxKeyFile, refloop, fhirBase: `${config.origin}/fhir`, now: machineTime, fetch });
const mails = (): readonly KeptMail[] => mailServer?.mails() ?? [];
const players = createSandboxPlayers({
  repository,
  mails,
  fax,
  texts,
  origin: config.origin,
  refloop,
  fetch,
  failed: (error) => say(`the players could not act (${(error as Error).name}); they go on at the next step.`),
});

const app = createEhrApp({
  pool,
  repository,
  origin: config.origin,
  clients: config.clients,
  signingKey: () => {
    if (!signingKey) throw new Error('The signing key is asked for before it is read.');
    return signingKey;
  },
  cds: {
    key: () => {
      if (!cdsKey) throw new Error('The key for CDS services is asked for before it is read.');
      return cdsKey;
    },
    fetch,
  },
  readiness: () => readiness,
  now,
  machineTime,
  clock: () => clock,
  players,
  mails,
  fax,
  texts,
  remoteAddress: (context) => getConnInfo(context).remote.address,
  wait,
});

let servers: ServerType[] = [];
let stopping = false;
let endPurging = (): void => undefined;

async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  endPurging();
  await clock?.close().catch(() => say('what the clock showed last was not kept; it stands where its last step was.'));
  const closed = servers.map((server) => new Promise<void>((done) => server.close(() => done())));
  const hurry = setTimeout(() => process.exit(code), DRAIN_MILLISECONDS);
  for (const server of servers) if ('closeIdleConnections' in server) server.closeIdleConnections();
  await Promise.all([...closed, mailServer?.close()]);
  // A load under way holds its connection; it is rolled back when the process ends, and done again at the next start.
  await pool.end();
  clearTimeout(hurry);
  process.exit(code);
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(0));

const LOADING: Readiness = {
  status: 'loading',
  reason: 'Patients are being loaded. This takes some seconds, and longer for a large folder.',
};

function refuse(reason: string): Promise<void> {
  say(reason);
  return stop(WRONG_USE);
}

/** Makes the EHR ready, or says why it cannot be. */
async function prepare(): Promise<void> {
  await migrateClock(pool);
  clock = await openSandboxClock({
    store: postgresClockStore(pool),
    machineTime,
    wait,
    afterStep: players.act,
    failed: (error) => say(`the clock stopped on its way (${(error as Error).name}). Move it again.`),
  });
  await migrateEhr(pool);
  await migrateAuth(pool);
  await migrateLoadedData(pool);
  signingKey = await openSigningKey(pool, machineTime());
  cdsKey = await openSigningKey(pool, machineTime(), 'cds');
  readiness = LOADING;
  const wanted = await readSource(config.dataFolder);
  if (wanted.kind === 'unusable') return refuse(wanted.reason);
  const { source } = wanted;
  const decision = decideLoad(await readLoadedData(pool), source, now().toISOString().slice(0, 10), config.stateFolder);
  if (decision.kind === 'refuse') return refuse(decision.reason);
  if (decision.kind === 'load') {
    const outcome = await loadCharts({ pool, repository, source, asOf: decision.asOf, stateFolder: config.stateFolder });
    if (outcome.kind === 'unusable') return refuse(outcome.reason);
    outcome.lines.forEach(say);
  } else {
    await loadPeople(repository);
  }
  // The definitions take a second to read; the first clinician should not wait for them.
  definitions();
  readiness = { status: 'ready' };
  if (!stopping) endPurging = purgeFromTimeToTime(pool, (error) => say(`ended tokens could not be forgotten (${(error as Error).name}).`));
}

try {
  servers = await listen(app.fetch, config.port);
  if (config.mailPort !== undefined) mailServer = await openMailServer(config.mailPort, now);
  await prepare();
} catch (error) {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') say(`port ${config.port} is taken by another program. Stop it, or set REFLOOP_EHR_PORT.`);
  else if (code === 'ECONNREFUSED' || code === 'ENOENT')
    say('PostgreSQL does not answer at EHR_DATABASE_URL. Start it, or correct the URL.');
  // A message of the database may quote a row, so a failure is named by kind, code and place.
  else say(`start failed: ${(error as Error).name} ${code ?? ''}\n${((error as Error).stack ?? '').split('\n').slice(1, 6).join('\n')}`);
  await stop(code === 'EADDRINUSE' ? WRONG_USE : 1);
}
