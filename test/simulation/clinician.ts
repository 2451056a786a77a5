/** A clinician in the chart: refers, approves, lets the window write, comes back to what is unfinished, signs, and reads what comes back. */
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import { ok, type Result, refuse } from '@refloop/domain/result';
import { isOpen } from '@refloop/domain/write-back/plan-in-hand';
import { runPlan } from '@refloop/domain/write-back/run-plan';
import type { LeaseRefusal } from '@refloop/domain/write-back/write-step';
import type { Plan } from '@refloop/server/client/approval';
import type { Recommendation } from '@refloop/server/client/recommendation';
import type { PatientSession } from '@refloop/server/sessions/session';
import { createServerClock, type ServerClock } from '../../smart-app/src/approval/server-clock.ts';
import type { Book } from './book.ts';
import { type Case, orderOf, requestOf } from './chart.ts';
import { createLife, type Life } from './life.ts';
import { inChart, type Person, type Practice, sessionOf } from './practice.ts';
import type { Answer } from './server.ts';
import type { SimulatedEhr } from './simulated-ehr.ts';
import type { World } from './world.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const TRIES = 6;
/** How often a clinician approves anew what changed under their hands. */
const MOST_TURNS = 3;

type Window = {
  world: World;
  practice: Practice;
  person: Person;
  session: PatientSession;
  ehr: SimulatedEhr;
  life: Life;
  case: Case;
  /** Its own clock may be wrong. */
  clock: ServerClock;
  /** How long its machine was asleep since it was opened, in milliseconds: so long the clock that nobody sets stood still. */
  asleep: { ms: number };
  /** The plan that it holds, and under which name. */
  holds: { planId: string; holder: string } | undefined;
};

/** Somebody closes it while it works: the page gives back what it holds, and they look again a moment later, in another one. */
function closes(window: Window): void {
  const { world, practice, person, life, session, holds } = window;
  if (!life.lives()) return;
  life.die();
  if (!holds) return;
  const { planId, holder } = holds;
  void world.server.ask(createLife(), ({ plans }, now) => plans.giveBack(session, planId, { holder }, now));
  world.time.after(world.draws.integer(SECOND_MS, 25 * SECOND_MS), () => comeBack(openWindow(world, practice, person, window.case)));
}

function openWindow(world: World, practice: Practice, person: Person, given: Case): Window {
  const ehr = world.ehrs.get(practice.scope.tenant);
  if (!ehr) throw new Error(`There is no EHR of ${practice.scope.tenant}.`);
  const life = createLife();
  // A window is closed, or its machine fails, at any moment.
  if (world.faults.strikes('windows', 0.12)) world.time.after(world.draws.integer(0, 40 * SECOND_MS), life.die);
  const asleep = { ms: 0 };
  return {
    holds: undefined,
    person,
    world,
    practice,
    session: inChart(sessionOf(practice, person, world.now()), given.patientId),
    ehr,
    life,
    asleep,
    clock: createServerClock(
      () => world.laptopClock(person.subject),
      () => world.time.now() - asleep.ms,
    ),
    case: given,
  };
}

/** What the page waits for has come, and the laptop is shut over it at times: hours later the page goes on as if nothing had been. */
async function wakes<Value>({ world, life, asleep }: Window, coming: Promise<Value>): Promise<Value> {
  const came = await coming;
  if (!world.faults.strikes('windows', 0.01)) return came;
  const span = world.draws.integer(2 * MINUTE_MS, 9 * HOUR_MS);
  await life.while(world.time.pause(span));
  asleep.ms += span;
  return came;
}

/** Asks until something is heard. */
async function insist<Value>({ world, life }: Window, ask: () => Promise<Answer<Value>>): Promise<Answer<Value>> {
  for (let left = TRIES; ; left -= 1) {
    const answer = await ask();
    if (answer.kind !== 'silent' || left === 0) return answer;
    await life.while(world.time.pause(world.draws.integer(SECOND_MS, 20 * SECOND_MS)));
  }
}

const readOrder = async ({ ehr, life, case: { orderId } }: Window): Promise<Resource | null | undefined> => {
  if (orderId === null) return null;
  const read = await life.while(ehr.port.get(`ServiceRequest/${orderId}`));
  return read.ok ? read.value : undefined;
};

/** A window stays so often to take up what it could not finish. */
const MOST_STAYS = 3;

/** @returns whether the order changed, so that it is to be read and approved again */
async function carryOut(window: Window, start: Plan): Promise<boolean> {
  let plan = start;
  for (let stay = 0; stay < MOST_STAYS; stay += 1) {
    plan = await carry(window, plan);
    if (plan.steps.some(({ name, outcome }) => name === 'ServiceRequest' && outcome.status === 'stale')) return true;
    if (!plan.steps.some(isOpen)) return false;
    await window.life.while(window.world.time.pause(window.world.draws.integer(SECOND_MS, 15 * SECOND_MS)));
  }
  return false;
}

async function carry(window: Window, start: Plan): Promise<Plan> {
  const { world, session, life, ehr, clock, person } = window;
  const holder = `window-${world.newId()}`;
  window.holds = { planId: start.id, holder };
  const leased = async (ask: () => Promise<Answer<Plan>>): Promise<Result<Plan, LeaseRefusal>> => {
    const answer = await wakes(window, insist(window, ask));
    if (answer.kind === 'ok') {
      clock.hear(answer.value);
      return ok(answer.value);
    }
    return refuse(answer.kind === 'silent' ? 'server-silent' : 'held-elsewhere');
  };
  const ask = (work: Parameters<typeof world.server.ask<Plan>>[1]) => () => world.server.ask<Plan>(life, work);
  const end = await runPlan<Plan>(start, {
    ehr: {
      base: ehr.port.base,
      get: (path) => wakes(window, life.while(ehr.port.get(path))),
      write: (write) => wakes(window, life.while(ehr.port.write(write))),
    },
    patient: session.patientId,
    now: () => clock.notBefore(new Date(world.laptopClock(person.subject))),
    machineTime: clock.machineTime,
    stopwatch: clock.stopwatch,
    pause: (milliseconds) => life.while(world.time.pause(milliseconds)),
    conditionalCreate: () => true,
    takeLease: () => leased(ask(({ plans }, now) => plans.takeLease(session, start.id, { holder }, now))),
    giveBack: () => world.server.ask(life, ({ plans }, now) => plans.giveBack(session, start.id, { holder }, now)),
    attempt: (step) => leased(ask(({ plans }, now) => plans.attempt(session, start.id, step, { holder }, now))),
    report: (step, outcome) => leased(ask(({ plans }, now) => plans.report(session, start.id, step, { holder, outcome }, now))),
    onProgress: () => undefined,
  });
  window.holds = undefined;
  return end.plan;
}

/** At times one or two more of the list are approved with the first, each person once. */
function othersOf({ world }: Window, { match }: Recommendation): string[] {
  const [first, ...others] = match.ranked;
  const wanted = world.draws.weighted([
    [0, 6],
    [1, 2],
    [2, 2],
  ] as const);
  const people = new Map(others.filter(({ npi }) => npi !== first?.npi).map(({ npi, entryId }) => [npi, entryId]));
  return [...people.values()].slice(0, wanted);
}

/** The whole minute: a recommendation, a decision, an approval, and the order in the chart. */
async function refer(window: Window): Promise<void> {
  const { world, session, life, practice } = window;
  let replaces: string | undefined;
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const order = await readOrder(window);
    if (order === undefined) return;
    const given = { ...requestOf(window.case, order), ...(replaces === undefined ? {} : { replaces }) };
    const made = await insist(window, () =>
      world.server.ask<Recommendation>(life, ({ recommendations }, now) => recommendations.make(session, given, now)),
    );
    if (made.kind !== 'ok') return;
    const { id, revision, working } = made.value;
    replaces = id;
    if (world.draws.chance(0.03)) {
      const reason = 'Not needed any more';
      await world.server.ask(life, ({ recommendations }, now) => recommendations.dismiss(session, id, reason, now));
      return;
    }
    await life.while(world.time.pause(world.draws.integer(10 * SECOND_MS, 3 * MINUTE_MS)));
    const alternates = othersOf(window, made.value);
    const press = {
      recommendationId: id,
      revision,
      working: { ...working, alternates, emergencyDepartmentConsidered: true },
      order,
      performerInEhr: null,
      idempotencyKey: `press-${world.newId()}-${id}`,
    };
    // Somebody tries who may not: a coordinator, with the clinician's screen before them.
    if (world.draws.chance(0.02)) {
      const intruder = inChart(sessionOf(practice, world.draws.pick(practice.coordinators), world.now()), session.patientId);
      const stolen = { ...press, idempotencyKey: `stolen-${world.newId()}-${id}` };
      await world.server.ask<Plan>(life, ({ approvals }, now) => approvals.approve(intruder, stolen, now));
    }
    const approved = await insist(window, () =>
      world.server.ask<Plan>(life, ({ approvals }, now) => approvals.approve(session, press, now)),
    );
    if (approved.kind !== 'ok') return;
    const { referralId } = approved.value;
    world.acknowledged.push({ scope: practice.scope, referralId, what: 'approval', key: id });
    if (world.faults.strikes('windows', 0.12)) world.time.after(world.draws.integer(SECOND_MS, 40 * SECOND_MS), () => closes(window));
    const stale = await carryOut(window, approved.value);
    if (!stale) return handOut(window, referralId);
  }
}

/** At the end of the minute the patient is given the page to take home, with a link on it. */
async function handOut({ world, session, life, practice, case: { patientId } }: Window, referralId: string): Promise<void> {
  if (world.draws.chance(0.3)) return;
  const made = await world.server.ask(life, ({ handouts }, now) => handouts.make(session, referralId, now));
  if (made.kind === 'ok') world.people.patients.receive(practice.scope, patientId, made.value.link);
}

/** Somebody refers: the window may close on the way, and whoever comes back finds what is left. */
export function refers(world: World, practice: Practice, person: Person, given: Case): Promise<void> {
  const order = orderOf(given);
  const window = openWindow(world, practice, person, given);
  if (order && !window.ehr.read(`ServiceRequest/${order.id}`)) {
    window.ehr.put(order);
    // Somebody else changes the order, at times just before it is written.
    if (world.faults.strikes('ehr', 0.05)) {
      world.time.after(world.draws.integer(SECOND_MS, 4 * MINUTE_MS), () => {
        const held = window.ehr.read(`ServiceRequest/${order.id}`);
        if (held?.['status'] === 'draft' && held.meta?.versionId === '1')
          window.ehr.put({ ...held, id: order.id, note: [{ text: 'Changed' }] });
      });
    }
  }
  return refer(window);
}

/** Back in the chart: what is unfinished is offered and finished, or taken back. */
async function comeBack(window: Window): Promise<void> {
  const { world, session, life } = window;
  const open = await world.server.ask(life, ({ openWork }, now) => openWork.list(session, now));
  if (open.kind !== 'ok') return;
  for (const { id } of open.value.plans) {
    if (world.draws.chance(0.06)) {
      await world.server.ask(life, ({ plans }, now) => plans.withdraw(session, id, { reason: 'No longer meant' }, now));
      continue;
    }
    const plan = await world.server.ask<Plan>(life, ({ plans }, now) => plans.get(session, id, now));
    if (plan.kind !== 'ok') continue;
    await judgeDoubts(window, plan.value);
    await carryOut(window, plan.value);
  }
}

/** The person looks at what may be theirs and says what is true: here everything of our key is ours. */
async function judgeDoubts({ world, session, life, ehr }: Window, plan: Plan): Promise<void> {
  for (const { name, outcome, lookUp } of plan.steps) {
    if (outcome.status !== 'unsure') continue;
    const ours = outcome.candidates.find(({ reference }) => JSON.stringify(ehr.read(reference) ?? {}).includes(lookUp.businessKey));
    const held = ours && ehr.read(ours.reference);
    const said = held && { reference: ours.reference, versionId: held.meta?.versionId ?? null };
    await world.server.ask<Plan>(life, ({ plans }, now) => plans.judge(session, plan.id, name, { ours: said ?? null }, now));
  }
}

const clinicianOf = (practice: Practice, { requester }: Book): Person | undefined =>
  practice.clinicians.find(({ subject }) => subject === requester);

/** What a clinician does about something that is owed by them; it may take several times. */
export async function clinicianActs(world: World, practice: Practice, book: Book, kind: string): Promise<void> {
  const person = clinicianOf(practice, book);
  const given = world.cases.get(`${practice.scope.tenant} ${book.patientId}`);
  if (!person || !given) return;
  const window = openWindow(world, practice, person, given);
  switch (kind) {
    case 'unfinished-write-back':
      // An approval that lapsed is made anew, or left for later.
      if (book.order === 'none') return refer(window);
      await comeBack(window);
      return given.takes === 'everything' ? undefined : placesByHand(window, book);
    case 'sign-in-ehr':
      return signInEhr(window, book);
    case 'hear-decline': {
      const asked = { key: `heard-${world.newId()}`, sequence: book.decided, what: { act: 'patient-heard' } as const };
      await world.server.ask(window.life, ({ worklist }, now) => worklist.act(window.session, book.referralId, asked, now));
      return;
    }
    case 'approve-performer':
      return answersProposal(window, book);
    case 'review':
      for (const [reportId, { reviewed, attempt }] of book.reports) {
        if (reviewed || attempt === undefined) continue;
        const asked = { referralId: book.referralId, reportId };
        // A colleague opens it first, whose referral it is not.
        if (world.draws.chance(0.1)) {
          const colleague = sessionOf(practice, world.draws.pick(practice.clinicians), world.now());
          await world.server.ask(window.life, ({ reviews }, now) => reviews.review(colleague, asked, now));
        }
        await world.server.ask(window.life, ({ reviews }, now) => reviews.review(window.session, asked, now));
      }
      return;
    default:
      return;
  }
}

/** Most are approved. A colleague, or the coordinator who proposed them, tries first at times. */
async function answersProposal({ world, practice, session, life }: Window, { referralId }: Book): Promise<void> {
  const { draws, server } = world;
  const listed = await server.ask(life, ({ work }, now) => work.list(session, now));
  const row = listed.kind === 'ok' ? listed.value.toApprove.find((each) => each.referralId === referralId) : undefined;
  if (!row) return;
  await life.while(world.time.pause(draws.integer(10 * SECOND_MS, 30 * MINUTE_MS)));
  const { sequence } = row;
  const approve = { referralId, sequence, answer: { kind: 'approve' } } as const;
  if (draws.chance(0.1)) {
    const another = sessionOf(practice, draws.pick([...practice.clinicians, ...practice.coordinators]), world.now());
    await server.ask(life, ({ proposals }, now) => proposals.answer(another, approve, now));
  }
  const refuse = { referralId, sequence, answer: { kind: 'refuse', reason: 'Too far for the patient' } } as const;
  const answer = draws.chance(0.8) ? approve : refuse;
  for (let tries = 0; tries < 3; tries += 1) {
    const heard = await server.ask(life, ({ proposals }, now) => proposals.answer(session, answer, now));
    if (heard.kind !== 'silent') return;
  }
}

/** The order is entered or signed in the EHR, which takes none from Refloop, and that it was is said; at times it is said of one that is not signed yet. */
async function placesByHand({ world, session, life, ehr, case: { orderId } }: Window, book: Book): Promise<void> {
  const planId = book.approvals.get(book.approvalId)?.planId;
  if (planId === undefined || world.draws.chance(0.2)) return;
  const held = orderId === null ? undefined : ehr.read(`ServiceRequest/${orderId}`);
  const sameOrder = held !== undefined && world.draws.chance(0.6);
  if (sameOrder && orderId !== null && world.draws.chance(0.9)) ehr.put({ ...held, id: orderId, status: 'active' });
  const said = { note: 'Placed by hand', sameOrder };
  await world.server.ask(life, ({ work }, now) => work.settleByHand(session, planId, said, now));
}

/** There is something for the next poll of the EHR to find. */
const changedInEhr = ({ worker, now }: World, { tenant }: Practice['scope'], reference: string): void =>
  worker.dueAt('capture', `${tenant} ${reference}`, now().toISOString());

/** In the EHR, without Refloop: it is signed or released, or at times revoked. */
function signInEhr({ ehr, world, practice: { scope } }: Window, { orderReference }: Book): void {
  const held = ehr.read(orderReference);
  if (held?.id === undefined || (held['status'] !== 'draft' && held['status'] !== 'on-hold')) return;
  ehr.put({ ...held, id: held.id, status: world.draws.chance(0.08) ? 'revoked' : 'active' });
  changedInEhr(world, scope, orderReference);
}

function stops(world: World, { scope }: Practice, reference: string, status: 'revoked' | 'on-hold'): void {
  const ehr = world.ehrs.get(scope.tenant);
  const held = ehr?.read(reference);
  if (held?.id === undefined || held['status'] !== 'active') return;
  ehr?.put({ ...held, id: held.id, status });
  changedInEhr(world, scope, reference);
}

/** An order that was in force is revoked in the EHR or put on hold there, at times: most soon after it was written, some when much has happened. */
export function thinksBetterOfIt(world: World, practice: Practice, { id, status }: Resource): void {
  if (id === undefined || status !== 'active' || !world.draws.chance(0.05)) return;
  const to = world.draws.chance(0.5) ? 'revoked' : 'on-hold';
  const wait = Math.min(40 * DAY_MS, world.draws.logNormal(DAY_MS, 1.6));
  world.time.after(wait, () => stops(world, practice, `ServiceRequest/${id}`, to));
}

/** The patient was seen, and somebody tidies up in the chart before anything else has come. */
export function tidiesUp(world: World, practice: Practice, { orderReference }: Book): void {
  if (!world.draws.chance(0.03)) return;
  world.time.after(world.draws.integer(HOUR_MS, 22 * HOUR_MS), () =>
    stops(world, practice, orderReference, world.draws.chance(0.5) ? 'revoked' : 'on-hold'),
  );
}

export const SPANS = { SECOND_MS, MINUTE_MS, HOUR_MS, DAY_MS } as const;
