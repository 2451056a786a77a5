/** What Refloop knows of a patient besides the referral: from what the clinician approved, and from what was put on record since. */
import { isAdolescentAge } from '@refloop/domain/chart/sensitivity';
import type { Instant } from '@refloop/domain/instant';
import { phoneNumber } from '@refloop/domain/patient/outreach';
import { type AgeGroup, OF_AGE } from '@refloop/domain/patient/proxy';
import type { Language } from '@refloop/domain/patient/reading-grade';
import { mailAddressOf } from '@refloop/domain/patient/told-contact';
import type { Referral } from '@refloop/domain/referral/referral';
import { wallOf } from '@refloop/domain/sla/business-time';
import type { Packet } from '../../packet/packet.ts';
import type { PatientContact } from '../../store/patient-contacts.ts';
import type { Unit } from '../../store/store.ts';

/** As it was approved; undefined of an order that was not, or whose approval kept no packet. */
export async function approvedPacket(unit: Unit, { order }: Referral): Promise<Packet | undefined> {
  if (order.status === 'draft') return undefined;
  const approval = await unit.approvals.byRecommendation(order.approval.recommendationId);
  return (approval?.content as { packet?: Packet } | undefined)?.packet;
}

/** The day, `1985-03-27`; undefined where the chart has none, or a year alone. */
export const birthDateOf = ({ patient }: Packet): string | undefined =>
  /^\d{4}-\d{2}-\d{2}$/.test(patient.born) ? patient.born : undefined;

function languageOf({ order }: Referral, packet: Packet | undefined): Language {
  const tag = order.status === 'draft' ? null : (order.approval.setting?.language ?? null);
  return tag?.toLowerCase().startsWith('es') || /spanish|español/i.test(packet?.patient.language ?? '') ? 'es' : 'en';
}

/** What the chart said when the referral was approved: a number, an address, a language, and no consent to anything. */
export const chartedContact = (referral: Referral, packet: Packet | undefined, now: Instant): PatientContact => ({
  patientId: referral.patientId,
  language: languageOf(referral, packet),
  preferred: 'text',
  text: { to: phoneNumber(packet?.patient.phone ?? '') ?? null, consent: { status: 'unknown' } },
  email: { to: mailAddressOf(packet?.patient.email ?? '') ?? null, consent: { status: 'unknown' } },
  proxies: [],
  updatedAt: now,
});

/** What is on record, else what the chart said. */
export const contactOf = async (unit: Unit, referral: Referral, packet: Packet, now: Instant): Promise<PatientContact> =>
  (await unit.patientContacts.take(referral.patientId)) ?? chartedContact(referral, packet, now);

/** The day on the clinic’s wall, `2026-11-28`. @param timeZone IANA name */
export const dayOn = (now: Instant, timeZone: string): string => new Date(wallOf(Date.parse(now), timeZone)).toISOString().slice(0, 10);

/** In whole years. @param born, day days of the clinic’s calendar */
export function ageOn(born: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(born.slice(0, 4));
  return day.slice(5, 10) < born.slice(5, 10) ? years - 1 : years;
}

/** On the clinic’s day. Asked only where somebody is on record who might act, or was: of nobody else it changes anything. */
export async function ageGroupOf(
  unit: Unit,
  referral: Referral,
  { proxies, takenOffAt }: Pick<PatientContact, 'proxies' | 'takenOffAt'>,
  day: string,
): Promise<AgeGroup> {
  if (proxies.length === 0 && takenOffAt === undefined) return { isUnderAge: false, isAdolescent: false };
  const packet = await approvedPacket(unit, referral);
  const born = packet && birthDateOf(packet);
  const age = born === undefined ? OF_AGE : ageOn(born, day);
  return { isUnderAge: age < OF_AGE, isAdolescent: isAdolescentAge(age) };
}
