/** The domain's refusals in the words of the API. */
import { plainUtc } from '@refloop/domain/matching/plain-words';
import type { ReferralRefusal } from '@refloop/domain/referral/command';
import { unreachable } from '@refloop/domain/result';
import { problem, type Refusal } from '../problem.ts';
import type { Session } from '../sessions/session.ts';
import type { Unit } from '../store/store.ts';
import { requesterOf, seesAll } from './own-referral.ts';
import { pendedRefusal } from './prepared.ts';
import { readReferral } from './referral-log.ts';

const CLOSED = {
  approved: 'approved',
  dismissed: 'dismissed',
  superseded: 'replaced by a newer one',
  'taken-back': 'taken back by who prepared it',
} as const;

/** The same, with the names of who prepared it and for whom. */
export const refusalWithNames = async (unit: Unit, refusal: ReferralRefusal): Promise<Refusal> =>
  refusal.kind === 'pended-for-another' ? pendedRefusal(await unit.recommendations.get(refusal.recommendationId)) : refusalOf(refusal);

/** The same, and of an order that was approved already which referral it is, for who may read how that stands. */
export async function refusalTo(
  session: Pick<Session, 'subject' | 'roles'>,
  unit: Unit,
  referralId: string,
  refusal: ReferralRefusal,
): Promise<Refusal> {
  const told = await refusalWithNames(unit, refusal);
  if (refusal.kind !== 'already-approved') return told;
  const referral = await readReferral(unit, referralId);
  const mayRead = seesAll(session) || (referral !== undefined && requesterOf(referral) === session.subject);
  return mayRead ? { ...told, referralId } : told;
}

export function refusalOf(refusal: ReferralRefusal): Refusal {
  switch (refusal.kind) {
    case 'no-such-recommendation':
      return problem('not-found', 'There is no recommendation with this id for this referral. Open the referral again from the chart.');
    case 'recommendation-not-pending':
      return problem('recommendation-closed', `This recommendation was ${CLOSED[refusal.status]}. Open the referral again from the chart.`);
    case 'pended-for-another':
      return pendedRefusal(undefined);
    case 'not-pended-by-asker':
      return problem('conflict', 'There is nothing of yours to take back here: it was not handed over, or somebody else did. Reload it.');
    case 'order-changed':
      return problem(
        'order-changed',
        `The order is at version ${refusal.now ?? '(none)'} in the EHR; you were shown version ${refusal.seen ?? '(none)'}. Nothing was approved. Review the change and approve again.`,
        [
          {
            field: 'order.meta.versionId',
            message: `Shown: ${refusal.seen ?? 'none'}; now: ${refusal.now ?? 'none'}`,
            fix: 'Read the order again and make a new recommendation from it.',
          },
        ],
      );
    case 'already-approved':
      return problem(
        'already-approved',
        `This referral was approved for ${refusal.performer} on ${plainUtc(refusal.at)}. Nothing was approved twice. Its coordinator knows where it stands; to send the patient to somebody else beside it, place another order.`,
      );
    case 'no-such-plan':
      return problem(
        'not-found',
        'This write-back is no longer in force; the order changed or was approved again. Open the referral again from the chart.',
      );
    case 'order-may-be-written':
      return problem(
        'conflict',
        'The order is, or may be, in the chart already, so the approval cannot be taken back here. Look at the chart; use “Finish writing” to find out what was written.',
      );
    case 'step-already-settled':
      return problem('conflict', `${refusal.step} was reported as written already, with another result. Nothing was changed.`);
    case 'order-is-written-here':
      return problem('conflict', 'Refloop writes this order itself. Open Refloop from the chart and press “Finish writing”.');
    case 'nothing-to-judge':
      return problem('conflict', `There is nothing to decide about ${refusal.step} any more, or not about this entry. Reload it.`);
    default:
      return unreachable(refusal);
  }
}
