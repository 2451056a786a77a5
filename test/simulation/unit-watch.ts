/** The unit of work as the world looks over its shoulder: which referrals were touched, what is asked of the outside, when to look again. */
import type { Unit } from '@refloop/server/store/store';
import { KEYED, KEYLESS } from './gateway.ts';

export type Heard = {
  /** Something is due then. */
  dueAt: (what: 'timer' | 'look' | 'effect', moment: string) => void;
};

/** Channels that leave by a gateway; the others go by hand or by a page of ours. */
const GATEWAYS: Readonly<Record<string, string>> = { direct: KEYED, fax: KEYLESS };

/** What is sent by a gateway is asked for in the transaction of its event, as services ask for it. */
async function askFor(
  unit: Unit,
  referralId: string,
  event: { type: string; effectiveAt: string | null; recordedAt: string; data: unknown },
) {
  const { transmissionId, channel } = event.data as { transmissionId?: string; channel?: string };
  const kind = channel === undefined ? undefined : GATEWAYS[channel];
  if (event.type !== 'attempt-sent' || event.effectiveAt === null || kind === undefined || transmissionId === undefined) return;
  const { recordedAt: at } = event;
  await unit.outbox.add({ referralId, kind, key: transmissionId, askedAt: at, dueAt: at, content: { transmission: transmissionId } });
}

export function watchedUnit(unit: Unit, touched: Set<string>, { dueAt }: Heard): Unit {
  const { events, referralTimers, plans, outbox, obligations } = unit;
  const watchedOutbox: Unit['outbox'] = {
    ...outbox,
    add: async (effect) => {
      dueAt('effect', effect.dueAt);
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
  const watched: Unit = {
    ...unit,
    outbox: watchedOutbox,
    events: {
      ...events,
      append: async (referralId, expected, given) => {
        touched.add(referralId);
        const answer = await events.append(referralId, expected, given);
        for (const event of given) await askFor(watched, referralId, event);
        return answer;
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
  return watched;
}
