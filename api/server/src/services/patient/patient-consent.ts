/** Consent to a channel: kept with the patient, and an event of each referral that is under way, so that nothing leaves against it. */
import type { PatientChannel } from '@refloop/domain/patient/outreach';
import { withOwnWord } from '@refloop/domain/patient/proxy';
import type { Actor } from '@refloop/domain/referral/event';
import type { Referral } from '@refloop/domain/referral/referral';
import { ok } from '@refloop/domain/result';
import type { PatientContact } from '../../store/patient-contacts.ts';
import type { Unit } from '../../store/store.ts';
import { applyDecision, readReferral } from '../referral-log.ts';

export type ConsentChange = {
  channel: PatientChannel;
  given: boolean;
  by: 'patient' | 'staff';
  actor: Actor;
  now: string /** Of the message or the press that says so: played again it changes nothing. */;
  key: string;
};

/** A gateway gives up long before so many others have come. */
const MOST_HEEDED = 30;

/** With one more key that was heeded. */
export const heededWith = ({ heeded = [] }: PatientContact, key: string): string[] => [...heeded, key].slice(-MOST_HEEDED);

/**
 * Heeds a word about a channel. What was heeded before, or says what is so already, changes nothing.
 * @param known as it was read, or would be where none is kept @returns the contact as it is then
 */
export async function changeConsent(unit: Unit, known: PatientContact, change: ConsentChange): Promise<PatientContact> {
  const { channel, given, by, actor, now, key } = change;
  // Of two words in one moment the second is heeded by what the first has left.
  const contact = (await unit.patientContacts.take(known.patientId)) ?? known;
  const heeded = contact.heeded ?? [];
  if (heeded.includes(key)) return contact;
  const underWay: Referral[] = [];
  for (const { referralId } of await unit.referrals.listByPatient(contact.patientId)) {
    const referral = await readReferral(unit, referralId);
    // Heeded before the contact kept them.
    if (referral?.factKeys.includes(`${key}/${referralId}`)) return contact;
    if (referral && referral.order.status !== 'draft') underWay.push(referral);
  }
  const status = given ? 'given' : 'withdrawn';
  const before = contact[channel];
  const isSo = before.consent.status === status;
  // A no of the patient’s own takes the place of one that they told: nobody else lifts it.
  const isTheirOwn = by === 'patient' && before.consent.status === 'withdrawn' && before.consent.by === 'staff';
  const after: PatientContact = {
    ...contact,
    [channel]: isSo && !isTheirOwn ? before : { ...before, consent: { status, at: now, by } },
    heeded: heededWith(contact, key),
    updatedAt: now,
  };
  await unit.patientContacts.put(after);
  if (isSo) return after;
  for (const { id: referralId } of underWay) {
    await applyDecision(unit, referralId, actor, now, () =>
      ok([{ effectiveAt: now, factKey: `${key}/${referralId}`, fact: { type: 'patient-consent-changed', version: 1, channel, given } }]),
    );
  }
  return after;
}

/**
 * Heeds a word that came from a number or an address: of the patient, where it is theirs, and of everybody on record for them whose it is. Of these the
 * row of the patient holds it, and no event: what is sent looks there.
 */
export async function changeConsentAt(
  unit: Unit,
  known: PatientContact,
  to: string,
  change: ConsentChange & { by: 'patient' },
): Promise<PatientContact> {
  const { channel, given, now, key } = change;
  const before = (await unit.patientContacts.take(known.patientId)) ?? known;
  if (before.heeded?.includes(key)) return before;
  const after =
    before[channel].to === to ? await changeConsent(unit, before, change) : { ...before, heeded: heededWith(before, key), updatedAt: now };
  const whole = { ...after, proxies: withOwnWord(after.proxies, { channel, to, given, at: now }) };
  await unit.patientContacts.put(whole);
  return whole;
}
