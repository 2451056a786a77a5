/** Refloop's jobs in a simulated world: the clock of the engine, reconciliation and the outbox, in a process that may die. */
import type { EhrPort } from '@refloop/domain/fhir/ehr-port';
import { anyHandler } from '@refloop/server/channels/handler';
import { noteInChart, noteReceipt } from '@refloop/server/channels/report-in-chart';
import { taskStanding } from '@refloop/server/channels/task-standing';
import type { OwnAccess } from '@refloop/server/ehr/system-access';
import { createOutboxWorker } from '@refloop/server/outbox/worker';
import { createDueReferrals } from '@refloop/server/services/engine/due-referrals';
import { createReconciliation } from '@refloop/server/services/reconciliation';
import type { Site } from '@refloop/server/sites';
import { StoreUnavailable } from '@refloop/server/store/unavailable';
import { createLife, type Life } from './life.ts';
import type { Practice } from './practice.ts';
import { storeFor } from './server.ts';
import type { World } from './world.ts';

export type Due = 'timer' | 'look' | 'effect';
export type Worker = {
  /** Something of this kind is due then, by Refloop's clock. */
  dueAt: (what: Due, moment: string) => void;
  kill: () => void;
  /** Looks at everything, whether or not something is due. */
  lookAtAll: () => void;
};

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
/** Between two looks of a job: what is due within this time is seen together. */
const EVERY_MS: Record<Due, number> = { timer: 10 * MINUTE_MS, look: MINUTE_MS, effect: 5 * SECOND_MS };
const RESTARTS_WITHIN_MS = 20 * MINUTE_MS;

/** As the site file would have it, with an access of Refloop's own that finishes what was approved. */
const siteOf = ({ scope }: Practice): Site => ({
  tenant: scope.tenant,
  name: scope.site,
  iss: scope.issuer,
  clientId: 'refloop',
  scopes: '',
  issuer: undefined,
  jwks: undefined,
  embed: [],
  admins: [],
  system: { clientId: 'refloop-system', key: undefined as never, scopes: '', completes: scope.tenant === 'north', tracks: true },
});

export function createWorker(world: World): Worker {
  const { time, draws, faults } = world;
  let life = createLife();
  let jobs: Record<Due, () => Promise<unknown>>;
  /** Looks that are set, by the true clock. */
  const set: Record<Due, Set<number>> = { timer: new Set(), look: new Set(), effect: new Set() };
  const busy = new Set<Due>();

  const failed = (error: unknown): void => {
    // What could not be looked at is looked at again.
    if (error instanceof StoreUnavailable) return again();
    world.watch.tell('failure', error instanceof Error ? (error.stack ?? error.message) : String(error));
  };

  function jobsOf(own: Life): Record<Due, () => Promise<unknown>> {
    const store = storeFor(world, own, () => died());
    const sites = world.practices.map(siteOf);
    const { now, newId } = world;
    // Who it waits for may be dead by then.
    const pause = (milliseconds: number): Promise<void> => own.while(time.pause(milliseconds));
    const access: OwnAccess = async ({ tenant }) => {
      const ehr = world.ehrs.get(tenant);
      if (!ehr || faults.strikes('ehr', 0.05)) return { ok: false, why: 'It does not answer.' };
      const { port: chart } = ehr;
      const port: EhrPort = { base: chart.base, get: (path) => own.while(chart.get(path)), write: (each) => own.while(chart.write(each)) };
      return { ok: true, ehr: port, conditionalCreate: () => true, may: () => true };
    };
    const reconciliation = createReconciliation({
      store,
      sites,
      access,
      newId,
      now,
      pause,
      version: 'simulated',
      failed,
    });
    const due = createDueReferrals({ store, now, failed });
    const outbox = createOutboxWorker({
      store,
      handlers: [
        anyHandler(taskStanding({ sites, access, now })),
        anyHandler(noteInChart({ sites, access, now }, (scope, id) => store.transaction(scope, ({ documents }) => documents.get(id)))),
        anyHandler(noteReceipt({ sites, access, now })),
        ...world.gateway.handlers,
      ],
      holder: `outbox-${newId()}`,
      version: 'simulated',
      now,
      random: () => draws.next(),
      failed: (error) => (error instanceof StoreUnavailable ? again() : undefined),
      pause,
      // Gateways give up by themselves in this world, and time does not pass by the machine's clock.
      patience: () => new AbortController().signal,
    });
    return { timer: due.run, look: reconciliation.run, effect: outbox.run };
  }

  function again(): void {
    for (const what of ['timer', 'look', 'effect'] as const) look(what, time.now());
  }

  const died = (): void => {
    const at = world.now().toISOString();
    world.remember(() => `${at} the worker died`);
    time.after(draws.integer(5 * SECOND_MS, RESTARTS_WITHIN_MS), start);
  };
  const start = (): void => {
    life = createLife();
    jobs = jobsOf(life);
    busy.clear();
    again();
  };

  /** Sets a look at the next full interval, once. */
  function look(what: Due, moment: number): void {
    const every = EVERY_MS[what];
    const at = (Math.floor(Math.max(moment, time.now()) / every) + 1) * every;
    if (set[what].has(at)) return;
    set[what].add(at);
    time.at(at, () => run(what, at));
  }

  async function run(what: Due, at: number): Promise<void> {
    set[what].delete(at);
    if (!life.lives()) return;
    // One run at a time: the next look comes once it is over.
    if (busy.has(what)) return look(what, time.now());
    busy.add(what);
    try {
      await life.while(jobs[what]());
    } catch (error) {
      failed(error);
      look(what, time.now());
    }
    busy.delete(what);
  }

  const dueAt: Worker['dueAt'] = (what, moment) => look(what, Date.parse(moment) - world.now().getTime() + time.now());

  start();
  return {
    dueAt,
    kill: () => {
      if (!life.lives()) return;
      life.die();
      died();
    },
    lookAtAll: again,
  };
}
