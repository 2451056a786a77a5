/** What of a note that came back is to stand in the chart: effects in the transaction that says which referral it answers, the receipt after the note. */
import { specialtyById } from '@refloop/domain/clinical/specialty';
import { type ResourceRef, referenceText } from '@refloop/domain/fhir/reference';
import type { Instant } from '@refloop/domain/instant';
import type { Misfiling } from '@refloop/domain/referral/care-event';
import type { Happening } from '@refloop/domain/referral/event';
import type { Referral } from '@refloop/domain/referral/referral';
import { isLinked, type Report } from '@refloop/domain/referral/report';
import { reportKey } from '@refloop/domain/write-back/identifiers';
import { noteInChart, type ReportInChart, receiptTask } from '@refloop/domain/write-back/report-in-chart';
import { LINKED_ANEW, NOTE_IN_ERROR, type NoteInErrorContent } from '../channels/note-in-error.ts';
import {
  isTakenOff,
  madeAs,
  NOTE_IN_CHART,
  NOTE_RECEIPT,
  type NoteContent,
  OfNote,
  type ReceiptContent,
  TAKEN_OFF,
} from '../channels/report-in-chart.ts';
import { holdAgain } from '../inbound/hold-again.ts';
import { toJson } from '../services/kept.ts';
import { UPLOADED } from '../services/uploaded.ts';
import type { EffectStanding, StoredEffect } from '../store/outbox.ts';
import type { Unit } from '../store/store.ts';
import { type EffectObligationContent, settleEffectObligations } from './effect-obligation.ts';
import { FOUND_OUT, PERHAPS_SENT, SEEN_TO } from './effect-trouble.ts';

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

/** Which of them it is, and how often it was linked: nothing in the clear names a resource of the chart. */
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
      if (was) await takeOff(unit, after, was, fact.because, now);
      continue;
    }
    if (fact.type !== 'report-matched' && fact.type !== 'report-filed') continue;
    const report = after.reports.find(({ id }) => id === fact.reportId);
    if (report && fact.type === 'report-matched') await linkedAnew(unit, after, report, now);
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

type Written = Pick<NoteInErrorContent, 'type' | 'unknown'> & { reference: ResourceRef | null };

const TYPES: Readonly<Partial<Record<string, NoteInErrorContent['type']>>> = {
  [NOTE_IN_CHART]: 'DocumentReference',
  [NOTE_RECEIPT]: 'Task',
};

/** @param of its business identifier, which it is and how often it was linked (`placeOf`) */
async function addInError(
  unit: Unit,
  referral: Referral,
  of: { key: string; place: string },
  written: Written,
  now: Instant,
): Promise<void> {
  const { type, reference, unknown } = written;
  const content: NoteInErrorContent = {
    type,
    reference: reference && referenceText(reference),
    ...(unknown ? { unknown } : {}),
    patientId: referral.patientId,
    key: of.key,
  };
  const key = `${referral.id}/in-error/${of.place}/${type}`;
  await unit.outbox.add({ referralId: referral.id, kind: NOTE_IN_ERROR, key, askedAt: now, dueAt: now, content: toJson(content) });
}

/** A person said that they put it in the chart in another way, or found it there: Refloop does not know where it stands. */
const isPutByHand = ({ standing }: { standing: EffectStanding }): boolean =>
  (standing.status === 'left-out' && standing.detail === SEEN_TO) || (standing.status === 'done' && standing.receipt === FOUND_OUT);

/** Nobody looks for it any more by themselves. */
const isInDoubt = ({ standing, dueAt }: StoredEffect): boolean => standing.status === 'unknown' && dueAt === null;

/** A person had it sent again after such a doubt, and it has not left since: what was in doubt may have happened. */
async function wasInDoubt(unit: Unit, { id, referralId, standing }: StoredEffect): Promise<boolean> {
  if (standing.status !== 'waiting') return false;
  const doubts = await unit.obligations.list({ status: 'done', kind: PERHAPS_SENT, referralId });
  return doubts.some(({ content }) => (content as Partial<EffectObligationContent>).effectId === id);
}

/** It is of this patient after all: nobody is asked any more to take it out. */
async function linkedAnew(unit: Unit, referral: Referral, report: Report, now: Instant): Promise<void> {
  if (report.takenOff === 0) return;
  const before = placeOf(referral, { id: report.id, takenOff: report.takenOff - 1 });
  const effects = await unit.outbox.takeOfReferral(referral.id);
  const asked = effects.find(({ key }) => key === `${referral.id}/in-error/${before}/DocumentReference`);
  if (asked?.standing.status !== 'failed') return;
  await unit.outbox.decide(asked.id, { standing: { status: 'left-out', detail: LINKED_ANEW }, at: now, dueAt: null });
  await settleEffectObligations(unit, asked, now);
}

/**
 * What stands in the chart is entered in error; nobody is asked any more to put it there, or whether they did; and the file is held again, for
 * whose it is. What is under way is taken back when it is known what became of it (`takeBackLate`).
 * @param was as it was linked
 */
async function takeOff(unit: Unit, referral: Referral, was: Report, because: Misfiling, now: Instant): Promise<void> {
  const effects = await unit.outbox.takeOfReferral(referral.id);
  const of = { key: reportKey(referral.id, was.id, was.takenOff), place: placeOf(referral, was) };
  const parts = [
    { kind: NOTE_IN_CHART, part: 'note', type: 'DocumentReference', reference: was.chart.document },
    { kind: NOTE_RECEIPT, part: 'receipt', type: 'Task', reference: was.chart.receipt },
  ] as const;
  for (const { kind, part, type, reference } of parts) {
    const effect = effects.find((each) => each.kind === kind && each.key === `${referral.id}/${part}/${of.place}`);
    const isDoubtful = effect !== undefined && (isInDoubt(effect) || (await wasInDoubt(unit, effect)));
    if (effect && (effect.standing.status === 'failed' || isInDoubt(effect))) {
      await unit.outbox.decide(effect.id, { standing: { status: 'left-out', detail: TAKEN_OFF }, at: now, dueAt: null });
      await settleEffectObligations(unit, effect, now);
    }
    if (reference) await addInError(unit, referral, of, { type, reference }, now);
    else if (isDoubtful) await addInError(unit, referral, of, { type, reference: null, unknown: 'perhaps-sent' }, now);
    else if (effect && isPutByHand(effect)) await addInError(unit, referral, of, { type, reference: null, unknown: 'put-by-hand' }, now);
  }
  // Refloop did not put it there, and nobody else may know: another patient’s note is not left in this one’s records.
  if (because === 'other-patient' && was.document?.type !== UPLOADED)
    await addInError(
      unit,
      referral,
      of,
      { type: 'DocumentReference', reference: null, unknown: was.document ? 'of-chart' : 'on-paper' },
      now,
    );
  const report = referral.reports.find(({ id }) => id === was.id);
  if (report) await holdAgain(unit, referral, report, now);
}

/**
 * What was sent of a note that was taken off since, once it is known what became of it: what stands in the chart is entered in error, and what
 * perhaps does is looked for by a person.
 * @param standing what it came to
 */
export async function takeBackLate(
  unit: Unit,
  referral: Referral,
  effect: StoredEffect,
  standing: EffectStanding,
  now: Instant,
): Promise<void> {
  const type = TYPES[effect.kind];
  const content = OfNote.safeParse(effect.content);
  const [, place] = /\/(?:note|receipt)\/([\d/]+)$/.exec(effect.key) ?? [];
  if (type === undefined || !content.success || place === undefined) return;
  const { key } = content.data;
  if (standing.status === 'failed' || standing.status === 'unknown')
    await unit.outbox.decide(effect.id, { standing: { status: 'left-out', detail: TAKEN_OFF }, at: now, dueAt: null });
  if (standing.status === 'unknown')
    await addInError(unit, referral, { key, place }, { type, reference: null, unknown: 'perhaps-sent' }, now);
  if (standing.status !== 'done' && !isPutByHand({ standing })) return;
  const reference = (standing.status === 'done' ? madeAs(type, standing.receipt) : undefined) ?? null;
  await addInError(unit, referral, { key, place }, reference ? { type, reference } : { type, reference, unknown: 'put-by-hand' }, now);
}

/**
 * What a person says of a note that was taken off before: it is in the chart, or it was in doubt and is to be sent again, which nobody wants.
 * @param effect as it was before
 */
export async function takeBackDecided(
  unit: Unit,
  referral: Referral,
  effect: StoredEffect,
  standing: EffectStanding,
  now: Instant,
): Promise<void> {
  const content = OfNote.safeParse(effect.content);
  if (TYPES[effect.kind] === undefined || !content.success || !isTakenOff(referral, content.data)) return;
  const isDoubtful = effect.standing.status === 'unknown' && standing.status === 'waiting';
  await takeBackLate(unit, referral, effect, isDoubtful ? effect.standing : standing, now);
}
