/**
 * Whether, how and when a patient is written to. No channel without the patient’s consent to it (R147); the one they prefer first, else the
 * other; by day on the clinic’s own clock. Sales calls to homes may begin at eight and end at nine in the evening
 * (47 CFR 64.1200(c)(1)); these are no sales, and ours are narrower still.
 */
import type { Instant } from '../instant.ts';
import { momentOf, wallOf } from '../sla/business-time.ts';
import type { EscalationAct } from '../sla/escalation-steps.ts';
import type { MessageTopic } from './messages.ts';
import type { Language } from './reading-grade.ts';

export const PATIENT_CHANNELS = ['text', 'email'] as const;
export type PatientChannel = (typeof PATIENT_CHANNELS)[number];

/** `unknown`: nobody asked the patient yet, which is no consent. */
export type Consent = { status: 'unknown' } | { status: 'given' | 'withdrawn'; at: Instant; by: 'patient' | 'staff' };

export type Reachable = {
  language: Language;
  preferred: PatientChannel | 'phone';
  /** A number in E.164, or an address; null where there is none. */
  text: { to: string | null; consent: Consent };
  email: { to: string | null; consent: Consent };
};

/**
 * How this patient may be written to; undefined where only a person may reach them.
 * @param inService those by which their clinic writes to patients: consent to another is kept, and nothing is sent there
 */
export function channelFor(patient: Reachable, inService: readonly PatientChannel[]): { channel: PatientChannel; to: string } | undefined {
  // Who prefers to be called is called: what they consented to besides is kept for when they change their mind.
  if (patient.preferred === 'phone') return undefined;
  const others = PATIENT_CHANNELS.filter((channel) => channel !== patient.preferred);
  for (const channel of [patient.preferred, ...others].filter((each) => inService.includes(each))) {
    const { to, consent } = patient[channel];
    if (to !== null && consent.status === 'given') return { channel, to };
  }
  return undefined;
}

/**
 * Whether messages are still wanted there. Another channel that they prefer since is for what is asked for from then on: what waits for this one
 * leaves by it, since they said yes to it too.
 */
export const isWantedAt = (patient: Reachable, channel: PatientChannel, to: string): boolean =>
  patient.preferred !== 'phone' && patient[channel].to === to && patient[channel].consent.status === 'given';

/** Which message a step of the policy asks for; undefined where it is no message or a person has to call. */
export function topicOf(act: EscalationAct): MessageTopic | undefined {
  switch (act) {
    case 'notify-patient':
      return 'book';
    case 'remind-patient':
      return 'remind';
    case 'remind-visit':
      return 'day-before';
    case 'reach-patient':
      return 'missed';
    case 'ask-patient':
      return 'were-you-seen';
    case 'ask-receipt':
    case 'alert':
    case 'follow-up':
    case 'remind-specialist':
    case 'request-note':
    case 'call-patient':
    case 'notify-requester':
    case 'review-expiry':
      return undefined;
  }
}

/** No message between `from` and `until`, in hours of the day on the clinic’s wall. */
export type QuietHours = { from: number; until: number };
export const QUIET_HOURS: QuietHours = { from: 20, until: 9 };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Now, or when the quiet hours end. @param timeZone IANA name, of the clinic’s calendar */
export function sendAt(now: Instant, timeZone: string, { from, until }: QuietHours = QUIET_HOURS): Instant {
  const wall = wallOf(Date.parse(now), timeZone);
  const midnight = Math.floor(wall / DAY_MS) * DAY_MS;
  const hour = (wall - midnight) / HOUR_MS;
  if (hour >= until && hour < from) return now;
  const day = hour < until ? midnight : midnight + DAY_MS;
  return new Date(momentOf(day + until * HOUR_MS, timeZone)).toISOString();
}

/** E.164 of a number as people write it; undefined where it is none. Without a country it is one of the North American plan. */
export function phoneNumber(written: string): string | undefined {
  const digits = written.replaceAll(/\D/g, '');
  if (written.trim().startsWith('+')) return digits.length >= 8 && digits.length <= 15 ? `+${digits}` : undefined;
  const ten = digits.length === 11 && digits.startsWith('1') ? digits.slice(1) : digits;
  // Neither area nor exchange begins with 0 or 1.
  return /^[2-9]\d{2}[2-9]\d{6}$/.test(ten) ? `+1${ten}` : undefined;
}
