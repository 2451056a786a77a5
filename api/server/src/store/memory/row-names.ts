/** By what rows are found besides their key: each question that is asked often has a name, and no row is looked at that does not answer it. */
import type { StoredApproval } from '../approvals.ts';
import type { StoredObligation } from '../obligations.ts';
import type { StoredOfficeLink } from '../office-links.ts';
import type { StoredPlan } from '../plans.ts';
import type { KeptEffect, MemoryAuditEntry } from './context.ts';

export const UNFINISHED = 'unfinished';
export const TO_LOOK_AT = 'to look at';
export const OPEN = 'open';

export const openOf = (referralId: string): string => `open of ${referralId}`;
export const unfinishedOf = (patientId: string | undefined): string =>
  patientId === undefined ? UNFINISHED : `${UNFINISHED} of ${patientId}`;
export const ofHash = (hash: string): string => `hash ${hash}`;
export const ofReferral = (id: string): string => `referral ${id}`;
export const ofRecommendation = (id: string): string => `recommendation ${id}`;
export const ofKey = (key: string): string => `key ${key}`;

export const namesOf = {
  obligation: ({ referralId, status }: StoredObligation): string[] =>
    status === 'open' ? [referralId, OPEN, openOf(referralId)] : [referralId],
  effect: ({ referralId, dueAt }: KeptEffect): string[] => (dueAt === null ? [referralId] : [referralId, UNFINISHED]),
  plan: ({ recommendationId, patientId, finished, lookDueAt }: StoredPlan): string[] => [
    recommendationId,
    ...(finished ? [] : [UNFINISHED, unfinishedOf(patientId)]),
    ...(lookDueAt === null ? [] : [TO_LOOK_AT]),
  ],
  approval: ({ recommendationId, idempotencyKey }: StoredApproval): string[] => [recommendationId, ofKey(idempotencyKey)],
  /** Of an office or a patient: by either of the digests that open it. */
  link: ({
    referralId,
    tokenHash,
    opened,
  }: Pick<StoredOfficeLink, 'referralId' | 'tokenHash'> & { opened: { hash: string } | null }): string[] => [
    referralId,
    ofHash(tokenHash),
    ...(opened === null ? [] : [ofHash(opened.hash)]),
  ],
  auditEntry: ({ referralId, recommendationId }: MemoryAuditEntry): string[] => [
    ...(referralId === null ? [] : [ofReferral(referralId)]),
    ...(recommendationId === null ? [] : [ofRecommendation(recommendationId)]),
  ],
};
