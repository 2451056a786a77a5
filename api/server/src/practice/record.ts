/** One simulated referral while it happens: every event is what the domain makes of a command or of a fact, and is folded at once. */
import { type CareCommand, decideCare } from '@refloop/domain/referral/care-command';
import { decide, type ReferralCommand } from '@refloop/domain/referral/command';
import type { Actor, Happening, ReferralEvent } from '@refloop/domain/referral/event';
import { type ObservedFact, observe } from '@refloop/domain/referral/observe';
import { evolve, type Referral } from '@refloop/domain/referral/referral';

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
  moveTo: (ms: number) => void;
  ask: (command: ReferralCommand, actor: Actor) => void;
  care: (command: CareCommand, actor: Actor) => void;
  /** `what`: whether it is meant to be believed, or to contradict what is known. */
  see: (fact: Told, what?: 'taken' | 'set-aside') => void;
  seeOrder: (status: string) => void;
};

export const instant = (ms: number): string => new Date(ms).toISOString();

const SOFTWARE: Actor = { kind: 'software', name: 'simulated-practice', version: '1' };

export function beginRecord(id: string, startsAt: number): RecordOf {
  const events: ReferralEvent[] = [];
  let state: Referral | undefined;
  let clock = startsAt;
  let facts = 0;
  const referral = (): Referral => {
    if (!state) throw new SimulationFault(`${id} was not started.`);
    return state;
  };
  const take = (happenings: readonly Happening[], actor: Actor): void => {
    for (const each of happenings) {
      const event: ReferralEvent = { ...each, sequence: events.length + 1, recordedAt: instant(clock), actor };
      events.push(event);
      state = evolve(id, state, event);
    }
  };
  return {
    id,
    events,
    referral,
    now: () => clock,
    moveTo: (ms) => {
      clock = Math.max(clock, ms);
    },
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
