/**
 * What a simulated patient is written and what they do about it. Whether and when something is written is the product's (services/patient, channels);
 * whether they consented and what they do is drawn, from draws of their own, so that nothing else of the history depends on it.
 */
import { channelFor, type Reachable, sendAt } from '@refloop/domain/patient/outreach';
import { type Draws, drawsOf } from '@refloop/domain/practice/draws';
import {
  RATED_HOURS,
  RATED_SHARE,
  RATINGS_GIVEN,
  SELF_BOOKED_SHARE,
  TEXT_CONSENT_SHARE,
  TEXT_PREFERRED_SHARE,
} from '@refloop/domain/practice/rates';
import type { Actor, Happening } from '@refloop/domain/referral/event';
import type { Referral } from '@refloop/domain/referral/referral';
import { overtaken } from '../channels/text-message.ts';
import { type DueMessage, messagesFor, type WrittenBy } from '../services/patient/outreach.ts';
import type { Patient } from './practice.ts';

export const PATIENT: Actor = { kind: 'patient', link: 'simulated', as: 'patient' };

export type PatientPart = {
  /** What will be written, each with its moment, in milliseconds since 1970. */
  messages: (referral: Referral, happenings: readonly Happening[], by: WrittenBy, now: string) => (DueMessage & { leavesAt: number })[];
  /** Whether it is right no more when it would leave. */
  isOvertaken: (referral: Referral, message: Pick<DueMessage, 'topic' | 'startsAt'>, now: string) => boolean;
  /** Asked how it was: what they say and after how many milliseconds; undefined where they do not. */
  rates: () => { score: 1 | 2 | 3 | 4 | 5; after: number } | undefined;
  /** Reached, with a link to book: whether they take the date on their page themselves. */
  booksThemselves: () => boolean;
};

const HOUR = 3_600_000;
/** Of those kept for fiction (555-0100 to 555-0199). Nothing is sent there. */
const NUMBER = '+13125550100';

/** Consent and preference belong to the patient, whichever referral it is. */
function reachable(seed: string, { id, language }: Patient): Reachable {
  const draws = drawsOf(`${seed}/${id}/contact`);
  const [prefersText, consents] = [draws.chance(TEXT_PREFERRED_SHARE), draws.chance(TEXT_CONSENT_SHARE)];
  const consent = consents
    ? ({ status: 'given', at: '2024-01-01T00:00:00.000Z', by: 'patient' } as const)
    : ({ status: 'unknown' } as const);
  return {
    language: language === 'es' ? 'es' : 'en',
    preferred: prefersText ? 'text' : 'phone',
    text: { to: NUMBER, consent },
    email: { to: null, consent: { status: 'unknown' } },
  };
}

export function patientPart(seed: string, referralId: string, patient: Patient, timeZone: string): PatientPart {
  const contact = reachable(seed, patient);
  const channel = channelFor(contact, ['text'])?.channel;
  const draws: Draws = drawsOf(`${seed}/${referralId}/patient`);
  return {
    messages: (referral, happenings, by, now) =>
      channel === 'text' && referral.order.status === 'active'
        ? messagesFor(referral, happenings, by, now).map((each) => ({ ...each, leavesAt: Date.parse(sendAt(each.at, timeZone)) }))
        : [],
    isOvertaken: (referral, message, now) => overtaken(referral, { ...message, to: NUMBER }, { now, contact }) !== undefined,
    rates: () => {
      const [answers, score] = [draws.chance(RATED_SHARE), draws.weighted(RATINGS_GIVEN)];
      const after = draws.logNormal(RATED_HOURS.median, RATED_HOURS.sigma) * HOUR;
      return answers ? { score, after } : undefined;
    },
    booksThemselves: () => draws.chance(SELF_BOOKED_SHARE),
  };
}
