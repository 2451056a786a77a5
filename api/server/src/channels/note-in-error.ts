/**
 * A note was taken off the referral: what Refloop wrote of it in the chart is entered in error there, the document and the receipt. Read first
 * and written with its version, so that it happens once however often it is tried. Nothing is deleted: the chart keeps what stood in it.
 * Sources: FHIR R4 DocumentReference.status and Task.status (`entered-in-error`), http.html#concurrency (If-Match).
 */
import type { EhrFailure, EhrPort, Resource } from '@refloop/domain/fhir/ehr-port';
import { isTarget, list, target, text } from '@refloop/domain/fhir/read';
import { isLinked } from '@refloop/domain/referral/report';
import { unreachable } from '@refloop/domain/result';
import { RECEIPT_IDENTIFIER_SYSTEM, REPORT_IDENTIFIER_SYSTEM, reportKey } from '@refloop/domain/write-back/identifiers';
import { enteredInError } from '@refloop/domain/write-back/report-in-chart';
import { z } from 'zod';
import { afterFailedRead, afterFailedWrite, reach, versioned } from './ehr-write.ts';
import type { Handler, Looked, Message, Sent } from './handler.ts';
import type { ReportInChartDeps } from './report-in-chart.ts';

export const NOTE_IN_ERROR = 'note-in-error';

export const LINKED_ANEW = 'The note was linked to the referral again.';

const SYSTEMS = { DocumentReference: REPORT_IDENTIFIER_SYSTEM, Task: RECEIPT_IDENTIFIER_SYSTEM } as const;

export const NoteInErrorContent = z.object({
  type: z.enum(['DocumentReference', 'Task']),
  /** `Type/id`; null where Refloop does not know where it stands, and a person sees to it. */
  reference: z.string().nullable(),
  /** Why it does not know; of what was asked for before it was told apart, that a person put it there. */
  unknown: z.enum(['put-by-hand', 'perhaps-sent', 'of-chart', 'on-paper']).optional(),
  /** Whose chart it was written in. */
  patientId: z.string().optional(),
  /** Our business identifier of it. */
  key: z.string(),
});
export type NoteInErrorContent = z.infer<typeof NoteInErrorContent>;

/** Somebody else may write between our reading and our writing. */
const MOST_READINGS = 3;

/** A note of somebody else in a chart, or a receipt that a measure counts, is a named person’s to take out where Refloop cannot. */
const byHand = ({ type }: Pick<NoteInErrorContent, 'type'>, why: string): Sent => ({
  kind: 'refused',
  detail:
    type === 'DocumentReference'
      ? `${why}: take the note out of this patient’s chart there, by hand.`
      : `${why}: the chart still says that the note was received. Take that Task out there, by hand.`,
  final: true,
});

/** Nobody but a person can see to it. */
function withoutReference({ type, unknown = 'put-by-hand' }: NoteInErrorContent): Sent {
  switch (unknown) {
    case 'put-by-hand':
      return byHand({ type }, 'A person put the note in the chart, and Refloop does not know where it stands');
    case 'perhaps-sent':
      return {
        kind: 'refused',
        detail: `${type === 'DocumentReference' ? 'The note' : 'The Task that says the note was received'} was perhaps written in this patient’s chart: look whether it is there, and take it out by hand.`,
        final: true,
      };
    case 'of-chart':
      return byHand({ type }, 'The note was in this patient’s chart already and is another patient’s');
    case 'on-paper':
      return {
        kind: 'refused',
        detail: 'The note came on paper and is another patient’s: take it out of this patient’s records, by hand.',
        final: true,
      };
    default:
      return unreachable(unknown);
  }
}

const MOVED =
  'What Refloop wrote stands with another patient now, and was left as it is: look whether this patient’s chart still says anything of the note, and take it out there, by hand.';

/** Records staff may have moved it to whoever it is of: there it is right. What does not say whose it is stands where we wrote it. */
function isOfAnother(held: Resource, { type, patientId }: NoteInErrorContent): boolean {
  const of = target(held[type === 'DocumentReference' ? 'subject' : 'for']);
  return patientId !== undefined && of !== undefined && !isTarget(of, 'Patient', patientId);
}

const isGone = (refusal: EhrFailure): boolean => refusal.kind === 'http' && (refusal.status === 404 || refusal.status === 410);

/** Some EHRs keep no identifiers: it is where we wrote it then. */
const isOurs = (held: Resource, { type, key }: NoteInErrorContent): boolean =>
  list(held['identifier']).every(({ system, value }) => system !== SYSTEMS[type] || value === key);

const isInError = (held: Resource): boolean => text(held['status']) === 'entered-in-error';

export function noteInError({ sites, access }: ReportInChartDeps): Handler<NoteInErrorContent> {
  /** Undefined where somebody else wrote between the reading and the writing. */
  async function once(ehr: EhrPort, reference: string, content: NoteInErrorContent): Promise<Sent | undefined> {
    const read = await ehr.get(reference);
    if (!read.ok) {
      if (isGone(read.refusal)) return { kind: 'done', receipt: reference };
      const failed = afterFailedRead(read.refusal);
      return failed.kind === 'left-out' ? byHand(content, failed.detail.replace(/\.$/, '')) : failed;
    }
    const held = read.value;
    const versionId = held.meta?.versionId;
    if (isInError(held)) return { kind: 'done', receipt: versioned(reference, versionId) };
    if (!isOurs(held, content)) return byHand(content, 'What the EHR holds there bears the mark of another note');
    if (isOfAnother(held, content)) return { kind: 'refused', detail: MOVED, final: true };
    const written = await ehr.write({
      path: reference,
      method: 'PUT',
      resource: enteredInError(held),
      ...(versionId === undefined ? {} : { ifMatch: versionId }),
    });
    if (written.ok) return { kind: 'done', receipt: versioned(reference, written.value.versionId) };
    const failed = afterFailedWrite(written.refusal);
    if (failed === 'changed') return undefined;
    const isFinal = failed.kind === 'left-out' || (failed.kind === 'refused' && failed.final);
    return isFinal ? byHand(content, 'The EHR did not take it') : failed;
  }

  async function reached({ scope, content }: Message<NoteInErrorContent>) {
    const found = await reach({ sites, access }, scope);
    // Where Refloop cannot reach a chart at all, it did not write in it by itself.
    if (found.kind === 'ended' && found.sent.kind === 'left-out')
      return { kind: 'ended' as const, sent: byHand(content, found.sent.detail.replace(/\.$/, '')) };
    return found;
  }

  return {
    kind: NOTE_IN_ERROR,
    what: 'That the note in the chart was entered in error',
    byPersonOnly: ({ reference }) => reference === null,
    repeatable: true,
    content: NoteInErrorContent,
    // What was wrong to write is taken back whatever becomes of the order; what nobody wrote stays where the note is linked again.
    mayNotLeave: (referral, { key, unknown }) => {
      if (unknown !== 'of-chart' && unknown !== 'on-paper') return undefined;
      const isAnew = referral.reports.some((each) => isLinked(each) && reportKey(referral.id, each.id, each.takenOff - 1) === key);
      return isAnew ? LINKED_ANEW : undefined;
    },

    look: async (message): Promise<Looked> => {
      const { reference } = message.content;
      if (reference === null) return { kind: 'absent' };
      const found = await reached(message);
      if (found.kind === 'ended') return { kind: 'unclear', detail: 'detail' in found.sent ? found.sent.detail : '' };
      const read = await found.own.ehr.get(reference);
      if (!read.ok)
        return isGone(read.refusal) ? { kind: 'done', receipt: reference } : { kind: 'unclear', detail: 'The EHR does not answer.' };
      // A version guards it: what does not say so yet is written again.
      return isInError(read.value) ? { kind: 'done', receipt: versioned(reference, read.value.meta?.versionId) } : { kind: 'absent' };
    },

    send: async (message) => {
      const { content } = message;
      const { type, reference } = content;
      if (reference === null) return withoutReference(content);
      const found = await reached(message);
      if (found.kind === 'ended') return found.sent;
      const { own } = found;
      if (!own.may(type, 'update')) return byHand(content, `The EHR takes no changes of a ${type} from Refloop’s own access`);
      for (let reading = 0; reading < MOST_READINGS; reading += 1) {
        const sent = await once(own.ehr, reference, content);
        if (sent) return sent;
      }
      return { kind: 'refused', detail: 'Others were changing it at the same time.', final: false };
    },
  };
}
