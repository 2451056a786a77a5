/** What became of a clinician's own referrals: what goes on, and what ended lately. */
import { z } from 'zod';
import { WorklistRow } from './worklist.ts';

export const OwnReferral = z.object({
  referralId: z.string(),
  patientName: z.string(),
  specialtyName: z.string(),
  urgency: z.enum(['routine', 'urgent', 'emergency']),
  /** Who was asked last, or was approved to be asked; null where nobody is. */
  performerName: z.string().nullable(),
  /** The one word of where it stands. */
  status: z.string(),
  /** Whether the order is over or the loop is closed. */
  ended: z.boolean(),
  /** When anything was put on record of it last. */
  movedAt: z.string(),
  /** What is owed of it next; null where nothing is. */
  owed: WorklistRow.pick({ next: true, waitingOn: true, since: true, dueAt: true })
    .extend({
      /** Who sees to it, by name; null where nobody has it. */
      owner: z.string().nullable(),
      /** Whether that is the reader. */
      mine: z.boolean(),
      /** How many other things are owed besides. */
      others: z.int(),
    })
    .nullable(),
});
export type OwnReferral = z.infer<typeof OwnReferral>;

/** What the database takes for a moment: a date of the calendar, in full. */
const isMoment = (text: string): boolean => {
  const at = new Date(text);
  return !Number.isNaN(at.getTime()) && at.toISOString() === text && at.getUTCFullYear() >= 1;
};

export const OwnReferralsQuery = z.object({
  /** `next` of the page before. */
  after: z
    .string()
    .regex(/^[\d:.TZ-]{24}~[^\p{Cc}]{1,200}$/u, 'Give `next` of an answer as it came')
    .refine((place) => isMoment(place.split('~')[0] ?? ''), 'Give `next` of an answer as it came')
    .optional(),
});
export type OwnReferralsQuery = z.infer<typeof OwnReferralsQuery>;

export const OwnReferralsAnswer = z.object({
  /** What moved last first. */
  rows: z.array(OwnReferral),
  /** For the question for the page after this one; null where there is none. */
  next: z.string().nullable(),
});
export type OwnReferralsAnswer = z.infer<typeof OwnReferralsAnswer>;
