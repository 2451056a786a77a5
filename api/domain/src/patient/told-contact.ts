/**
 * How a patient wants to be reached, as they told somebody of the practice on the telephone or in person.
 *
 * A yes need not be written: messages about care are informational, and for those "prior express consent" is enough (47 CFR 64.1200(a)(1)), given
 * verbally too (Twilio, error 30842 "Opt-in not provided"). A no counts however it was said ("any reasonable method", 47 CFR 64.1200(a)(10)). A STOP, or
 * a no on the page, revokes consent "definitively" (the same paragraph, FCC 24-24), and behind it the carriers’ gateways block the number until
 * START comes from it (Surge, `opted_out`; AWS End User Messaging, “Required opt-out keywords”). So nobody here says yes in its place.
 */
import { ok, type Result, refuse } from '../result.ts';
import { type Consent, PATIENT_CHANNELS, type PatientChannel, phoneNumber, type Reachable } from './outreach.ts';

/** How the patient was spoken with. */
export const TOLD_WAYS = ['telephone', 'in-person'] as const;
export type ToldWay = (typeof TOLD_WAYS)[number];

/** `to` as it was written down, empty for none; `wanted` is null where the patient said nothing about it. */
type ToldChannel = { to: string; wanted: boolean | null };
export type ToldContact = Pick<Reachable, 'language' | 'preferred'> & Record<PatientChannel, ToldChannel>;

export type ToldRefusal =
  /** Not a number, or not an address of an e-mail. */
  | { kind: 'not-readable'; channel: PatientChannel }
  /** Wanted, and there is nowhere to send it. */
  | { kind: 'nowhere'; channel: PatientChannel }
  /** Ended by the patient; only the patient begins it again. */
  | { kind: 'ended-by-patient'; channel: PatientChannel }
  /** Another number or address: the consent was for the one before. */
  | { kind: 'asked-for-another'; channel: PatientChannel };

export type ToldChange = {
  reachable: Reachable;
  /** What was said of consent, to be put on record as a word of its own. */
  consents: { channel: PatientChannel; given: boolean }[];
};

/** E.164 (a country begins with no 0) of a number that gets texts; undefined where it is none. */
function numberOf(written: string): string | undefined {
  const number = phoneNumber(written);
  if (number === undefined || number.startsWith('+0')) return undefined;
  return number.startsWith('+1') ? phoneNumber(number.slice(2)) : number;
}

/** As much as is certain without sending one (RFC 5321 §4.5.3.1: at most 254 characters with both brackets off). */
export const mailAddressOf = (written: string): string | undefined =>
  /^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+$/.test(written) && written.length <= 254 ? written : undefined;

const READ: Readonly<Record<PatientChannel, (written: string) => string | undefined>> = { text: numberOf, email: mailAddressOf };

/** Consent belongs to the number it was given for; what was ended stays ended. */
const consentFor = (consent: Consent, isSame: boolean): Consent => (isSame || consent.status !== 'given' ? consent : { status: 'unknown' });

function decideChannel(
  channel: PatientChannel,
  now: Reachable[PatientChannel],
  { to: written, wanted }: ToldChannel,
): Result<Reachable[PatientChannel], ToldRefusal> {
  const to = written.trim() === '' ? null : READ[channel](written.trim());
  if (to === undefined) return refuse({ kind: 'not-readable', channel });
  const isSame = to === now.to;
  if (wanted && to === null) return refuse({ kind: 'nowhere', channel });
  if (wanted && now.consent.status === 'withdrawn' && now.consent.by === 'patient') return refuse({ kind: 'ended-by-patient', channel });
  if (wanted === null && !isSame && to !== null && now.consent.status === 'given') return refuse({ kind: 'asked-for-another', channel });
  return ok({ to, consent: consentFor(now.consent, isSame) });
}

/**
 * What becomes of how a patient is reached by what they told.
 * @param now as it is on record, or as the chart has it @param told all of the form; what was not changed stands in it as it was
 */
export function decideTold(now: Reachable, told: ToldContact): Result<ToldChange, ToldRefusal> {
  const text = decideChannel('text', now.text, told.text);
  if (!text.ok) return text;
  const email = decideChannel('email', now.email, told.email);
  if (!email.ok) return email;
  const { language, preferred } = told;
  const consents = PATIENT_CHANNELS.flatMap((channel) => {
    const given = told[channel].wanted;
    return given === null ? [] : [{ channel, given }];
  });
  return ok({ reachable: { language, preferred, text: text.value, email: email.value }, consents });
}
