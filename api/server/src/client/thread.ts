/** One referral as one thread over HTTP: who did or said what, what is owed, how patient and office are reached, and what may be done. */

import { LANGUAGES } from '@refloop/domain/patient/reading-grade';
import { z } from 'zod';
import { ActName } from './acts.ts';
import { Named, WorklistRow, WorklistUrgency } from './worklist.ts';

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
  /** The rule of the service levels by which it was done; null where none was. */
  rule: z.string().nullable(),
  /** Instants that belong behind the detail, told in the reader's own zone. */
  times: z.array(z.string()),
});
export type ThreadEntry = z.infer<typeof ThreadEntry>;

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
    /** Their links open nothing after wrong dates of birth: they have to be given a new one. */
    locked: z.boolean(),
  }),
  /** Whom is asked now; null where nobody is. */
  office: z
    .object({
      phone: z.string(),
      fax: z.string(),
      /** `arrived`: a receipt of a machine, no acceptance. */
      sendings: z.object({ made: Count, arrived: Count, failed: Count, lastAt: LastAt }),
      /** When somebody there last opened a link of theirs with the NPI: they have it, which is no acceptance. */
      openedAt: LastAt,
      /** Its link opens nothing after wrong NPIs: it has to be sent another. */
      locked: z.boolean(),
    })
    .nullable(),
});

export const Thread = z.object({
  referralId: z.string(),
  /** Whether this reader may put things on record: whoever was only told of it reads. */
  mayWork: z.boolean(),
  reach: Reach,
  /** The last event that changes what people decide on; an act says on which it was decided. */
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
  /**
   * Notes of which nobody has said whose answer they are, then those that somebody refused as being of something else, which can still be
   * linked; and whom was asked, the last first.
   */
  toLink: z.object({
    reports: z.array(
      z.object({
        reportId: z.string(),
        form: z.enum(['interim', 'final']),
        fromNpi: z.string().nullable(),
        at: LastAt,
        refused: z.boolean(),
      }),
    ),
    attempts: z.array(z.object({ attempt: Count, name: z.string() })),
    /** Notes that are linked, which can be taken off; the last first. */
    linked: z.array(
      z.object({ reportId: z.string(), form: z.enum(['interim', 'final']), from: z.string(), at: LastAt, reviewed: z.boolean() }),
    ),
  }),
  /** Of which offices an act can be told, where that is not whom was asked last alone. */
  offices: z.array(z.object({ act: ActName, attempts: z.array(z.object({ attempt: Count, name: z.string() })) })),
  /** Whether a link is out with which the specialist’s office can open this. */
  linked: z.boolean(),
  /** Whether another specialist can be asked now, or proposed to the clinician. */
  mayAskNext: z.boolean(),
  /** Whom the coordinator proposed and the clinician has not answered; null where nobody is proposed. `mayAnswer`: whether this person does, on the list of their own work. */
  proposal: z
    .object({ name: z.string(), organization: z.string().nullable(), proposedBy: z.string(), at: z.string(), mayAnswer: z.boolean() })
    .nullable(),
  /** Whose office has waited longest for an answer; a message goes to it. Null where none has asked. */
  asker: z.string().nullable(),
  entries: z.array(ThreadEntry),
});
export type Thread = z.infer<typeof Thread>;
