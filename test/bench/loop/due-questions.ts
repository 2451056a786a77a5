/** What the workers and the pages ask to find what is due, as they ask it, beside the answer that what is open makes right. */
import { FOLD_VERSION } from '@refloop/domain/referral/referral';
import { TASK_STANDING } from '@refloop/server/channels/task-standing';
import type { Scope, Store, Unit } from '@refloop/server/store/store';
import type { OpenWork } from './filled-database.ts';

export type DueQuestion = {
  name: string;
  /** Through the store, in one transaction; what is claimed is given back by rolling it back. Answers ids, in the order in which they came. */
  ask: (unit: Unit) => Promise<string[]>;
  expected: (open: OpenWork) => string[];
};

/** Ids of those whose moment has come, the earliest first. */
const dueOf = (rows: readonly { id: string; at: string }[], now: string, limit: number): string[] =>
  rows
    .filter(({ at }) => at <= now)
    .toSorted((left, right) => (left.at === right.at ? (left.id < right.id ? -1 : 1) : left.at < right.at ? -1 : 1))
    .slice(0, limit)
    .map(({ id }) => id);

class RollBack extends Error {}

/** Runs the question and leaves nothing of it. */
export async function askOnce(store: Store, scope: Scope, question: DueQuestion): Promise<string[]> {
  let answer: string[] | undefined;
  try {
    await store.transaction(scope, async (unit) => {
      answer = await question.ask(unit);
      throw new RollBack();
    });
  } catch (error) {
    if (!(error instanceof RollBack)) throw error;
  }
  return answer ?? [];
}

/** The numbers are those of the product: what a worker takes at once, what a page shows. */
export function dueQuestions(now: string): DueQuestion[] {
  const until = new Date(Date.parse(now) + 300_000).toISOString();
  const idsOf = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id);
  const inOrder = (rows: OpenWork['obligations']): string[] =>
    rows
      .toSorted((left, right) => (left.dueAt === right.dueAt ? (left.id < right.id ? -1 : 1) : left.dueAt < right.dueAt ? -1 : 1))
      .map(({ id }) => id);
  return [
    {
      name: 'timers: referrals to look at',
      ask: async (unit) => (await unit.referralTimers.due({ now, limit: 200 })).map(({ referralId }) => referralId),
      expected: ({ timers }) =>
        dueOf(
          timers.map(({ referralId, at }) => ({ id: referralId, at })),
          now,
          200,
        ),
    },
    {
      name: 'outbox: effects to carry out',
      ask: async (unit) => idsOf(await unit.outbox.claim({ kinds: [TASK_STANDING], holder: 'bench', now, until, limit: 8 })),
      expected: ({ effects }) => dueOf(effects, now, 8),
    },
    {
      name: 'write-backs to look into',
      ask: async (unit) => idsOf(await unit.plans.listLookDue(now, 20)),
      expected: ({ looks }) =>
        dueOf(
          looks.map(({ planId, at }) => ({ id: planId, at })),
          now,
          20,
        ),
    },
    {
      name: 'documents to read',
      ask: async (unit) => idsOf(await unit.inboundDocuments.open({ status: 'waiting', limit: 20 })),
      expected: ({ documents }) => dueOf(documents, now, 20),
    },
    {
      name: 'polling: what was looked at when',
      ask: async (unit) => (await unit.capture.checkpoints()).map(({ resourceType }) => resourceType),
      expected: () => ['Appointment', 'DocumentReference', 'Encounter', 'ServiceRequest', 'Task'],
    },
    {
      name: 'at a start: rows of an older form',
      ask: (unit) => unit.referrals.listOlder({ foldVersion: FOLD_VERSION, after: '', limit: 200 }),
      expected: () => [],
    },
    {
      name: 'obligations: overdue',
      ask: async (unit) => idsOf(await unit.obligations.list({ status: 'open', dueBefore: now, limit: 100 })),
      expected: ({ obligations }) => inOrder(obligations.filter(({ dueAt }) => dueAt < now)).slice(0, 100),
    },
    {
      name: 'obligations: of one person',
      ask: async (unit) => idsOf(await unit.obligations.list({ status: 'open', owner: 'kim', limit: 100 })),
      expected: ({ obligations }) => inOrder(obligations.filter(({ owner }) => owner === 'kim')).slice(0, 100),
    },
    {
      name: 'obligations: of one referral',
      ask: async (unit) => idsOf(await unit.obligations.openOf('made-90000042')),
      expected: ({ obligations }) => idsOf(obligations.filter(({ id }) => id.startsWith('made-90000042/'))).toSorted(),
    },
    {
      name: 'obligations: counted',
      ask: async (unit) => {
        const soon = new Date(Date.parse(now) + 86_400_000).toISOString();
        const { counts, referrals } = await unit.obligations.countOpen({ now, soon, bounds: [] });
        const sum = (of: 'open' | 'overdue'): number => counts.reduce((all, each) => all + each[of], 0);
        return [`${referrals} referrals`, `${sum('open')} open`, `${sum('overdue')} overdue`];
      },
      expected: ({ obligations }) => [
        `${new Set(obligations.map(({ id }) => id.split('/')[0])).size} referrals`,
        `${obligations.length} open`,
        `${obligations.filter(({ dueAt }) => dueAt < now).length} overdue`,
      ],
    },
    {
      name: 'worklist: first lines',
      ask: async (unit) => idsOf(await unit.obligations.listOpen({ limit: 501 })),
      expected: ({ obligations }) => inOrder(obligations).slice(0, 501),
    },
    {
      name: 'worklist: first lines and those behind',
      ask: async (unit) => {
        const first = await unit.obligations.listOpen({ limit: 500 });
        const last = first.at(-1);
        return idsOf([...first, ...(last ? await unit.obligations.listOpen({ limit: 1001, after: last }) : [])]);
      },
      expected: ({ obligations }) => inOrder(obligations).slice(0, 1501),
    },
    {
      name: 'worklist: what has changed',
      ask: async (unit) => {
        const changes = await unit.obligations.changedSince(await unit.obligations.mark(), 500);
        return changes ? [...idsOf(changes.open), ...changes.done] : ['all'];
      },
      expected: () => [],
    },
  ];
}
