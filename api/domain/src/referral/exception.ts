/** What keeps a referral from going its usual way, so that somebody with the right knowledge takes it: four queues beside the ordinary work. */
import type { DeclineReason } from './attempt.ts';
import type { Referral } from './referral.ts';

export const EXCEPTIONS = ['missing-information', 'wrong-specialty', 'payer', 'patient-unreachable'] as const;
export type ReferralException = (typeof EXCEPTIONS)[number];

/** An office that takes no patients, or none from here, is the ordinary case: another one is asked. */
const OF_DECLINE: Record<DeclineReason, ReferralException | null> = {
  'packet-incomplete': 'missing-information',
  'wrong-specialty': 'wrong-specialty',
  'not-in-plan': 'payer',
  'authorization-missing': 'payer',
  'not-taking-patients': null,
  'out-of-area': null,
  other: null,
};

/** The one that has to be settled first; null once the patient was seen, and where nothing stands in the way. */
export function exceptionOf({ attempts, authorization, contacts }: Referral): ReferralException | null {
  const attempt = attempts.at(-1);
  if (attempt !== undefined && attempt.visits.length > 0) return null;
  const declined = attempt?.work.status === 'declined' ? OF_DECLINE[attempt.work.reason] : null;
  if (declined !== null) return declined;
  if (authorization.status === 'denied') return 'payer';
  return contacts.at(-1)?.outcome === 'unreachable' ? 'patient-unreachable' : null;
}
