/** The unit of work as the world looks over its shoulder: which referrals were touched, what is asked of the outside, when to look again. */
import { effectId } from '@refloop/server/store/outbox';
import type { Scope, Unit } from '@refloop/server/store/store';
import type { Asked } from './gateway.ts';
import type { Due } from './worker.ts';

export type Heard = {
  /** By this name something is due then, and no earlier; null where it is not any more. */
  dueAt: (what: Due, name: string, moment: string | null) => void;
  /** An effect was asked for, under this id. */
  asked: (id: string, about: Asked) => void;
};

/** Of one transaction. */
export type Noted = {
  /** The referrals it read or wrote. */
  touched: Set<string>;
  /** What the world is told once it is kept; of what was undone nothing is heard. */
  told: (() => void)[];
};

export const nothingNoted = (): Noted => ({ touched: new Set(), told: [] });

/** @returns the unit as one process works with it. The store in memory runs one transaction at a time and gives the same unit again. */
export function createUnitWatch(heard: Heard): (unit: Unit, noted: Noted) => Unit {
  let noted = nothingNoted();
  const touch = (referralId: string): void => void noted.touched.add(referralId);
  const due = (what: Due, { tenant }: Scope, id: string, moment: string | null): void =>
    void noted.told.push(() => heard.dueAt(what, `${tenant} ${id}`, moment));
  const known = new WeakMap<Unit, Unit>();

  function watched(unit: Unit): Unit {
    const { scope, events, referralTimers, plans, outbox, obligations, inboundDocuments } = unit;
    const watchedOutbox: Unit['outbox'] = {
      ...outbox,
      add: async (effect) => {
        const id = effectId(scope, effect.kind, effect.key);
        const about = { scope, referralId: effect.referralId, key: effect.key };
        if (!(await outbox.get(id))) due('effect', scope, id, effect.dueAt);
        noted.told.push(() => heard.asked(id, about));
        return outbox.add(effect);
      },
      settle: async (id, holder, settlement) => {
        const settled = await outbox.settle(id, holder, settlement);
        if (settled) due('effect', scope, id, settlement.dueAt);
        return settled;
      },
      decide: async (id, settlement) => {
        const decided = await outbox.decide(id, settlement);
        if (decided) due('effect', scope, id, settlement.dueAt);
        return decided;
      },
      claim: async (question) => {
        const claimed = await outbox.claim(question);
        // Whoever holds them may die; then they are due when the lease is over.
        for (const { id, referralId } of claimed) {
          touch(referralId);
          due('effect', scope, id, question.until);
        }
        return claimed;
      },
    };
    return {
      ...unit,
      outbox: watchedOutbox,
      events: {
        ...events,
        append: async (referralId, expected, given) => {
          touch(referralId);
          return events.append(referralId, expected, given);
        },
        hold: async (referralId) => {
          touch(referralId);
          return events.hold(referralId);
        },
      },
      obligations: {
        ...obligations,
        insert: async (row) => {
          touch(row.referralId);
          return obligations.insert(row);
        },
      },
      inboundDocuments: {
        ...inboundDocuments,
        insert: async (document, file) => {
          if (document.standing.status === 'waiting') due('inbound', scope, document.id, document.receivedAt);
          return inboundDocuments.insert(document, file);
        },
        settle: async (id, standing, content) => {
          // What still waits is tried again.
          if (standing.status !== 'waiting') due('inbound', scope, id, null);
          return inboundDocuments.settle(id, standing, content);
        },
      },
      referralTimers: {
        ...referralTimers,
        set: async (referralId, lookAt) => {
          due('timer', scope, referralId, lookAt);
          return referralTimers.set(referralId, lookAt);
        },
      },
      plans: {
        ...plans,
        insert: async (plan) => {
          if (plan.lookDueAt !== null) due('look', scope, plan.id, plan.lookDueAt);
          return plans.insert(plan);
        },
        looked: async (id, next) => {
          due('look', scope, id, next);
          return plans.looked(id, next);
        },
      },
    };
  }

  return (unit, now) => {
    noted = now;
    const made = known.get(unit) ?? watched(unit);
    known.set(unit, made);
    return made;
  };
}
