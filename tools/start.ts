/** `npm start`: PostgreSQL, the sandbox EHR and Refloop with the built app, until it is told to stop. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Config, configFaults, readConfig } from '../api/server/src/config.ts';
import { buildApp } from './app-build.ts';
import { type Databases, openDatabases, ROOT, say, stateFolder } from './environment.ts';
import { freePort } from './free-port.ts';
import { publishSandboxDirectory } from './sandbox-directory.ts';
import { publicKeySet, sandboxKey, sandboxTexts } from './sandbox-keys.ts';

const ROLES = ['api', 'worker', 'gateway'];

type Options = { data: string | undefined; only: string | undefined };

function options(): Options {
  let values: { data?: string; only?: string };
  try {
    ({ values } = parseArgs({ options: { data: { type: 'string' }, only: { type: 'string' } } }));
  } catch (error) {
    return wrongUse((error as Error).message);
  }
  const data = values.data === undefined ? undefined : resolve(process.env['INIT_CWD'] ?? process.cwd(), values.data);
  if (data !== undefined && !(existsSync(data) && statSync(data).isDirectory())) return wrongUse(`--data: ${data} is not a folder.`);
  if (values.only !== undefined && !ROLES.includes(values.only))
    return wrongUse(`--only: "${values.only}" is none of ${ROLES.join(', ')}.`);
  return { data, only: values.only };
}

function wrongUse(reason: string): never {
  say(reason);
  say('Usage: npm start [-- --data DIR] [--only api|worker|gateway]');
  process.exit(2);
}

/** How many referrals the simulated practice has in the sandbox. */
const HISTORY = '30000';

/** With patients of one's own there is none, nor where real ones are: asked for there, Refloop itself refuses it. */
function history(data: string | undefined, sandbox: boolean): string {
  const asked = process.env['REFLOOP_HISTORY'];
  if (!sandbox || process.env['REFLOOP_ENV'] === 'production') return asked || 'off';
  if (data === undefined) return asked || HISTORY;
  if (asked && asked !== 'off') return wrongUse('REFLOOP_HISTORY: the simulated practice is not mixed with patients given by --data.');
  return 'off';
}

const children: { name: string; process: ChildProcess }[] = [];
let databases: Databases | undefined;
let stopping = false;
let drainSeconds = 0;

const runningChildren = () => children.filter((child) => child.process.exitCode === null && child.process.signalCode === null);

async function stop(code: number): Promise<never> {
  if (stopping) {
    // Said again: the processes hurry, too.
    for (const child of runningChildren()) child.process.kill('SIGTERM');
    return new Promise<never>(() => undefined);
  }
  stopping = true;
  const running = runningChildren();
  const ended = running.map((child) => new Promise((done) => child.process.once('exit', done)));
  for (const child of running) child.process.kill('SIGTERM');
  // A process that has not drained ten seconds after it should have is ended: what it acknowledged is in PostgreSQL already.
  const hurry = setTimeout(() => running.forEach((child) => child.process.kill('SIGKILL')), (drainSeconds + 10) * 1000);
  await Promise.all(ended);
  clearTimeout(hurry);
  await databases?.close();
  process.exit(code);
}

function run(name: string, script: string, env: Record<string, string>): void {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import', join(ROOT, 'tools', 'end-with-parent.ts'), join(ROOT, script)],
    {
      cwd: ROOT,
      // Standard output of this command is two lines; what the servers say goes to standard error.
      stdio: ['ignore', 2, 2, 'ipc'],
      env: { ...process.env, ...env },
    },
  );
  children.push({ name, process: child });
  child.on('exit', (code, signal) => {
    if (stopping) return;
    say(`${name} ended (${signal ?? `exit code ${code}`}); the lines above say why. Stopping.`);
    void stop(code === 2 ? 2 : 1);
  });
}

async function refuseTakenPort(port: number, variable: string, host: string): Promise<void> {
  const free = await new Promise<boolean>((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen(port, host, () => probe.close(() => done(true)));
  });
  if (!free) wrongUse(`Port ${port} is taken by another program. Stop it, or choose another port with ${variable}.`);
}

function port(variable: string, standard: number): number {
  const text = process.env[variable];
  if (text === undefined) return standard;
  const value = Number(text);
  return Number.isInteger(value) && value > 0 && value < 65_536 ? value : wrongUse(`${variable}: "${text}" is not a port number.`);
}

/** Mistakes in the environment and in the sites file end the start before anything is started or waited for. */
function checkedSettings(ports: Record<string, string>): Config {
  // The database's address is found out later, where none is given.
  const read = readConfig({ ...process.env, ...ports, DATABASE_URL: process.env['DATABASE_URL'] || 'postgresql://localhost/refloop' });
  if (read.ok) return read.value;
  say(configFaults(read.refusal));
  process.exit(2);
}

const { data, only } = options();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));
process.on('disconnect', () => void stop(0));

const ehrPort = port('REFLOOP_EHR_PORT', 4010);
const refloopPort = port('REFLOOP_PORT', 4020);
const withSandbox = only === undefined;
const production = process.env['REFLOOP_ENV'] === 'production';
const servesApp = only === undefined || only === 'api';
const simulated = history(data, withSandbox);
({ drainSeconds } = checkedSettings({ REFLOOP_EHR_PORT: String(ehrPort), REFLOOP_PORT: String(refloopPort), REFLOOP_HISTORY: simulated }));
if (withSandbox) await refuseTakenPort(ehrPort, 'REFLOOP_EHR_PORT', '127.0.0.1');
await refuseTakenPort(refloopPort, 'REFLOOP_PORT', '127.0.0.1');

const state = stateFolder();
say(`State folder ${state}`);
try {
  databases = await openDatabases('own');
  if (stopping) await new Promise(() => undefined);
  // The sandbox's own offices get their mails from Refloop, unless it is told another server.
  const sandboxMail = withSandbox && !production && !process.env['REFLOOP_SMTP_URL'] ? String(await freePort()) : undefined;
  const shared = { REFLOOP_STATE: state, REFLOOP_EHR_PORT: String(ehrPort), REFLOOP_PORT: String(refloopPort) };
  if (withSandbox)
    run('Sandbox EHR', 'launch/src/main.ts', {
      ...shared,
      EHR_DATABASE_URL: databases.sandbox,
      ...(data ? { REFLOOP_DATA: data } : {}),
      ...(sandboxMail ? { REFLOOP_EHR_MAIL_PORT: sandboxMail } : {}),
      REFLOOP_EHR_FAX_KEY: sandboxKey(state, 'fax'),
      ...(production ? {} : { REFLOOP_EHR_TEXTS: sandboxTexts(state) }),
    });
  if (servesApp) await buildApp();
  run('Refloop', 'api/server/src/main.ts', {
    ...shared,
    DATABASE_URL: databases.refloop,
    REFLOOP_MIGRATION_DATABASE_URL: databases.refloopMigration,
    ...(only ? { REFLOOP_ONLY: only } : {}),
    REFLOOP_HISTORY: simulated,
    ...(sandboxMail
      ? {
          REFLOOP_SMTP_URL: `smtp://127.0.0.1:${sandboxMail}`,
          REFLOOP_MAIL_FROM: 'referrals@sandbox.example',
          ...(process.env['REFLOOP_FAX_URL'] ? {} : { REFLOOP_FAX_MAIL_DOMAIN: 'fax.sandbox.example' }),
        }
      : {}),
    // What the simulated practice earns is made up too.
    ...(simulated === 'off'
      ? {}
      : {
          REFLOOP_ALLOWED_AMOUNTS:
            process.env['REFLOOP_ALLOWED_AMOUNTS'] ?? join(import.meta.dirname, '../analytics/assumptions/synthetic.yml'),
        }),
    ...(withSandbox
      ? {
          REFLOOP_DIRECTORY_EXPECTED: 'yes',
          REFLOOP_SANDBOX_SYSTEM_KEY: sandboxKey(state, 'system'),
          ...(production ? {} : { REFLOOP_SANDBOX_CLOCK: `http://localhost:${ehrPort}/clock` }),
          REFLOOP_SANDBOX_FAX_KEYS: publicKeySet(sandboxKey(state, 'fax')),
          ...(production ? {} : { REFLOOP_SANDBOX_TEXTS: sandboxTexts(state) }),
        }
      : {}),
  });
  if (withSandbox) process.stdout.write(`Sandbox EHR  http://localhost:${ehrPort}\n`);
  if (servesApp) process.stdout.write(`Refloop      http://127.0.0.1:${refloopPort}\n`);
  if (!servesApp) say(`The ${only} tells its health at http://127.0.0.1:${refloopPort}/health and serves nothing else.`);
  if (withSandbox)
    await publishSandboxDirectory({
      ...shared,
      DATABASE_URL: databases.refloop,
      REFLOOP_MIGRATION_DATABASE_URL: databases.refloopMigration,
    });
} catch (error) {
  say(`Start failed: ${(error as Error).message}`);
  await stop(1);
}
