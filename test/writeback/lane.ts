/**
 * One Refloop with its own PostgreSQL and its own EHR, for one run at a time: it can be killed and its time moved on without anybody
 * else noticing. Several lanes work side by side.
 */
import { type AuditVerdict, verifyAudit } from '@refloop/server/audit/verify';
import { createKeyRing } from '@refloop/server/crypto/key-ring';
import { DEVELOPMENT_KEY } from '@refloop/server/environment/keys';
import { migrate } from '@refloop/server/migrations/migrate';
import { differingReferrals } from '@refloop/server/services/projections';
import { openPostgresStore } from '@refloop/server/store/postgres/store';
import type { Scope, Unit } from '@refloop/server/store/store';
import { StoreUnavailable } from '@refloop/server/store/unavailable';
import { monotonicFactory } from 'ulid';
import { type OwnPostgres, openOwnPostgres } from '../../tools/own-postgres.ts';
import { type Child, startChild } from './child.ts';
import { type ClockState, timeOf } from './fast-clock.ts';
import type { Note, Question, ServedRun, ServerSettings } from './messages.ts';

export type Victim = 'server' | 'postgres';

export type LaneSettings = {
  number: number;
  refloopPort: number;
  ehrPort: number;
  systemKey: string;
  truthKey: string;
  /** The one the EHR has been given, too. */
  clock: ClockState;
  /** Asks the EHR's process on this lane's behalf. */
  askEhr: (question: Question) => Promise<unknown>;
};

export type Failure = { route: string; error: string; at: string[] };

/** What was brought back, and whether somebody had killed it. */
export type Revived = { postgres: boolean; server: boolean };

export type Lane = {
  number: number;
  refloop: string;
  ehr: string;
  truthKey: string;
  /** Reads or adds to what Refloop stored, beside it; waits where its database has been killed and is on its way back. */
  inStore: <Value>(scope: Scope, work: (unit: Unit) => Promise<Value>) => Promise<Value>;
  /** Ids of referrals that are not what their events say. */
  differing: (scope: Scope) => Promise<string[]>;
  now: () => Date;
  /** Lets time pass for everybody; what the EHR still has under way has taken effect by then. */
  pass: (milliseconds: number) => Promise<void>;
  /** Nothing the EHR was asked for is still to come. */
  settled: () => Promise<void>;
  /** @param slowness how many times longer than usual its EHR takes where it is slow or late */
  serve: (run: ServedRun, slowness: number) => Promise<void>;
  kill: (victim: Victim) => Promise<void>;
  /** Brings back what is down. */
  revive: () => Promise<Revived>;
  /** Looks of Refloop's own since the run began, and what cut one of them off. */
  looks: () => number;
  cutOff: () => Revived | undefined;
  /** What Refloop failed at since the run began. */
  failures: () => readonly Failure[];
  /** What is wrong with the audit's chain; undefined while it is whole. */
  auditFault: () => Promise<string | undefined>;
  close: () => Promise<void>;
  /** At the end of the process, at once. */
  discard: () => void;
};

const COMES_BACK_WITHIN_MS = 15_000;

const verdictLine = (verdict: Exclude<AuditVerdict, { status: 'whole' }>): string =>
  verdict.status === 'broken' ? `audit row ${verdict.row}: ${verdict.what}` : `audit entry ${verdict.entries[0]} was never numbered`;

export async function openLane(settings: LaneSettings): Promise<Lane> {
  const postgres: OwnPostgres = await openOwnPostgres();
  await migrate(postgres.url);
  const store = await openPostgresStore({
    url: postgres.url,
    keyRing: createKeyRing([DEVELOPMENT_KEY]),
    newId: monotonicFactory(),
    poolSize: 2,
    name: 'campaign',
  });
  const { clock } = settings;
  let run: ServedRun | null = null;
  let looks = 0;
  let cutOff: Revived | undefined;
  let failures: Failure[] = [];
  let postgresRuns = true;
  /** Whether the server was killed on purpose since it last ran. */
  let killed = false;

  /** One thing at a time: a server that is being started is told the time it starts in. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const next = last.then(work, work);
    last = next;
    return next;
  };

  async function killPostgres(): Promise<void> {
    if (!postgresRuns) return;
    postgresRuns = false;
    await postgres.kill();
  }

  async function revived(): Promise<Revived> {
    const what: Revived = { postgres: !postgresRuns, server: !server.runs() };
    if (what.postgres) await postgres.start();
    postgresRuns = true;
    if (what.server && !killed) failures.push({ route: 'process', error: `Refloop ended by itself: ${server.words()}`, at: [] });
    if (what.server) server = await startServer();
    killed = false;
    return what;
  }

  function onNote(note: Note, answer: () => void): void {
    if (note.note === 'looked') looks += 1;
    if (note.note === 'failure') failures.push({ route: note.route, error: note.error, at: note.at });
    if (note.note !== 'cut-off') return;
    // Where its own look is cut off, nobody is there to bring it back, so that it is brought back at once.
    if (note.victim === 'server') killed = true;
    void inTurn(async () => {
      await (note.victim === 'server' ? server.kill() : killPostgres());
      answer();
      cutOff = await revived();
    });
  }

  const startServer = (): Promise<Child<Question>> => {
    const serverSettings: ServerSettings = {
      port: settings.refloopPort,
      databaseUrl: postgres.url,
      systemKey: settings.systemKey,
      clock: { ...clock },
      // Where it was cut off once it is not cut off again.
      run: run && { ...run, kill: null },
    };
    return startChild<Question>('server-process.ts', serverSettings, onNote);
  };
  let server = await startServer();

  const settled = async (): Promise<void> => void (await settings.askEhr({ kind: 'idle' }));

  return {
    number: settings.number,
    refloop: `http://127.0.0.1:${settings.refloopPort}`,
    ehr: `http://127.0.0.1:${settings.ehrPort}`,
    truthKey: settings.truthKey,
    inStore: async (scope, work) => {
      const until = Date.now() + COMES_BACK_WITHIN_MS;
      for (;;) {
        try {
          return await store.transaction(scope, work);
        } catch (error) {
          if (!(error instanceof StoreUnavailable) || Date.now() > until) throw error;
          await new Promise((again) => setTimeout(again, 100));
        }
      }
    },
    differing: (scope) => differingReferrals(store, scope),
    now: () => timeOf(clock),
    settled,
    pass: (milliseconds) =>
      inTurn(async () => {
        await settled();
        clock.skipped += milliseconds;
        // The EHR first: nothing it keeps may be younger than what Refloop takes for now.
        await settings.askEhr({ kind: 'clock', clock: { ...clock } });
        await server.ask({ kind: 'clock', clock: { ...clock } });
      }),
    serve: (served, slowness) =>
      inTurn(async () => {
        await revived();
        await settings.askEhr({ kind: 'slowness', factor: slowness });
        run = served;
        [looks, failures, cutOff] = [0, [], undefined];
        await store.enrol({ tenant: served.tenant, issuer: served.iss, site: served.name });
        await server.ask({ kind: 'serve', run: served });
      }),
    kill: (victim) =>
      inTurn(async () => {
        if (victim === 'postgres') return killPostgres();
        killed = true;
        await server.kill();
      }),
    revive: () => inTurn(revived),
    looks: () => looks,
    cutOff: () => cutOff,
    failures: () => failures,
    auditFault: async () => {
      const verdict = await verifyAudit(store.auditTrail, timeOf(clock));
      return verdict.status === 'whole' ? undefined : verdictLine(verdict);
    },
    close: async () => {
      await server.kill();
      await store.close();
      await postgres.close();
    },
    discard: () => {
      void server.kill();
      postgres.discard();
    },
  };
}
