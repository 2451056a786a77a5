/** The coordinator's worklist over HTTP: every open obligation with who waits on whom, one referral as one thread, and what may be done. */

import { LANGUAGES } from '@refloop/domain/patient/reading-grade';
import { BY_HAND_CHANNELS, DECLINE_REASONS } from '@refloop/domain/referral/attempt';
import { CONTACTS, DENIAL_REASONS, REROUTE_REASONS } from '@refloop/domain/referral/care-event';
import { EXCEPTIONS } from '@refloop/domain/referral/exception';
import { RISKS } from '@refloop/domain/sla/risk';
import { z } from 'zod';
import { AuthorizationAnswer, AuthorizationNumber } from './packet.ts';

const Named = z.object({ subject: z.string(), name: z.string() });
export const Party = z.enum(['clinician', 'coordinator', 'specialist', 'patient']);
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

/** Who did or said something, as all parties see it. */
export const ThreadParty = z.enum(['practice', 'office', 'patient', 'payer', 'refloop']);

export const ThreadEntry = z.object({
  sequence: z.number().int(),
  /** When it happened; null where that is only inferred from what came later. */
  at: z.string().nullable(),
  /** When Refloop learned of it. */
  recordedAt: z.string(),
  party: ThreadParty,
  by: z.string(),
  title: z.string(),
  detail: z.string().nullable(),
  /** Instants that belong behind the detail, told in the reader's own zone. */
  times: z.array(z.string()),
});
export type ThreadEntry = z.infer<typeof ThreadEntry>;

export const ACTS = [
  'sent',
  'received',
  'accepted',
  'declined',
  'booked',
  'missed',
  'appointment-cancelled',
  'seen',
  'note',
  'patient-heard',
  'authorization',
  'contacted',
  'cancel-requested',
  'cancel-confirmed',
  'ended',
  'reconciled',
] as const;
export const ActName = z.enum(ACTS);
export type ActName = z.infer<typeof ActName>;

export const EFFECT_DECISIONS = ['was-sent', 'send-again', 'let-go'] as const;
/** What a person found out about something that was perhaps sent, or was not. */
export const DecideEffect = z.object({
  effectId: z.guid(),
  /** Which time that it came to this: what is decided of one doubt is not decided of the next. */
  doubt: z.string().max(200),
  decision: z.enum(EFFECT_DECISIONS),
});
export type DecideEffect = z.infer<typeof DecideEffect>;

const Count = z.number().int();
const LastAt = z.string().nullable();

/** How patient and office are reached, and what was tried already: by itself, and by people. A number that is not known is empty. */
const Reach = z.object({
  patient: z.object({
    phone: z.string(),
    /** Whose word the number is: what the patient told goes before the chart. */
    phoneFrom: z.enum(['chart', 'patient']),
    language: z.enum(LANGUAGES).nullable(),
    /** Whether they want text messages. */
    texts: z.enum(['unknown', 'given', 'withdrawn']),
    /** What left by itself; `unknown`: perhaps. */
    messages: z.object({ sent: Count, failed: Count, unknown: Count, lastAt: LastAt }),
    /** By a person here. */
    calls: z.object({ made: Count, lastAt: LastAt }),
  }),
  /** Whom is asked now; null where nobody is. */
  office: z
    .object({
      phone: z.string(),
      fax: z.string(),
      /** `arrived`: a receipt of a machine, no acceptance. */
      sendings: z.object({ made: Count, arrived: Count, failed: Count, lastAt: LastAt }),
    })
    .nullable(),
});

export const Thread = z.object({
  referralId: z.string(),
  /** Whether this reader may put things on record: whoever was only told of it reads. */
  mayWork: z.boolean(),
  reach: Reach,
  /** The last event; an act says on which it was decided. */
  sequence: z.number().int(),
  patientName: z.string(),
  specialtyName: z.string(),
  urgency: WorklistUrgency,
  status: z.string(),
  performer: z.object({ name: z.string(), npi: z.string(), network: z.string() }).nullable(),
  coordinator: Named.nullable(),
  appointment: z.object({ startsAt: z.string() }).nullable(),
  obligations: z.array(WorklistRow),
  /** What was perhaps sent, or was not, with what can be said of it. */
  effects: z.array(z.object({ effectId: z.string(), doubt: z.string(), decisions: z.array(z.enum(EFFECT_DECISIONS)) })),
  /** What may be put on record now, in the order of the loop. */
  acts: z.array(ActName),
  /** Whether a link is out with which the specialist’s office can open this. */
  linked: z.boolean(),
  /** Whether another specialist can be asked now. */
  mayAskNext: z.boolean(),
  /** Whose office has waited longest for an answer; a message goes to it. Null where none has asked. */
  asker: z.string().nullable(),
  entries: z.array(ThreadEntry),
});
export type Thread = z.infer<typeof Thread>;

/** When it happened: not later than now. */
const when = { at: z.iso.datetime({ offset: true }) };

/** What a coordinator puts on record: what they did, or what they were told by telephone or on paper. */
export const Act = z.discriminatedUnion('act', [
  z.object({
    act: z.literal('sent'),
    channel: z.enum(BY_HAND_CHANNELS),
    /** Where there is a packet, and nothing has settled it. */
    authorization: AuthorizationAnswer.optional(),
    ...when,
  }),
  z.object({ act: z.literal('received'), ...when }),
  z.object({ act: z.literal('accepted'), ...when }),
  z.object({ act: z.literal('declined'), reason: z.enum(DECLINE_REASONS), ...when }),
  z.object({ act: z.literal('booked'), startsAt: z.iso.datetime({ offset: true }), ...when }),
  z.object({ act: z.literal('missed'), ...when }),
  z.object({ act: z.literal('appointment-cancelled'), by: z.enum(['patient', 'specialist', 'unknown']), ...when }),
  z.object({ act: z.literal('seen'), ...when }),
  /** A note that came on paper or stands in the chart already. */
  z.object({ act: z.literal('note'), form: z.enum(['interim', 'final']), ...when }),
  /** What the patient wrote was seen to. */
  z.object({ act: z.literal('patient-heard') }),
  z.discriminatedUnion('answer', [
    z.object({ act: z.literal('authorization'), answer: z.enum(['asked', 'not-needed', ...DENIAL_REASONS]), ...when }),
    z.object({ act: z.literal('authorization'), answer: z.literal('approved'), number: AuthorizationNumber, ...when }),
  ]),
  z.object({ act: z.literal('contacted'), outcome: z.enum(CONTACTS) }),
  z.object({ act: z.literal('cancel-requested'), reason: z.string().trim().min(3, 'Say in a few words why').max(500), ...when }),
  z.object({ act: z.literal('cancel-confirmed'), ...when }),
  z.object({
    act: z.literal('ended'),
    how: z.enum(['cancelled', 'patient-declined', 'expired', 'died']),
    reason: z.string().trim().min(3, 'Say in a few words why').max(500),
  }),
  z.object({ act: z.literal('reconciled'), note: z.string().trim().min(3, 'Say in a few words what was found').max(500) }),
]);
export type Act = z.infer<typeof Act>;

export const ActRequest = z.object({
  /** One for each press: the same one twice does it once. */
  key: z.string().min(8).max(64),
  /** The last event that was on screen. */
  sequence: z.number().int().positive(),
  what: Act,
});
export type ActRequest = z.infer<typeof ActRequest>;

export const AssignRequest = z.object({
  referralIds: z.array(z.string().min(1).max(60)).min(1).max(200),
  /** Subject of a coordinator or a lead. */
  to: z.string().min(1).max(200),
});
export type AssignRequest = z.infer<typeof AssignRequest>;

export const AssignAnswer = z.object({
  /** Whose each was before, so that it can be given back. */
  assigned: z.array(z.object({ referralId: z.string(), before: z.string().nullable() })),
});
export type AssignAnswer = z.infer<typeof AssignAnswer>;

/** Who could be asked next: in network, as the directory has them now, the best first. Nobody who was asked before. */
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
