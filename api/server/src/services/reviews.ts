/** What came back and waits for the clinician: reading it closes the loop, and only a clinician whose referral it is can. */
import { type CareCommand, decideCare } from '@refloop/domain/referral/care-command';
import type { Referral } from '@refloop/domain/referral/referral';
import { isHeldAgain } from '@refloop/domain/referral/report';
import type { NoteReading } from '../client/inbound.ts';
import type { ReviewAnswer, ReviewRequest, ToldRow, ToReviewRow, UnlinkAnswer, UnlinkRequest } from '../client/work.ts';
import { coveredBy } from '../grants/in-force.ts';
import { inboundContentOf, readingOf } from '../inbound/inbound-content.ts';
import { isRefusal, problem, type Refusal } from '../problem.ts';
import { actorOf, personOf, type Session } from '../sessions/session.ts';
import type { StoredDocument } from '../store/documents.ts';
import type { StoredObligation } from '../store/obligations.ts';
import type { Store, Unit } from '../store/store.ts';
import { careRefusal } from './care-refusal.ts';
import type { ObligationContent } from './engine/obligation-content.ts';
import { stepName } from './engine/step-names.ts';
import { applyDecision, readReferral, withRetry } from './referral-log.ts';
import { UPLOADED } from './uploaded.ts';
import { askAfterReview } from './work-question.ts';

export const REVIEW = 'review';

const REPORT = /^report (.+)$/;
const contentOf = (stored: StoredObligation): Partial<ObligationContent> => stored.content as Partial<ObligationContent>;

/** Of this clinician, or of one they cover for. */
export async function toReviewRow(unit: Unit, stored: StoredObligation, coveringFor: string | null): Promise<ToReviewRow[]> {
  const { about, patientName = '', specialtyName = '', performerName = '' } = contentOf(stored);
  const reportId = about === undefined ? undefined : REPORT.exec(about)?.[1];
  if (reportId === undefined) return [];
  const { id, referralId, raisedAt: since, dueAt } = stored;
  const row = await unit.referrals.get(referralId);
  const report = (row?.state as unknown as Referral | undefined)?.reports.find((each) => each.id === reportId);
  const documentId = report?.document?.type === UPLOADED ? report.document.id : null;
  return [{ id, referralId, reportId, patientName, specialtyName, performerName, documentId, coveringFor, since, dueAt }];
}

/** What was escalated to this person and is still open, whoever has to see to it. */
export function toldRow(stored: StoredObligation): ToldRow {
  const { patientName = '', specialtyName = '', performerName = '', detail = '' } = contentOf(stored);
  const { id, referralId, kind, dueAt } = stored;
  return { id, referralId, patientName, specialtyName, performerName, next: stepName(kind), detail, dueAt };
}

/** Whose place it is: their own, or that of a clinician they cover for; undefined where neither. */
export async function placeOf(
  unit: Unit,
  session: Session,
  requester: string,
  now: Date,
): Promise<{ coveringFor: string | null } | undefined> {
  if (requester === session.subject) return { coveringFor: null };
  const covered = await coveredBy(unit, session.subject, now);
  return covered.some(({ subject }) => subject === requester) ? { coveringFor: requester } : undefined;
}

const NOT_YOURS = 'There is no report of a referral of yours with this number. Reload the list.';

export type ReviewService = {
  review: (session: Session, asked: ReviewRequest, now: Date) => Promise<ReviewAnswer | Refusal>;
  /** The note is of somebody or something else: it is taken off, before its review and after it. */
  unlink: (session: Session, asked: UnlinkRequest, now: Date) => Promise<UnlinkAnswer | Refusal>;
  /** A note that was uploaded, byte by byte as it came. */
  document: (session: Session, id: string, now: Date) => Promise<Uint8Array<ArrayBuffer> | Refusal>;
  /** What was read of it: who it names, its text, and what matters most in it as spans of that text. */
  reading: (session: Session, id: string, now: Date) => Promise<NoteReading | Refusal>;
};

const NO_DOCUMENT = 'There is no document of a referral of yours with this number. Reload the list.';

/** A document and its referral, where this person may read them. */
async function readable(
  unit: Unit,
  session: Session,
  id: string,
  now: Date,
): Promise<{ document: StoredDocument; referral: Referral } | undefined> {
  const document = await unit.documents.get(id);
  const referral = document && (await readReferral(unit, document.referralId));
  const requester = referral && referral.order.status !== 'draft' ? referral.order.approval.requester : undefined;
  const coordinates = session.roles.includes('coordinator') || session.roles.includes('lead');
  // Taken off, it is nobody's to read here: it names somebody else.
  const isTakenOff = referral?.reports.some((each) => each.document?.type === UPLOADED && each.document.id === id && isHeldAgain(each));
  if (isTakenOff) return undefined;
  const mayRead = coordinates || (requester !== undefined && (await placeOf(unit, session, requester, now)) !== undefined);
  return document && referral && mayRead ? { document, referral } : undefined;
}

/** A referral of this clinician, or of one they cover for. */
async function ofTheirs(unit: Unit, session: Session, referralId: string, now: Date) {
  const referral = await readReferral(unit, referralId);
  if (!referral || referral.order.status === 'draft') return undefined;
  const place = await placeOf(unit, session, referral.order.approval.requester, now);
  return place && { referral, place };
}

/** Decides on a referral of theirs. @returns the referral before and after, or why it is refused */
async function decideTheirs(unit: Unit, session: Session, referralId: string, command: CareCommand, at: string) {
  const theirs = await ofTheirs(unit, session, referralId, new Date(at));
  if (!theirs) return problem('not-found', NOT_YOURS);
  const { referral: before, place } = theirs;
  const applied = await applyDecision(unit, referralId, personOf(session, place.coveringFor), at, (current) =>
    decideCare(current, command, at),
  );
  if (!applied) return problem('not-found', NOT_YOURS);
  return applied.ok ? { before, after: applied.value, coveringFor: place.coveringFor } : careRefusal(applied.refusal);
}

export const createReviewService = ({ store }: { store: Store }): ReviewService => ({
  reading: (session, id, now) =>
    store.transaction(session.scope, async (unit) => {
      const found = await readable(unit, session, id, now);
      if (!found) return problem('not-found', NO_DOCUMENT);
      const { document, referral } = found;
      const inbound = await unit.inboundDocuments.get(id);
      await unit.audit.append({
        at: now.toISOString(),
        actor: actorOf(session),
        action: 'document.reading-read',
        purpose: 'TREAT',
        patientId: referral.patientId,
        referralId: referral.id,
        payload: { document: id, sha256: document.sha256 },
      });
      // What came before Refloop read notes is shown as it came, and nothing is said of it.
      return readingOf(inbound && inboundContentOf(inbound.content), document.contentType);
    }),

  document: (session, id, now) =>
    store.transaction(session.scope, async (unit) => {
      const found = await readable(unit, session, id, now);
      if (!found) return problem('not-found', NO_DOCUMENT);
      const { document, referral } = found;
      await unit.audit.append({
        at: now.toISOString(),
        actor: actorOf(session),
        action: 'document.read',
        purpose: 'TREAT',
        patientId: referral.patientId,
        referralId: referral.id,
        payload: { document: id, sha256: document.sha256 },
      });
      return new Uint8Array(document.bytes);
    }),

  unlink: (session, { referralId, reportId, because, reason }, now) =>
    withRetry(() =>
      store.transaction(session.scope, async (unit) => {
        const at = now.toISOString();
        const decided = await decideTheirs(unit, session, referralId, { type: 'unlink-report', reportId, because, reason }, at);
        if (isRefusal(decided)) return decided;
        const { before, after, coveringFor } = decided;
        if (after.lastSequence === before.lastSequence) return careRefusal({ kind: 'nothing-to-unlink' });
        await unit.audit.append({
          at,
          actor: actorOf(session),
          action: 'report.unlinked',
          purpose: 'TREAT',
          patientId: before.patientId,
          referralId,
          payload: { reportId, because, coveringFor },
        });
        const { document } = before.reports.find(({ id }) => id === reportId) ?? { document: null };
        const note = document === null ? 'on-paper' : document.type === UPLOADED ? 'held' : 'in-chart';
        return { unlinked: true as const, note } as const;
      }),
    ),

  review: (session, { referralId, reportId }, now) =>
    withRetry(() =>
      store.transaction(session.scope, async (unit) => {
        const at = now.toISOString();
        const decided = await decideTheirs(unit, session, referralId, { type: 'review-report', reportId }, at);
        if (isRefusal(decided)) return decided;
        const { before, after, coveringFor } = decided;
        await unit.audit.append({
          at,
          actor: actorOf(session),
          action: 'report.reviewed',
          purpose: 'TREAT',
          patientId: before.patientId,
          referralId,
          payload: { reportId, coveringFor },
        });
        // A note that was reviewed before is not asked about again.
        const isNew = after.lastSequence > before.lastSequence;
        return { reviewed: true as const, asked: isNew && (await askAfterReview(unit, session, referralId, now)) };
      }),
    ),
});
