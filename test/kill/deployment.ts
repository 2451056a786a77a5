/** What the campaign runs on: Refloop as `main.ts` starts it on a PostgreSQL of its own, both of which die, and the other side, which does not. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Directory } from '@refloop/domain/network/directory';
import { createKeyRing } from '@refloop/server/crypto/key-ring';
import { directoryBytes } from '@refloop/server/directory/snapshot';
import { DEVELOPMENT_KEY } from '@refloop/server/environment/keys';
import { TEST_GATEWAY } from '@refloop/server/inbound/test-gateway';
import { migrate } from '@refloop/server/migrations/migrate';
import { testDirectory } from '@refloop/server/services/test-referral-api';
import { openPostgresStore } from '@refloop/server/store/postgres/store';
import type { Scope, Store, Unit } from '@refloop/server/store/store';
import { StoreUnavailable } from '@refloop/server/store/unavailable';
import { processes, type Started, untilReady } from '@refloop/server/test-process';
import { monotonicFactory } from 'ulid';
import { freePort } from '../../tools/free-port.ts';
import { openOwnPostgres } from '../../tools/own-postgres.ts';
import { type Chart, openChart } from './chart.ts';
import { type Counterparts, openCounterparts, type Watch } from './counterparts.ts';
import type { Victim } from './plan.ts';

/** Said to Refloop's clock: how many milliseconds it goes ahead of the machine's. */
export type Ahead = { ahead: number };

export type Deployment = {
  refloop: string;
  scope: Scope;
  store: Store;
  chart: Chart;
  counterparts: Counterparts;
  /** By the clock that Refloop, the EHR and everybody who calls go by. */
  now: () => Date;
  /** Moves that clock on. */
  pass: (milliseconds: number) => void;
  /** Reads or writes beside Refloop; waits where the database is away. */
  inStore: <Value>(work: (unit: Unit) => Promise<Value>) => Promise<Value>;
  /** Starts Refloop and returns at once; it serves when `served` ends. */
  launch: () => Promise<void>;
  served: () => Promise<void>;
  /** `kill -9`; ends when the process is gone. @param which of the backends, from 0 up to 1 */
  kill: (victim: Victim, which: number) => Promise<void>;
  /** Starts PostgreSQL again on what it had written. */
  startPostgres: () => Promise<void>;
  /** Whether Refloop runs: it may have ended by itself, which it must not. */
  runs: () => boolean;
  /** What Refloop wrote last. */
  words: () => string;
  close: () => Promise<void>;
};

/** A Tuesday morning at the clinic, when patients may be written to. */
const BEGINS = Date.parse('2026-12-01T16:00:00.000Z');
const TIME_ZONE = 'America/Chicago';
const SITE = { tenant: 'kill', name: 'Kill clinic' };
const PRELOADED = [join(import.meta.dirname, '..', '..', 'tools', 'end-with-parent.ts'), join(import.meta.dirname, 'moved-clock.ts')];
const STORE_PATIENCE_MS = 60_000;
/** On a machine that has much else to do, and people who ask all the time. */
const START_PATIENCE_MS = 180_000;

export const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

const newKey = (): string =>
  JSON.stringify({ ...generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' }), kid: 'own' });

/** Every office has a fax. */
function directory(): Directory {
  const made = testDirectory();
  return { ...made, entries: made.entries.map((entry, at) => ({ ...entry, fax: `510-555-01${String(at + 10)}` })) };
}

async function publish(store: Store, at: string): Promise<void> {
  const { hash, bytes } = await directoryBytes(directory());
  await store.directory.publish({ hash, asOf: '2026-11-18', counts: {}, synthetic: true, publishedAt: at }, bytes);
}

/** What is taken away of the product or of PostgreSQL, to see whether it is noticed. */
export type Planted = {
  preload?: readonly string[];
  environment?: Readonly<Record<string, string>>;
  postgres?: Readonly<Record<string, string>>;
};

/** @param ehrDatabaseUrl of a database that stays up @param watch told of what reaches the other side */
export async function openDeployment(ehrDatabaseUrl: string, watch: Watch, planted: Planted = {}): Promise<Deployment> {
  const began = Date.now();
  let ahead = BEGINS - began;
  const now = (): Date => new Date(Date.now() + ahead);
  const folder = mkdtempSync(join(tmpdir(), 'refloop-kill-'));
  const postgres = await openOwnPostgres(planted.postgres);
  // PostgreSQL has a process group of its own and would outlive a campaign that is broken off.
  const discard = (): void => {
    postgres.discard();
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', discard);
  const [port, ehrPort] = [await freePort(), await freePort()];
  const refloop = `http://127.0.0.1:${port}`;
  const systemKey = newKey();
  const counterparts = await openCounterparts(watch);
  const chart = await openChart({ databaseUrl: ehrDatabaseUrl, port: ehrPort, refloop, systemKey, now, watch });
  const { url, key } = counterparts.textGateway;
  const sites = join(folder, 'sites.json');
  const site = {
    ...SITE,
    iss: chart.iss,
    clientId: 'refloop',
    phone: '510-555-0150',
    admins: ['Practitioner/admin'],
    textMessages: { url, from: '+15105550199', key: 'env:TEXT_KEY', secret: 'env:TEXT_SECRET' },
    system: { clientId: 'refloop-system', key: 'env:SYSTEM_KEY', completes: true, tracks: true },
    gateways: [TEST_GATEWAY],
  };
  writeFileSync(sites, JSON.stringify({ sites: [site] }));
  const environment = {
    ...counterparts.environment,
    REFLOOP_PORT: String(port),
    REFLOOP_STATE: folder,
    REFLOOP_SANDBOX: 'off',
    REFLOOP_SITES: sites,
    REFLOOP_RATE_LIMITS: 'off',
    REFLOOP_TIMEZONE: TIME_ZONE,
    REFLOOP_DRAIN_SECONDS: '0',
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(folder, 'compiled'),
    SYSTEM_KEY: systemKey,
    TEXT_KEY: key,
    TEXT_SECRET: 's'.repeat(32),
    ...planted.environment,
  };
  await migrate(postgres.url);
  const keyRing = createKeyRing([DEVELOPMENT_KEY]);
  const store = await openPostgresStore({ url: postgres.url, keyRing, newId: monotonicFactory(), poolSize: 4, name: 'campaign' });
  const scope: Scope = { tenant: SITE.tenant, issuer: chart.iss, site: SITE.name };
  await store.enrol(scope);
  await publish(store, now().toISOString());
  const started = processes(postgres.url);
  let current: Started | undefined;
  const runs = (): boolean => current !== undefined && current.child.exitCode === null && current.child.signalCode === null;

  async function killRefloop(): Promise<void> {
    current?.child.kill('SIGKILL');
    await current?.ended;
  }

  /** One in the middle of something rather than one that waits. */
  function killBackend(which: number): void {
    const all = postgres.backends();
    const busy = all.filter(({ doing }) => doing !== 'idle');
    const among = busy.length > 0 ? busy : all;
    const victim = among[Math.floor(which * among.length)];
    if (victim) process.kill(victim.pid, 'SIGKILL');
  }

  return {
    refloop,
    scope,
    store,
    chart,
    counterparts,
    now,
    pass: (milliseconds) => {
      ahead += milliseconds;
      if (runs() && current?.child.connected) current.child.send({ ahead } satisfies Ahead);
    },
    inStore: async (work) => {
      for (const until = Date.now() + STORE_PATIENCE_MS; ; ) {
        try {
          return await store.transaction(scope, work);
        } catch (error) {
          if (!(error instanceof StoreUnavailable) || Date.now() > until) throw error;
          await pause(50);
        }
      }
    },
    launch: async () => {
      current = await started.start({ ...environment, KILL_AHEAD_MS: String(ahead) }, [...PRELOADED, ...(planted.preload ?? [])]);
    },
    served: async () => {
      if (current) await untilReady(current, START_PATIENCE_MS);
    },
    kill: async (victim, which) => {
      switch (victim) {
        case 'refloop':
          return killRefloop();
        case 'backend':
          return killBackend(which);
        case 'postmaster':
          return postgres.kill();
        case 'both':
          await Promise.all([postgres.kill(), killRefloop()]);
      }
    },
    startPostgres: postgres.start,
    runs,
    words: () => current?.errors().slice(-3000) ?? '',
    close: async () => {
      process.off('exit', discard);
      await started.endAll();
      await store.close();
      await chart.close();
      await counterparts.close();
      await postgres.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
