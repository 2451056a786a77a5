/** What of a note that came back is to stand in the chart: effects in the transaction that says which referral it answers, the receipt after the note. */
import { specialtyById } from '@refloop/domain/clinical/specialty';
import type { ResourceRef } from '@refloop/domain/fhir/reference';
import type { Instant } from '@refloop/domain/instant';
import type { Happening } from '@refloop/domain/referral/event';
import type { Referral } from '@refloop/domain/referral/referral';
import { isLinked, type Report } from '@refloop/domain/referral/report';
import { reportKey } from '@refloop/domain/write-back/identifiers';
import { noteInChart, type ReportInChart, receiptTask } from '@refloop/domain/write-back/report-in-chart';
import { NOTE_IN_CHART, NOTE_RECEIPT, type NoteContent, type ReceiptContent } from '../channels/report-in-chart.ts';
import { toJson } from '../services/kept.ts';
import { UPLOADED } from '../services/uploaded.ts';
import type { Unit } from '../store/store.ts';

/** Undefined before the order stands in the chart, and of a specialty that is no longer known. */
function aboutOf(referral: Referral, report: Report, now: Instant): ReportInChart | undefined {
  const { order, id: referralId, patientId } = referral;
  const specialty = specialtyById(referral.specialty);
  const attempt = isLinked(report) ? referral.attempts.find(({ number }) => number === report.attempt) : undefined;
  if (order.status === 'draft' || order.status === 'approved' || !specialty || !attempt) return undefined;
  const { task, performer } = attempt;
  const { id: reportId, form, fromNpi } = report;
  const receivedAt = report.receivedAt ?? now;
  return { referralId, reportId, form, patientId, order: order.reference, task, specialty, performer, fromNpi, receivedAt };
}

/** Which of them it is: nothing in the clear names a resource of the chart. */
const placeOf = ({ reports }: Referral, { id }: Report): number => reports.findIndex((each) => each.id === id) + 1;

async function addNote(unit: Unit, referral: Referral, report: Report, about: ReportInChart, documentId: string, now: Instant) {
  const content: NoteContent = {
    reportId: report.id,
    patientId: referral.patientId,
    key: reportKey(referral.id, report.id),
    documentId,
    title: `${about.specialty.consultNote.display}, ${about.performer.display}`,
    resource: noteInChart(about) as NoteContent['resource'],
  };
  const key = `${referral.id}/note/${placeOf(referral, report)}`;
  await unit.outbox.add({ referralId: referral.id, kind: NOTE_IN_CHART, key, askedAt: now, dueAt: now, content: toJson(content) });
}

async function addReceipt(
  unit: Unit,
  referral: Referral,
  report: Report,
  about: ReportInChart,
  document: ResourceRef | null,
  now: Instant,
) {
  const content: ReceiptContent = {
    reportId: report.id,
    patientId: referral.patientId,
    key: reportKey(referral.id, report.id),
    resource: receiptTask(about, document) as ReceiptContent['resource'],
  };
  const key = `${referral.id}/receipt/${placeOf(referral, report)}`;
  await unit.outbox.add({ referralId: referral.id, kind: NOTE_RECEIPT, key, askedAt: now, dueAt: now, content: toJson(content) });
}

export async function addReportEffects(unit: Unit, after: Referral, happenings: readonly Happening[], now: Instant): Promise<void> {
  for (const { fact } of happenings) {
    if (fact.type !== 'report-matched' && fact.type !== 'report-filed') continue;
    const report = after.reports.find(({ id }) => id === fact.reportId);
    const about = report && aboutOf(after, report, now);
    if (!report || !about) continue;
    // What only Refloop keeps is filed first; the receipt names where it stands.
    if (fact.type === 'report-matched' && report.document?.type === UPLOADED)
      await addNote(unit, after, report, about, report.document.id, now);
    // An interim note says how far it is; the measure counts the report.
    else if (report.form === 'final')
      await addReceipt(unit, after, report, about, fact.type === 'report-filed' ? fact.document : report.document, now);
  }
}
