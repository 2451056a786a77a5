/** What is open now over HTTP: by the step it waits at, by age, by who has it, and what is late. Read from PostgreSQL, not from a snapshot. */
import { z } from 'zod';

export const AGES = ['day', 'three-days', 'week', 'two-weeks', 'month', 'older'] as const;
export const QueueAge = z.enum(AGES);
export type QueueAge = z.infer<typeof QueueAge>;

const counts = {
  open: z.number().int(),
  /** Past their deadline. */
  overdue: z.number().int(),
  /** Due within a day. */
  atRisk: z.number().int(),
  /** Since when the oldest of them waits. */
  oldest: z.string(),
};

const Step = z.object({
  kind: z.string(),
  name: z.string(),
  ...counts,
  /** How many are of each age, youngest first. */
  ages: z.array(z.object({ age: QueueAge, open: z.number().int(), overdue: z.number().int() })),
});
export type QueueStep = z.infer<typeof Step>;

const Owner = z.object({
  /** Subject of whoever has it; null where nobody does. */
  owner: z.string().nullable(),
  name: z.string().nullable(),
  ...counts,
});
export type QueueOwner = z.infer<typeof Owner>;

export const QueueAnswer = z.object({
  /** The moment it is of. */
  at: z.string(),
  /** Open referrals with something owed; one may owe two things. */
  referrals: z.number().int(),
  open: z.number().int(),
  overdue: z.number().int(),
  atRisk: z.number().int(),
  /** In the order of the loop; those at which nothing waits are left out. */
  steps: z.array(Step),
  ages: z.array(z.object({ age: QueueAge, name: z.string(), open: z.number().int(), overdue: z.number().int(), atRisk: z.number().int() })),
  /** Most overdue first. */
  owners: z.array(Owner),
  /** Kind of the step with the most overdue; null where nothing is. */
  bottleneck: z.string().nullable(),
});
export type QueueAnswer = z.infer<typeof QueueAnswer>;

/** Asks what stands behind a number of the queue, and says what for: both are put on record. */
export const QueueRowsQuestion = z.object({
  kind: z.string().max(60).nullable().default(null),
  age: QueueAge.nullable().default(null),
  owner: z.string().max(200).nullable().default(null),
  only: z.enum(['all', 'overdue', 'at-risk']).default('all'),
  purpose: z.string().trim().min(3, 'Say in a few words what you need the rows for').max(200),
});
export type QueueRowsQuestion = z.infer<typeof QueueRowsQuestion>;

export const QueueRowsAnswer = z.object({
  at: z.string(),
  total: z.number().int(),
  /** Earliest deadline first. */
  rows: z.array(
    z.object({
      referralId: z.string(),
      step: z.string(),
      specialty: z.string().nullable(),
      urgency: z.string().nullable(),
      status: z.string().nullable(),
      owner: z.string().nullable(),
      since: z.string(),
      dueAt: z.string(),
      overdue: z.boolean(),
    }),
  ),
});
export type QueueRowsAnswer = z.infer<typeof QueueRowsAnswer>;
