/** Refloop's jobs in a simulated world: the clock of the engine, reconciliation and the outbox, in a process that may die. */
import type { EhrPort } from '@refloop/domain/fhir/ehr-port';
import { anyHandler } from '@refloop/server/channels/handler';
import { noteInError } from '@refloop/server/channels/note-in-error';
import { noteInChart, noteReceipt } from '@refloop/server/channels/report-in-chart';
import { taskStanding } from '@refloop/server/channels/task-standing';
import { createClockWatch } from '@refloop/server/clock/clock-watch';
import type { OwnAccess } from '@refloop/server/ehr/system-access';
import { createInbound } from '@refloop/server/inbound/take-in';
import { createOutboxWorker } from '@refloop/server/outbox/worker';
import { createCapture, POLL_MS } from '@refloop/server/services/capture/capture';
import { createDueReferrals } from '@refloop/server/services/engine/due-referrals';
import { createReconciliation } from '@refloop/server/services/reconciliation';
import { StoreUnavailable } from '@refloop/server/store/unavailable';
import { ADDRESS } from './gateway.ts';
import { createLife, type Life } from './life.ts';
import { readFile } from './notes.ts';
import { siteOf } from './practice.ts';
import { storeFor } from './server.ts';
import type { World } from './world.ts';

export const JOBS = ['timer', 'look', 'effect', 'inbound', 'capture'] as const;
export type Due = (typeof JOBS)[number];
export type Worker = {
  /** By this name something of this kind is due then, by Refloop's clock; null where it is not any more. */
  dueAt: (what: Due, name: string, moment: string | null) => void;
  kill: () => void;
  /** As its process does again and again. */
  lookAtClock: () => void;
  /** Looks at everything, whether or not something is due. */
  lookAtAll: () => void;
};

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
/** Between two looks of a job: what is due within this time is seen together. */
const EVERY_MS: Record<Due, number> = {
  timer: 10 * MINUTE_MS,
  look: MINUTE_MS,
  effect: 5 * SECOND_MS,
  inbound: MINUTE_MS,
  capture: POLL_MS,
};
const RESTARTS_WITHIN_MS = 20 * MINUTE_MS;
/** In the place of a name: a look that is made whatever is due. */
const ANYTHING = '';

export function createWorker(world: World): Worker {
  const { time, draws, faults } = world;
  let life = createLife();
  let jobs: Record<Due, () => Promise<unknown>>;
  let sinceClockSet: () => number;
  const ofEach = <Value>(make: () => Value): Record<Due, Value> => ({
    timer: make(),
    look: make(),
    effect: make(),
    inbound: make(),
    capture: make(),
  });
  /** Looks that are set, by the true clock, and for what. */
  const set = ofEach(() => new Map<number, Set<string>>());
  /** When each is due. A look of which nothing is due any more would find nothing, and is left out. */
  const due = ofEach(() => new Map<string, string>());
  const busy = new Set<Due>();

  const failedAt =
    (what: Due) =>
    (error: unknown): void => {
      // What could not be looked at is looked at again.
      if (error instanceof StoreUnavailable) return look(what, time.now());
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
      return { ok: true, ehr: port, conditionalCreate: () => true, may: (type) => type !== 'Subscription' };
    };
    const reconciliation = createReconciliation({
      store,
      sites,
      access,
      newId,
      now,
      sinceClockSet,
      pause,
      version: 'simulated',
      failed: failedAt('look'),
    });
    const dueReferrals = createDueReferrals({ store, now, failed: failedAt('timer') });
    const outbox = createOutboxWorker({
      store,
      handlers: [
        anyHandler(taskStanding({ sites, access, now, sinceClockSet })),
        anyHandler(
          noteInChart({ sites, access, now, sinceClockSet }, (scope, id) => store.transaction(scope, ({ documents }) => documents.get(id))),
        ),
        anyHandler(noteReceipt({ sites, access, now, sinceClockSet })),
        anyHandler(noteInError({ sites, access, now, sinceClockSet })),
        ...world.gateways.handlers,
      ],
      holder: `outbox-${newId()}`,
      version: 'simulated',
      now,
      random: () => draws.next(),
      failed: (error) => (error instanceof StoreUnavailable ? look('effect', time.now()) : undefined),
      pause,
      // Gateways give up by themselves in this world, and time does not pass by the machine's clock.
      patience: () => new AbortController().signal,
    });
    const inbound = createInbound({ store, read: readFile, version: 'simulated', now, failed: failedAt('inbound') });
    /** The EHR did not answer to everything that the poll in hand asked. */
    let unanswered = false;
    const polled: OwnAccess = async (site) => {
      const reached = await access(site);
      if (!reached.ok) unanswered = true;
      if (!reached.ok) return reached;
      const get: EhrPort['get'] = async (path) => {
        const answer = await reached.ehr.get(path);
        if (!answer.ok) unanswered = true;
        return answer;
      };
      return { ...reached, ehr: { ...reached.ehr, get } };
    };
    const capture = createCapture({
      store,
      sites,
      access: polled,
      now,
      version: 'simulated',
      failed: failedAt('capture'),
      address: ADDRESS,
    });
    return {
      timer: dueReferrals.run,
      look: reconciliation.run,
      effect: outbox.run,
      inbound: inbound.run,
      // What did not answer is looked at again with the next poll, which comes whatever else goes on.
      capture: async () => {
        unanswered = false;
        await capture.run();
        if (unanswered) look('capture', time.now());
      },
    };
  }

  function again(): void {
    for (const what of JOBS) look(what, time.now());
  }

  const died = (): void => {
    const at = world.now().toISOString();
    world.remember(() => `${at} the worker died`);
    time.after(draws.integer(5 * SECOND_MS, RESTARTS_WITHIN_MS), start);
  };
  const start = (): void => {
    life = createLife();
    sinceClockSet = createClockWatch({ wall: world.now, steady: time.now }).sinceSet;
    jobs = jobsOf(life);
    busy.clear();
    again();
  };

  /** Sets a look at the next full interval, once. */
  function look(what: Due, moment: number, name = ANYTHING): void {
    const every = EVERY_MS[what];
    const at = (Math.floor(Math.max(moment, time.now()) / every) + 1) * every;
    const known = set[what].get(at);
    if (known) return void known.add(name);
    set[what].set(at, new Set([name]));
    time.at(at, () => run(what, at));
  }

  /** By the true clock, what is then by Refloop's. */
  const trueTime = (moment: string): number => Date.parse(moment) - world.now().getTime() + time.now();

  /** Whether there is reason to look; where the clock was set back since, it comes later. */
  function isDue(what: Due, names: Iterable<string>): boolean {
    const now = world.now().toISOString();
    let found = false;
    for (const name of names) {
      const moment = name === ANYTHING ? '' : due[what].get(name);
      if (moment === undefined) continue;
      if (moment <= now) found = true;
      else look(what, trueTime(moment), name);
    }
    return found;
  }

  async function run(what: Due, at: number): Promise<void> {
    const names = set[what].get(at) ?? [];
    set[what].delete(at);
    if (!life.lives() || !isDue(what, names)) return;
    // One run at a time: the next look comes once it is over.
    if (busy.has(what)) return look(what, time.now());
    busy.add(what);
    try {
      await life.while(jobs[what]());
    } catch (error) {
      failedAt(what)(error);
      look(what, time.now());
    }
    busy.delete(what);
  }

  const dueAt: Worker['dueAt'] = (what, name, moment) => {
    if (moment === null) return void due[what].delete(name);
    due[what].set(name, moment);
    look(what, trueTime(moment), name);
  };

  start();
  return {
    dueAt,
    kill: () => {
      if (!life.lives()) return;
      life.die();
      died();
    },
    lookAtClock: () => void sinceClockSet(),
    lookAtAll: again,
  };
}
