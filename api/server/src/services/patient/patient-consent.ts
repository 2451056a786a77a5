/** Consent to a channel: kept with the patient, and an event of each referral that is under way, so that nothing leaves against it. */
import type { PatientChannel } from '@refloop/domain/patient/outreach';
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

/** @param contact as it is kept, or would be. @returns ids of the referrals it was put on record of */
export async function changeConsent(unit: Unit, contact: PatientContact, change: ConsentChange): Promise<string[]> {
  const { channel, given, by, actor, now, key } = change;
  const underWay: Referral[] = [];
  for (const { referralId } of await unit.referrals.listByPatient(contact.patientId)) {
    const referral = await readReferral(unit, referralId);
    if (referral?.factKeys.includes(`${key}/${referralId}`)) return [];
    if (referral && referral.order.status !== 'draft') underWay.push(referral);
  }
  const consent = { status: given ? ('given' as const) : ('withdrawn' as const), at: now, by };
  await unit.patientContacts.put({ ...contact, [channel]: { ...contact[channel], consent }, updatedAt: now });
  const told: string[] = [];
  for (const { id: referralId } of underWay) {
    await applyDecision(unit, referralId, actor, now, () =>
      ok([{ effectiveAt: now, factKey: `${key}/${referralId}`, fact: { type: 'patient-consent-changed', version: 1, channel, given } }]),
    );
    told.push(referralId);
  }
  return told;
}
