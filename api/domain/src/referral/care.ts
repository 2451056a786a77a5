/** The fold of what happens after the order stands in the chart. Pure bookkeeping: what may happen is decided elsewhere. */
import type { Instant } from '../instant.ts';
import { unreachable } from '../result.ts';
import {
  type Appointment,
  type Attempt,
  isEnded,
  type Moment,
  newAttempt,
  type Transmission,
  type Work,
  type WorkStatus,
} from './attempt.ts';
import { MOVES } from './bser.ts';
import { type AttemptFact, type CareFact, isAttemptFact, isReportFact, type ReportFact } from './care-event.ts';
import { waitsForApproval } from './options.ts';
import { afterPayer, payerOnNext } from './payer-word.ts';
import type { Proposal } from './proposal.ts';
import type { Referral } from './referral.ts';
import type { Report } from './report.ts';
import { toSendFrom } from './to-send.ts';

/** When it happened, and who told of it by fhirUser or by the name of the software. */
export type Told = { at: Moment; recordedAt: Instant; sequence: number; by: string };

export function afterCare(referral: Referral, fact: CareFact, told: Told): Referral {
  if (isAttemptFact(fact)) return afterAttempt(referral, fact, told);
  if (isReportFact(fact)) return afterReport(referral, fact, told);
  switch (fact.type) {
    case 'performer-proposed': {
      const { performer, because } = fact;
      const { proposal } = referral;
      // Another takes its place: the clinician has had one to answer since then.
      const at = proposal.status === 'open' ? proposal.at : told.at;
      return { ...referral, proposal: { status: 'open', performer, because, at, sequence: told.sequence, attempt: null } };
    }
    case 'performer-approved':
      return {
        ...referral,
        proposal: { status: 'none' },
        furtherApproved: [
          ...referral.furtherApproved.filter(({ entryId, npi }) => entryId !== fact.performer.entryId || npi !== fact.performer.npi),
          fact.performer,
        ],
        refusedPerformers: referral.refusedPerformers.filter(({ npi }) => npi !== fact.performer.npi),
      };
    case 'performer-refused': {
      const refused = { npi: fact.performer.npi, reason: fact.reason, at: told.at };
      return { ...referral, proposal: { status: 'none' }, refusedPerformers: [...referral.refusedPerformers, refused] };
    }
    case 'authorization-asked':
    case 'authorization-decided':
    case 'authorization-for-another':
      return { ...referral, ...afterPayer(referral, fact, told) };
    case 'chart-found': {
      const refs = fact.items.flatMap((item) => item.refs);
      return { ...referral, chartFound: [...referral.chartFound, { document: fact.document, at: told.recordedAt, refs }] };
    }
    case 'patient-contacted':
      return { ...referral, contacts: [...referral.contacts, { outcome: fact.outcome, at: told.at }] };
    case 'seen-elsewhere':
      return { ...referral, elsewhere: [...referral.elsewhere, { seenBy: fact.seenBy, evidence: fact.evidence, at: told.at }] };
    case 'loss-reason-recorded':
      return { ...referral, loss: { primary: fact.primary, secondary: fact.secondary } };
    case 'message-posted':
      return { ...referral, messages: [...referral.messages, { attempt: fact.attempt, from: fact.from, at: told.recordedAt }] };
    case 'coordinator-assigned':
      return { ...referral, coordinator: fact.coordinator };
    case 'escalation-raised': {
      const { rule, stage, act, to } = fact;
      return { ...referral, escalations: [...referral.escalations, { rule, stage, act, to, at: told.recordedAt }] };
    }
    case 'patient-messaged': {
      const { topic, channel, outcome } = fact;
      return { ...referral, messaged: [...referral.messaged, { topic, channel, outcome, at: told.recordedAt }] };
    }
    case 'patient-wrote':
      return { ...referral, patientWords: [...referral.patientWords, { meaning: fact.meaning, at: told.recordedAt, status: 'open' }] };
    case 'patient-heard':
      return {
        ...referral,
        patientWords: referral.patientWords.map((word) => (fact.meanings.includes(word.meaning) ? { ...word, status: 'heard' } : word)),
      };
    case 'patient-consent-changed':
      return { ...referral, consents: { ...referral.consents, [fact.channel]: fact.given ? 'given' : 'withdrawn' } };
    case 'patient-rated':
      return { ...referral, rating: { score: fact.score, at: told.at } };
    case 'clinician-rated':
      // Of no referral: it is counted, and nothing here follows from it.
      return referral;
    case 'order-ended':
      return ended(referral, fact.how, fact.reason, told.at);
    case 'fact-set-aside':
      return { ...referral, setAside: [...referral.setAside, { status: 'open', what: fact.what, why: fact.why, since: told.recordedAt }] };
    case 'set-aside-settled': {
      const { setAside, note } = fact;
      return {
        ...referral,
        setAside: referral.setAside.map((each, at) => (at === setAside ? { ...each, status: 'settled', note } : each)),
      };
    }
    default:
      return unreachable(fact);
  }
}

function ended(referral: Referral, how: Extract<CareFact, { type: 'order-ended' }>['how'], reason: string, at: Moment): Referral {
  const { order } = referral;
  if (order.status === 'draft' || order.status === 'approved') return referral;
  const { reference, approval, writeBack } = order;
  return { ...referral, order: { status: 'ended', how, reason, at, reference, approval, writeBack } };
}

const withAttempt = (referral: Referral, number: number, change: (attempt: Attempt) => Attempt): Referral => ({
  ...referral,
  attempts: referral.attempts.map((attempt) => (attempt.number === number ? change(attempt) : attempt)),
});

function afterAttempt(referral: Referral, fact: AttemptFact, { at, sequence }: Told): Referral {
  if (fact.type === 'attempt-opened') {
    const { attempt: number, performer, because } = fact;
    const authorization = payerOnNext(referral, performer.npi);
    const attempt = newAttempt(number, performer, at, toSendFrom(referral.attempts.at(-1), referral.authorization, at));
    // Opened by a version that asked no clinician: it is put to one now, before anything is sent.
    const proposal: Proposal = waitsForApproval(referral, attempt)
      ? { status: 'open', performer, because, at, sequence, attempt: number }
      : referral.proposal;
    return { ...referral, authorization, proposal, attempts: [...referral.attempts, attempt] };
  }
  return withAttempt(referral, fact.attempt, (attempt) => changed(attempt, fact, at));
}

const withWork = (attempt: Attempt, work: Work): Attempt => ({ ...attempt, work });

const withTransmission = (attempt: Attempt, id: string, change: (each: Transmission) => Transmission): Attempt => ({
  ...attempt,
  transmissions: attempt.transmissions.map((each) => (each.id === id ? change(each) : each)),
});

function withAppointment(attempt: Attempt, id: string, status: Appointment['status']): Attempt {
  return { ...attempt, appointments: attempt.appointments.map((each) => (each.id === id ? { ...each, status } : each)) };
}

function changed(attempt: Attempt, fact: Exclude<AttemptFact, { type: 'attempt-opened' }>, since: Moment): Attempt {
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
      return withWork(attempt, { status: 'received', since });
    case 'attempt-accepted':
      return withWork({ ...attempt, acceptedAt: since }, { status: 'accepted', since });
    case 'work-begun':
      return withWork(attempt, { status: 'in-progress', since });
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

function afterReport(referral: Referral, fact: ReportFact, told: Told): Referral {
  switch (fact.type) {
    case 'report-received': {
      const { reportId, form, document, fromNpi } = fact;
      const chart = { document: null, receipt: null };
      const report: Report = { id: reportId, form, document, fromNpi, receivedAt: told.at, chart, status: 'received' };
      return { ...referral, reports: [...referral.reports, report] };
    }
    case 'report-matched':
      return matched(referral, fact.reportId, fact.attempt);
    case 'report-reviewed':
      return withReport(referral, fact.reportId, (report) =>
        report.status === 'matched' ? { ...report, status: 'reviewed', reviewedBy: told.by, reviewedAt: told.at } : report,
      );
    case 'report-refused':
      return withReport(referral, fact.reportId, (report) => ({ ...asReceived(report), status: 'not-of-this', reason: fact.reason }));
    case 'report-filed':
      return withReport(referral, fact.reportId, (report) => ({ ...report, chart: { ...report.chart, document: fact.document } }));
    case 'receipt-recorded':
      return withReport(referral, fact.reportId, (report) => ({ ...report, chart: { ...report.chart, receipt: fact.task } }));
    default:
      return unreachable(fact);
  }
}

/** What of a report holds whatever it is found to be. */
const asReceived = ({ id, form, document, fromNpi, receivedAt, chart }: Report) => ({ id, form, document, fromNpi, receivedAt, chart });

const withReport = (referral: Referral, id: string, change: (report: Report) => Report): Referral => ({
  ...referral,
  reports: referral.reports.map((report) => (report.id === id ? change(report) : report)),
});

/** Seen, and a later date fell through: the outcome is of the visit, whatever becomes of the other date. */
const isSeenBefore = ({ visits, work }: Attempt): boolean =>
  visits.length > 0 && (work.status === 'missed' || work.status === 'appointment-cancelled');

/** A report that is known to answer an attempt moves its work where the table lets it. */
function matched(referral: Referral, reportId: string, number: number): Referral {
  const linked = withReport(referral, reportId, (report) => ({ ...asReceived(report), status: 'matched', attempt: number }));
  const report = linked.reports.find(({ id }) => id === reportId);
  if (!report) return referral;
  const next = (from: WorkStatus): WorkStatus | undefined => MOVES[from][report.form === 'final' ? 'outcome' : 'interim'];
  return withAttempt(linked, number, (attempt) => {
    const to = next(isSeenBefore(attempt) && report.form === 'final' ? 'seen' : attempt.work.status);
    return to === 'completed' || to === 'seen' ? withWork(attempt, { status: to, since: report.receivedAt }) : attempt;
  });
}
