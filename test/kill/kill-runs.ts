/** A real Refloop on a real PostgreSQL, both killed again and again under load; what was acknowledged, and what left, is looked at in between and at the end. */
import { drawsOf } from '@refloop/domain/practice/draws';
import { openWatch, type WatchedMoments } from './counterparts.ts';
import { type Deployment, openDeployment, type Planted, pause } from './deployment.ts';
import { foundAtRest, foundLately, isQuiet } from './found.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { CaseOver, liveThrough } from './life.ts';
import { type Line, openLine, Stopped } from './line.ts';
import { employ, LEAD, sessionOf } from './people.ts';
import { type Kill, killOf, type Victim } from './plan.ts';
import { type Settled, violationsAtAnyTime, violationsOnceSettled } from './verdict.ts';

export type KillRun = {
  kills: Record<Victim, number>;
  /** Kills at a moment of the other side, by which; and those for which it did not come. */
  aimed: Map<string, number>;
  early: number;
  referrals: number;
  facts: number;
  acknowledged: number;
  /** Facts of which no answer came at first, and which were asked for again. */
  askedAgain: number;
  documents: number;
  requests: Line['counts'];
  events: number;
  /** Rows of the outbox by kind and standing. */
  effects: Map<string, number>;
  mails: number;
  faxes: number;
  texts: number;
  /** Requests that came with a key that had been taken. */
  repeated: number;
  tasks: number;
  /** Notes and receipts of them in the chart. */
  notes: number;
  /** Doubts that lay on somebody's worklist at the end, and those of them that had happened. */
  doubts: number;
  doubtsThatHappened: number;
  violations: string[];
  /** All that was found at the end, before anybody settled a doubt. */
  found: Settled | undefined;
};

export type KillSettings = {
  seed: number;
  kills: number;
  lanes: number;
  /** Of a database for the EHR, which stays up. */
  ehrDatabaseUrl: string;
  planted?: Planted;
  /** No further kill is begun after so long; what came until then is judged. */
  minutes?: number;
  /** In place of the plan that the seed draws. */
  plan?: (number: number) => Kill;
  /** How long a moment that is aimed at is waited for; it may not come. */
  aimMs?: number;
  /** By how much the clock is moved on at the end, so that what waits for it is done. */
  settling?: readonly number[];
  told: (line: string) => void;
};

const LONGEST_ANSWER_MS = 120;
const AIM_MS = 8000;
const RESTART_MS = 150;
const LEASE_MS = 6 * 60_000;
/** Until what waits for a day has left, in steps that let everything that is due be done. */
const SETTLING_MS = [LEASE_MS, LEASE_MS, 3_600_000, 3_600_000, 26 * 3_600_000, LEASE_MS, 3_600_000];
/** What is sent again by hand may fail again. */
const SETTLING_AGAIN_MS = [0, LEASE_MS];
const SETTLED_WITHIN_MS = 240_000;

type Running = { deployment: Deployment; line: Line; ledger: Ledger; settings: KillSettings; moments: WatchedMoments; run: KillRun };

const newRun = (): KillRun => ({
  kills: { refloop: 0, backend: 0, postmaster: 0, both: 0 },
  aimed: new Map(),
  early: 0,
  referrals: 0,
  facts: 0,
  acknowledged: 0,
  askedAgain: 0,
  documents: 0,
  requests: { answered: 0, cutOff: 0, away: 0, failed: new Map() },
  events: 0,
  effects: new Map(),
  mails: 0,
  faxes: 0,
  texts: 0,
  repeated: 0,
  tasks: 0,
  notes: 0,
  doubts: 0,
  doubtsThatHappened: 0,
  violations: [],
  found: undefined,
});

const count = <Key>(counts: Map<Key, number>, key: Key): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

/** Referrals one after the other, each with draws of its own, until the load is stopped. */
async function lane({ deployment, line, ledger, settings, run }: Running, take: () => number): Promise<void> {
  for (;;) {
    const number = take();
    try {
      await liveThrough({ deployment, line, ledger }, drawsOf(`life ${settings.seed} ${number}`), number);
    } catch (error) {
      if (error instanceof Stopped) return;
      if (!(error instanceof CaseOver)) {
        run.violations.push(`referral ${number}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        return;
      }
    }
  }
}

/** On a machine that has much else to do an answer may take its time. */
const ANSWERS_WITHIN_MS = 180_000;

type Waiting = {
  line: { counts: Pick<Line['counts'], 'answered'> };
  deployment: Pick<Deployment, 'runs'>;
  run: Pick<KillRun, 'violations'>;
};

/** Until so many more requests were answered: the same life however fast the machine is. One that runs and does not answer is a violation. */
export async function answered({ line: { counts }, deployment, run }: Waiting, more: number, within = ANSWERS_WITHIN_MS): Promise<void> {
  const enough = counts.answered + Math.max(1, more);
  for (const until = Date.now() + within; counts.answered < enough && Date.now() < until; ) {
    // What ended by itself answers nobody any more; that is told when it is started again.
    if (!deployment.runs()) return;
    await pause(20);
  }
  if (counts.answered < enough && deployment.runs())
    run.violations.push('Refloop runs, and what was waited for was not answered in time (three minutes)');
}

async function strike(running: Running, { victim, after, early, at, away, which }: Kill): Promise<void> {
  const { deployment, moments, settings, run } = running;
  if (early) await pause(after);
  else await answered(running, after);
  if (!deployment.runs()) run.violations.push(`Refloop ended by itself:\n${deployment.words()}`);
  const kill = (): Promise<void> => deployment.kill(victim, which);
  const came = at !== null && (await moments.next(at.channel, at.moment, settings.aimMs ?? AIM_MS, kill));
  if (!came) await kill();
  run.kills[victim] += 1;
  if (early) run.early += 1;
  if (at) count(run.aimed, came ? `${at.channel} ${at.moment}` : 'did not come');
  if (victim === 'postmaster' || victim === 'both') {
    await pause(RESTART_MS);
    await deployment.startPostgres();
  }
  if (victim === 'refloop' || victim === 'both') deployment.pass(away);
}

/** It may end by itself where its database is away at the start; then it is started again, as whoever runs it would. */
async function revive({ deployment, run }: Running, wasKilled: boolean): Promise<void> {
  if (deployment.runs()) return;
  if (!wasKilled) run.violations.push(`Refloop ended by itself:\n${deployment.words()}`);
  await deployment.launch();
}

async function settle({ deployment, run }: Running, steps: readonly number[]): Promise<void> {
  for (const step of steps) {
    deployment.pass(step);
    const until = Date.now() + SETTLED_WITHIN_MS;
    // Twice in a row: between two rounds of the worker there is a moment in which nothing is due.
    for (let quiet = 0; quiet < 2; ) {
      await pause(300);
      quiet = (await isQuiet(deployment)) ? quiet + 1 : 0;
      if (Date.now() > until) {
        run.violations.push('what was due was not done within four minutes');
        return;
      }
    }
  }
}

function summed(run: KillRun, { ledger, line, deployment }: Running, found: Settled): void {
  const { faxes, texts } = deployment.counterparts;
  const requestsOf = (taken: typeof faxes): number => [...taken.values()].reduce((sum, { requests }) => sum + requests, 0);
  run.referrals = found.histories.size;
  run.facts = ledger.facts.length;
  run.acknowledged = ledger.facts.filter(({ told }) => told).length;
  run.askedAgain = ledger.facts.filter(({ tries }) => tries > 1).length;
  run.documents = ledger.documents.length;
  run.requests = line.counts;
  run.events = [...found.histories.values()].reduce((sum, { length }) => sum + length, 0);
  for (const { kind, status } of found.effects) count(run.effects, `${kind} ${status}`);
  run.mails = found.mails.length;
  run.faxes = faxes.size;
  run.texts = texts.size;
  run.repeated = requestsOf(faxes) + requestsOf(texts) - faxes.size - texts.size;
  run.tasks = found.tasks.size;
  run.notes = [...found.inChart.values()].reduce((sum, each) => sum + each, 0);
  run.doubts = found.doubts.size;
}

/** Who has a doubt asks the other side and says what it was; what had not happened leaves then, and of mails and messages none is in doubt any more. */
async function findOut(running: Running, found: Settled): Promise<void> {
  const { doubts, effects } = found;
  if (doubts.size === 0) return;
  const { deployment, ledger, run } = running;
  const { mails, faxes, texts } = deployment.counterparts;
  const inChart = [...found.inChart].flatMap(([id, times]) => (times > 0 ? [id] : []));
  const taken = new Set([...inChart, ...mails().map(({ effectId }) => effectId), ...faxes.keys(), ...texts.keys()]);
  const line = openLine(deployment);
  const lead = sessionOf(deployment, LEAD, null);
  for (const { id, referralId, status } of effects.filter((effect) => doubts.has(effect.id))) {
    if (taken.has(id)) run.doubtsThatHappened += 1;
    const decision = status === 'failed' ? 'let-go' : taken.has(id) ? 'was-sent' : 'send-again';
    const { body: thread } = await line.ask('GET', `/worklist/referrals/${referralId}`, lead);
    const asked = (thread['effects'] as { effectId: string; doubt: string }[] | undefined)?.find(({ effectId }) => effectId === id);
    const { status: answer } = await line.ask('POST', `/worklist/referrals/${referralId}/effects`, lead, {
      body: { effectId: id, doubt: asked?.doubt ?? 'none is shown', decision },
    });
    if (answer >= 300) run.violations.push(`it could not be said of ${id} that it ${decision}: ${answer}`);
  }
  await settle(running, SETTLING_AGAIN_MS);
  const after = await foundAtRest(deployment, ledger);
  run.violations.push(...violationsOnceSettled(after).map((each) => `once the doubts were settled: ${each}`));
  for (const id of after.doubts.keys()) run.violations.push(`${id} is in doubt again`);
}

export async function runKills(settings: KillSettings): Promise<KillRun> {
  const { seed, kills, lanes, ehrDatabaseUrl, planted, told, plan = (number) => killOf(seed, number) } = settings;
  const delays = drawsOf(`delays ${seed}`);
  const moments = openWatch(() => delays.integer(0, LONGEST_ANSWER_MS));
  const deployment = await openDeployment(ehrDatabaseUrl, moments.watch, planted);
  const running: Running = { deployment, line: openLine(deployment), ledger: openLedger(), settings, moments, run: newRun() };
  const { line, ledger, run } = running;
  try {
    await deployment.inStore((unit) => employ(unit, deployment.now().toISOString()));
    await deployment.launch();
    await deployment.served();
    let begun = 0;
    const load = Array.from({ length: lanes }, () => lane(running, () => (begun += 1)));
    const until = Date.now() + (settings.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
    for (let number = 1; number <= kills && Date.now() < until; number += 1) {
      const kill = plan(number);
      await strike(running, kill);
      await revive(running, kill.victim === 'refloop' || kill.victim === 'both');
      const violations = violationsAtAnyTime(await foundLately(deployment, ledger));
      run.violations.push(...violations.map((each) => `after kill ${number}: ${each}`));
      told(`${number} of ${kills}: ${kill.victim}, ${ledger.facts.length} facts, ${run.violations.length} violations`);
      if (run.violations.length > MOST_VIOLATIONS) break;
    }
    // What was cut off last is asked for again.
    await answered(running, LAST_ANSWERS);
    line.stop();
    await Promise.all(load);
    await settle(running, settings.settling ?? SETTLING_MS);
    const found = await foundAtRest(deployment, ledger);
    run.found = found;
    run.violations.push(...violationsOnceSettled(found));
    summed(run, running, found);
    await findOut(running, found);
    return run;
  } finally {
    line.stop();
    await deployment.close();
  }
}

const LAST_ANSWERS = 60;
/** Further kills would tell nothing new. */
const MOST_VIOLATIONS = 20;
