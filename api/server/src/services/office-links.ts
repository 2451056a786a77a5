/** Links that a coordinator makes for the office of the specialist who is asked. Making one is sending it: it is handed over from here on. */
import type { Attempt } from '@refloop/domain/referral/attempt';
import { decideCare } from '@refloop/domain/referral/care-command';
import type { OfficeMail } from '../channels/office-mail.ts';
import type { NewLink } from '../client/office.ts';
import type { Thread } from '../client/thread.ts';
import type { SentPacket } from '../packet/packet-ccda.ts';
import { problem, type Refusal, Refused } from '../problem.ts';
import { actorOf, personOf, type Session } from '../sessions/session.ts';
import type { Store, Unit } from '../store/store.ts';
import { recordSettled } from './authorization-answer.ts';
import { careRefusal } from './care-refusal.ts';
import { addLink, expiryOf, type LinkAbout } from './new-office-link.ts';
import { noSuchReferral, requireOwn } from './own-referral.ts';
import { type AskedOfEhr, type AskingDeps, askingEhr } from './packet-asked.ts';
import { type AssembledPacket, type AssemblyDeps, assemblePacket } from './packet-assembly.ts';
import { TO_SEND } from './packet-files.ts';
import { keepAsItGoes } from './packet-went.ts';
import { holdWords } from './packet-words.ts';
import { applyDecision, readReferral, withRetry } from './referral-log.ts';
import { keepSent, newestPacketOf } from './sent-packet.ts';
import { readThread } from './worklist.ts';

export type OfficeLinkService = {
  make: (session: Session, referralId: string, sequence: number, now: Date) => Promise<NewLink | Refusal>;
  /** Takes back every link of the referral: none opens anything any more, and what is open shows nothing from then on. */
  close: (session: Session, referralId: string, now: Date) => Promise<Thread | Refusal>;
};

type Asked = { now: Date; ofEhr: AskedOfEhr; sequence: number };
/** `on`: the last event the link is made on. */
type MayGo = { on: number; assembled: AssembledPacket | undefined };

/** A link hands the packet over like any other way: one that is held goes by none. */
async function refuseHeldPacket(unit: Unit, referralId: string, deps: AssemblyDeps, { now, ofEhr, sequence }: Asked): Promise<MayGo> {
  const referral = await readReferral(unit, referralId);
  const assembled = referral && (await assemblePacket(unit, referral, deps, now, ofEhr.consents, ofEhr.files));
  const [hold] = assembled?.holds ?? [];
  if (hold) throw new Refused(problem('conflict', `No link was made. ${holdWords(hold, (subject) => subject)}`));
  if (referral && referral.decidedSequence !== sequence) throw new Refused(problem('conflict', CHANGED));
  const settled = assembled && (await recordSettled(unit, referralId, assembled, now.toISOString()));
  return { on: settled?.decidedSequence ?? sequence, assembled };
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
type LinkDeps = { store: Store; newId: () => string; assembly?: Omit<AskingDeps, 'store'> };

/** The packet as it went to this office before, the newest: a link that takes the place of one shows what that one showed. */
const wentBefore = async (unit: Unit, attempt: Attempt | undefined): Promise<SentPacket | undefined> =>
  attempt &&
  newestPacketOf(
    unit,
    attempt.transmissions.filter(({ status }) => status !== 'failed'),
  );

export const createOfficeLinkService = ({ store, newId, assembly }: LinkDeps): OfficeLinkService => ({
  make: async (session, referralId, sequence, now) => {
    const hasGone = await store.transaction(session.scope, async (unit) => {
      await requireOwn(unit, session, referralId);
      return (await wentBefore(unit, (await readReferral(unit, referralId))?.attempts.at(-1))) !== undefined;
    });
    const ask = assembly && askingEhr({ store, ...assembly });
    const ofEhr = (await ask?.(session, referralId, now, hasGone ? 'without-files' : TO_SEND)) ?? { consents: [], files: undefined };
    return withRetry(() =>
      store.transaction(session.scope, async (unit) => {
        const at = now.toISOString();
        const id = newId();
        await requireOwn(unit, session, referralId);
        const asked = { now, ofEhr, sequence };
        const { on, assembled } = assembly ? await refuseHeldPacket(unit, referralId, assembly, asked) : { on: sequence };
        const before = await wentBefore(unit, (await readReferral(unit, referralId))?.attempts.at(-1));
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
        if (before) await keepSent(unit, applied.value, id, before, at);
        else if (assembled) {
          const went = { transmissionId: id, way: 'link', preferred: null, address: null, files: ofEhr.files, now };
          await keepAsItGoes(unit, session, applied.value, assembled, went);
        }
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
