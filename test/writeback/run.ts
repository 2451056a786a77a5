/** One run from its patient to its verdict: a window refers, things go wrong, the faults end, people come back, and what is then so is judged. */
import type { FaultName } from '@refloop/launch/modes/faults';
import { MODES } from '@refloop/launch/modes/modes';
import type { Plan } from '@refloop/server/client/approval';
import type { OpenWork } from '@refloop/server/client/recommendation';
import { StoreUnavailable } from '@refloop/server/store/unavailable';
import { admit, openChart, setOwnFaults } from './chart.ts';
import { type Choices, choicesOf, QUIET, type WindowScript } from './choices.ts';
import type { Lane, Revived, Victim } from './lane.ts';
import { othersDo } from './others.ts';
import { finish, mayWithdraw, openDesk, refer, withdraw } from './page.ts';
import { type Access, setFaults, signIn } from './sign-in.ts';
import { verdictOf } from './verdict.ts';
import { openWindow, type Window, WindowGone, type WindowOptions } from './window.ts';
import { type Counts, goOn, noCounts, note, over, type Person, untilLooked, type World } from './world.ts';

export type RunOutcome = {
  run: number;
  choices: Choices;
  violations: string[];
  /** How it ended, in a word, to count. */
  ending: string;
  counts: Counts;
  timeline: string[];
};

const MINUTE_MS = 60_000;

/** Work that may be cut off by its window's end, which is no failure of the run. */
async function untilGone(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof WindowGone)) throw error;
  }
}

/** Lets a window work until it is done, closed, or put to sleep; one that sleeps goes on once it is woken. */
async function letWork(world: World, window: Window, work: () => Promise<unknown>): Promise<void> {
  const working = untilGone(work);
  goOn(world, 'untilEnd', working);
  await Promise.race([working, window.asleep]);
}

async function openWork(window: Window): Promise<OpenWork | undefined> {
  const answered = await window.call<OpenWork>('GET', '/open-work');
  return answered.kind === 'ok' ? answered.value : undefined;
}

/** A person opens the app and finishes what it offers. */
async function finishOffered(world: World, window: Window): Promise<void> {
  const desk = await openDesk(world, window);
  for (const { id } of (await openWork(window))?.plans ?? []) await finish(desk, id);
}

async function withdrawOffered(world: World, window: Window): Promise<void> {
  const desk = await openDesk(world, window, true);
  for (const { id } of (await openWork(window))?.plans ?? []) await withdraw(desk, id);
}

/** Nobody gets in while the database is away: whoever wants to waits a while, and then has it brought back. */
async function arrive(world: World, person: Person): Promise<Access> {
  for (;;) {
    try {
      return await signIn(world, person);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      await revive(world);
    }
  }
}

async function happen(world: World, first: Access, { happening }: WindowScript['happenings'][number]): Promise<void> {
  const opened = (name: string, access: Access, script: WindowScript, work: (window: Window) => Promise<void>): Promise<void> => {
    const window = openWindow(world, name, access, script);
    return letWork(world, window, () => work(window));
  };
  switch (happening.what) {
    case 'opened-again':
      return opened('again', await arrive(world, 'clinician'), happening.window, (window) => finishOffered(world, window));
    case 'duplicated':
      return opened('copy', first, happening.window, (window) => finishOffered(world, window));
    case 'colleague':
      return opened('colleague', await arrive(world, 'lead'), happening.window, async (window) => refer(await openDesk(world, window)));
    case 'withdrawn':
      return opened('withdrawer', await arrive(world, 'clinician'), QUIET, (window) => withdrawOffered(world, window));
    case 'others':
      return othersDo(world, happening.do);
  }
}

async function strike(world: World): Promise<void> {
  const { lane, choices } = world;
  const kill = choices.kill?.server;
  if (!kill) return;
  countKill(world, kill.victim);
  note(world, `kill -9 of ${kill.victim}`);
  await lane.kill(kill.victim);
  // Once people come back, somebody sees to it.
  if (choices.kill?.back === 'at-once' || world.isOver) goOn(world, 'meanwhile', revive(world));
}

/** Brings back what is down, and sees whether Refloop outlived its database. */
async function revive(world: World): Promise<void> {
  const what = await world.lane.revive();
  countRevived(world, what);
  if (what.postgres) note(world, 'PostgreSQL is started again');
  if (what.server) note(world, 'Refloop is started again');
}

function countKill({ counts }: World, victim: Victim): void {
  if (victim === 'server') counts.serverKills += 1;
  else counts.postgresKills += 1;
}

function countRevived({ counts }: World, { postgres, server }: Revived): void {
  if (!postgres) return;
  if (server) counts.serverStarted += 1;
  else counts.serverCameBack += 1;
}

async function firstWindow(world: World): Promise<void> {
  const access = await arrive(world, 'clinician');
  const { server } = world.choices.kill ?? {};
  const options: WindowOptions = {
    happen: (happening) => happen(world, access, happening),
    kill: server ? { at: server, strike: () => strike(world) } : undefined,
  };
  const window = openWindow(world, 'first', access, world.choices.first, options);
  await letWork(world, window, async () => refer(await openDesk(world, window)));
  const { end, reopened } = world.choices.first;
  if (!reopened || end?.kind === 'asleep') return;
  const again = openWindow(world, 'reopened', await arrive(world, 'clinician'), reopened);
  await letWork(world, again, () => (world.choices.comeback.atOnce ? withdrawOffered(world, again) : finishOffered(world, again)));
}

/** What a person does with a plan that is offered to them. */
async function attend(world: World, window: Window, plan: Plan, round: number): Promise<void> {
  const desk = await openDesk(world, window, true);
  if (world.choices.comeback.withdrawsAt === round && mayWithdraw(plan)) return withdraw(desk, plan.id);
  await finish(desk, plan.id);
}

/** @returns what is still offered to them */
async function comeBack(world: World, person: Person, round: number): Promise<string> {
  const window = openWindow(world, `${person}, back ${round}`, await arrive(world, person), QUIET);
  for (const { id } of (await openWork(window))?.plans ?? []) {
    const read = await window.call<Plan>('GET', `/plans/${id}`);
    if (read.kind === 'ok') await attend(world, window, read.value, round);
  }
  if (wantsToApproveAgain(world, person)) {
    note(world, `${person} refers anew`);
    await refer(await openDesk(world, window, true));
  }
  const left = await openWork(window);
  return (left?.plans ?? []).map(({ id, unfinished }) => `${id} ${unfinished.join(' ')};`).join('');
}

/** An approval of theirs lapsed and none has taken its place. */
function wantsToApproveAgain(world: World, person: Person): boolean {
  if (!world.choices.comeback.approvesAgain || !world.patient.order) return false;
  const plans = [...world.plans.values()];
  const approved = world.presses.filter(({ told }) => told === 'approved');
  return plans.length > 0 && approved.at(-1)?.by === person && plans.every(({ writeBack }) => writeBack === 'stale');
}

/** Time passes, the faults end, and whoever approved something comes back until nothing is offered that they can do. */
async function afterwards(world: World): Promise<void> {
  const { choices, lane, launches } = world;
  const { minutes, afterLook, wakesAfter } = choices.comeback;
  world.isOver = true;
  await revive(world);
  for (const launch of launches) await setFaults(world, launch, world.traits);
  let before = '';
  for (let round = 0; round < minutes.length; round += 1) {
    await lane.pass((minutes[round] ?? 1) * MINUTE_MS);
    note(world, `${minutes[round]} minutes later`);
    if (round === wakesAfter) world.wake();
    if (afterLook[round]) await untilLooked(world, 4000);
    await revive(world);
    // Refloop's own access has its troubles a little longer than the windows have theirs.
    if (round === 0) await setOwnFaults(lane.ehr, choices.mode, world.traits);
    const people = [...new Set(world.presses.map(({ by }) => by))];
    let left = '';
    for (const person of people) await untilGone(async () => (left += await comeBack(world, person, round)));
    if (round < wakesAfter) continue;
    await over(world.untilEnd);
    await over(world.meanwhile);
    const isOver = left === '' && round > wakesAfter && !people.some((person) => wantsToApproveAgain(world, person));
    if (isOver || (round > wakesAfter && left === before)) return;
    before = left;
  }
}

export async function runOnce(lane: Lane, seed: number, run: number): Promise<RunOutcome> {
  const choices = choicesOf(seed, run);
  const chart = openChart(lane);
  const mode = MODES.find(({ name }) => name === choices.mode);
  const iss = `${lane.ehr}${mode?.prefix ?? ''}/fhir`;
  const tenant = `run-${seed}-${run}`;
  const scope = { tenant, issuer: iss, site: 'Campaign clinic' };
  const traits: FaultName[] = [...choices.traits];
  const patient = await admit(chart, choices.launched);
  const { promise: woken, resolve: wake } = Promise.withResolvers<void>();
  const world: World = {
    run,
    choices,
    lane,
    chart,
    patient,
    scope,
    iss,
    began: lane.now(),
    others: new Set(),
    otherVersions: new Set(),
    presses: [],
    claims: new Map(),
    plans: new Map(),
    seen: [],
    deniedAnew: false,
    counts: noCounts(),
    timeline: [],
    meanwhile: [],
    untilEnd: [],
    launches: [],
    wake,
    woken,
    isOver: false,
    traits,
  };
  await setOwnFaults(lane.ehr, choices.mode, [...traits, ...choices.own.incidents]);
  const { completes } = choices.own;
  const { conditionalCreate, slowness, kill } = choices;
  await lane.serve({ tenant, name: scope.site, iss, completes, conditionalCreate, kill: kill?.look ?? null }, slowness);
  await firstWindow(world);
  await over(world.meanwhile);
  await afterwards(world);
  world.counts.ownLooks = lane.looks();
  const verdict = await verdictOf(world);
  const cutOff = lane.cutOff();
  if (cutOff) {
    countKill(world, cutOff.postgres ? 'postgres' : 'server');
    countRevived(world, cutOff);
  }
  return { run, choices, ...verdict, counts: world.counts, timeline: world.timeline };
}
