/** What every part of the process stands on, made once from the settings: clocks, log, identities, the EHRs and how they are reached. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { openWarehouse } from '@refloop/analytics/warehouse';
import { monotonicFactory } from 'ulid';
import { createClockWatch, WATCHED_EVERY_MS } from '../clock/clock-watch.ts';
import { createPracticeClock } from '../clock/practice-clock.ts';
import type { Config } from '../config.ts';
import { systemAccess } from '../ehr/system-access.ts';
import { createSystemTokens } from '../ehr/system-token.ts';
import { createDocumentReader } from '../inbound/document-reader.ts';
import { createLogger } from '../logging/log.ts';
import { guardProcessOutput } from '../logging/process-output.ts';
import { currentIndex } from '../matching/current-index.ts';
import { createReadiness } from '../readiness.ts';
import { createDiscovery } from '../sessions/discovery.ts';
import { StoreUnavailable } from '../store/unavailable.ts';

/** PostgreSQL may start beside us, or be started anew meanwhile. */
const DATABASE_PATIENCE_MS = 60_000;

export const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** What protects sessions, tokens and leases counts by this; nobody moves it. */
const machineTime = (): Date => new Date();

const version = (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;

export type Foundation = ReturnType<typeof layFoundation>;

export function layFoundation(config: Config) {
  const role = config.only ?? 'all';
  const log = createLogger(undefined, { role, replica: randomBytes(4).toString('hex') });
  // Before anything that may print.
  guardProcessOutput(log);
  /** What happens in the practice is of this one; in the sandbox it may be ahead. */
  const clock = createPracticeClock(machineTime);
  const { sinceSet: sinceClockSet } = createClockWatch({ wall: machineTime, steady: () => performance.now() });
  setInterval(sinceClockSet, WATCHED_EVERY_MS).unref();
  const production = config.environment === 'production';
  const { sites } = config.sites;
  const discovery = createDiscovery({ fetch, now: machineTime, sites, production });
  const tokens = createSystemTokens({ fetch, discovery, now: machineTime });
  const readiness = createReadiness(machineTime);

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

  return {
    config,
    role,
    version,
    production,
    sites,
    log,
    /** Puts in the log what went wrong in work that nobody asked for by a request. */
    failing:
      (route: string) =>
      (error: unknown): void =>
        log.failure({ route, reference: '-', error }),
    clock,
    now: clock.now,
    machineTime,
    /** How many milliseconds ago, at the least, the machine's clock was set. */
    sinceClockSet,
    newId: monotonicFactory(),
    discovery,
    /** By which Refloop's own access to each EHR is let in. */
    tokens,
    /** Refloop's own access to each EHR. */
    access: systemAccess({ fetch, tokens, pause, now: machineTime }),
    /** The directory of specialists in force. */
    index: currentIndex(),
    reader: createDocumentReader(),
    readiness,
    warehouse: openWarehouse({ folder: config.warehouseFolder, assumptions: config.assumptions }),
    servesApi: config.only === undefined || config.only === 'api',
    runsJobs: config.only === undefined || config.only === 'worker',
    onceReached,
  };
}
