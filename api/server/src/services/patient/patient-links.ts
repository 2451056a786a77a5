/** Links for the patient: handed over by whoever the referral is with, or carried by a message. */
import { instead, OF_AGE, PROXY_SIDES, type Proxy } from '@refloop/domain/patient/proxy';
import type { Referral } from '@refloop/domain/referral/referral';
import { calendarFor } from '@refloop/domain/sla/policy';
import { PATIENT_MAIL } from '../../channels/patient-mail.ts';
import { type PatientMessage, TEXT_MESSAGE } from '../../channels/text-message.ts';
import type { NewPatientLink } from '../../client/patient.ts';
import { problem, type Refusal, Refused } from '../../problem.ts';
import { actorOf, type Session } from '../../sessions/session.ts';
import { digest, newToken } from '../../sessions/token.ts';
import type { Scope, Store, Unit } from '../../store/store.ts';
import { practiceIn } from '../configuration-in-force.ts';
import { policyIn } from '../engine/policy-in-force.ts';
import { noSuchReferral, requireOwn } from '../own-referral.ts';
import { readReferral } from '../referral-log.ts';
import { expiryOf } from './link-expiry.ts';
import { ageOn, approvedPacket, birthDateOf, contactOf, dayOn } from './patient-facts.ts';
import { isAdolescent } from './patient-view.ts';
import { canOpenHanded } from './who-opens.ts';

const isToPatient = (kind: string): boolean => kind === TEXT_MESSAGE || kind === PATIENT_MAIL;

export type PatientLinkService = {
  /** A new one takes the place of those before: it opens also where they were locked after wrong tries. */
  make: (session: Session, referralId: string, now: Date) => Promise<NewPatientLink | Refusal>;
};

/** The clinician who ordered hands it over at the end of their minute, whoever the next step is with. */
export async function requireOwnOrOrdered(unit: Unit, session: Session, { id, order }: Referral): Promise<void> {
  if (order.status !== 'draft' && order.approval.requester === session.subject) return;
  await requireOwn(unit, session, id);
}

const referralsOf = async (unit: Unit, patientId: string): Promise<string[]> =>
  (await unit.referrals.listByPatient(patientId)).map(({ referralId }) => referralId).sort();

/** Keeps every link of the patient from others until the transaction ends. */
export async function takeLinksOf(unit: Unit, patientId: string): Promise<void> {
  for (const referralId of await referralsOf(unit, patientId)) await unit.patientLinks.takeAll(referralId);
}

/**
 * Ends every link of the patient, also of a page that is open: nobody knows whose hands they are in. Of a message that waits for somebody else the link
 * has reached nobody yet, and stays. @param gone who acts for the patient no more @returns the ids of those that ended
 */
export async function closeLinksOf(unit: Unit, patientId: string, { reach }: Proxy, at: string): Promise<string[]> {
  const closed: string[] = [];
  for (const referralId of await referralsOf(unit, patientId)) {
    const waiting = (await unit.outbox.ofReferral(referralId)).filter(
      ({ kind, standing }) => isToPatient(kind) && standing.status === 'waiting',
    );
    const kept = waiting.filter(({ content }) => {
      const { to } = content as PatientMessage;
      return to !== reach?.text.to && to !== reach?.email.to;
    });
    closed.push(
      ...(await unit.patientLinks.close(
        referralId,
        at,
        kept.map(({ key }) => key),
      )),
    );
  }
  return closed;
}

export type PatientLinkDeps = { store: Store; newId: () => string; phoneOf: (scope: Scope) => string };

/** @param phoneOf where a practice is called that has configured no number of its own; empty where its site entry says nothing */
export const createPatientLinkService = ({ store, newId, phoneOf }: PatientLinkDeps): PatientLinkService => ({
  make: (session, referralId, now) =>
    store.transaction(session.scope, async (unit) => {
      const at = now.toISOString();
      const referral = await readReferral(unit, referralId);
      if (!referral || referral.order.status === 'draft') throw new Refused(noSuchReferral());
      await requireOwnOrOrdered(unit, session, referral);
      if (referral.order.status !== 'active') throw new Refused(problem('conflict', NOT_IN_FORCE));
      const packet = await approvedPacket(unit, referral);
      const born = packet && birthDateOf(packet);
      if (!packet || born === undefined) throw new Refused(problem('conflict', NO_BIRTH_DATE));
      // Every link before the contact, as a page takes them.
      await unit.patientLinks.takeAll(referralId);
      const contact = await contactOf(unit, referral, packet, at);
      const today = dayOn(at, calendarFor(await policyIn(unit), referral).timeZone);
      const withheld = isAdolescent(packet, today);
      const isUnderAge = ageOn(born, today) < OF_AGE;
      const acting = instead(contact, isUnderAge, withheld);
      const mayOpen = PROXY_SIDES.some((side) => canOpenHanded(contact, side, isUnderAge));
      // A child under the age of an adolescent does not open it.
      if (isUnderAge && !withheld && !mayOpen) throw new Refused(problem('conflict', NOBODY_OPENS));
      const link = newToken();
      const id = newId();
      const expiresAt = expiryOf(at);
      const closed = await unit.patientLinks.close(referralId, at);
      await unit.patientLinks.insert({ id, tokenHash: digest(link), referralId, madeBy: session.subject, madeAt: at, expiresAt });
      await unit.audit.append({
        at,
        actor: actorOf(session),
        action: 'patient-link.made',
        purpose: 'TREAT',
        referralId,
        patientId: referral.patientId,
        payload: { link: id, expiresAt, closed },
      });
      const { practice, phone } = await practiceIn(unit, phoneOf(unit.scope));
      const language = acting[0]?.reach?.language ?? contact.language;
      // An adolescent opens it too.
      const forProxies = !withheld && (isUnderAge || acting.length > 0) ? acting.map(({ name }) => name) : null;
      const asksPhone = forProxies !== null && contact.takenOffAt !== undefined;
      return { link, expiresAt, language, practice, phone, withheld, forProxies, asksPhone };
    }),
});

const NOT_IN_FORCE = 'The order is not in force, so there is nothing for the patient to open yet.';
const NO_BIRTH_DATE =
  'The chart gives no full date of birth, and a link opens with nothing else. Write the date of birth to the chart, or call the patient.';
const NOBODY_OPENS =
  'No link was made: nobody could open it. Somebody was taken off the record of who acts for this child, so only who is on it may, by their telephone number. Put them on record with it under “How the patient is reached”, or call.';
