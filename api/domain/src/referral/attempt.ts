/**
 * One attempt: one performer, what was sent there, and where the work stands with them. A decline ends the attempt, never the order;
 * the next performer is the next attempt.
 */
import type { ResourceRef } from '../fhir/reference.ts';
import type { Instant } from '../instant.ts';
import type { AttemptFact } from './care-event.ts';
import type { Performer } from './event.ts';

/** When something happened; null where it is only inferred from what came later, so that no duration rests on it. */
export type Moment = Instant | null;

export const CHANNELS = ['direct', 'fax', 'link', 'fhir', 'by-hand'] as const;
export type Channel = (typeof CHANNELS)[number];
/** How a person may have sent it: a link and FHIR are Refloop's own doing, which puts itself on record. */
export const BY_HAND_CHANNELS = ['direct', 'fax', 'by-hand'] as const satisfies readonly Channel[];

/** A receipt says that it arrived at a machine; it is no acceptance. */
export type Transmission = { id: string; channel: Channel; at: Moment } & (
  | { status: 'sent' }
  | { status: 'delivered' }
  | { status: 'failed'; detail: string }
);

export type Appointment = { id: string; startsAt: Instant; status: 'booked' | 'replaced' | 'missed' | 'cancelled' | 'kept' };

const MOST_AHEAD_MS = 5 * 366 * 86_400_000;

/** Ours: nobody is booked five years ahead. A slip in the year would leave a visit ahead of which nobody ever hears again. */
export const isTooFarAhead = (date: Instant, now: Instant): boolean => Date.parse(date) - Date.parse(now) > MOST_AHEAD_MS;

export const DECLINE_REASONS = [
  'not-taking-patients',
  'wrong-specialty',
  'not-in-plan',
  'packet-incomplete',
  'authorization-missing',
  'out-of-area',
  'other',
] as const;
export type DeclineReason = (typeof DECLINE_REASONS)[number];

/** Where the recipient's work stands, since when. The names follow the BSeR business status; the table of moves is in bser.ts. */
export type Work = { since: Moment } & (
  | { status: 'draft' }
  | { status: 'sent' }
  /** Somebody there said that they have it. */
  | { status: 'received' }
  | { status: 'accepted' }
  /** Of a recipient that reports no stage of its own. */
  | { status: 'in-progress' }
  | { status: 'scheduled'; appointmentId: string }
  | { status: 'missed'; appointmentId: string }
  | { status: 'appointment-cancelled'; appointmentId: string }
  | { status: 'seen' }
  | { status: 'cancellation-requested'; reason: string }
  | { status: 'declined'; reason: DeclineReason }
  | { status: 'cancelled' }
  | { status: 'completed' }
);
export type WorkStatus = Work['status'];

export type Attempt = {
  /** 1, 2, 3 … within one referral. */
  number: number;
  performer: Performer;
  /** Since when somebody is to be sent it: of whoever took the place of one who was not asked after all, since that one was to be. */
  toSendSince: Moment;
  /** The fulfilment Task in the chart. */
  task: ResourceRef | null;
  transmissions: Transmission[];
  appointments: Appointment[];
  /** When it was accepted; null while it is not, and where that is only inferred. */
  acceptedAt: Moment;
  /** Free dates that the office named last; null where it named none. */
  offered: { dates: Instant[]; at: Moment } | null;
  /** When the patient was seen by this performer, each visit once. */
  visits: Moment[];
  work: Work;
  /** So that a note that was linked by mistake can be taken off with all that rested on it; null where none was linked. */
  sinceNote: SinceNote | null;
  /** Stages that were put on record because a note proved them, in the order in which they were. */
  proved: ProvedStage[];
  /** When a note of it, or the one that had closed the loop, was taken off again: what is owed since then has its whole time from that on. */
  reopenedAt: Moment;
};

/** What moves with the work. */
export type Standing = Pick<Attempt, 'work' | 'acceptedAt' | 'visits' | 'appointments' | 'transmissions'>;

/** Stages of which a note says, without a time, that they were. */
export type Provable = 'attempt-sent' | 'attempt-accepted' | 'patient-seen';

/**
 * `sequence`: the event of that stage. `by`: what it stands by: a note, or what was told, recorded at that moment, which proves it too; null
 * since the note was taken off and nothing else proves it: then nobody knows that it ever was.
 */
export type ProvedStage = { stage: Provable; sequence: number; by: { reportId: string } | { toldAt: Instant } | null };

export type SinceNote = {
  /** How it stood before the first note, and before what that proved. */
  before: Standing;
  /** What was told from then on, and which notes were linked, one after the other; what was only inferred of a stage is not among it. */
  since: ({ fact: AttemptFact; at: Moment; recordedAt: Instant } | { reportId: string })[];
  /** Stages just inferred, until what proves them is told: it comes next, with the same act. */
  inferred: Omit<ProvedStage, 'by'>[];
};

/** @param toSendSince where another gave way to it, since that one was to be sent it */
export const newAttempt = (number: number, performer: Performer, since: Moment, toSendSince: Moment = since): Attempt => ({
  number,
  performer,
  toSendSince,
  task: null,
  transmissions: [],
  appointments: [],
  acceptedAt: null,
  offered: null,
  visits: [],
  work: { status: 'draft', since },
  sinceNote: null,
  proved: [],
  reopenedAt: null,
});

const ENDED: readonly WorkStatus[] = ['declined', 'cancelled', 'completed'];

const FREE: readonly WorkStatus[] = ['declined', 'cancelled', 'cancellation-requested'];

/** Nothing is hoped for from this performer any more: another one can be asked. */
export const isFree = ({ work }: Attempt): boolean => FREE.includes(work.status);

/** It was not asked after all, and nothing of the referral ever left for it. */
export const wasNeverAsked = ({ work, transmissions }: Attempt): boolean => work.status === 'cancelled' && transmissions.length === 0;

/** All that was sent to them came to nothing, and nobody there has said a word: as far as anybody knows they have nothing. */
export const hasNothing = ({ transmissions, acceptedAt, appointments }: Attempt): boolean =>
  acceptedAt === null && appointments.length === 0 && transmissions.length > 0 && transmissions.every(({ status }) => status === 'failed');

/** Nothing more is expected of this performer. */
export const isEnded = ({ work }: Attempt): boolean => ENDED.includes(work.status);

/** How many visits were kept, with whoever was asked. */
export const visitsOf = (referral: { attempts: readonly Attempt[] } | undefined): number =>
  (referral?.attempts ?? []).reduce((sum, { visits }) => sum + visits.length, 0);
