/** The coordinator's worklist over HTTP: every open obligation with who waits on whom, whose work it is, and who could be asked next. */

import { REROUTE_REASONS } from '@refloop/domain/referral/care-event';
import { EXCEPTIONS } from '@refloop/domain/referral/exception';
import { RISKS } from '@refloop/domain/sla/risk';
import { PARTIES } from '@refloop/domain/sla/service-levels';
import { z } from 'zod';

export const Named = z.object({ subject: z.string(), name: z.string() });
export const Party = z.enum(PARTIES);
export const WorklistUrgency = z.enum(['routine', 'urgent', 'emergency']);

/** A step of the policy that was taken. */
export const TakenStep = z.object({ rule: z.string(), words: z.string(), at: z.string(), to: z.string() });
export type TakenStep = z.infer<typeof TakenStep>;

export const WorklistRow = z.object({
  id: z.string(),
  referralId: z.string(),
  kind: z.string(),
  /** What is to be done next, in words: "Get an answer". */
  next: z.string(),
  /** Whom it waits for; null of what is owed before an order is in force. */
  waitingOn: Party.nullable(),
  /** Null where nobody has it, which is a fault. */
  owner: Named.nullable(),
  mine: z.boolean(),
  /** Whom it was escalated to, besides its owner. */
  escalatedTo: Named.nullable(),
  escalatedToMe: z.boolean(),
  since: z.string(),
  dueAt: z.string(),
  /** Of opening time, on the site's calendar; to a tenth. */
  ageBusinessHours: z.number(),
  /** Opening hours until the deadline, to a tenth; negative once it is over. */
  leftBusinessHours: z.number(),
  patientName: z.string(),
  performerName: z.string().nullable(),
  specialtyName: z.string(),
  urgency: WorklistUrgency.nullable(),
  authorization: z.string().nullable(),
  /** What keeps it from going its usual way. */
  exception: z.enum(EXCEPTIONS).nullable(),
  /** What makes it worse that it waits, as far as it is on record. */
  risks: z.array(z.enum(RISKS)),
  status: z.string().nullable(),
  /** Performers asked so far. */
  attempts: z.number().int().nullable(),
  channel: z.string().nullable(),
  lastEvent: z.object({ name: z.string(), at: z.string() }).nullable(),
  detail: z.string(),
  steps: z.array(TakenStep),
});
export type WorklistRow = z.infer<typeof WorklistRow>;

/** A row as the list has it: without what its reader, the clock or the names beside it tell. */
export const WorklistLine = WorklistRow.omit({
  owner: true,
  mine: true,
  escalatedTo: true,
  escalatedToMe: true,
  ageBusinessHours: true,
  leftBusinessHours: true,
  steps: true,
}).extend({
  /** Subject; null where nobody has it, which is a fault. */
  owner: z.string().nullable(),
  /** Subject of whom it was escalated to, besides its owner. */
  escalatedTo: z.string().nullable(),
});
export type WorklistLine = z.infer<typeof WorklistLine>;

const listed = {
  at: z.string(),
  /** For the next question: what has changed since then. */
  mark: z.string(),
  /** Of those whom the lines name, by subject. */
  names: z.record(z.string(), z.string()),
  /** Open obligations beyond those that are listed. */
  more: z.number().int(),
};

const part = {
  /** For the question for the part after this one; null where there is none. */
  next: z.string().nullable(),
};

/** That the database has too: it knows no 30th of February, which `Date` takes for one of March, and no year 0. */
function isMoment(text: string): boolean {
  const at = new Date(text);
  return !Number.isNaN(at.getTime()) && at.toISOString() === text && at.getUTCFullYear() >= 1;
}

export const WorklistQuery = z.object({
  /** `mark` of the answer before. */
  since: z
    .string()
    .regex(/^[\d:,]{1,4000}\.[\w-]{8,40}$/, 'Give the mark of an answer as it came')
    .optional(),
  /** `next` of the part before. */
  after: z
    .string()
    .regex(/^\d{1,5}~[\d:.TZ-]{24}~[^\p{Cc}]{1,200}$/u, 'Give `next` of an answer as it came')
    .refine((place) => isMoment(place.split('~')[1] ?? ''), 'Give `next` of an answer as it came')
    .optional(),
});
export type WorklistQuery = z.infer<typeof WorklistQuery>;

export const WorklistAnswer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('whole'),
    ...listed,
    /** Earliest deadline first: all of them, or where they are many the first part. */
    rows: z.array(WorklistLine),
    ...part,
    /** Lines that are still to come. */
    coming: z.number().int(),
    /** To whom a referral can be given: coordinators and leads, by name. */
    people: z.array(Named),
    /** On which opening hours are reckoned. */
    calendar: z.object({ timeZone: z.string(), opens: z.number(), closes: z.number(), holidays: z.array(z.string()) }),
    /** Notes that came in and are nobody's yet; null for who does not work on them. */
    heldNotes: z.object({ count: z.int(), isOverdue: z.boolean() }).nullable(),
  }),
  z.object({
    kind: z.literal('changes'),
    ...listed,
    /** In place of those with the same id, or new. */
    rows: z.array(WorklistLine),
    /** Ids of what is open no more. */
    gone: z.array(z.string()),
  }),
  /** The lines behind those of the part before. */
  z.object({ kind: z.literal('part'), rows: z.array(WorklistLine), names: listed.names, ...part }),
  z.object({ kind: z.literal('unchanged'), at: z.string(), mark: z.string() }),
]);
export type WorklistAnswer = z.infer<typeof WorklistAnswer>;

/** Asks for the lines that are shown as a file, and says what for: both are put on record. */
export const WorklistExportQuestion = z.object({
  /** Of the obligations that are shown, in their order. */
  ids: z.array(z.string().min(1).max(120)).min(1).max(10_000),
  /** What they are shown as: the name of the view and what narrows it. Never a patient. */
  view: z.string().trim().min(1).max(60),
  purpose: z.string().trim().min(3, 'Say in a few words what you need the file for').max(200),
});
export type WorklistExportQuestion = z.infer<typeof WorklistExportQuestion>;

export const AssignRequest = z.object({
  referralIds: z.array(z.string().min(1).max(60)).min(1).max(200),
  /** Subject of a coordinator or a lead. */
  to: z.string().min(1).max(200),
});
export type AssignRequest = z.infer<typeof AssignRequest>;

/** Why a line is not given: they have it already, no order of it is in force, or there is none here. */
export const NOT_ASSIGNED = ['theirs-already', 'no-order-in-force', 'not-here'] as const;

export const AssignAnswer = z.object({
  /**
   * Whose each was before, so that it can be given back. `withClinician`: all that is open of it lies with a clinician, and stays there.
   */
  assigned: z.array(z.object({ referralId: z.string(), before: z.string().nullable(), withClinician: z.boolean() })),
  /** What was asked for and is as it was. */
  left: z.array(z.object({ referralId: z.string(), why: z.enum(NOT_ASSIGNED) })),
});
export type AssignAnswer = z.infer<typeof AssignAnswer>;

/** Who could be asked next: in network, as the directory has them now, the best first. Nobody who was asked before, or whom the clinician refused. */
export const NextPerformers = z.object({
  /** Why there is nobody to choose from; null where there is. */
  why: z.string().nullable(),
  performers: z.array(
    z.object({
      entryId: z.string(),
      name: z.string(),
      organization: z.string().nullable(),
      miles: z.number().nullable(),
      waitDays: z.number().nullable(),
      phone: z.string().nullable(),
      why: z.array(z.string()),
      /** By the clinician, with the referral or since: they are asked at once. Anybody else is proposed to the clinician. */
      approved: z.boolean(),
      /** Why the clinician refused them of this referral; null where they did not. They can be proposed again all the same. */
      refused: z.string().nullable(),
    }),
  ),
});
export type NextPerformers = z.infer<typeof NextPerformers>;

export const AskNext = z.object({
  sequence: z.number().int().positive(),
  /** Of the list. */
  entryId: z.string().min(1).max(200),
  because: z.enum(REROUTE_REASONS),
});
export type AskNext = z.infer<typeof AskNext>;
