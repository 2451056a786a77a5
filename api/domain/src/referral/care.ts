/** The fold of what happens after the order stands in the chart. Pure bookkeeping: what may happen is decided elsewhere. */
import type { Instant } from '../instant.ts';
import { unreachable } from '../result.ts';
import { type Attempt, type Moment, newAttempt } from './attempt.ts';
import { afterFact, afterNote, withoutNote } from './attempt-fold.ts';
import { type AttemptFact, type CareFact, isAttemptFact, isReportFact, type ReportFact } from './care-event.ts';
import { closedBy } from './closure.ts';
import { waitsForApproval } from './options.ts';
import { afterPayer, payerOnNext } from './payer-word.ts';
import type { Proposal } from './proposal.ts';
import type { Referral } from './referral.ts';
import { isLinked, type Report } from './report.ts';
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

function afterAttempt(referral: Referral, fact: AttemptFact, { at, recordedAt, sequence }: Told): Referral {
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
  return withAttempt(referral, fact.attempt, (attempt) => afterFact(attempt, fact, { at, recordedAt, sequence }));
}

function afterReport(referral: Referral, fact: ReportFact, told: Told): Referral {
  switch (fact.type) {
    case 'report-received': {
      const { reportId, form, document, fromNpi } = fact;
      const chart = { document: null, receipt: null };
      const report: Report = { id: reportId, form, document, fromNpi, receivedAt: told.at, chart, takenOff: 0, status: 'received' };
      return { ...referral, reports: [...referral.reports, report] };
    }
    case 'report-matched':
      return matched(referral, fact.reportId, fact.attempt, told.recordedAt);
    case 'report-reviewed':
      return withReport(referral, fact.reportId, (report) =>
        report.status === 'matched' ? { ...report, status: 'reviewed', reviewedBy: told.by, reviewedAt: told.at } : report,
      );
    case 'report-refused':
      return withReport(referral, fact.reportId, (report) => ({ ...asReceived(report), status: 'not-of-this', reason: fact.reason }));
    case 'report-unlinked':
      return unlinked(referral, fact.reportId, fact.reason, told.recordedAt);
    case 'report-filed':
      return withReport(referral, fact.reportId, (report) => ({ ...report, chart: { ...report.chart, document: fact.document } }));
    case 'receipt-recorded':
      return withReport(referral, fact.reportId, (report) => ({ ...report, chart: { ...report.chart, receipt: fact.task } }));
    default:
      return unreachable(fact);
  }
}

/** What of a report holds whatever it is found to be. */
const asReceived = ({ id, form, document, fromNpi, receivedAt, chart, takenOff }: Report) => ({
  id,
  form,
  document,
  fromNpi,
  receivedAt,
  chart,
  takenOff,
});

const withReport = (referral: Referral, id: string, change: (report: Report) => Report): Referral => ({
  ...referral,
  reports: referral.reports.map((report) => (report.id === id ? change(report) : report)),
});

function matched(referral: Referral, reportId: string, number: number, linkedAt: Instant): Referral {
  const linked = withReport(referral, reportId, (report) => ({
    ...asReceived(report),
    // A receipt of before is entered in error: the next one is another.
    chart: report.status === 'not-of-this' ? { ...report.chart, receipt: null } : report.chart,
    status: 'matched',
    attempt: number,
    linkedAt,
  }));
  const report = linked.reports.find(({ id }) => id === reportId);
  return report ? withAttempt(linked, number, (attempt) => afterNote(attempt, report)) : referral;
}

/** The work goes back to where it stands by all else: what is on record since counts as it would have counted without this note. */
function unlinked(referral: Referral, reportId: string, reason: string, at: Instant): Referral {
  const report = referral.reports.find(({ id }) => id === reportId);
  if (!report || !isLinked(report)) return referral;
  const off = withReport(referral, reportId, (each) => ({
    ...asReceived(each),
    takenOff: each.takenOff + 1,
    status: 'not-of-this',
    reason,
  }));
  const without = withAttempt(off, report.attempt, (attempt) => ({ ...withoutNote(off, attempt, reportId), reopenedAt: at }));
  return closedBy(referral) && !closedBy(without) ? loopReopened(without, at) : without;
}

/** Of a loop that was closed nothing was owed by anybody who was asked. */
const loopReopened = (referral: Referral, at: Instant): Referral => ({
  ...referral,
  reopenedAt: at,
  attempts: referral.attempts.map((attempt) => ({ ...attempt, reopenedAt: at })),
});
