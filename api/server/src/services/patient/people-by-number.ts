/**
 * Whose a number is: of those whom we text at it, and of those in whose chart it stood when a referral was approved. Several people may share
 * one. What they write goes to the referral that they are likely to mean.
 */
import { phoneNumber } from '@refloop/domain/patient/outreach';
import { blocksOf } from '@refloop/domain/patient-match/blocks';
import { comparedIdentity } from '@refloop/domain/patient-match/identity';
import { closedBy } from '@refloop/domain/referral/closure';
import type { Referral } from '@refloop/domain/referral/referral';
import { numberBlock } from '../../inbound/identity-of.ts';
import type { PatientContact } from '../../store/patient-contacts.ts';
import type { Unit } from '../../store/store.ts';
import { isEngaged } from '../engine/reactions.ts';
import { readReferral } from '../referral-log.ts';
import { approvedPacket, contactOf } from './patient-facts.ts';

export type PersonByNumber = {
  patientId: string;
  /** As it is kept, or as the chart had it; undefined of whom no packet was kept. */
  contact: PatientContact | undefined;
  /** The newest that is under way, else the newest that was in force; undefined where none ever was. */
  referral: Referral | undefined;
};

/** More people than that share no number, and no seven digits. */
const MOST_CHARTS = 100;
const NOBODY = { family: '', given: [], suffix: '', born: '', sex: '', line: '', city: '', postalCode: '', recordNumbers: [] } as const;

/** By any number of the chart, and by the first of it where it was kept before the others were. Of a merged chart also the one it went into. */
async function idsInCharts(unit: Unit, number: string): Promise<string[]> {
  const charts = await unit.patientIdentities.sharing([numberBlock(number)], MOST_CHARTS);
  const alike = await unit.patientIdentities.sharing(blocksOf(comparedIdentity({ ...NOBODY, phone: number })), MOST_CHARTS);
  return [...charts, ...alike.filter(({ identity }) => phoneNumber(identity.phone) === number)].flatMap(({ patientId, replacedBy }) =>
    replacedBy === null ? [patientId] : [patientId, replacedBy],
  );
}

async function likelyMeant(unit: Unit, patientId: string): Promise<Referral | undefined> {
  let newest: Referral | undefined;
  for (const { referralId } of (await unit.referrals.listByPatient(patientId)).toReversed()) {
    const referral = await readReferral(unit, referralId);
    if (!referral || !isEngaged(referral)) continue;
    if (referral.order.status === 'active' && !closedBy(referral)) return referral;
    newest ??= referral;
  }
  return newest;
}

/** @param number E.164 */
export async function peopleByNumber(unit: Unit, number: string, now: string): Promise<PersonByNumber[]> {
  const contacts = new Map((await unit.patientContacts.byNumber(number)).map((contact) => [contact.patientId, contact]));
  const people: PersonByNumber[] = [];
  for (const patientId of new Set([...contacts.keys(), ...(await idsInCharts(unit, number))])) {
    const referral = await likelyMeant(unit, patientId);
    const packet = referral && (await approvedPacket(unit, referral));
    const contact = contacts.get(patientId) ?? (referral && packet ? await contactOf(unit, referral, packet, now) : undefined);
    people.push({ patientId, contact, referral });
  }
  return people;
}
