/** One world from its first referral to its last: people act on what they owe, things go wrong, the faults end, and what is then so is judged. */
import { createHash } from 'node:crypto';
import type { StoredObligation } from '@refloop/server/store/obligations';
import type { Book } from './book.ts';
import { type Case, drawCase, type Person } from './chart.ts';
import { clinicianActs, refers, SPANS, tidiesUp } from './clinician.ts';
import { coordinatorActs } from './coordinator.ts';
import { onEhrWrite } from './ehr-watch.ts';
import { workHeldQueue } from './held-desk.ts';
import { everybody, type Practice } from './practice.ts';
import { verdict } from './verdict.ts';
import type { Violation } from './watch.ts';
import { openWorld, type World } from './world.ts';

const { MINUTE_MS, HOUR_MS, DAY_MS } = SPANS;

export type SeedRun = {
  seed: string;
  referrals: number;
  events: number;
  faults: number;
  byFault: ReadonlyMap<string, number>;
  byStatus: Map<string, number>;
  byEvent: ReadonlyMap<string, number>;
  /** What truly left, by kind. */
  byLeaving: ReadonlyMap<string, number>;
  violations: Violation[];
  /** Of every event that is stored at the end: the same seed gives the same. */
  digest: () => Promise<string>;
  /** What happened last. */
  trail: readonly string[];
  /** All that happened to each referral of which a violation tells, and what is owed of it. */
  histories: ReadonlyMap<string, readonly string[]>;
};

/** Referrals are made over so many days. */
const ARRIVALS_DAYS = 50;
/** Then the faults end, and everything has so long to come to its end. */
const FAULTS_DAYS = 70;
const CALM_DAYS = 230;
/** How often everything that is open is looked through. */
const SWEEP_DAYS = 3;
/** And somebody looks through what came in and is held. */
const HELD_DAYS = 4;
/** Whoever has put it off looks at it again. */
const MOST_LOOKS = 60;

/** Worlds begin within two years: before and after the clocks change, over holidays, on weekends. */
const FIRST_START = Date.parse('2026-01-05T15:00:00.000Z');

const startOf = (seed: number): number => FIRST_START + (seed % 104) * 7 * DAY_MS;

/** Who owes it acts on it in their own time; whatever is still owed afterwards they come back to. */
function peopleAct(world: World) {
  const { draws, time } = world;
  const seen = new Set<string>();
  const people = new Map(
    world.practices.flatMap((practice) => everybody(practice).map((person) => [person.subject, { practice, person }] as const)),
  );

  const waitsFor = ({ kind, dueAt }: StoredObligation, times: number): number => {
    if (kind === 'visit') {
      // A visit is thought of once before it, and afterwards only where one is told to.
      const ahead = Date.parse(dueAt) - world.now().getTime();
      if (ahead <= 0) return 5 * DAY_MS;
      return Math.max(HOUR_MS, times === 0 ? ahead * draws.next() : ahead);
    }
    if (kind === 'unfinished-write-back') return draws.logNormal(20 * MINUTE_MS, 1.1);
    return draws.logNormal(times === 0 ? 6 * HOUR_MS : 20 * HOUR_MS, 1.1);
  };

  const lookAt = (row: StoredObligation, times: number): void => {
    time.after(Math.min(waitsFor(row, times), 40 * DAY_MS), async () => {
      const owner = people.get(row.owner ?? '');
      if (!owner) return;
      const { practice, person } = owner;
      const open = (await world.store.transaction(practice.scope, (unit) => unit.obligations.openOf(row.referralId))).find(
        ({ id }) => id === row.id,
      );
      const book = world.watch.book(practice.scope, row.referralId);
      if (!open || !book || times > MOST_LOOKS) return;
      if (open.owner !== row.owner) return lookAt(open, times);
      if (open.kind === 'visit' && open.dueAt <= world.now().toISOString()) return lookAt(open, times);
      // Their window may close over it: they look again whatever became of it.
      lookAt(open, times + 1);
      await act(practice, person, book, open.kind);
    });
  };

  const act = async (practice: Practice, person: Parameters<typeof coordinatorActs>[2], book: Book, kind: string): Promise<void> => {
    if (person.roles.includes('clinician')) await clinicianActs(world, practice, book, kind);
    else await coordinatorActs(world, practice, person, book, kind);
  };

  return (open: readonly StoredObligation[]): void => {
    for (const row of open) {
      const name = `${row.owner ?? ''} ${row.id}`;
      if (seen.has(name)) continue;
      seen.add(name);
      lookAt(row, 0);
    }
  };
}

/** What goes wrong besides: machines stop, an EHR or a gateway is away, a clock is set. */
function misfortunes(world: World): void {
  const { time, draws, faults } = world;
  for (let day = 0; day < FAULTS_DAYS; day += 1) {
    const sometime = (): number => world.time.now() + day * DAY_MS + draws.integer(0, DAY_MS);
    if (faults.strikes('ehr', 0.08)) {
      for (const ehr of world.ehrs.values()) {
        const at = sometime();
        time.at(at, () => ehr.setDown(true));
        time.at(at + draws.logNormal(2 * HOUR_MS, 1), () => ehr.setDown(false));
      }
    }
    if (faults.strikes('gateway', 0.1)) {
      const at = sometime();
      time.at(at, () => world.gateways.setDown(true));
      time.at(at + draws.logNormal(3 * HOUR_MS, 1), () => world.gateways.setDown(false));
    }
    if (faults.strikes('deaths', 0.2)) time.at(sometime(), () => world.server.kill());
    if (faults.strikes('deaths', 0.2)) time.at(sometime(), () => world.worker.kill());
    if (faults.strikes('clock', 0.06)) {
      const by = draws.chance(0.5) ? draws.integer(MINUTE_MS, 8 * HOUR_MS) : -draws.integer(1000, 20 * MINUTE_MS);
      const at = sometime();
      time.at(at, () => world.jump(by));
      // Sooner or later it is set right, and whatever was due meanwhile is looked at.
      time.at(at + draws.integer(HOUR_MS, 3 * DAY_MS), () => world.jump(-by));
      for (const wait of [HOUR_MS, 9 * HOUR_MS, 4 * DAY_MS]) time.at(at + wait, () => world.worker.lookAtAll());
    }
  }
}

/** Nothing was approved of this patient, and somebody had begun. */
const isDraft = ({ watch }: World, { scope }: Practice, { patientId }: Case): boolean => {
  const books = watch.books().filter((book) => book.patientId === patientId && watch.book(scope, book.referralId) === book);
  return books.every(({ order, approvals, offered }) => order === 'none' && approvals.size === 0 && offered);
};

async function digestOf({ practices, store }: World): Promise<string> {
  const hash = createHash('sha256');
  for (const { scope } of practices) {
    await store.transaction(scope, async ({ referrals, events }) => {
      for (const { referralId } of await referrals.all()) hash.update(JSON.stringify(await events.read(referralId)));
    });
  }
  return hash.digest('hex');
}

/** @param hard a world in which everything goes wrong that may, to look for what is rare */
export async function runSeed(seed: number, referrals: number, hard = false): Promise<SeedRun> {
  const start = startOf(seed);
  let react: ((open: readonly StoredObligation[]) => void) | undefined;
  const world = await openWorld(String(seed), start, {
    onEvents: (within) => (scope, book, fresh, open) => {
      react?.(open);
      const practice = within.practices.find((each) => each.scope.tenant === scope.tenant);
      if (!practice) return;
      if (fresh.some(({ type }) => type === 'patient-seen')) tidiesUp(within, practice, book);
      for (const event of fresh) within.misfilings.heard(practice, book, event);
    },
    onEhrWrite,
    hard,
  });
  react = peopleAct(world);
  const { draws, time } = world;
  const siblings = new Map<string, Person>();
  for (let number = 1; number <= referrals; number += 1) {
    const practice = draws.pick(world.practices);
    const before = siblings.get(practice.scope.tenant);
    const twin = draws.chance(0.1) ? before : undefined;
    const given = drawCase(draws, number, new Date(start - 20 * DAY_MS).toISOString(), twin);
    // A third might bear the name of the first, and then nobody could tell the two apart.
    if (twin) siblings.delete(practice.scope.tenant);
    else siblings.set(practice.scope.tenant, given.person);
    world.cases.set(`${practice.scope.tenant} ${given.patientId}`, given);
    const person = draws.pick(practice.clinicians);
    const first = start + draws.integer(0, ARRIVALS_DAYS * DAY_MS);
    // Whoever was cut off begins anew.
    for (let tries = 0; tries < 3; tries += 1) {
      time.at(first + tries * draws.integer(MINUTE_MS, DAY_MS), () =>
        tries === 0 || isDraft(world, practice, given) ? refers(world, practice, person, given) : undefined,
      );
    }
  }
  misfortunes(world);
  for (let day = 1; day < FAULTS_DAYS + CALM_DAYS; day += HELD_DAYS) {
    for (const practice of world.practices) time.at(start + day * DAY_MS + draws.integer(0, DAY_MS), () => workHeldQueue(world, practice));
  }
  for (let day = 1; day < FAULTS_DAYS + CALM_DAYS; day += SWEEP_DAYS) {
    time.at(start + day * DAY_MS, async () => {
      for (const { scope } of world.practices) await world.store.transaction(scope, (unit) => world.watch.sweep(unit));
    });
  }
  time.at(start + FAULTS_DAYS * DAY_MS, () => world.faults.end());
  await time.run(start + (FAULTS_DAYS + CALM_DAYS) * DAY_MS, () => world.watch.violations.length > 0);
  const byStatus = new Map<string, number>();
  if (world.watch.violations.length === 0) await verdict(world);
  const accused = new Set(world.watch.violations.map(({ referralId }) => referralId));
  const histories = new Map<string, readonly string[]>();
  for (const { scope } of world.practices) {
    await world.store.transaction(scope, async (unit) => {
      for (const row of await unit.referrals.all()) {
        byStatus.set(row.status, (byStatus.get(row.status) ?? 0) + 1);
        if (!accused.has(row.referralId)) continue;
        const events = await unit.events.read(row.referralId);
        const open = await unit.obligations.openOf(row.referralId);
        const happened = events.map(({ recordedAt, sequence, type, data }) => `${recordedAt} ${sequence} ${type} ${JSON.stringify(data)}`);
        histories.set(row.referralId, [...happened, ...open.map((owed) => `owed ${JSON.stringify(owed)}`)]);
      }
    });
  }
  return {
    seed: world.seed,
    referrals: world.watch.books().length,
    events: world.watch.events(),
    faults: world.faults.total(),
    byFault: world.faults.byKind,
    byStatus,
    byEvent: world.watch.byType,
    byLeaving: world.leaves.byKind(),
    violations: world.watch.violations,
    digest: () => digestOf(world),
    trail: world.watch.violations.length > 0 ? world.trail() : [],
    histories,
  };
}
