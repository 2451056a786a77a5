/** What of a note that came back is to stand in the chart: effects in the transaction that says which referral it answers, the receipt after the note. */
import { specialtyById } from '@refloop/domain/clinical/specialty';
import { type ResourceRef, referenceText } from '@refloop/domain/fhir/reference';
import type { Instant } from '@refloop/domain/instant';
import type { Happening } from '@refloop/domain/referral/event';
import type { Referral } from '@refloop/domain/referral/referral';
import { isLinked, type Report } from '@refloop/domain/referral/report';
import { reportKey } from '@refloop/domain/write-back/identifiers';
import { noteInChart, type ReportInChart, receiptTask } from '@refloop/domain/write-back/report-in-chart';
import { NOTE_IN_ERROR, type NoteInErrorContent } from '../channels/note-in-error.ts';
import { NOTE_IN_CHART, NOTE_RECEIPT, type NoteContent, type ReceiptContent } from '../channels/report-in-chart.ts';
import { holdAgain } from '../inbound/hold-again.ts';
import { toJson } from '../services/kept.ts';
import { UPLOADED } from '../services/uploaded.ts';
import type { StoredEffect } from '../store/outbox.ts';
import type { Unit } from '../store/store.ts';
import { settleEffectObligations } from './effect-obligation.ts';
import { FOUND_OUT, SEEN_TO } from './effect-trouble.ts';

/** Undefined before the order stands in the chart, and of a specialty that is no longer known. */
function aboutOf(referral: Referral, report: Report, now: Instant): ReportInChart | undefined {
  const { order, id: referralId, patientId } = referral;
  const specialty = specialtyById(referral.specialty);
  const attempt = isLinked(report) ? referral.attempts.find(({ number }) => number === report.attempt) : undefined;
  if (order.status === 'draft' || order.status === 'approved' || !specialty || !attempt) return undefined;
  const { task, performer } = attempt;
  const { id: reportId, form, fromNpi, takenOff } = report;
  const receivedAt = report.receivedAt ?? now;
  return { referralId, reportId, takenOff, form, patientId, order: order.reference, task, specialty, performer, fromNpi, receivedAt };
}

/** Which of them it is, and the how manyth time: nothing in the clear names a resource of the chart. */
function placeOf({ reports }: Referral, { id, takenOff }: Pick<Report, 'id' | 'takenOff'>): string {
  const place = reports.findIndex((each) => each.id === id) + 1;
  return takenOff === 0 ? String(place) : `${place}/${takenOff + 1}`;
}

async function addNote(unit: Unit, referral: Referral, report: Report, about: ReportInChart, documentId: string, now: Instant) {
  const content: NoteContent = {
    reportId: report.id,
    patientId: referral.patientId,
    key: reportKey(referral.id, report.id, report.takenOff),
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
    key: reportKey(referral.id, report.id, report.takenOff),
    resource: receiptTask(about, document) as ReceiptContent['resource'],
  };
  const key = `${referral.id}/receipt/${placeOf(referral, report)}`;
  await unit.outbox.add({ referralId: referral.id, kind: NOTE_RECEIPT, key, askedAt: now, dueAt: now, content: toJson(content) });
}

export async function addReportEffects(
  unit: Unit,
  before: Referral | undefined,
  after: Referral,
  happenings: readonly Happening[],
  now: Instant,
): Promise<void> {
  for (const { fact } of happenings) {
    if (fact.type === 'report-unlinked') {
      const was = before?.reports.find(({ id }) => id === fact.reportId);
      if (was) await takeOff(unit, after, was, now);
      continue;
    }
    if (fact.type === 'report-filed' || fact.type === 'receipt-recorded') await inErrorIfLate(unit, after, fact, now);
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

type Written = { type: NoteInErrorContent['type']; reference: ResourceRef | null };

/** @param report as it was linked */
async function addInError(unit: Unit, referral: Referral, report: Report, { type, reference }: Written, now: Instant): Promise<void> {
  const content: NoteInErrorContent = {
    type,
    reference: reference && referenceText(reference),
    key: reportKey(referral.id, report.id, report.takenOff),
  };
  const key = `${referral.id}/in-error/${placeOf(referral, report)}/${type}`;
  await unit.outbox.add({ referralId: referral.id, kind: NOTE_IN_ERROR, key, askedAt: now, dueAt: now, content: toJson(content) });
}

/** What was sent before the note was taken off, and heard of since. */
async function inErrorIfLate(
  unit: Unit,
  referral: Referral,
  fact: Extract<Happening['fact'], { type: 'report-filed' | 'receipt-recorded' }>,
  now: Instant,
): Promise<void> {
  const report = referral.reports.find(({ id }) => id === fact.reportId);
  if (!report || isLinked(report) || report.takenOff === 0) return;
  const written: Written =
    fact.type === 'report-filed' ? { type: 'DocumentReference', reference: fact.document } : { type: 'Task', reference: fact.task };
  await addInError(unit, referral, { ...report, takenOff: report.takenOff - 1 }, written, now);
}

/** A person said that they put it in the chart in another way, or found it there: Refloop does not know where it stands. */
const isPutByHand = ({ standing }: StoredEffect): boolean =>
  (standing.status === 'left-out' && standing.detail === SEEN_TO) || (standing.status === 'done' && standing.receipt === FOUND_OUT);

/**
 * What stands in the chart is entered in error; nobody is asked any more to put it there; and the file is held again, for whose it is.
 * @param was as it was linked
 */
async function takeOff(unit: Unit, referral: Referral, was: Report, now: Instant): Promise<void> {
  const effects = await unit.outbox.takeOfReferral(referral.id);
  const of = (kind: string, part: string): StoredEffect | undefined =>
    effects.find((each) => each.kind === kind && each.key === `${referral.id}/${part}/${placeOf(referral, was)}`);
  const sent = { document: of(NOTE_IN_CHART, 'note'), receipt: of(NOTE_RECEIPT, 'receipt') };
  for (const effect of [sent.document, sent.receipt]) {
    if (effect?.standing.status !== 'failed') continue;
    await unit.outbox.decide(effect.id, {
      standing: { status: 'left-out', detail: 'The note was taken off the referral.' },
      at: now,
      dueAt: null,
    });
    await settleEffectObligations(unit, effect, now);
  }
  const { document, receipt } = was.chart;
  if (document || (sent.document && isPutByHand(sent.document)))
    await addInError(unit, referral, was, { type: 'DocumentReference', reference: document }, now);
  if (receipt || (sent.receipt && isPutByHand(sent.receipt)))
    await addInError(unit, referral, was, { type: 'Task', reference: receipt }, now);
  const report = referral.reports.find(({ id }) => id === was.id);
  if (report) await holdAgain(unit, referral, report, now);
}
