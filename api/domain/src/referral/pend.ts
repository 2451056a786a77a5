/** Who may do what with a recommendation that one person prepared for another to sign. People are named by their subject. */
import type { OfferedRecommendation, Pend, Referral } from './referral.ts';

/** Who asks, and for which clinicians they cover at this moment. */
export type Asker = { subject: string; coversFor: readonly string[] };

/** Nobody but the clinician it was pended for, and who covers for them. */
export const maySign = (pend: Pend, { subject, coversFor }: Asker): boolean => subject === pend.for || coversFor.includes(pend.for);

/** A changed request goes on with what was prepared: asked by whoever prepared it, or by whoever may sign it. */
export const mayCarryOn = (pend: Pend, asker: Asker): boolean => asker.subject === pend.preparedBy || maySign(pend, asker);

/** What lies with a clinician to be signed; one referral has at most one. */
export const pendedOf = (referral: Referral | undefined): Extract<OfferedRecommendation, { status: 'pended' }> | undefined =>
  referral?.recommendations.find((each) => each.status === 'pended');
