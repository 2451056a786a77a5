/** Links that a coordinator makes for the office of the specialist who is asked. Making one is sending it: it is handed over from here on. */
import type { FhirResource } from '@refloop/domain/fhir/read';
import { decideCare } from '@refloop/domain/referral/care-command';
import type { OfficeMail } from '../channels/office-mail.ts';
import type { NewLink } from '../client/office.ts';
import type { Thread } from '../client/thread.ts';
import type { ReadConsents } from '../ehr/consents-now.ts';
import { problem, type Refusal, Refused } from '../problem.ts';
import { actorOf, personOf, type Session } from '../sessions/session.ts';
import type { Store, Unit } from '../store/store.ts';
import { recordSettled } from './authorization-answer.ts';
import { careRefusal } from './care-refusal.ts';
import { consentsFor } from './consents-at-sending.ts';
import { addLink, expiryOf, type LinkAbout } from './new-office-link.ts';
import { noSuchReferral, requireOwn } from './own-referral.ts';
import { type AssemblyDeps, assemblePacket } from './packet-assembly.ts';
import { holdWords } from './packet-words.ts';
import { applyDecision, readReferral, withRetry } from './referral-log.ts';
import { passOn } from './sent-packet.ts';
import { readThread } from './worklist.ts';

export type OfficeLinkService = {
  make: (session: Session, referralId: string, sequence: number, now: Date) => Promise<NewLink | Refusal>;
  /** Takes back every link of the referral: none opens anything any more, and what is open shows nothing from then on. */
  close: (session: Session, referralId: string, now: Date) => Promise<Thread | Refusal>;
};

/** A link hands the packet over like any other way: one that is held goes by none. Answers the last event the link is made on. */
async function refuseHeldPacket(
  unit: Unit,
  referralId: string,
  deps: AssemblyDeps,
  { now, consents, sequence }: { now: Date; consents: readonly FhirResource[]; sequence: number },
): Promise<number> {
  const referral = await readReferral(unit, referralId);
  const assembled = referral && (await assemblePacket(unit, referral, deps, now, consents));
  const [hold] = assembled?.holds ?? [];
  if (hold) throw new Refused(problem('conflict', `No link was made. ${holdWords(hold, (subject) => subject)}`));
  if (referral && referral.decidedSequence !== sequence) throw new Refused(problem('conflict', CHANGED));
  const settled = assembled && (await recordSettled(unit, referralId, assembled, now.toISOString()));
  return settled?.decidedSequence ?? sequence;
}

/** Makes the link of a transmission and closes those before it. Answers what opens it, of which only the digest is kept. */
export async function insertLink(unit: Unit, session: Session, about: LinkAbout): Promise<string> {
  // The one that is handed over now is the one that opens.
  const closed = await unit.officeLinks.close(about.referral.id, about.now.toISOString(), about.attempt.number);
  return addLink(unit, { subject: session.subject, actor: actorOf(session) }, about, closed);
}

/** What of a mail opens something: the address with the link behind its `#`. */
export const linkSecret = (publicUrl: string, link: string): Pick<OfficeMail, 'link'> => ({ link: `${publicUrl}/office#${link}` });

/** Without `assembly` no packet is looked at: where referrals have none. */
type LinkDeps = { store: Store; newId: () => string; assembly?: AssemblyDeps & { consents: ReadConsents } };

export const createOfficeLinkService = ({ store, newId, assembly }: LinkDeps): OfficeLinkService => ({
  make: async (session, referralId, sequence, now) => {
    const consents = assembly ? await consentsFor({ store, consents: assembly.consents }, session, referralId, now) : [];
    return withRetry(() =>
      store.transaction(session.scope, async (unit) => {
        const at = now.toISOString();
        const id = newId();
        await requireOwn(unit, session, referralId);
        const on = assembly ? await refuseHeldPacket(unit, referralId, assembly, { now, consents, sequence }) : sequence;
        const applied = await applyDecision(unit, referralId, personOf(session), at, (referral) => {
          if (referral.decidedSequence !== on) throw new Refused(problem('conflict', CHANGED));
          const attempt = referral.attempts.at(-1)?.number ?? 0;
          return decideCare(referral, { type: 'send', attempt, transmissionId: id, channel: 'link', at }, at);
        });
        if (!applied) throw new Refused(problem('not-found', 'There is no referral with this number here. Reload the list.'));
        if (!applied.ok) throw new Refused(careRefusal(applied.refusal));
        const attempt = applied.value.attempts.at(-1);
        if (!attempt) throw new Refused(problem('conflict', 'No specialist has been asked yet.'));
        const link = await insertLink(unit, session, { id, referral: applied.value, attempt, now });
        const before = attempt.transmissions.filter((sent) => sent.id !== id && sent.status !== 'failed');
        await passOn(unit, applied.value, { from: before, to: id, at });
        return { link, expiresAt: expiryOf(now), specialist: attempt.performer.display };
      }),
    );
  },

  close: (session, referralId, now) =>
    store.transaction(session.scope, async (unit) => {
      const at = now.toISOString();
      await requireOwn(unit, session, referralId);
      const referral = await unit.referrals.get(referralId);
      const closed = await unit.officeLinks.close(referralId, at);
      const thread = referral && (await readThread(unit, session, referralId, at, assembly?.practiceOf));
      if (!thread) throw new Refused(noSuchReferral());
      await unit.audit.append({
        at,
        actor: actorOf(session),
        action: 'office-link.closed',
        purpose: 'TREAT',
        referralId,
        patientId: referral.patientId,
        payload: { links: closed },
      });
      return thread;
    }),
});

const CHANGED = 'Something happened to this referral since it was shown. No link was made. Look at it again.';
