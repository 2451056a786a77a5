/**
 * What the events of one referral come to, read a second time and by other means than the product's own fold: no function of the domain is
 * used. Whatever could not have been allowed is told as a fault.
 */
import type { StoredEvent } from '@refloop/server/store/events';
import { appointmentIn, type BookedAttempt, newAttempt, tellAttempt } from './attempt-book.ts';

/** `kept`: the file that Refloop keeps of it, where it keeps one. */
export type BookedReport = { final: boolean; attempt: number | undefined; reviewed: boolean; kept: string | undefined };

export type Book = {
  referralId: string;
  last: number;
  /** Of the last event that changes what people decide on. */
  decided: number;
  patientId: string;
  service: string;
  requester: string;
  order: 'none' | 'approved' | 'unsigned' | 'active' | 'held' | 'revoked' | 'ended';
  orderReference: string;
  /** A person said that they placed it; Refloop wrote none. */
  placedByHand: boolean;
  approvalId: string;
  /** Whom the clinician approved, with it or since, by NPI. */
  approved: Set<string>;
  /** Whom a coordinator put to the clinician. `toWait`: nobody else was asked then, so that the answer is waited for. */
  proposal: { npi: string; toWait: boolean } | undefined;
  refused: Set<string>;
  /** Every approval there ever was, and whether it still stood when its events were read last. */
  approvals: Map<string, { standing: boolean; orderVersion: string | null; npi: string; planId: string }>;
  /** `plan step` of each write that was put on record before it left. */
  announced: Set<string>;
  offered: boolean;
  attempts: BookedAttempt[];
  reports: Map<string, BookedReport>;
  /** Of something else, as somebody said: refused, or taken off. */
  dropped: Map<string, BookedReport>;
  /** How often each was taken off, and when last by a clock that nobody sets. */
  takenOff: Map<string, { times: number; at: number }>;
  setAside: number;
  /** The message by which the patient was asked how the visit was. */
  askedHow: string | undefined;
  asked: boolean;
  keys: Set<string>;
  raised: Set<string>;
  /** Whom each sending was for, by NPI. */
  transmissionsTo: Map<string, string>;
  /** Where the payer's authorization stands was said. */
  authorizationSaid: boolean;
  /** Of whom it was said, by NPI; undefined where it is said of whoever is asked. */
  saidOf: string | undefined;
  /** Whom the payer approved by name, by NPI: that stands when they are asked again. */
  payerApproved: Set<string>;
  lastRaisedAt: string;
  lastAt: string;
};

export const newBook = (referralId: string): Book => ({
  referralId,
  last: 0,
  decided: 0,
  patientId: '',
  service: 'visit',
  requester: '',
  order: 'none',
  orderReference: '',
  placedByHand: false,
  approvalId: '',
  approved: new Set(),
  proposal: undefined,
  refused: new Set(),
  approvals: new Map(),
  announced: new Set(),
  offered: false,
  attempts: [],
  reports: new Map(),
  dropped: new Map(),
  takenOff: new Map(),
  askedHow: undefined,
  setAside: 0,
  asked: false,
  keys: new Set(),
  raised: new Set(),
  transmissionsTo: new Map(),
  authorizationSaid: false,
  payerApproved: new Set(),
  saidOf: undefined,
  lastRaisedAt: '',
  lastAt: '',
});

type Data = {
  [name: string]: unknown;
  attempt?: number;
  performer?: { npi: string; network: string };
  outcome?: { status: string; reference?: string | null; orderStatus?: string };
};
type EventActor = { kind: string; subject?: string; coveringFor?: string; npi?: string; link?: string };

/** Closed by what was asked for: a visit needs that the patient was seen there; advice, an image or a procedure only what came of it. */
export const closedByBook = ({ service, attempts, reports }: Book): boolean =>
  [...reports.values()].some(
    ({ final, reviewed, attempt }) =>
      final && reviewed && attempt !== undefined && (service !== 'visit' || attempts[attempt - 1]?.seen === true),
  );

const isStill = (attempt: BookedAttempt | undefined): boolean => attempt?.over === undefined && attempt?.booked !== undefined;

/** It was asked, and nothing has become of it: neither an answer, nor a visit, nor a date that fell through. */
const isAsked = ({ reports, attempts }: Book, { sent, over, seen, fell }: BookedAttempt): boolean =>
  sent && over === undefined && !seen && !fell && ![...reports.values()].some(({ attempt }) => attempt === attempts.length);

/** Nothing more is wanted, and whoever was asked last has a visit booked or the request before them. */
export function isLeftByBook(book: Book): boolean {
  const last = book.attempts.at(-1);
  const isOver = book.order === 'ended' || book.order === 'revoked' || closedByBook(book);
  return isOver && last !== undefined && (isStill(last) || isAsked(book, last));
}

/** Who was asked before and still has the visit in their calendar, by number. */
export const stillWithByBook = ({ attempts }: Book): number[] =>
  attempts.slice(0, -1).flatMap((attempt, at) => (isStill(attempt) ? [at + 1] : []));

/** So long whoever was passed over is waited for. */
const LETS_GO_MS = 14 * 86_400_000;

/** Unless all that was sent came to nothing, and nobody there has said a word. */
const hasIt = ({ sendings, accepted, appointments }: BookedAttempt): boolean =>
  accepted || appointments.size > 0 || [...sendings.values()].some((failed) => !failed);

/** Who was asked before, was asked to stop and has said nothing, with nothing booked, seen or answered, by number: for two weeks. */
export const toLetGoByBook = ({ attempts, reports }: Book, now: Date): number[] =>
  attempts.slice(0, -1).flatMap((each, at) => {
    const { askedToCancel, askedToCancelAt, over, seen, booked } = each;
    const answered = [...reports.values()].some(({ final, attempt }) => final && attempt === at + 1);
    const isAsked = askedToCancel && over === undefined && !seen && !answered && booked === undefined && hasIt(each);
    return isAsked && now.getTime() - Date.parse(askedToCancelAt) < LETS_GO_MS ? [at + 1] : [];
  });

const owesNote = ({ reports }: Book, { seen }: BookedAttempt, number: number): boolean =>
  seen && ![...reports.values()].some(({ final, attempt }) => final && attempt === number);

/** Who was asked before, has seen the patient and has not answered, by number. */
export const notesByBook = (book: Book): number[] =>
  book.attempts.slice(0, -1).flatMap((attempt, at) => (owesNote(book, attempt, at + 1) ? [at + 1] : []));

/** A note that answers is linked and waits for its reader: nobody else is asked before that. */
export const isToReadByBook = ({ reports }: Book): boolean =>
  [...reports.values()].some(({ final, attempt, reviewed }) => final && attempt !== undefined && !reviewed);

/** Whether somebody has to do something: from the approval until it is closed, over, or nobody's any more. */
export function isOpenByBook(book: Book, now: Date): boolean {
  if (book.order === 'none') return false;
  const waits = book.setAside > 0 || book.asked || [...book.reports.values()].some(({ reviewed }) => !reviewed);
  // Of a visit that is booked for an order that is over somebody has to know what became of it.
  const still = stillWithByBook(book).length > 0 || isLeftByBook(book) || toLetGoByBook(book, now).length > 0;
  if (book.order === 'ended' || book.order === 'revoked') return waits || still;
  return waits || still || !closedByBook(book);
}

/** FHIR request-status, as the EHR says it of an order that Refloop wrote. */
function standingOf(status: string | undefined): 'active' | 'unsigned' | 'revoked' {
  if (status === undefined || status === 'active' || status === 'completed') return 'active';
  return status === 'revoked' || status === 'entered-in-error' ? 'revoked' : 'unsigned';
}

/** One that was in force and is not signed any more is on hold: what was begun goes on. */
function standingAfter({ order, attempts }: Book, status: string | undefined): Book['order'] {
  const standing = standingOf(status);
  const begun = order === 'active' || order === 'held' || (order === 'revoked' && attempts.some(({ sent }) => sent));
  return standing === 'unsigned' && begun ? 'held' : standing;
}

/** By whom something may be done, asked of the world. */
export type Authority = {
  isClinician: (subject: string) => boolean;
  covers: (subject: string, clinician: string) => boolean;
  coordinates: (subject: string) => boolean;
  isPerson: (subject: string) => boolean;
  inNetwork: (npi: string) => boolean;
  /** Whether the EHR holds an order written for this approval. */
  wroteOrder: (approvalId: string) => boolean;
  /** The patient whose a note is that is on record by this key; null of nobody’s, undefined where nobody knows, or somebody placed it by mistake. */
  patientOfNote: (factKey: string) => string | null | undefined;
  /** In milliseconds, by a clock that nobody sets. */
  trueTime: () => number;
};

/** What a clinician is asked now and then, and a text that left by itself: they take no press away. */
const isBeside = ({ type, data }: StoredEvent): boolean =>
  type === 'clinician-rated' || (type === 'patient-messaged' && (data as { outcome?: string }).outcome === 'sent');

/** Whose note is still waited for although nothing else is asked of them: they saw the patient, and another was asked or it was called off since. */
export function lateNotesByBook(book: Book): number[] {
  if ((book.order !== 'active' && book.order !== 'held') || closedByBook(book)) return [];
  const last = book.attempts.at(-1);
  const own = last?.over !== undefined && owesNote(book, last, book.attempts.length) ? [book.attempts.length] : [];
  return [...notesByBook(book), ...own];
}

/** Whoever is asked now, of what is asked of them now and is not over; of whoever was asked before that it let go, and the note that it owes. */
function mayAct(book: Book, npi: string | undefined, { type, data }: StoredEvent): boolean {
  const { attempts } = book;
  // It does not say itself of whom it is: what comes with it does.
  const isLate = lateNotesByBook(book).some((each) => attempts[each - 1]?.npi === npi);
  if (type === 'report-received' && isLate) return true;
  const { attempt: number = attempts.length } = data as Data;
  const attempt = attempts[number - 1];
  if (attempt === undefined || attempt.npi !== npi) return false;
  if (type === 'report-matched' && lateNotesByBook(book).includes(number)) return true;
  return LETTING_GO.includes(type) || (number === attempts.length && attempt.over === undefined);
}

const LETTING_GO = ['cancellation-confirmed', 'appointment-cancelled'];

/** Takes the next event into the book. @returns what it should not have been, in words without patient data */
export function takeIn(book: Book, event: StoredEvent, authority: Authority): string[] {
  const faults: string[] = [];
  const must = (holds: boolean, words: string): void => {
    if (!holds) faults.push(words);
  };
  const actor = event.actor as EventActor;
  const data = event.data as Data;
  const inferred = event.effectiveAt === null;
  must(event.sequence === book.last + 1, `order of events: event ${event.sequence} follows event ${book.last}`);
  book.last = event.sequence;
  if (!isBeside(event)) book.decided = event.sequence;
  book.lastAt = event.recordedAt;
  const key = typeof data['factKey'] === 'string' ? data['factKey'] : undefined;
  if (key !== undefined) {
    must(!book.keys.has(key), `duplicate: the press or fact ${key} counted twice`);
    book.keys.add(key);
  }
  if (actor.kind === 'office') must(mayAct(book, actor.npi, event), 'unauthorized: an office that is not asked acted');
  const attempt = data.attempt === undefined ? undefined : book.attempts[data.attempt - 1];
  const isLast = attempt !== undefined && attempt === book.attempts.at(-1);
  switch (event.type) {
    case 'referral-started':
      book.patientId = String(data['patientId']);
      book.service = String(data['service']);
      break;
    case 'recommendation-made':
      book.service = String(data['service']);
      book.offered = true;
      break;
    case 'recommendation-dismissed':
      book.offered = false;
      break;
    case 'referral-approved': {
      const requester = actor.kind === 'covering' ? actor.coveringFor : actor.subject;
      must(actor.kind === 'person' || actor.kind === 'covering', 'unapproved: it was approved by nobody');
      must(authority.isClinician(actor.subject ?? ''), 'unauthorized: it was approved by somebody who is no clinician');
      must(actor.kind !== 'covering' || authority.covers(actor.subject ?? '', requester ?? ''), 'unauthorized: approved without covering');
      must(book.order === 'none', 'duplicate: it was approved while an approval stood');
      book.order = 'approved';
      book.requester = requester ?? '';
      book.approvalId = String(data['approvalId']);
      const npi = data.performer?.npi ?? '';
      book.approvals.set(book.approvalId, {
        standing: true,
        orderVersion: (data['orderVersion'] ?? null) as string | null,
        npi,
        planId: '',
      });
      book.approved = new Set([npi, ...((data['alternates'] ?? []) as { npi: string }[]).map((each) => each.npi)]);
      book.attempts = [newAttempt(npi)];
      break;
    }
    case 'write-back-planned': {
      const approval = book.approvals.get(book.approvalId);
      if (approval) approval.planId = String(data['planId']);
      break;
    }
    case 'write-step-attempted':
      must(book.approvals.get(book.approvalId)?.planId === data['planId'], 'unapproved: a write was begun of a plan that lapsed');
      book.announced.add(`${String(data['planId'])} ${String(data['step'])}`);
      break;
    case 'write-step-settled':
      if (data['step'] === 'ServiceRequest' && data.outcome?.status === 'done') {
        book.order = standingAfter(book, data.outcome.orderStatus);
        book.orderReference = data.outcome.reference ?? '';
      }
      if (data.outcome?.status === 'by-hand') {
        must(book.order === 'approved', `unapproved: an order that was ${book.order} was said to be placed by hand`);
        must(!authority.wroteOrder(book.approvalId), 'duplicate: an order that Refloop wrote was placed by hand too');
        book.order = 'active';
        book.placedByHand = true;
        book.orderReference = data.outcome.reference ?? '';
      }
      break;
    case 'order-status-observed':
      must(data['reference'] === book.orderReference, 'order: what was seen is another order');
      book.order = standingAfter(book, data['status'] as string);
      break;
    case 'approval-withdrawn':
      must(!authority.wroteOrder(book.approvalId), 'unapproved: an approval was taken back whose order stands in the chart');
      lapse(book);
      break;
    case 'order-changed-before-write':
      must(!authority.wroteOrder(book.approvalId), 'lost: an approval lapsed whose order stands in the chart');
      lapse(book);
      break;
    case 'order-ended':
      must(book.order === 'active', `ended: an order that was ${book.order} was ended`);
      must(!closedByBook(book), 'ended: a closed loop was ended');
      must(
        [...book.reports.values()].every(({ reviewed }) => reviewed),
        'lost: the order was ended over a note that nobody has read',
      );
      book.order = 'ended';
      break;
    case 'coordinator-assigned':
      must(authority.coordinates(String(data['coordinator'])), 'owner: it was given to somebody who does not coordinate');
      break;
    case 'escalation-raised': {
      const step = `${String(data['rule'])} ${String(data['stage'])}`;
      must(!book.raised.has(step), `duplicate: the step ${String(data['rule'])} was taken twice for one stage`);
      must(authority.isPerson(String(data['to'])), 'owner: nobody of that name was told');
      book.raised.add(step);
      book.lastRaisedAt = event.recordedAt;
      break;
    }
    case 'attempt-opened': {
      const before = book.attempts.at(-1);
      const npi = data.performer?.npi ?? '';
      must(book.order === 'active', 'unapproved: somebody else was asked without an order in force');
      must(before?.over !== undefined || before?.askedToCancel === true, 'duplicate: somebody else was asked while one was still open');
      must(authority.inNetwork(npi), 'unauthorized: somebody outside the network was asked without the clinician');
      must(!closedByBook(book), 'duplicate: somebody was asked after the loop was closed');
      must(book.approved.has(npi), 'unapproved: somebody was asked whom no clinician approved');
      book.proposal = undefined;
      if (book.saidOf !== undefined && book.saidOf !== npi) {
        book.authorizationSaid = book.payerApproved.has(npi);
        book.saidOf = npi;
      }
      book.attempts.push(newAttempt(npi));
      break;
    }
    case 'performer-proposed': {
      const npi = data.performer?.npi ?? '';
      const last = book.attempts.at(-1);
      must(book.order === 'active', 'unapproved: somebody was proposed without an order in force');
      must(last?.over !== undefined || last?.askedToCancel === true, 'duplicate: somebody was proposed while one was still open');
      book.proposal = { npi, toWait: last?.over !== undefined };
      break;
    }
    case 'performer-approved':
    case 'performer-refused': {
      const npi = data.performer?.npi ?? '';
      const clinician = actor.kind === 'covering' ? actor.coveringFor : actor.subject;
      must(book.proposal?.npi === npi, 'unapproved: somebody was answered for who was not proposed');
      must(clinician === book.requester, 'misapproved: a proposal was answered by somebody whose referral it is not');
      must(authority.isClinician(actor.subject ?? ''), 'misapproved: a proposal was answered by somebody who is no clinician');
      must(
        actor.kind !== 'covering' || authority.covers(actor.subject ?? '', clinician ?? ''),
        'misapproved: a proposal was answered in a place for which nobody stands in',
      );
      const [to, from] = event.type === 'performer-approved' ? [book.approved, book.refused] : [book.refused, book.approved];
      to.add(npi);
      from.delete(npi);
      book.proposal = undefined;
      break;
    }
    case 'attempt-withdrawn':
      must(isLast && !attempt.sent, 'lost: somebody was not asked after all who had been sent it');
      break;
    case 'attempt-sent': {
      const id = String(data['transmissionId']);
      must(book.order === 'active' || (inferred && book.order !== 'none'), `unapproved: sent while the order was ${book.order}`);
      must(isLast, 'unauthorized: sent to somebody who is not asked any more');
      must(book.approved.has(attempt?.npi ?? ''), 'unapproved: sent to somebody whom no clinician approved');
      must(attempt?.over === undefined, 'unauthorized: sent to an office that declined or was cancelled');
      must(!book.transmissionsTo.has(id), 'duplicate: one sending stands twice');
      book.transmissionsTo.set(id, attempt?.npi ?? '');
      break;
    }
    case 'authorization-asked':
    case 'authorization-decided': {
      book.authorizationSaid = true;
      const npi = book.attempts.at(-1)?.npi ?? '';
      const { status: decided, reason = '' } = (data['decision'] as { status: string; reason?: string } | undefined) ?? { status: 'asked' };
      if (decided === 'approved') book.payerApproved.add(npi);
      else if (decided !== 'not-needed') book.payerApproved.delete(npi);
      // Denied for itself the service is denied whoever gives it.
      if (reason === 'not-medically-necessary' || reason === 'not-covered') book.payerApproved.clear();
      // That none is needed is of the payer and the service; all else is of whoever is asked.
      book.saidOf = decided === 'not-needed' ? undefined : npi;
      break;
    }
    case 'attempt-declined':
      must(attempt?.over === undefined, 'lost: an attempt that was over was declined');
      must(attempt?.seen !== true, 'lost: an attempt was declined whose patient was seen');
      break;
    case 'appointment-booked':
      must(attempt?.over === undefined, 'duplicate: a visit was booked with an office that is over');
      must(inferred || attempt?.booked !== appointmentIn(data), 'duplicate: one appointment was booked twice');
      break;
    case 'appointment-missed':
    case 'appointment-cancelled':
      must(
        attempt?.appointments.has(String(data['appointmentId'])) === true,
        'lost: an appointment that never was booked came to something',
      );
      break;
    case 'report-received': {
      const id = String(data['reportId']);
      must(!book.reports.has(id), 'duplicate: one report came twice');
      const whose = key === undefined ? undefined : authority.patientOfNote(key);
      must(whose === undefined || whose === book.patientId, 'misfiled: a note was filed under another patient');
      const document = data['document'] as { type: string; id: string } | null;
      const kept = document?.type === 'Document' ? document.id : undefined;
      book.reports.set(id, { final: data['form'] === 'final', attempt: undefined, reviewed: false, kept });
      break;
    }
    case 'report-matched': {
      const id = String(data['reportId']);
      const dropped = book.dropped.get(id);
      if (dropped) book.reports.set(id, { ...dropped, attempt: undefined, reviewed: false });
      must(!(dropped?.kept && book.takenOff.has(id)), 'lost: a note that was taken off is linked where it is held among what came in');
      book.dropped.delete(id);
      const report = book.reports.get(id);
      must(report !== undefined && attempt !== undefined, 'lost: a report was linked that is not there');
      must(report?.attempt === undefined, 'lost: a report was linked that is linked already');
      if (report && data.attempt !== undefined) report.attempt = data.attempt;
      break;
    }
    case 'report-refused': {
      const report = book.reports.get(String(data['reportId']));
      must(report !== undefined && report.attempt === undefined, 'lost: a note was refused that is linked, or not there');
      drop(book, String(data['reportId']));
      break;
    }
    case 'report-unlinked': {
      const id = String(data['reportId']);
      const report = book.reports.get(id);
      const mayDo = authority.coordinates(actor.subject ?? '') || actor.subject === book.requester;
      must(report?.attempt !== undefined, 'lost: a note was taken off that is linked to nothing');
      must(actor.kind === 'person' && mayDo, 'unauthorized: a note was taken off by somebody whose referral it is not');
      drop(book, id);
      book.takenOff.set(id, { times: (book.takenOff.get(id)?.times ?? 0) + 1, at: authority.trueTime() });
      if (report?.attempt !== undefined) withoutNote(book, report.attempt, id);
      break;
    }
    case 'report-reviewed': {
      const report = book.reports.get(String(data['reportId']));
      const reader = actor.kind === 'covering' ? actor.coveringFor : actor.subject;
      must(report?.attempt !== undefined, 'closed: a report was reviewed that is linked to nothing');
      must(reader === book.requester, 'unauthorized: a note was reviewed by somebody whose referral it is not');
      must(actor.kind !== 'covering' || authority.covers(actor.subject ?? '', reader ?? ''), 'unauthorized: reviewed without covering');
      if (report) report.reviewed = true;
      break;
    }
    case 'patient-messaged': {
      const { topic, outcome } = event.data as { topic?: string; outcome?: string };
      if (topic !== 'rate' || outcome !== 'sent') break;
      const message = String(data['messageId']);
      must(book.askedHow === undefined || book.askedHow === message, 'patient: somebody was asked twice how the visit was');
      book.askedHow = message;
      break;
    }
    case 'message-posted':
      book.asked = data['from'] === 'office';
      break;
    case 'fact-set-aside':
      book.setAside += 1;
      break;
    case 'set-aside-settled':
      book.setAside -= 1;
      break;
  }
  if (attempt) {
    attempt.told.push(event);
    attempt.toldAt.set(event.type, { at: authority.trueTime(), byClock: Date.parse(event.recordedAt) });
    tellAttempt(attempt, event, isFinalIn(book));
  }
  // Whoever was proposed for a loop that closed, or an order that is over, is proposed anew where that is taken back.
  if (closedByBook(book) || (book.order !== 'active' && book.order !== 'held')) book.proposal = undefined;
  return faults;
}

const isFinalIn =
  ({ reports }: Book) =>
  (reportId: string): boolean =>
    reports.get(reportId)?.final === true;

/** Stages that nobody told of, and a note proves. */
const PROVED = ['attempt-sent', 'attempt-accepted', 'patient-seen'];

function drop({ reports, dropped }: Book, id: string): void {
  const report = reports.get(id);
  if (report) dropped.set(id, { ...report, attempt: undefined, reviewed: false });
  reports.delete(id);
}

/** What somebody there did with it: it was with them. */
const IS_THERE = ['attempt-received', 'attempt-accepted', 'work-begun', 'attempt-declined', 'cancellation-confirmed'];
const isThere = ({ type }: StoredEvent): boolean => IS_THERE.includes(type) || type.startsWith('appointment-') || type === 'patient-seen';

/**
 * Everything that was told of the attempt, read anew as if this note had never come. What another note proves as well is proved by that one,
 * and what somebody there did proves that it was sent to them.
 */
function withoutNote(book: Book, number: number, reportId: string): void {
  const attempt = book.attempts[number - 1];
  if (!attempt) return;
  const links = attempt.told.filter(({ type, data }) => type === 'report-matched' && String((data as Data)['reportId']) === reportId);
  const isOfIt = (event: StoredEvent): boolean =>
    links.includes(event) ||
    (PROVED.includes(event.type) && event.effectiveAt === null && links.some(({ recordedAt }) => recordedAt === event.recordedAt));
  const told = attempt.told.filter((event) => !isOfIt(event));
  const sent = attempt.told.findLast((event) => event.type === 'attempt-sent' && isOfIt(event));
  const transmissionId = sent && String((sent.data as Data)['transmissionId']);
  if (transmissionId !== undefined) book.transmissionsTo.delete(transmissionId);
  Object.assign(attempt, { ...newAttempt(attempt.npi), toldAt: attempt.toldAt });
  const tell = (event: StoredEvent): void => {
    attempt.told.push(event);
    tellAttempt(attempt, event, isFinalIn(book));
  };
  for (const event of told) {
    const other = event.type === 'report-matched' ? book.reports.get(String((event.data as Data)['reportId'])) : undefined;
    const isOther = other?.attempt === number;
    if ((isOther || isThere(event)) && !attempt.sent) {
      // It went out with what shows it now.
      if (sent && transmissionId !== undefined) {
        book.transmissionsTo.set(transmissionId, attempt.npi);
        tell({ ...sent, recordedAt: event.recordedAt });
      }
      attempt.sent = true;
    }
    if (isOther && other.final && book.service === 'visit') attempt.seen = true;
    tell(event);
  }
}

/** The approval was for a version that is no more, or was taken back. */
function lapse(book: Book): void {
  const approval = book.approvals.get(book.approvalId);
  if (approval) approval.standing = false;
  book.order = 'none';
  book.proposal = undefined;
  book.attempts = [];
}
