/** What lies with a clinician to be signed, as an obligation of theirs: raised when it is handed over, settled by whatever ends it. */
import { specialtyById } from '@refloop/domain/clinical/specialty';
import type { Urgency } from '@refloop/domain/matching/request';
import type { PendEnd } from '../client/recommendation.ts';
import type { StoredObligation } from '../store/obligations.ts';
import type { RecommendationChange, StoredRecommendation } from '../store/recommendations.ts';
import type { Unit } from '../store/store.ts';
import { dueBefore } from './before-in-force.ts';
import { keptOf, toJson } from './kept.ts';
import { type Prepared, preparedOf } from './prepared.ts';

export const TO_SIGN = 'to-sign';

/** What a person reads about it, on a list without a chart. */
export type ToSignContent = {
  recommendationId: string;
  specialtyName: string;
  patientName: string;
  urgency: Urgency;
  preparedBy: string;
  forName: string;
  note: string;
  ended: PendEnd | null;
};

export const toSignContentOf = (stored: StoredObligation): ToSignContent => stored.content as ToSignContent;

/** Of a recommendation that was just handed over, or carries on one that was. */
export async function raiseToSign(
  unit: Unit,
  {
    id,
    stored,
    prepared,
    patientName,
  }: {
    /** Of this hand-over: what was taken back and is handed over again is another. */
    id: string;
    stored: Pick<StoredRecommendation, 'id' | 'referralId' | 'specialty' | 'kept'>;
    prepared: Prepared;
    patientName: string;
  },
): Promise<void> {
  const { pend, by } = prepared;
  if (!pend) return;
  const { urgency } = keptOf(stored).input.request.match;
  const content: ToSignContent = {
    recommendationId: stored.id,
    specialtyName: specialtyById(stored.specialty)?.name ?? stored.specialty,
    patientName,
    urgency,
    preparedBy: by.name,
    forName: pend.for.name,
    note: pend.note,
    ended: null,
  };
  await unit.obligations.insert({
    id: `${TO_SIGN}-${id}`,
    referralId: stored.referralId,
    kind: TO_SIGN,
    // Since it was first handed over: a changed request buys no time.
    raisedAt: pend.since,
    dueAt: await dueBefore(unit, { referralId: stored.referralId, stage: 'decide', urgency, from: pend.since }),
    owner: pend.for.subject,
    raisedBy: by.subject,
    content,
  });
}

/**
 * Ends that it lies with a clinician, where it does: settles the obligation.
 * @returns what changes with it in the recommendation's own row
 */
export async function endPend(
  unit: Unit,
  stored: StoredRecommendation,
  ended: PendEnd,
): Promise<Pick<RecommendationChange, 'pendedFor' | 'prepared'>> {
  const prepared = preparedOf(stored);
  if (stored.pendedFor === null || !prepared?.pend) return {};
  for (const open of await unit.obligations.list({ status: 'open', kind: TO_SIGN, referralId: stored.referralId })) {
    const content: ToSignContent = { ...toSignContentOf(open), ended };
    if (content.recommendationId === stored.id) await unit.obligations.settle(open.id, { what: 'done', at: ended.at, content });
  }
  const pend = ended.what === 'taken-back' ? null : { ...prepared.pend, ended };
  return { pendedFor: null, prepared: toJson({ ...prepared, pend }) };
}
