/** Links for the patient: handed over by whoever the referral is with, or carried by a message. */
import { instead, OF_AGE } from '@refloop/domain/patient/proxy';
import type { Referral } from '@refloop/domain/referral/referral';
import { calendarFor } from '@refloop/domain/sla/policy';
import type { NewPatientLink } from '../../client/patient.ts';
import { problem, type Refusal, Refused } from '../../problem.ts';
import { actorOf, type Session } from '../../sessions/session.ts';
import { digest, newToken } from '../../sessions/token.ts';
import type { Scope, Store, Unit } from '../../store/store.ts';
import { practiceIn } from '../configuration-in-force.ts';
import { policyIn } from '../engine/policy-in-force.ts';
import { readReferral } from '../referral-log.ts';
import { noSuchReferral, requireOwn } from '../worklist.ts';
import { ageOn, approvedPacket, birthDateOf, contactOf, dayOn } from './patient-facts.ts';
import { isAdolescent } from './patient-view.ts';

/** As long as an office’s (services/office-links.ts), and until the last question about the visit. Ours. */
const LINK_DAYS = 120;
const DAY_MS = 86_400_000;

export const expiryOf = (now: string): string => new Date(Date.parse(now) + LINK_DAYS * DAY_MS).toISOString();

export type PatientLinkService = {
  /** A new one takes the place of those before: it opens also where they were locked after wrong tries. */
  make: (session: Session, referralId: string, now: Date) => Promise<NewPatientLink | Refusal>;
};

/** The clinician who ordered hands it over at the end of their minute, whoever the next step is with. */
export async function requireOwnOrOrdered(unit: Unit, session: Session, { id, order }: Referral): Promise<void> {
  if (order.status !== 'draft' && order.approval.requester === session.subject) return;
  await requireOwn(unit, session, id);
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
      if (!packet || birthDateOf(packet) === undefined) throw new Refused(problem('conflict', NO_BIRTH_DATE));
      const link = newToken();
      const id = newId();
      const expiresAt = expiryOf(at);
      const closed = await unit.patientLinks.close(referralId, at);
      await unit.patientLinks.insert({ id, tokenHash: digest(link), referralId, madeBy: session.subject, madeAt: at, expiresAt });
      const contact = await contactOf(unit, referral, packet, at);
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
      const { timeZone } = calendarFor(await policyIn(unit), referral);
      const withheld = isAdolescent(packet, dayOn(at, timeZone));
      const isUnderAge = ageOn(birthDateOf(packet) ?? '', dayOn(at, timeZone)) < OF_AGE;
      const acting = instead(contact, isUnderAge);
      const language = acting[0]?.reach?.language ?? contact.language;
      // An adolescent opens it too.
      const forProxies = !withheld && (isUnderAge || acting.length > 0) ? acting.map(({ name }) => name) : null;
      return { link, expiresAt, language, practice, phone, withheld, forProxies };
    }),
});

const NOT_IN_FORCE = 'The order is not in force, so there is nothing for the patient to open yet.';
const NO_BIRTH_DATE =
  'The chart gives no full date of birth, and a link opens with nothing else. Write the date of birth to the chart, or call the patient.';
