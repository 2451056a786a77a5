/**
 * Referrals from the recommendation to the note that was read, by the product's services: each press a transaction with its events, the
 * projection, what is owed, the timer, the audit and what is to leave; while the product's worker carries the outbox out to a server over HTTP.
 */
import { generateKeyPairSync } from 'node:crypto';
import { TASK_IDENTIFIER_SYSTEM, taskKey } from '@refloop/domain/write-back/identifiers';
import { anyHandler } from '@refloop/server/channels/handler';
import { noteReceipt } from '@refloop/server/channels/report-in-chart';
import { taskStanding } from '@refloop/server/channels/task-standing';
import type { ActRequest } from '@refloop/server/client/acts';
import { systemEhr } from '@refloop/server/ehr/system-ehr';
import { readSystemKey } from '@refloop/server/ehr/system-key';
import { createOutboxWorker } from '@refloop/server/outbox/worker';
import { isRefusal } from '@refloop/server/problem';
import { putInForce } from '@refloop/server/services/engine/test-in-force';
import { differingReferrals } from '@refloop/server/services/projections';
import { createReviewService } from '@refloop/server/services/reviews';
import { createWorklistService } from '@refloop/server/services/worklist';
import type { Session } from '@refloop/server/sessions/session';
import { type Site, sandboxSite, scopeOf } from '@refloop/server/sites';
import type { Scope, Store } from '@refloop/server/store/store';
import { pause } from '../figures.ts';
import type { KeptTask, TaskServer } from './task-server.ts';

/** Seconds of processor time so far. */
export type Used = { ours: number; postgres: number };

export type LoopsRun = {
  referrals: number;
  events: number;
  effects: number;
  presses: number;
  /** By the clock, until every press was answered and the outbox was empty. */
  seconds: number;
  /** Seconds of processor time meanwhile: of this process, counterpart included, and of PostgreSQL. */
  cpu: Used;
  /** Milliseconds of each press. */
  times: number[];
  wrong: string[];
};

/** People who press at the same time. */
export const LANES = 8;

type What = ActRequest['what'];

const sessionOf = (scope: Scope, subject: string, roles: Session['roles'], now: Date): Session => ({
  scope,
  subject,
  fhirUser: `Practitioner/${subject}`,
  name: subject,
  roles,
  patientId: null,
  sessionId: `session-of-${subject}`,
  startedAt: now.toISOString(),
  lastActivity: now.toISOString(),
  expiresAt: new Date(now.getTime() + 3_600_000).toISOString(),
});

const acts: readonly ((now: Date) => What)[] = [
  (now) => ({ act: 'sent', channel: 'fax', at: now.toISOString() }),
  (now) => ({ act: 'accepted', at: now.toISOString() }),
  (now) => ({ act: 'booked', startsAt: now.toISOString(), at: now.toISOString() }),
  (now) => ({ act: 'seen', at: now.toISOString() }),
  (now) => ({ act: 'note', form: 'final', at: now.toISOString() }),
];

/** A site whose Tasks are Refloop's to keep. */
export function taskSite({ base }: TaskServer): Site {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const key = readSystemKey('env:KEY', { KEY: JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'bench' }) });
  if (!key.ok) throw new Error(key.message);
  const system = { clientId: 'bench', key: key.value, scopes: '', completes: false, tracks: true };
  return { ...sandboxSite(1), tenant: 'loops', name: 'Loops clinic', iss: base, system };
}

/** `judging` reads afterwards how it ended, so that no statement of that is among those of `store`. */
export type Practice = { store: Store; judging: Store; site: Site; used: () => Used };

/** @param name of this run: its referrals are other ones than those of every other run */
export async function runWholeLoops({ store, judging, site, used }: Practice, name: string, referrals: number): Promise<LoopsRun> {
  const scope = scopeOf(site);
  const now = (): Date => new Date();
  const worklist = createWorklistService({ store });
  const reviews = createReviewService({ store });
  const wrong: string[] = [];
  const times: number[] = [];
  const ehr = systemEhr(site.iss, 'bench', { fetch, pause });
  const counterpart: Parameters<typeof taskStanding>[0] = {
    sites: [site],
    access: async () => ({ ok: true, ehr, conditionalCreate: () => false, may: () => true }),
    now,
  };
  const worker = createOutboxWorker({
    store,
    handlers: [anyHandler(taskStanding(counterpart)), anyHandler(noteReceipt(counterpart))],
    holder: `bench-${name}`,
    version: '0',
    now,
    random: Math.random,
    pause,
    failed: (error) => wrong.push(`the worker: ${String(error)}`),
  });

  const idOf = (number: number): string => `loop-${name}-${number}`;
  const taskOf = (referralId: string): Promise<Response> => {
    const identifier = encodeURIComponent(`${TASK_IDENTIFIER_SYSTEM}|${taskKey(referralId, 1)}`);
    return fetch(`${site.iss}/Task?identifier=${identifier}`);
  };

  /** Its Task stands in the chart with its order, as the write-back leaves it. */
  const written = async (referralId: string): Promise<void> => {
    const identifier = [{ system: TASK_IDENTIFIER_SYSTEM, value: taskKey(referralId, 1) }];
    const task = { resourceType: 'Task', status: 'draft', intent: 'order', identifier, for: { reference: 'Patient/p1' } };
    await fetch(`${site.iss}/Task`, { method: 'POST', body: JSON.stringify(task) });
  };

  const timed = async <Value>(press: () => Promise<Value>): Promise<Value> => {
    const started = performance.now();
    const value = await press();
    times.push(performance.now() - started);
    return value;
  };

  async function whole(referralId: string): Promise<void> {
    const coordinator = sessionOf(scope, 'kim', ['coordinator'], now());
    await written(referralId);
    await putInForce(store, scope, referralId, new Date(Date.now() - 60_000).toISOString());
    let thread = await worklist.thread(coordinator, referralId, now());
    for (const [step, act] of acts.entries()) {
      if (isRefusal(thread)) return void wrong.push(`${referralId}: ${thread.detail}`);
      const asked = { key: `${referralId}-${step}`, sequence: thread.sequence, what: act(now()) };
      thread = await timed(() => worklist.act(coordinator, referralId, asked, now()));
    }
    const report = await judging.transaction(scope, async (unit) => {
      const { state } = (await unit.referrals.get(referralId)) ?? {};
      return (state as { reports?: { id: string }[] } | undefined)?.reports?.[0]?.id;
    });
    const clinician = sessionOf(scope, 's', ['clinician'], now());
    const reviewed = await timed(() => reviews.review(clinician, { referralId, reportId: report ?? '' }, now()));
    if (!('reviewed' in reviewed)) wrong.push(`${referralId} was not reviewed`);
  }

  const pressing = new AbortController();
  const carrying = (async (): Promise<void> => {
    while (!pressing.signal.aborted) {
      await worker.run();
      await pause(20);
    }
  })();
  const [started, before] = [performance.now(), used()];
  let next = 0;
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      for (let number = next++; number < referrals; number = next++) await whole(idOf(number));
    }),
  );
  pressing.abort();
  await carrying;
  while ((await worker.run()).carried > 0);
  const [seconds, after] = [(performance.now() - started) / 1000, used()];
  const cpu = { ours: after.ours - before.ours, postgres: after.postgres - before.postgres };
  // Not in what was measured: it reads every referral of every run so far.
  const judged = await judge(
    judging,
    scope,
    Array.from({ length: referrals }, (_, number) => idOf(number)),
    taskOf,
  );
  return { referrals, presses: times.length, seconds, cpu, times, ...judged, wrong: [...wrong, ...judged.wrong] };
}

/** Each is whole: its events tell what its row says, nothing is owed or due any more, and its Task says how it ended. */
async function judge(store: Store, scope: Scope, ids: readonly string[], taskOf: (referralId: string) => Promise<Response>) {
  const wrong: string[] = [];
  let [events, effects] = [0, 0];
  for (const id of ids) {
    const { history, open, sent } = await store.transaction(scope, async (unit) => ({
      history: await unit.events.read(id),
      open: await unit.obligations.openOf(id),
      sent: await unit.outbox.ofReferral(id),
    }));
    events += history.length;
    for (const last of ['report-reviewed', 'receipt-recorded'])
      if (!history.some(({ type }) => type === last)) wrong.push(`${id} has no ${last}`);
    if (open.length > 0) wrong.push(`${id} still owes ${open.map(({ kind }) => kind).join(', ')}`);
    effects += sent.length;
    for (const { kind, standing } of sent) if (standing.status !== 'done') wrong.push(`${id}: ${kind} is ${standing.status}`);
    const found = (await (await taskOf(id)).json()) as { entry: { resource: KeptTask }[] };
    const task = found.entry[0]?.resource;
    if (task?.status !== 'completed') wrong.push(`the Task of ${id} is ${task?.status}`);
  }
  for (const id of await differingReferrals(store, scope)) wrong.push(`${id} is not what its events say`);
  return { events, effects, wrong };
}
