/**
 * One simulated referral while it happens: every event is what the domain makes of a command or of a fact, and is folded at once. After each, and
 * whenever the clock comes to a moment the policy names, the engine takes its steps.
 */

import { visitsOf } from '@refloop/domain/referral/attempt';
import { type CareCommand, decideCare } from '@refloop/domain/referral/care-command';
import { decide, type ReferralCommand } from '@refloop/domain/referral/command';
import type { Actor, Happening, ReferralEvent } from '@refloop/domain/referral/event';
import { type ObservedFact, observe } from '@refloop/domain/referral/observe';
import { decidePatient, type PatientAct } from '@refloop/domain/referral/patient-act';
import { evolve, type Referral } from '@refloop/domain/referral/referral';
import type { DueMessage, WrittenBy } from '../services/patient/outreach.ts';
import type { PracticeEngine } from './engine.ts';
import { PATIENT, type PatientPart } from './patient-part.ts';

/** The domain refused what the simulation took for possible, or took a fact otherwise than meant: a fault of the simulation. */
export class SimulationFault extends Error {}

type Inbound = Exclude<ObservedFact, { kind: 'order-read' }>;
/** `Omit` of each case of the union by itself. */
type Without<Each, Key extends PropertyKey> = Each extends unknown ? Omit<Each, Key> : never;
export type Told = Without<Inbound, 'key'>;

export type RecordOf = {
  id: string;
  events: readonly ReferralEvent[];
  /** Throws before the first command. */
  referral: () => Referral;
  /** Milliseconds since 1970; never goes back. */
  now: () => number;
  /** On the way there the engine does what becomes due, and messages leave. */
  moveTo: (ms: number) => void;
  ask: (command: ReferralCommand, actor: Actor) => void;
  care: (command: CareCommand, actor: Actor) => void;
  /** @param key of this press, unique in this referral */
  patient: (act: PatientAct, key: string) => void;
  /** Whether a message about one of these has left. */
  wasWritten: (topics: readonly string[]) => boolean;
  /** `what`: whether it is meant to be believed, or to contradict what is known. */
  see: (fact: Told, what?: 'taken' | 'set-aside') => void;
  seeOrder: (status: string) => void;
};

let last = { ms: Number.NaN, text: '' };
/** Asked many times of one moment: what happens at once. */
export function instant(ms: number): string {
  if (last.ms !== ms) last = { ms, text: new Date(ms).toISOString() };
  return last.text;
}

const SOFTWARE: Actor = { kind: 'software', name: 'simulated-practice', version: '1' };

type Coming = { at: number; happen: () => void };

export function beginRecord(id: string, startsAt: number, engine: PracticeEngine, part: PatientPart): RecordOf {
  const events: ReferralEvent[] = [];
  let state: Referral | undefined;
  let clock = startsAt;
  let facts = 0;
  /** When the engine looks again, and what will leave or be said. */
  let look = Number.POSITIVE_INFINITY;
  let coming: Coming[] = [];
  const written = new Set<string>();
  const referral = (): Referral => {
    if (!state) throw new SimulationFault(`${id} was not started.`);
    return state;
  };
  const write = (happenings: readonly Happening[], actor: Actor): void => {
    for (const each of happenings) {
      const event: ReferralEvent = { ...each, sequence: events.length + 1, recordedAt: instant(clock), actor };
      events.push(event);
      state = evolve(id, state, event);
    }
  };
  const react = (happenings: readonly Happening[], by: WrittenBy): void => {
    const now = instant(clock);
    const { reactions, next } = engine.look(referral(), now);
    write(reactions, engine.actor);
    for (const { leavesAt, ...message } of part.messages(referral(), [...happenings, ...reactions], by, now))
      coming.push({ at: Math.max(leavesAt, clock), happen: () => leave(message) });
    look = next === undefined ? Number.POSITIVE_INFINITY : Date.parse(next);
  };
  const take = (happenings: readonly Happening[], actor: Actor): void => {
    const by = { visitsBefore: visitsOf(state), byPatient: actor.kind === 'patient' };
    write(happenings, actor);
    react(happenings, by);
  };
  const patient = (act: PatientAct, key: string): void => {
    const decided = decidePatient(referral(), act, key, instant(clock));
    if (!decided.ok) throw new SimulationFault(`${id}: the patient’s ${act.act} was refused as ${decided.refusal.kind}.`);
    take(decided.value, PATIENT);
  };
  /** The page offers it for a while, and once. */
  const rate = (): void => {
    const said = part.rates();
    if (!said) return;
    coming.push({
      at: clock + said.after,
      happen: () => {
        const act = { act: 'rate', score: said.score, words: null } as const;
        const decided = decidePatient(referral(), act, `${id}/rating`, instant(clock));
        if (decided.ok) take(decided.value, PATIENT);
      },
    });
  };
  const leave = (message: DueMessage): void => {
    if (part.isOvertaken(referral(), message, instant(clock))) return;
    const { topic } = message;
    written.add(topic);
    const messageId = `${id}-m${events.length}`;
    const sent = {
      kind: 'patient-messaged',
      messageId,
      topic,
      channel: 'text',
      outcome: 'sent',
      at: instant(clock),
      key: messageId,
    } as const;
    take(observe(referral(), sent, instant(clock)), SOFTWARE);
    if (topic === 'rate') rate();
  };
  /** What comes before a moment, in order; of the same moment the engine first. */
  const pass = (until: number): void => {
    for (;;) {
      const next = coming.reduce<Coming | undefined>(
        (first, each) => (first === undefined || each.at < first.at ? each : first),
        undefined,
      );
      const at = Math.min(look, next?.at ?? Number.POSITIVE_INFINITY);
      if (at > until) return;
      clock = Math.max(clock, at);
      if (next === undefined || look <= next.at) {
        react([], { visitsBefore: visitsOf(state), byPatient: false });
        continue;
      }
      coming = coming.filter((each) => each !== next);
      next.happen();
    }
  };
  return {
    id,
    events,
    referral,
    now: () => clock,
    moveTo: (ms) => {
      pass(ms);
      clock = Math.max(clock, ms);
    },
    patient,
    wasWritten: (topics) => topics.some((topic) => written.has(topic)),
    ask: (command, actor) => {
      const decided = decide(state, command);
      if (!decided.ok) throw new SimulationFault(`${id}: ${command.type} was refused as ${decided.refusal.kind}.`);
      take(
        decided.value.map((fact) => ({ effectiveAt: instant(clock), factKey: null, fact })),
        actor,
      );
    },
    care: (command, actor) => {
      const decided = decideCare(referral(), command, instant(clock));
      if (!decided.ok) throw new SimulationFault(`${id}: ${command.type} was refused as ${decided.refusal.kind}.`);
      take(decided.value, actor);
    },
    see: (fact, what = 'taken') => {
      facts += 1;
      const seen = observe(referral(), { ...fact, key: `simulated/${id}/${facts}` } as Inbound, instant(clock));
      const aside = seen.some((each) => each.fact.type === 'fact-set-aside');
      if (aside !== (what === 'set-aside') || seen.length === 0) {
        throw new SimulationFault(`${id}: ${fact.kind} was ${aside ? 'set aside' : 'no news'}, and was meant to be ${what}.`);
      }
      take(seen, SOFTWARE);
    },
    seeOrder: (status) => {
      const { order } = referral();
      if (order.status === 'draft' || !order.reference) throw new SimulationFault(`${id} has no order in the chart.`);
      const reference = `${order.reference.type}/${order.reference.id}`;
      take(observe(referral(), { kind: 'order-read', reference, status, versionId: '2' }, instant(clock)), SOFTWARE);
    },
  };
}
