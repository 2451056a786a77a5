/** One run while it lasts: its patient and its place in Refloop, what everybody did and was told, and what others changed in the chart. */
import type { FaultName } from '@refloop/launch/modes/faults';
import type { Plan, StepName } from '@refloop/server/client/approval';
import type { Scope } from '@refloop/server/store/store';
import type { Chart, Patient } from './chart.ts';
import type { Choices } from './choices.ts';
import type { Lane } from './lane.ts';

export type Person = 'clinician' | 'lead' | 'coordinator';

/** The people of the sandbox who refer; each signs in as itself. */
export const NAMES: Record<Person, string> = {
  clinician: 'Maren Oduya, MD',
  lead: 'Priya Castellan, MD',
  coordinator: 'Teo Lindqvist, RN',
};

/** One press of Approve, and what its page was told. */
export type Press = { key: string; recommendationId: string; by: Person; told: 'approved' | 'refused' | 'nothing'; words: string };

/** What an answer of Refloop's called written. */
export type Claim = { planId: string; step: StepName; reference: string; versionId: string | null; at: number };

export type Counts = {
  approvals: number;
  lostWrites: number;
  windowsGone: number;
  serverKills: number;
  postgresKills: number;
  judged: number;
  withdrawn: number;
  ownLooks: number;
  serverCameBack: number;
  serverStarted: number;
};

export const noCounts = (): Counts => ({
  approvals: 0,
  lostWrites: 0,
  windowsGone: 0,
  serverKills: 0,
  postgresKills: 0,
  judged: 0,
  withdrawn: 0,
  ownLooks: 0,
  serverCameBack: 0,
  serverStarted: 0,
});

export type World = {
  run: number;
  choices: Choices;
  lane: Lane;
  chart: Chart;
  patient: Patient;
  scope: Scope;
  iss: string;
  began: Date;
  /** What others made in the chart, and the versions of ours that they wrote. */
  others: Set<string>;
  otherVersions: Set<string>;
  presses: Press[];
  claims: Map<string, Claim>;
  /** The newest of each plan that anybody was shown. */
  plans: Map<string, Plan>;
  /** What must never be seen, seen on the way. */
  seen: string[];
  /** Whether somebody whose approval had lapsed was told that the order is approved already. */
  deniedAnew: boolean;
  counts: Counts;
  timeline: string[];
  /** What goes on beside the run's own course until the windows have done what they do, or sleep. */
  meanwhile: Promise<unknown>[];
  /** What goes on until the end, windows that sleep among it. */
  untilEnd: Promise<unknown>[];
  /** Launches of windows that may still be there, for their faults to end. */
  launches: string[];
  /** Opens the eyes of windows that were put to sleep. */
  wake: () => void;
  woken: Promise<void>;
  /** Whether the faults have ended and people come back. */
  isOver: boolean;
  traits: readonly FaultName[];
};

export function note(world: World, line: string): void {
  world.timeline.push(`${world.lane.now().toISOString().slice(11, 23)} ${line}`);
}

/** Lets work go on beside; that it fails is seen like anything else that must not be. */
export function goOn(world: World, among: 'meanwhile' | 'untilEnd', work: Promise<unknown>): void {
  world[among].push(
    work.catch((error: unknown) => {
      world.seen.push(`the campaign itself failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }),
  );
}

/** Waits for all of it, and for what it gave rise to. */
export async function over(among: Promise<unknown>[]): Promise<void> {
  while (among.length > 0) await Promise.all(among.splice(0));
}

/** Waits, within so many milliseconds of the machine's clock, until Refloop has looked by itself into what is due. */
export async function untilLooked({ lane, scope }: World, milliseconds: number): Promise<void> {
  const isDue = async (): Promise<boolean> =>
    (await lane.inStore(scope, (unit) => unit.plans.listLookDue(lane.now().toISOString(), 1))).length > 0;
  const until = Date.now() + milliseconds;
  while (Date.now() < until && (await isDue())) await new Promise((again) => setTimeout(again, 50));
}

/** Keeps what a plan says is written, the moment it is said. */
export function noteClaims(world: World, plan: Plan): void {
  world.plans.set(plan.id, plan);
  for (const { name, outcome } of plan.steps) {
    if (outcome.status !== 'done') continue;
    const { reference, versionId } = outcome;
    const id = `${plan.id} ${name} ${reference} ${versionId}`;
    if (!world.claims.has(id)) world.claims.set(id, { planId: plan.id, step: name, reference, versionId, at: world.lane.now().getTime() });
  }
}
