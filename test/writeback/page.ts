/**
 * What the app's page does in a window, as in `smart-app/src/approval`: refer from the order, approve, carry the plan out, take it up
 * again, judge what may be ours, withdraw. Without the screen, and with a clock that goes faster.
 */
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import { ok, type Result, refuse } from '@refloop/domain/result';
import { lookAt } from '@refloop/domain/write-back/look-through';
import { isOpenOrder } from '@refloop/domain/write-back/open-order';
import { runPlan } from '@refloop/domain/write-back/run-plan';
import type { LeaseRefusal, StepPorts } from '@refloop/domain/write-back/write-step';
import type { Plan, StepName } from '@refloop/server/client/approval';
import type { Recommendation } from '@refloop/server/client/recommendation';
import { makeInput } from '@refloop/server/services/test-referral-input';
import { resumeAfter } from '../../smart-app/src/approval/resume.ts';
import { offersConditionalCreate, writeBackRung } from '../../smart-app/src/chart/write-back-rung.ts';
import { isMadeFor, madeByOthers } from './attribution.ts';
import type { Stored } from './chart.ts';
import { passes } from './fast-clock.ts';
import type { ApiAnswer, Window } from './window.ts';
import { note, type Press, type World } from './world.ts';

const INSIST_TRIES = 4;
const APPROVAL_TRIES = 6;

/** What a window knows of this launch: the order as its person sees it, and what the EHR says it can do. */
export type Desk = { world: World; window: Window; order: Resource | null; statement: Resource | undefined };

const isSilent = (answer: ApiAnswer<unknown>): boolean => answer.kind === 'unreachable';

/** Lease, attempts and reports are sent again until they are answered, within bounds. */
async function insist({ window }: Desk, path: string, body: unknown): Promise<Result<Plan, LeaseRefusal>> {
  for (let attempt = 0; attempt < INSIST_TRIES; attempt += 1) {
    if (attempt > 0) await passes(1_000 * attempt);
    const answered = await window.call<Plan>('POST', path, body);
    if (answered.kind === 'ok') return ok(answered.value);
    if (!isSilent(answered)) return refuse(answered.kind === 'session-ended' ? 'session-ended' : 'held-elsewhere');
  }
  return refuse('server-silent');
}

const portsOf = ({ world, window, statement }: Desk): Omit<StepPorts, 'attempt'> => ({
  ehr: window.ehr,
  patient: world.patient.id,
  now: () => world.lane.now().toISOString(),
  pause: passes,
  conditionalCreate: (type) => world.choices.conditionalCreate && offersConditionalCreate(statement, type),
});

/** What each EHR says it can do, as it once said it to a window that nothing went wrong for. */
const statements = new Map<string, Resource>();

/**
 * Reads what a launch begins with; the page opens without the one or the other where the EHR does not answer.
 * @param known whether the CapabilityStatement may be one that was read before: it says the same to everybody
 */
export async function openDesk(world: World, window: Window, known = false): Promise<Desk> {
  const before = known ? statements.get(world.iss) : undefined;
  const statement = before ? ok(before) : await window.ehr.get('metadata');
  if (statement.ok) statements.set(world.iss, statement.value);
  const order = world.patient.order ? await window.ehr.get(`ServiceRequest/${world.patient.order.id}`) : undefined;
  return { world, window, order: order?.ok ? order.value : null, statement: statement.ok ? statement.value : undefined };
}

const orderStatusOf = (order: Resource | null): unknown => order?.['status'];

/** The recommendation for the order as it stands, or why there is none: approved already, refused otherwise, or not answered. */
async function recommend(desk: Desk, replaces?: string): Promise<Recommendation | 'approved' | 'none'> {
  const { world, window, order, statement } = desk;
  const body = {
    ...makeInput({ order, chart: world.patient.resources }),
    writeBack: writeBackRung(window.access.scopes, statement, order === null ? 'none' : 'with-version'),
    ...(replaces === undefined ? {} : { replaces }),
  };
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (attempt > 0) await passes(5_000);
    const made = await window.call<Recommendation>('POST', '/recommendations', body);
    if (made.kind === 'ok') return made.value;
    if (!isSilent(made)) return made.kind === 'problem' && made.type === 'already-approved' ? 'approved' : 'none';
  }
  return 'none';
}

type Prepared = 'ready' | 'ehr-silent' | 'order-changed' | 'stopped';

/** A fresh look at the order before the approval is sent. */
async function prepare(desk: Desk): Promise<Prepared> {
  const { world, window, order } = desk;
  const [patient, read] = await Promise.all([
    window.ehr.get(`Patient/${world.patient.id}`),
    order ? window.ehr.get(`ServiceRequest/${order.id}`) : undefined,
  ]);
  const asked = read ?? patient;
  if (asked.ok) return read?.ok && read.value.meta?.versionId !== order?.meta?.versionId ? 'order-changed' : 'ready';
  const { refusal } = asked;
  return refusal.kind === 'no-answer' || (refusal.kind === 'http' && refusal.status >= 500) ? 'ehr-silent' : 'stopped';
}

/** Sends one press until it is answered; its key makes it count once, however often it arrives. */
async function press({ world, window, order }: Desk, made: Recommendation): Promise<{ press: Press; plan: Plan | undefined }> {
  const key = `press-${world.run}-${world.presses.length}-0123456789`;
  const pressed: Press = { key, recommendationId: made.id, by: window.access.person as Press['by'], told: 'nothing', words: '' };
  world.presses.push(pressed);
  const body = {
    recommendationId: made.id,
    revision: made.revision,
    working: made.working,
    order,
    performerInEhr: null,
    idempotencyKey: key,
  };
  const send = () => window.call<Plan>('POST', '/approvals', body);
  for (let attempt = 0; attempt < APPROVAL_TRIES; attempt += 1) {
    if (attempt > 0) await passes(2_000 * attempt);
    const [answered, again] = await Promise.all(window.script.twice && attempt === 0 ? [send(), send()] : [send()]);
    const best = answered.kind !== 'ok' && again?.kind === 'ok' ? again : answered;
    if (answered.kind === 'ok' && again?.kind === 'ok' && again.value.id !== answered.value.id)
      world.seen.push('one press was answered with two plans');
    const refused = [answered, again].find((each) => each?.kind === 'problem');
    if (best.kind === 'ok' && refused?.kind === 'problem')
      world.seen.push(`one press was approved and refused: "${refused.type}: ${refused.detail}"`);
    if (best.kind === 'ok') {
      pressed.told = 'approved';
      world.counts.approvals += 1;
      return { press: pressed, plan: best.value };
    }
    if (best.kind === 'problem') {
      pressed.told = 'refused';
      pressed.words = `${best.type}: ${best.detail}`;
      return { press: pressed, plan: undefined };
    }
    if (best.kind === 'session-ended') return { press: pressed, plan: undefined };
  }
  return { press: pressed, plan: undefined };
}

/** Carries the plan out under a lease of its own. Throws where the window is closed in the middle. */
async function carry(desk: Desk, plan: Plan) {
  const { window } = desk;
  const holder = window.newHolder();
  const at = (path: string): string => `/plans/${plan.id}${path}`;
  window.holds = { planId: plan.id, holder };
  const end = await runPlan<Plan>(plan, {
    ...portsOf(desk),
    takeLease: () => insist(desk, at('/lease'), { holder }),
    giveBack: () => window.call('POST', at('/lease/return'), { holder }),
    attempt: (step) => insist(desk, at(`/steps/${step}/attempt`), { holder }),
    report: (step, outcome) => insist(desk, at(`/steps/${step}`), { holder, outcome }),
    onProgress: () => undefined,
  });
  window.holds = undefined;
  const word = end.kind === 'finished' ? 'finished' : `stopped, ${end.why}`;
  note(
    desk.world,
    `${window.name} carried out: ${word}; ${end.plan.steps.map(({ name, outcome }) => `${name} ${outcome.status}`).join(', ')}`,
  );
  return end;
}

const countDone = (plan: Plan): number => plan.steps.filter(({ outcome }) => outcome.status === 'done').length;
const isStale = (plan: Plan): boolean => plan.steps.some(({ name, outcome }) => name === 'ServiceRequest' && outcome.status === 'stale');
const isUnsure = (plan: Plan): boolean => plan.steps.some(({ outcome }) => outcome.status === 'unsure');

/**
 * Carries the plan out and takes it up again by itself as often as the window stays.
 * @returns `stale` where the order changed and the approval lapsed
 */
export async function carryOut(desk: Desk, start: Plan): Promise<'stale' | 'ended'> {
  const { world, window } = desk;
  if (start.steps.length === 0) return 'ended';
  let plan = start;
  let tries = 0;
  for (let stay = 0; ; stay += 1) {
    const end = await carry(desk, plan);
    if (isStale(end.plan)) return 'stale';
    const further = countDone(end.plan) > countDone(plan);
    tries = further ? 0 : tries + 1;
    const time = { at: world.lane.now().toISOString(), sinceSet: Number.POSITIVE_INFINITY };
    const wait = resumeAfter(end.plan, end.kind === 'stopped' ? end.why : undefined, further ? 0 : tries - 1, time);
    if (wait === undefined || stay >= window.script.stays) return 'ended';
    note(world, `${window.name} waits ${Math.round(wait / 1000)} s to take it up again`);
    await world.lane.pass(wait);
    const read = await window.call<Plan>('GET', `/plans/${plan.id}`);
    if (read.kind !== 'ok') return 'ended';
    plan = read.value;
  }
}

/** The order as the EHR holds it now; undefined where it is not to be had or no order to refer from any more. */
async function reread(desk: Desk): Promise<Resource | undefined> {
  const { world, window } = desk;
  if (!world.patient.order) return undefined;
  const read = await window.ehr.get(`ServiceRequest/${world.patient.order.id}`);
  return read.ok && isOpenOrder(orderStatusOf(read.value)) ? read.value : undefined;
}

const READS_MS = 3_000;
/** How often a person approves anew what changed under their hands. */
const MOST_APPROVALS = 3;

/** From the order to the chart; a changed order is read, and approved again where the person does so. */
export async function refer(start: Desk): Promise<void> {
  const { world, window } = start;
  let desk = start;
  let replaces: string | undefined;
  let lapsed = false;
  for (let turn = 0; turn < MOST_APPROVALS; turn += 1) {
    if (desk.order && !isOpenOrder(orderStatusOf(desk.order))) return;
    const made = await recommend(desk, replaces);
    if (made === 'approved' && lapsed) world.deniedAnew = true;
    if (typeof made === 'string') return;
    replaces = made.id;
    const prepared = await prepare(desk);
    if (prepared === 'stopped') return;
    let changed = prepared === 'order-changed';
    if (!changed) {
      const { press: pressed, plan } = await press(desk, made);
      if (!plan) changed = pressed.words.startsWith('order-changed');
      else if (prepared === 'ehr-silent' && window.script.stays === 0) return;
      else {
        lapsed = (await carryOut(desk, plan)) === 'stale';
        changed = lapsed;
      }
    }
    if (!changed || !world.choices.comeback.approvesAgain) return;
    const order = await reread(desk);
    if (!order) return;
    note(world, `${window.name} shows the changed order, and it is approved again`);
    // Nobody reads what changed in less.
    await passes(READS_MS);
    desk = { ...desk, order };
  }
}

/** The person looks at the entries that may be ours, and says what is true. */
async function judge(desk: Desk, plan: Plan, step: Plan['steps'][number]): Promise<Plan | undefined> {
  const { world, window } = desk;
  if (step.outcome.status !== 'unsure') return undefined;
  let ours: { reference: string; versionId: string | null; orderStatus?: string } | null = null;
  for (const { reference } of step.outcome.candidates) {
    const truth: Stored = await world.chart.read(reference);
    if (madeByOthers(world, truth) || !isMadeFor(plan, truth)) continue;
    const read = await window.ehr.get(reference);
    if (!read.ok) return undefined;
    const status = read.value['status'];
    const orderStatus = step.name === 'ServiceRequest' && typeof status === 'string' ? { orderStatus: status } : {};
    ours = { reference, versionId: read.value.meta?.versionId ?? null, ...orderStatus };
  }
  world.counts.judged += 1;
  note(world, `${window.name} says of ${step.name}: ${ours ? 'this is it' : 'none of these'}`);
  const judged = await window.call<Plan>('POST', `/plans/${plan.id}/steps/${step.name}/judgement`, { ours });
  return judged.kind === 'ok' ? judged.value : undefined;
}

/** Takes up what is left of a plan: judges first what a person must judge. */
export async function finish(desk: Desk, planId: string): Promise<'stale' | 'ended'> {
  const read = await desk.window.call<Plan>('GET', `/plans/${planId}`);
  if (read.kind !== 'ok') return 'ended';
  let plan = read.value;
  for (let turn = 0; turn < 4; turn += 1) {
    for (const step of plan.steps) plan = (await judge(desk, plan, step)) ?? plan;
    if (isUnsure(plan)) return 'ended';
    const ended = await carryOut(desk, plan);
    if (ended === 'stale') return ended;
    const now = await desk.window.call<Plan>('GET', `/plans/${planId}`);
    if (now.kind !== 'ok' || !isUnsure(now.value)) return ended;
    plan = now.value;
  }
  return 'ended';
}

/** Whether the page offers to take the approval back (smart-app/src/approval/plan-words.ts). */
export const mayWithdraw = (plan: Plan): boolean =>
  plan.steps.some((step) => step.name === 'ServiceRequest' && ['refused', 'waiting', 'unknown'].includes(step.outcome.status));

/** Looks first for an order that was sent and not heard of, then takes the approval back; a page of another make asks unseen before. */
export async function withdraw(desk: Desk, planId: string): Promise<void> {
  const { world, window } = desk;
  const read = await window.call<Plan>('GET', `/plans/${planId}`);
  if (read.kind !== 'ok' || !mayWithdraw(read.value)) return;
  if (world.choices.comeback.asksUnseen && (await isTakenBack(desk, planId))) return;
  const order = read.value.steps.find(({ name }) => name === 'ServiceRequest');
  if (order && order.attemptedAt !== null && order.outcome.status !== 'refused' && !(await isAbsent(desk, planId, order.name))) return;
  await isTakenBack(desk, planId);
}

async function isTakenBack({ world, window }: Desk, planId: string): Promise<boolean> {
  const done = await window.call<Plan>('POST', `/plans/${planId}/withdrawal`, { reason: 'Placed by hand' });
  if (done.kind === 'ok') world.counts.withdrawn += 1;
  note(world, `${window.name} withdraws: ${done.kind === 'ok' ? 'done' : 'refused'}`);
  return done.kind === 'ok';
}

/** Reports what was found, so that the record says why the approval could be taken back. */
async function isAbsent(desk: Desk, planId: string, step: StepName): Promise<boolean> {
  const holder = desk.window.newHolder();
  const leased = await insist(desk, `/plans/${planId}/lease`, { holder });
  const order = leased.ok ? leased.value.steps.find(({ name }) => name === step) : undefined;
  if (!leased.ok || !order) return false;
  const looked = await lookAt(order, leased.value, portsOf(desk));
  const report = (outcome: object) => insist(desk, `/plans/${planId}/steps/${step}`, { holder, outcome });
  if (looked.kind === 'report') await report(looked.outcome);
  if (looked.kind === 'never-sent' || looked.kind === 'not-ready') return true;
  if (looked.kind !== 'absent') return false;
  return (await report({ status: 'refused', httpStatus: 404, detail: 'Looked for in the chart and not found there.' })).ok;
}
