/**
 * What follows from an event by itself, within its transaction: a coordinator for an order that has come into force, the steps of the policy
 * whose time has come, the rows of what is owed, and the moment at which to look again.
 */
import type { Instant } from '@refloop/domain/instant';
import type { Actor, Happening } from '@refloop/domain/referral/event';
import type { Referral } from '@refloop/domain/referral/referral';
import { due } from '@refloop/domain/sla/due';
import { nextLookAt } from '@refloop/domain/sla/escalate';
import { calendarFor } from '@refloop/domain/sla/policy';
import { followOwner } from '../../outbox/effect-obligation.ts';
import type { Unit } from '../../store/store.ts';
import { askOffice, stepsCarried } from '../asking-office.ts';
import { tellPatient, type WrittenBy } from '../patient/outreach.ts';
import type { ObligationContent } from './obligation-content.ts';
import { projectObligations } from './obligation-rows.ts';
import { policyIn } from './policy-in-force.ts';
import { engineActor, reactionsTo } from './reactions.ts';
import { staffAt } from './staff.ts';

export type Engine = {
  /** Who acts where nobody does. */
  actor: Actor;
  /** What follows from the state as it stands; nothing where all of it was done. */
  reactions: (referral: Referral) => Happening[];
  /** The rows and the timer that belong to the state. */
  settle: (
    referral: Referral,
    /** Undefined where nothing has happened since the rows were written. */ lastEvent: ObligationContent['lastEvent'] | undefined,
  ) => Promise<void>;
  /** What is asked of the specialist's office, or told it, by what was just written; before the rows, which say what is carried out. */
  ask: (referral: Referral, happenings: readonly Happening[]) => Promise<void>;
  /** What the patient is told of what was just written. */
  tell: (referral: Referral, happenings: readonly Happening[], by: WrittenBy) => Promise<void>;
};

/** Reads what it stands on: the policy in force and who is there. */
export async function openEngine(unit: Unit, now: Instant): Promise<Engine> {
  const policy = await policyIn(unit);
  const { people: staff, coverEnds } = await staffAt(unit, now);
  return {
    actor: engineActor(policy),
    reactions: (referral) => reactionsTo(referral, policy, staff, now),
    settle: async (referral, lastEvent) => {
      const owed = due(referral, policy, now);
      const standing = await unit.obligations.openOf(referral.id);
      const carried = await stepsCarried(unit, referral, owed);
      await projectObligations(unit, referral, { owed, staff, now, lastEvent, standing, carried });
      const doubts = await followOwner(unit, referral, staff, standing);
      const next = nextLookAt(referral, policy, now, owed) ?? null;
      // What lies with whoever stands in goes back when they no longer do.
      const back = owed.length + doubts > 0 ? coverEnds : null;
      await unit.referralTimers.set(referral.id, next === null || (back !== null && back < next) ? back : next);
    },
    ask: (referral, happenings) => askOffice(unit, referral, happenings, now),
    tell: (referral, happenings, by) =>
      tellPatient(unit, referral, happenings, { ...by, timeZone: calendarFor(policy, referral).timeZone, now }),
  };
}
