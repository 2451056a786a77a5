/** Links that a coordinator makes for the office of the specialist who is asked. Making one is sending it: it is handed over from here on. */
import type { AuditActor } from '@refloop/domain/audit/entry';
import type { FhirResource } from '@refloop/domain/fhir/read';
import type { Attempt } from '@refloop/domain/referral/attempt';
import { decideCare } from '@refloop/domain/referral/care-command';
import type { Referral } from '@refloop/domain/referral/referral';
import type { OfficeMail } from '../channels/office-mail.ts';
import type { NewLink } from '../client/office.ts';
import type { Thread } from '../client/thread.ts';
import type { ReadConsents } from '../ehr/consents-now.ts';
import { problem, type Refusal, Refused } from '../problem.ts';
import { actorOf, personOf, type Session } from '../sessions/session.ts';
import { digest, newToken } from '../sessions/token.ts';
import type { Store, Unit } from '../store/store.ts';
import { recordSettled } from './authorization-answer.ts';
import { careRefusal } from './care-refusal.ts';
import { consentsFor } from './consents-at-sending.ts';
import { type AssemblyDeps, assemblePacket } from './packet-assembly.ts';
import { holdWords } from './packet-words.ts';
import { applyDecision, readReferral, withRetry } from './referral-log.ts';
import { noSuchReferral, readThread, requireOwn } from './worklist.ts';

/** As long as the safety net after an order waits for a note (R121), and the same again. Ours. */
const LINK_DAYS = 60;
const DAY_MS = 86_400_000;

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

const expiryOf = (now: Date): string => new Date(now.getTime() + LINK_DAYS * DAY_MS).toISOString();

export type LinkAbout = { id: string; referral: Referral; attempt: Attempt; now: Date };

/** Makes the link of a transmission and closes those before it. Answers what opens it, of which only the digest is kept. */
export async function insertLink(unit: Unit, session: Session, about: LinkAbout): Promise<string> {
  // The one that is handed over now is the one that opens.
  const closed = await unit.officeLinks.close(about.referral.id, about.now.toISOString(), about.attempt.number);
  return addLink(unit, { subject: session.subject, actor: actorOf(session) }, about, closed);
}

/** A link beside those that open already. @param by who makes it @param closed ids of links in whose place it stands */
export async function addLink(
  unit: Unit,
  by: { subject: string; actor: AuditActor },
  { id, referral, attempt, now }: LinkAbout,
  closed: readonly string[] = [],
): Promise<string> {
  const at = now.toISOString();
  const link = newToken();
  const { npi } = attempt.performer;
  const expiresAt = expiryOf(now);
  await unit.officeLinks.insert({
    id,
    tokenHash: digest(link),
    referralId: referral.id,
    attempt: attempt.number,
    npi,
    madeBy: by.subject,
    madeAt: at,
    expiresAt,
  });
  await unit.audit.append({
    at,
    actor: by.actor,
    action: 'office-link.made',
    purpose: 'TREAT',
    referralId: referral.id,
    patientId: referral.patientId,
    payload: { link: id, attempt: attempt.number, npi, expiresAt, closed: [...closed] },
  });
  return link;
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
