/** What one person prepared for another to sign, as it is kept with the recommendation. Encrypted by the store. */
import { type Asker, maySign } from '@refloop/domain/referral/pend';
import type { Named, PendEnd, Sentence, Prepared as ToldPrepared } from '../client/recommendation.ts';
import { signersOf } from '../grants/in-force.ts';
import { problem, type Refusal } from '../problem.ts';
import type { Session } from '../sessions/session.ts';
import type { StaffMember } from '../store/delegations.ts';
import type { StoredRecommendation } from '../store/recommendations.ts';
import type { Unit } from '../store/store.ts';

export type Prepared = {
  by: StaffMember;
  /** The note as the preparer left it, without what others changed: what the signing clinician's own changes are told apart from. */
  sentences: Sentence[];
  /** Null while it was not handed over, or was taken back. */
  pend: { for: StaffMember; note: string; since: string; ended: PendEnd | null } | null;
};

export const preparedOf = (stored: StoredRecommendation): Prepared | null => (stored.prepared ?? null) as Prepared | null;

export const memberOf = ({ subject, fhirUser, name }: Session): StaffMember => ({ subject, fhirUser, name });

export const named = ({ subject, name }: Named): Named => ({ subject, name });

/** As the app gets it. */
export const toldPrepared = (prepared: Prepared | null): ToldPrepared | null =>
  prepared && {
    by: named(prepared.by),
    sentences: prepared.sentences,
    pend: prepared.pend && { ...prepared.pend, for: named(prepared.pend.for) },
  };

export const isClinician = ({ roles }: Session): boolean => roles.includes('clinician');

/** What a preparer handed over is changed by them only while they are named for that clinician. */
export async function whyNotSendOn(unit: Unit, session: Session, signer: string | null, now: Date): Promise<Refusal | undefined> {
  if (signer === null || isClinician(session)) return undefined;
  const signers = await signersOf(unit, session.subject, now);
  if (signers.some(({ subject }) => subject === signer)) return undefined;
  return problem(
    'not-allowed',
    'You are no longer named as preparing for this clinician, so what you sent stays as it is. You can still take it back.',
  );
}

/** Deciding, and all that follows from it, is a clinician's: the routes say so, and each service says it again. */
export const whyNotDecide = (session: Session): Refusal | undefined =>
  isClinician(session) ? undefined : problem('not-allowed', 'Only a clinician decides on a referral and writes it to the chart.');

/** With whom it lies, in words; undefined while it lies with nobody. */
export function pendedRefusal(stored: StoredRecommendation | undefined): Refusal {
  const prepared = stored && preparedOf(stored);
  const [by, signer] = [prepared?.by.name ?? 'Somebody', prepared?.pend?.for.name ?? 'another clinician'];
  return problem(
    'pended',
    `${by} prepared this referral for ${signer} to sign, and you do not cover for them. A clinician can make a referral of their own from the order; it then takes the place of this one.`,
  );
}

/** Who prepared it for the person of this session to sign; null where that person did it alone. */
export function preparerFor(session: Session, stored: StoredRecommendation): StaffMember | null {
  const by = preparedOf(stored)?.by;
  return by && by.subject !== session.subject ? by : null;
}

/** The clinician in whose place this session acts on it; null where it acts for itself. */
export function coveredIn(session: Session, stored: StoredRecommendation, asker: Asker): StaffMember | null {
  const signer = preparedOf(stored)?.pend?.for;
  return signer && signer.subject !== session.subject && asker.coversFor.includes(signer.subject) ? signer : null;
}

/** Why this session may not change this recommendation; undefined where it may. */
export function whyNotWorkOn(session: Session, stored: StoredRecommendation, asker: Asker): Refusal | undefined {
  const prepared = preparedOf(stored);
  const own = prepared ? prepared.by.subject === session.subject : stored.subject === session.subject;
  if (own) return undefined;
  if (!isClinician(session)) {
    return problem('not-allowed', 'This draft is another person’s. Who prepares referrals changes their own drafts alone.');
  }
  if (!prepared) return undefined;
  if (stored.pendedFor !== null) {
    const pend = { preparedBy: prepared.by.subject, for: stored.pendedFor, note: '', since: '' };
    return maySign(pend, asker) ? undefined : pendedRefusal(stored);
  }
  // Signed once and taken up again after the order changed, it is the clinician's own.
  if (prepared.pend) return undefined;
  return problem(
    'not-allowed',
    `${prepared.by.name} has not handed this over to be signed. Ask them to send it, or start a referral of your own.`,
  );
}
