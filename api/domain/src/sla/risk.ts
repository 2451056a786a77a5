/**
 * What makes it worse for this patient that a referral waits, as far as it is on record (R133): each a fact that somebody can look up, and no score that nobody
 * could check. How they sort is said where they sort.
 */
import { wasNeverAsked } from '../referral/attempt.ts';
import type { Referral } from '../referral/referral.ts';

export const RISKS = ['emergency-written', 'red-flag', 'missed-visit', 'unreachable', 'asked-again'] as const;
export type Risk = (typeof RISKS)[number];

export const RISK_WORDS: Readonly<Record<Risk, string>> = {
  'emergency-written': 'wrote what may be an emergency',
  'red-flag': 'a red flag in the reason',
  'missed-visit': 'missed a visit',
  unreachable: 'could not be reached',
  'asked-again': 'another specialist had to be asked',
};

/**
 * Nothing but a possible emergency once the patient was seen: what came back is read by its own deadline.
 *
 * @param redFlag whether the reason that was approved carries one (clinical/red-flags.ts); the record itself holds no words of it
 */
export function risksOf({ attempts, contacts, patientWords }: Referral, redFlag: boolean): Risk[] {
  const waiting = attempts.every(({ visits }) => visits.length === 0);
  const found: Readonly<Record<Risk, boolean>> = {
    'emergency-written': patientWords.some(({ meaning, status }) => meaning === 'emergency' && status === 'open'),
    'red-flag': waiting && redFlag,
    'missed-visit': waiting && attempts.some(({ appointments }) => appointments.some(({ status }) => status === 'missed')),
    unreachable: waiting && contacts.at(-1)?.outcome === 'unreachable',
    'asked-again': waiting && attempts.filter((attempt) => !wasNeverAsked(attempt)).length > 1,
  };
  return RISKS.filter((risk) => found[risk]);
}
