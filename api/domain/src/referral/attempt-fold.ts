/** The fold of one attempt: what its facts and the notes of its office make of it. */
import type { Instant } from '../instant.ts';
import { unreachable } from '../result.ts';
import {
  type Appointment,
  type Attempt,
  isEnded,
  type Moment,
  type Provable,
  type ProvedStage,
  type SinceNote,
  type Standing,
  type Transmission,
  type Work,
  type WorkStatus,
} from './attempt.ts';
import { MOVES } from './bser.ts';
import { type AttemptFact, isAttemptFact, isCareFact } from './care-event.ts';
import type { Happening } from './event.ts';
import { factProves, isAhead, type OwnStage, reportProves } from './inference.ts';
import type { Referral } from './referral.ts';
import type { Report } from './report.ts';

export type FactOfAttempt = Exclude<AttemptFact, { type: 'attempt-opened' }>;

const INFERRED: readonly string[] = ['attempt-sent', 'attempt-accepted', 'patient-seen'] satisfies Provable[];
const isProvable = (type: string): type is Provable => INFERRED.includes(type);

type Told = { at: Moment; recordedAt: Instant };

/**
 * A stage without a time is proved by what comes next of this attempt, in the same act: by a note, and then it is taken off with that, or by
 * something else that was told, and then it stands whatever becomes of any note.
 */
export function afterFact(attempt: Attempt, fact: FactOfAttempt, event: Told & { sequence: number }): Attempt {
  return event.at === null && isProvable(fact.type) ? afterStage(attempt, fact, event.sequence) : afterTold(attempt, fact, event);
}

/** @param sequence of its event; null where none was made of it */
function afterStage(attempt: Attempt, fact: FactOfAttempt, sequence: number | null): Attempt {
  const { before, since, inferred }: SinceNote = attempt.sinceNote ?? { before: standingOf(attempt), since: [], inferred: [] };
  const stages = sequence !== null && isProvable(fact.type) ? [...inferred, { stage: fact.type, sequence }] : inferred;
  return { ...changed(attempt, fact, null), sinceNote: { before, since, inferred: stages } };
}

function afterTold(attempt: Attempt, fact: FactOfAttempt, { at, recordedAt }: Told): Attempt {
  const after = changed(attempt, fact, at);
  const { sinceNote } = attempt;
  if (sinceNote === null) return after;
  const { before, since, inferred } = sinceNote;
  const proved = heldBy({ toldAt: recordedAt }, inferred, attempt.proved);
  if (since.length === 0) return { ...after, proved, sinceNote: null };
  return { ...after, proved, sinceNote: { before, since: [...since, { fact, at, recordedAt }], inferred: [] } };
}

const standingOf = ({ work, acceptedAt, visits, appointments, transmissions }: Attempt): Standing => ({
  work,
  acceptedAt,
  visits,
  appointments,
  transmissions,
});

/** Seen, and a later date fell through: the outcome is of the visit, whatever becomes of the other date. */
const isSeenBefore = ({ visits, work }: Attempt): boolean =>
  visits.length > 0 && (work.status === 'missed' || work.status === 'appointment-cancelled');

/** A report that is known to answer an attempt moves its work where the table lets it. */
export function afterNote(attempt: Attempt, { id: reportId, form, receivedAt }: Report): Attempt {
  const { before, since, inferred }: SinceNote = attempt.sinceNote ?? { before: standingOf(attempt), since: [], inferred: [] };
  const linked: Attempt = {
    ...attempt,
    sinceNote: { before, since: [...since, { reportId }], inferred: [] },
    proved: [...heldBy({ reportId }, inferred, attempt.proved), ...newOf(inferred, attempt.proved, reportId)],
  };
  const from: WorkStatus = isSeenBefore(attempt) && form === 'final' ? 'seen' : attempt.work.status;
  const to = MOVES[from][form === 'final' ? 'outcome' : 'interim'];
  return to === 'completed' || to === 'seen' ? withWork(linked, { status: to, since: receivedAt }) : linked;
}

type Inferred = SinceNote['inferred'];

const heldBy = (by: ProvedStage['by'], stages: Inferred, before: readonly ProvedStage[]): ProvedStage[] =>
  before.map((each) => (stages.some(({ sequence }) => sequence === each.sequence) ? { ...each, by } : each));

const newOf = (stages: Inferred, before: readonly ProvedStage[], reportId: string): ProvedStage[] =>
  stages.filter(({ sequence }) => !before.some((each) => each.sequence === sequence)).map((stage) => ({ ...stage, by: { reportId } }));

/** As it would stand, by what is on record, had this note never been linked to it. */
export const withoutNote = (referral: Referral, attempt: Attempt, reportId: string): Attempt =>
  without(referral, attempt, (id) => id === reportId);

/** As it stands by what was told alone: any note that is linked may turn out to be of somebody else. */
export const withoutNotes = (referral: Referral, attempt: Attempt): Attempt => without(referral, attempt, () => true);

function without(referral: Referral, attempt: Attempt, isOff: (reportId: string) => boolean): Attempt {
  if (attempt.sinceNote === null) return attempt;
  const { before, since } = attempt.sinceNote;
  return since.reduce(
    (standing: Attempt, each) => {
      if ('fact' in each) {
        const { fact, at, recordedAt } = each;
        if (fact.type === 'attempt-opened') return standing;
        return afterTold(withStages(standing, factProves(standing, fact)), fact, { at, recordedAt });
      }
      const report = isOff(each.reportId) ? undefined : referral.reports.find(({ id }) => id === each.reportId);
      if (!report) return standing;
      return afterNote(withStages(standing, reportProves(referral, standing, report.form)), report);
    },
    { ...attempt, ...before, sinceNote: null, proved: attempt.proved.map(withoutItsNote) },
  );
}

/** What was told stays, and with it what it proves. */
const withoutItsNote = (stage: ProvedStage): ProvedStage => (stage.by && 'reportId' in stage.by ? { ...stage, by: null } : stage);

/** Put on record when the note that is taken off came first, such a stage has its event already: the last of its kind. */
const withStages = (attempt: Attempt, stages: readonly Happening[]): Attempt =>
  stages.reduce((standing, { fact }) => {
    if (!isCareFact(fact) || !isAttemptFact(fact) || fact.type === 'attempt-opened') return standing;
    const sequence = attempt.proved.findLast(({ stage }) => stage === fact.type)?.sequence ?? null;
    return afterStage(standing, fact, sequence);
  }, attempt);

const withWork = (attempt: Attempt, work: Work): Attempt => ({ ...attempt, work });

const withTransmission = (attempt: Attempt, id: string, change: (each: Transmission) => Transmission): Attempt => ({
  ...attempt,
  transmissions: attempt.transmissions.map((each) => (each.id === id ? change(each) : each)),
});

function withAppointment(attempt: Attempt, id: string, status: Appointment['status']): Attempt {
  return { ...attempt, appointments: attempt.appointments.map((each) => (each.id === id ? { ...each, status } : each)) };
}

function changed(attempt: Attempt, fact: FactOfAttempt, since: Moment): Attempt {
  switch (fact.type) {
    case 'attempt-withdrawn':
      return withWork(attempt, { status: 'cancelled', since });
    case 'attempt-sent': {
      const transmission: Transmission = { id: fact.transmissionId, channel: fact.channel, at: since, status: 'sent' };
      const sent = { ...attempt, transmissions: [...attempt.transmissions, transmission] };
      // Sent once more, it stands where it stood.
      return attempt.work.status === 'draft' ? withWork(sent, { status: 'sent', since }) : sent;
    }
    case 'transmission-delivered':
      return withTransmission(attempt, fact.transmissionId, ({ id, channel, at }) => ({ id, channel, at, status: 'delivered' }));
    case 'transmission-failed':
      return withTransmission(attempt, fact.transmissionId, ({ id, channel, at }) => ({
        id,
        channel,
        at,
        status: 'failed',
        detail: fact.detail,
      }));
    case 'attempt-received':
      return reached(attempt, fact.type, { status: 'received', since });
    case 'attempt-accepted':
      return reached({ ...attempt, acceptedAt: since }, fact.type, { status: 'accepted', since });
    case 'work-begun':
      return reached(attempt, fact.type, { status: 'in-progress', since });
    case 'attempt-declined':
      return withWork(attempt, { status: 'declined', since, reason: fact.reason });
    case 'appointment-booked':
      return booked(attempt, fact.appointmentId, fact.startsAt, since);
    case 'appointment-missed':
      return fellThrough(attempt, fact.appointmentId, 'missed', { status: 'missed', since, appointmentId: fact.appointmentId });
    case 'appointment-cancelled':
      return fellThrough(attempt, fact.appointmentId, 'cancelled', {
        status: 'appointment-cancelled',
        since,
        appointmentId: fact.appointmentId,
      });
    case 'patient-seen': {
      const kept = fact.appointmentId === null ? attempt : withAppointment(attempt, fact.appointmentId, 'kept');
      const seen = { ...kept, visits: [...attempt.visits, since] };
      return isEnded(attempt) || attempt.work.status === 'cancellation-requested' ? seen : withWork(seen, { status: 'seen', since });
    }
    case 'dates-offered':
      return { ...attempt, offered: { dates: fact.dates, at: since } };
    case 'cancellation-requested':
      return withWork(attempt, { status: 'cancellation-requested', since, reason: fact.reason });
    case 'cancellation-confirmed':
      return withWork(attempt, { status: 'cancelled', since });
    default:
      return unreachable(fact);
  }
}

/** Told while a note has the work further on, it counts once that note is taken off. */
const reached = (attempt: Attempt, stage: OwnStage, work: Work): Attempt => (isAhead(attempt, stage) ? withWork(attempt, work) : attempt);

/**
 * An appointment came to nothing. That says something of the work only where it was the one that counted: another is booked by now, was kept
 * or was missed itself, as when an office closes the date that was moved. And whoever was told to stop has still to say that they did.
 * One that stood as kept is taken back by a person alone (BSeR: from 5.1.4 to 5.1.3).
 */
function fellThrough(attempt: Attempt, appointmentId: string, came: 'missed' | 'cancelled', work: Work): Attempt {
  const after = withAppointment(attempt, appointmentId, came);
  const before = attempt.appointments.find(({ id }) => id === appointmentId)?.status;
  const { work: standing } = attempt;
  if (standing.status === 'cancellation-requested') return after;
  if (standing.status === 'scheduled') return standing.appointmentId === appointmentId ? withWork(after, work) : after;
  const counted = standing.status === 'seen' ? before === 'kept' : before !== 'replaced' && attempt.visits.length === 0;
  return counted ? withWork(after, work) : after;
}

/**
 * Another date takes the place of the one that was booked before. One that nobody told of until something came of it does so only where
 * nothing later is known, and never of a request to cancel.
 */
function booked(attempt: Attempt, appointmentId: string, startsAt: string, since: Moment): Attempt {
  const others = attempt.appointments.filter(({ id }) => id !== appointmentId);
  const standing = others.filter(({ status }) => status === 'booked' || status === 'kept').map((each) => each.startsAt);
  const isPast = [...standing, ...attempt.visits].some((at) => at !== null && at >= startsAt);
  if (since === null && (isPast || attempt.work.status === 'cancellation-requested'))
    return { ...attempt, appointments: [...others, { id: appointmentId, startsAt, status: 'replaced' }] };
  const before = others.map((each): Appointment => (each.status === 'booked' ? { ...each, status: 'replaced' } : each));
  const appointments: Appointment[] = [...before, { id: appointmentId, startsAt, status: 'booked' }];
  return withWork({ ...attempt, appointments }, { status: 'scheduled', since, appointmentId });
}
