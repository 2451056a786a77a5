/** What may be asked of a referral whose order stands in the chart. The recipient's acts obey the BSeR table (bser.ts). */
import type { ResourceRef } from '../fhir/reference.ts';
import type { Instant } from '../instant.ts';
import { ok, type Result, refuse, unreachable } from '../result.ts';
import { type Attempt, type Channel, type DeclineReason, isEnded, isFree, type Moment, type WorkStatus } from './attempt.ts';
import { authorizationHold } from './authorization-hold.ts';
import { type Act, MOVES } from './bser.ts';
import type { Assignment, CareFact, ContactOutcome, EndingKind, Misfiling, Rating, RerouteReason } from './care-event.ts';
import { closedBy } from './closure.ts';
import type { Happening, Performer } from './event.ts';
import { reportProves, visitProved } from './inference.ts';
import type { LossReason } from './loss-reason.ts';
import { isApproved, waitsForApproval } from './options.ts';
import { type OpenProposal, openProposal } from './proposal.ts';
import type { Referral } from './referral.ts';
import { isHeldAgain, isLinked, type Report } from './report.ts';
import { isOver } from './still-booked.ts';

type ReportGiven = { reportId: string; document: ResourceRef | null; fromNpi: string | null };

/** Of one attempt, by whoever does it: the practice sends and asks for cancellation, the rest is the recipient's. */
export type AttemptCommand = { attempt: number /** When it was done, as whoever did it says. */; at: Instant } & (
  | { type: 'send'; transmissionId: string; channel: Channel }
  | { type: 'acknowledge' }
  | { type: 'request-cancellation'; reason: string }
  | { type: 'accept' }
  | { type: 'decline'; reason: DeclineReason }
  | { type: 'begin-work' }
  | { type: 'schedule'; appointmentId: string; startsAt: Instant }
  | { type: 'offer-dates'; dates: Instant[] }
  | { type: 'no-show'; appointmentId: string }
  | { type: 'cancel-appointment'; appointmentId: string; by: 'patient' | 'specialist' | 'unknown' }
  | { type: 'mark-seen'; appointmentId: string | null }
  | ({ type: 'give-interim-note' } & ReportGiven)
  | ({ type: 'give-outcome' } & ReportGiven)
  | { type: 'confirm-cancellation' }
);

export type CareCommand =
  | AttemptCommand
  /** Asks another of whom a clinician approved. */
  | { type: 'reroute'; performer: Performer; because: RerouteReason }
  /** Puts somebody to the clinician whom none has approved; takes the place of whoever was proposed before. */
  | { type: 'propose-performer'; performer: Performer; because: RerouteReason }
  /** A clinician’s alone: the proposed one is asked from now on. `proposal`: the sequence of what was read. */
  | { type: 'approve-performer'; proposal: number }
  | { type: 'refuse-performer'; proposal: number; reason: string }
  /** The patient wants another of whom the clinician approved: whoever is asked now is told to stop, or is not asked after all. */
  | { type: 'choose-other'; performer: Performer; words: string }
  | { type: 'match-report'; reportId: string; attempt: number }
  | { type: 'review-report'; reportId: string }
  | { type: 'refuse-report'; reportId: string; reason: string }
  | { type: 'unlink-report'; reportId: string; because: Misfiling; reason: string }
  /** How the clinician who has reviewed something of it finds their work with Refloop. */
  | { type: 'rate-work'; score: Rating }
  | { type: 'ask-authorization' }
  | { type: 'record-contact'; outcome: ContactOutcome }
  | { type: 'record-loss-reason'; primary: LossReason; secondary: LossReason[] }
  /** A word to the office of this attempt, or from it. */
  | { type: 'post-message'; attempt: number; from: 'practice' | 'office'; text: string }
  /** Given to a coordinator, by subject: taken by oneself or handed to another. */
  | { type: 'assign'; coordinator: string; because: Assignment }
  | { type: 'end'; how: EndingKind; reason: string }
  | { type: 'settle-set-aside'; setAside: number; note: string };

export type CareRefusal =
  /** Nothing leaves without the clinician's order in force. */
  | { kind: 'order-not-active'; status: Referral['order']['status'] }
  /** R112: the payer was asked and has not approved. */
  | { kind: 'authorization-open'; status: 'asked' | 'denied' }
  | { kind: 'no-such-attempt'; attempt: number }
  | { kind: 'not-yet'; at: Instant }
  | { kind: 'not-in-this-state'; act: Act; status: WorkStatus }
  | { kind: 'no-such-appointment'; appointmentId: string }
  | { kind: 'attempt-still-open'; attempt: number }
  /** R57: nothing leaves for anybody whom no clinician approved. */
  | { kind: 'performer-not-approved'; npi: string }
  /** Who is approved is asked, not proposed. */
  | { kind: 'performer-approved-already'; npi: string }
  | { kind: 'performer-proposed-already'; npi: string }
  /** Answered, lapsed, or another one was proposed since. */
  | { kind: 'no-such-proposal'; proposal: number }
  | { kind: 'no-such-report'; reportId: string }
  | { kind: 'report-not-matched'; reportId: string }
  /** It was taken off, and lies among what came in. */
  | { kind: 'report-held-again'; reportId: string }
  /** Nobody is asked how it went before something of it was read. */
  | { kind: 'nothing-reviewed' }
  | { kind: 'already-closed' }
  | { kind: 'nothing-set-aside'; setAside: number };

const ACT_OF: Record<AttemptCommand['type'], Act> = {
  send: 'send',
  acknowledge: 'acknowledge',
  'request-cancellation': 'request-cancellation',
  accept: 'accept',
  decline: 'decline',
  'begin-work': 'begin-work',
  schedule: 'schedule',
  // Dates come from who would book one of them.
  'offer-dates': 'schedule',
  'no-show': 'no-show',
  'cancel-appointment': 'cancel-appointment',
  'mark-seen': 'interim',
  'give-interim-note': 'interim',
  'give-outcome': 'outcome',
  'confirm-cancellation': 'confirm-cancellation',
};

const isAttemptCommand = (command: CareCommand): command is AttemptCommand => Object.hasOwn(ACT_OF, command.type);

type Decision = Result<Happening[], CareRefusal>;

const happened = (at: Moment, ...facts: CareFact[]): Happening[] => facts.map((fact) => ({ effectiveAt: at, factKey: null, fact }));

type Of<Type extends CareCommand['type']> = Extract<CareCommand, { type: Type }>;

const inForce = ({ order }: Referral): CareRefusal | undefined =>
  order.status === 'active' ? undefined : { kind: 'order-not-active', status: order.status };

/** What was begun goes on while the order is on hold: what is told of it is put on record. */
const begun = (referral: Referral): CareRefusal | undefined => (referral.order.status === 'on-hold' ? undefined : inForce(referral));

export function decideCare(referral: Referral, command: CareCommand, now: Instant): Decision {
  if (isAttemptCommand(command)) return ofAttempt(referral, command, now);
  switch (command.type) {
    case 'match-report':
      return matchReport(referral, command, now);
    case 'refuse-report':
      return refuseReport(referral, command, now);
    case 'unlink-report':
      return unlinkReport(referral, command, now);
    case 'review-report':
      return reviewReport(referral, command.reportId, now);
    case 'rate-work':
      if (!referral.reports.some(({ status }) => status === 'reviewed')) return refuse({ kind: 'nothing-reviewed' });
      return ok(happened(now, { type: 'clinician-rated', version: 1, score: command.score }));
    case 'record-loss-reason':
      return ok(happened(now, { type: 'loss-reason-recorded', version: 1, primary: command.primary, secondary: command.secondary }));
    case 'settle-set-aside':
      return settleSetAside(referral, command, now);
    case 'record-contact':
      return ok(happened(now, { type: 'patient-contacted', version: 1, outcome: command.outcome }));
    case 'ask-authorization':
      return askAuthorization(referral, now);
    case 'post-message': {
      // What an office asked is answered also when the order is over by then.
      const afterwards = command.from === 'practice' && isOver(referral);
      const refusal = afterwards ? undefined : begun(referral);
      if (refusal) return refuse(refusal);
      const { attempt, from, text } = command;
      if (!referral.attempts.some(({ number }) => number === attempt)) return refuse({ kind: 'no-such-attempt', attempt });
      return ok(happened(now, { type: 'message-posted', version: 1, attempt, from, text }));
    }
    case 'assign':
      return assign(referral, command, now);
    case 'end':
      return end(referral, command, now);
    case 'reroute':
      return reroute(referral, command, now);
    case 'propose-performer':
      return propose(referral, command, now);
    case 'approve-performer':
      return approvePerformer(referral, command, now);
    case 'refuse-performer':
      return refusePerformer(referral, command, now);
    case 'choose-other':
      return chooseOther(referral, command, now);
    default:
      return unreachable(command);
  }
}

function ofAttempt(referral: Referral, command: AttemptCommand, now: Instant): Decision {
  const refusal = command.type === 'send' ? inForce(referral) : begun(referral);
  if (refusal) return refuse(refusal);
  const attempt = referral.attempts.find(({ number }) => number === command.attempt);
  if (!attempt) return refuse({ kind: 'no-such-attempt', attempt: command.attempt });
  if (command.at > now) return refuse({ kind: 'not-yet', at: command.at });
  if (command.type === 'send' && waitsForApproval(referral, attempt))
    return refuse({ kind: 'performer-not-approved', npi: attempt.performer.npi });
  const hold = command.type === 'send' ? authorizationHold(referral) : undefined;
  if (hold) return refuse({ kind: 'authorization-open', status: hold });
  const act = ACT_OF[command.type];
  const { status } = attempt.work;
  // A second transmission of what is open already moves nothing.
  const again = command.type === 'send' && status !== 'draft' && !isEnded(attempt);
  if (!again && MOVES[status][act] === undefined) return refuse({ kind: 'not-in-this-state', act, status });
  return acted(referral, attempt, command);
}

function acted(referral: Referral, attempt: Attempt, command: AttemptCommand): Decision {
  const { number } = attempt;
  const base = { version: 1, attempt: number } as const;
  const done = (...facts: CareFact[]): Decision => ok(happened(command.at, ...facts));
  const unknown = (appointmentId: string): boolean => !attempt.appointments.some(({ id }) => id === appointmentId);
  switch (command.type) {
    case 'send':
      return done({ type: 'attempt-sent', ...base, transmissionId: command.transmissionId, channel: command.channel });
    case 'acknowledge':
      return done({ type: 'attempt-received', ...base });
    case 'request-cancellation':
      return done({ type: 'cancellation-requested', ...base, reason: command.reason });
    case 'accept':
      return done({ type: 'attempt-accepted', ...base });
    case 'decline':
      return done({ type: 'attempt-declined', ...base, reason: command.reason });
    case 'begin-work':
      return done({ type: 'work-begun', ...base });
    case 'schedule':
      return done({ type: 'appointment-booked', ...base, appointmentId: command.appointmentId, startsAt: command.startsAt });
    case 'offer-dates':
      return done({ type: 'dates-offered', ...base, dates: command.dates });
    case 'no-show':
      if (unknown(command.appointmentId)) return refuse({ kind: 'no-such-appointment', appointmentId: command.appointmentId });
      return done({ type: 'appointment-missed', ...base, appointmentId: command.appointmentId });
    case 'cancel-appointment':
      if (unknown(command.appointmentId)) return refuse({ kind: 'no-such-appointment', appointmentId: command.appointmentId });
      return done({ type: 'appointment-cancelled', ...base, appointmentId: command.appointmentId, by: command.by });
    case 'mark-seen': {
      const { appointmentId } = command;
      if (appointmentId !== null && unknown(appointmentId)) return refuse({ kind: 'no-such-appointment', appointmentId });
      return done({ type: 'patient-seen', ...base, appointmentId });
    }
    case 'give-interim-note':
      return done(...given(number, 'interim', command));
    case 'give-outcome':
      return ok([...visitProved(referral, attempt, 'final'), ...happened(command.at, ...given(number, 'final', command))]);
    case 'confirm-cancellation':
      return done({ type: 'cancellation-confirmed', ...base });
    default:
      return unreachable(command);
  }
}

const given = (attempt: number, form: Report['form'], { reportId, document, fromNpi }: ReportGiven): CareFact[] => [
  { type: 'report-received', version: 1, reportId, form, document, fromNpi },
  { type: 'report-matched', version: 1, reportId, attempt },
];

/** The order stays as it is: another performer is asked. Whoever was asked before has ended it, or was told to stop. */
function reroute(referral: Referral, { performer, because }: Of<'reroute'>, now: Instant): Decision {
  const refusal = whyNoneNext(referral);
  if (refusal) return refuse(refusal);
  if (!isApproved(referral, performer)) return refuse({ kind: 'performer-not-approved', npi: performer.npi });
  return ok(happened(now, opened(referral, performer, because)));
}

/** Why nobody further can be asked now, whoever it would be. */
function whyNoneNext(referral: Referral): CareRefusal | undefined {
  const refusal = inForce(referral);
  if (refusal) return refusal;
  if (closedBy(referral)) return { kind: 'already-closed' };
  const last = referral.attempts.at(-1);
  return last && !isFree(last) ? { kind: 'attempt-still-open', attempt: last.number } : undefined;
}

function propose(referral: Referral, { performer, because }: Of<'propose-performer'>, now: Instant): Decision {
  const refusal = whyNoneNext(referral);
  if (refusal) return refuse(refusal);
  const { npi } = performer;
  if (isApproved(referral, performer)) return refuse({ kind: 'performer-approved-already', npi });
  const open = openProposal(referral)?.performer;
  if (open?.npi === npi && open.entryId === performer.entryId) return refuse({ kind: 'performer-proposed-already', npi });
  return ok(happened(now, { type: 'performer-proposed', version: 1, performer, because }));
}

/** What was read, where it still waits for its answer. */
function readProposal(referral: Referral, proposal: number): OpenProposal | undefined {
  const open = openProposal(referral);
  return open?.sequence === proposal ? open : undefined;
}

function approvePerformer(referral: Referral, { proposal }: Of<'approve-performer'>, now: Instant): Decision {
  const read = readProposal(referral, proposal);
  if (!read) return refuse({ kind: 'no-such-proposal', proposal });
  const { performer, because, attempt } = read;
  const approved: CareFact = { type: 'performer-approved', version: 1, performer };
  // It was opened before anybody was asked for an approval: it may be sent from now on.
  if (attempt !== null) {
    const refusal = inForce(referral);
    return refusal ? refuse(refusal) : ok(happened(now, approved));
  }
  const refusal = whyNoneNext(referral);
  if (refusal) return refuse(refusal);
  return ok(happened(now, approved, opened(referral, performer, because)));
}

function refusePerformer(referral: Referral, { proposal, reason }: Of<'refuse-performer'>, now: Instant): Decision {
  const read = readProposal(referral, proposal);
  if (!read) return refuse({ kind: 'no-such-proposal', proposal });
  const { performer, attempt } = read;
  const refused: CareFact = { type: 'performer-refused', version: 1, performer, reason };
  if (attempt === null) return ok(happened(now, refused));
  return ok(happened(now, refused, { type: 'attempt-withdrawn', version: 2, attempt, because: 'clinician-refused' }));
}

function opened({ attempts }: Referral, performer: Performer, because: RerouteReason): CareFact {
  return { type: 'attempt-opened', version: 1, attempt: (attempts.at(-1)?.number ?? 0) + 1, performer, because };
}

function chooseOther(referral: Referral, { performer, words }: Of<'choose-other'>, now: Instant): Decision {
  const refusal = inForce(referral);
  if (refusal) return refuse(refusal);
  if (closedBy(referral)) return refuse({ kind: 'already-closed' });
  if (!isApproved(referral, performer)) return refuse({ kind: 'performer-not-approved', npi: performer.npi });
  const last = referral.attempts.at(-1);
  const next = opened(referral, performer, 'patient-asked');
  if (!last || isFree(last)) return ok(happened(now, next));
  const { number } = last;
  if (last.work.status === 'draft')
    return ok(happened(now, { type: 'attempt-withdrawn', version: 2, attempt: number, because: 'patient-chose' }, next));
  if (MOVES[last.work.status]['request-cancellation'] === undefined) return refuse({ kind: 'attempt-still-open', attempt: number });
  return ok(happened(now, { type: 'cancellation-requested', version: 1, attempt: number, reason: words }, next));
}

/** Whether another performer can be asked now, or proposed. */
export function mayReroute(referral: Referral): boolean {
  return referral.attempts.length > 0 && whyNoneNext(referral) === undefined;
}

/** One that was refused by mistake is linked all the same. */
function matchReport(referral: Referral, { reportId, attempt: number }: Of<'match-report'>, now: Instant): Decision {
  const report = referral.reports.find(({ id }) => id === reportId);
  if (!report) return refuse({ kind: 'no-such-report', reportId });
  const attempt = referral.attempts.find((each) => each.number === number);
  if (!attempt) return refuse({ kind: 'no-such-attempt', attempt: number });
  if (isLinked(report)) return ok([]);
  if (isHeldAgain(report)) return refuse({ kind: 'report-held-again', reportId });
  return ok([
    ...reportProves(referral, attempt, report.form),
    ...happened(now, { type: 'report-matched', version: 1, reportId, attempt: number }),
  ]);
}

/** Only of one that nobody has linked: what a clinician was asked to review is theirs. */
function refuseReport(referral: Referral, { reportId, reason }: Of<'refuse-report'>, now: Instant): Decision {
  const report = referral.reports.find(({ id }) => id === reportId);
  if (!report) return refuse({ kind: 'no-such-report', reportId });
  return ok(report.status === 'received' ? happened(now, { type: 'report-refused', version: 1, reportId, reason }) : []);
}

/** Before its review and after it, whatever became of the order: a note of somebody else in a chart is never left there. */
function unlinkReport(referral: Referral, { reportId, because, reason }: Of<'unlink-report'>, now: Instant): Decision {
  const report = referral.reports.find(({ id }) => id === reportId);
  if (!report) return refuse({ kind: 'no-such-report', reportId });
  return ok(isLinked(report) ? happened(now, { type: 'report-unlinked', version: 1, reportId, because, reason }) : []);
}

/** Whoever reviewed it first closed the loop; a second review changes nothing. */
function reviewReport(referral: Referral, reportId: string, now: Instant): Decision {
  const report = referral.reports.find(({ id }) => id === reportId);
  if (!report) return refuse({ kind: 'no-such-report', reportId });
  switch (report.status) {
    case 'received':
    case 'not-of-this':
      return refuse({ kind: 'report-not-matched', reportId });
    case 'matched':
      return ok(happened(now, { type: 'report-reviewed', version: 1, reportId }));
    case 'reviewed':
      return ok([]);
    default:
      return unreachable(report);
  }
}

function askAuthorization(referral: Referral, now: Instant): Decision {
  const refusal = begun(referral);
  if (refusal) return refuse(refusal);
  return ok(referral.authorization.status === 'asked' ? [] : happened(now, { type: 'authorization-asked', version: 1 }));
}

function assign(referral: Referral, { coordinator, because }: Of<'assign'>, now: Instant): Decision {
  if (referral.coordinator === coordinator) return ok([]);
  return ok(happened(now, { type: 'coordinator-assigned', version: 1, coordinator, because }));
}

function end(referral: Referral, { how, reason }: Of<'end'>, now: Instant): Decision {
  const refusal = inForce(referral);
  if (refusal) return refuse(refusal);
  if (closedBy(referral)) return refuse({ kind: 'already-closed' });
  return ok(happened(now, { type: 'order-ended', version: 1, how, reason }));
}

function settleSetAside(referral: Referral, { setAside, note }: Of<'settle-set-aside'>, now: Instant): Decision {
  if (referral.setAside[setAside]?.status !== 'open') return refuse({ kind: 'nothing-set-aside', setAside });
  return ok(happened(now, { type: 'set-aside-settled', version: 1, setAside, note }));
}
