/** The unit of work as the world looks over its shoulder: which referrals were touched, what is asked of the outside, when to look again. */
import { effectId } from '@refloop/server/store/outbox';
import type { Unit } from '@refloop/server/store/store';
import type { Asked } from './gateway.ts';
import type { Due } from './worker.ts';

export type Heard = {
  /** Something is due then. */
  dueAt: (what: Due, moment: string) => void;
  /** An effect was asked for, under this id. */
  asked: (id: string, about: Asked) => void;
};

export function watchedUnit(unit: Unit, touched: Set<string>, { dueAt, asked }: Heard): Unit {
  const { scope, events, referralTimers, plans, outbox, obligations, inboundDocuments } = unit;
  const watchedOutbox: Unit['outbox'] = {
    ...outbox,
    add: async (effect) => {
      dueAt('effect', effect.dueAt);
      asked(effectId(scope, effect.kind, effect.key), { scope, referralId: effect.referralId, key: effect.key });
      return outbox.add(effect);
    },
    settle: async (id, holder, settlement) => {
      if (settlement.dueAt !== null) dueAt('effect', settlement.dueAt);
      return outbox.settle(id, holder, settlement);
    },
    claim: async (question) => {
      const claimed = await outbox.claim(question);
      // Whoever holds them may die; then they are due when the lease is over.
      for (const { referralId } of claimed) {
        touched.add(referralId);
        dueAt('effect', question.until);
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
        touched.add(referralId);
        return events.append(referralId, expected, given);
      },
      hold: async (referralId) => {
        touched.add(referralId);
        return events.hold(referralId);
      },
    },
    obligations: {
      ...obligations,
      insert: async (row) => {
        touched.add(row.referralId);
        return obligations.insert(row);
      },
    },
    inboundDocuments: {
      ...inboundDocuments,
      insert: async (document, file) => {
        if (document.standing.status === 'waiting') dueAt('inbound', document.receivedAt);
        return inboundDocuments.insert(document, file);
      },
    },
    referralTimers: {
      ...referralTimers,
      set: async (referralId, lookAt) => {
        if (lookAt !== null) dueAt('timer', lookAt);
        return referralTimers.set(referralId, lookAt);
      },
    },
    plans: {
      ...plans,
      insert: async (plan) => {
        if (plan.lookDueAt !== null) dueAt('look', plan.lookDueAt);
        return plans.insert(plan);
      },
      looked: async (id, next) => {
        if (next !== null) dueAt('look', next);
        return plans.looked(id, next);
      },
    },
  };
}
