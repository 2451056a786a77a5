/** Links that a coordinator makes for the office of the specialist who is asked. Making one is sending it: it is handed over from here on. */
import { decideCare } from '@refloop/domain/referral/care-command';
import type { NewLink } from '../client/office.ts';
import type { Thread } from '../client/worklist.ts';
import { problem, type Refusal, Refused } from '../problem.ts';
import { actorOf, personOf, type Session } from '../sessions/session.ts';
import { digest, newToken } from '../sessions/token.ts';
import type { Store } from '../store/store.ts';
import { careRefusal } from './care-refusal.ts';
import { applyDecision, withRetry } from './referral-log.ts';
import { noSuchReferral, readThread, requireOwn } from './worklist.ts';

/** As long as the safety net after an order waits for a note (R121), and the same again. Ours. */
const LINK_DAYS = 60;
const DAY_MS = 86_400_000;

export type OfficeLinkService = {
  make: (session: Session, referralId: string, sequence: number, now: Date) => Promise<NewLink | Refusal>;
  /** Takes back every link of the referral: none opens anything any more, and what is open shows nothing from then on. */
  close: (session: Session, referralId: string, now: Date) => Promise<Thread | Refusal>;
};

export const createOfficeLinkService = ({ store, newId }: { store: Store; newId: () => string }): OfficeLinkService => ({
  make: (session, referralId, sequence, now) =>
    withRetry(() =>
      store.transaction(session.scope, async (unit) => {
        const at = now.toISOString();
        const id = newId();
        const link = newToken();
        await requireOwn(unit, session, referralId);
        const applied = await applyDecision(unit, referralId, personOf(session), at, (referral) => {
          if (referral.lastSequence !== sequence) throw new Refused(problem('conflict', CHANGED));
          const attempt = referral.attempts.at(-1)?.number ?? 0;
          return decideCare(referral, { type: 'send', attempt, transmissionId: id, channel: 'link', at }, at);
        });
        if (!applied) throw new Refused(problem('not-found', 'There is no referral with this number here. Reload the list.'));
        if (!applied.ok) throw new Refused(careRefusal(applied.refusal));
        const attempt = applied.value.attempts.at(-1);
        if (!attempt) throw new Refused(problem('conflict', 'No specialist has been asked yet.'));
        const { npi, display } = attempt.performer;
        const expiresAt = new Date(now.getTime() + LINK_DAYS * DAY_MS).toISOString();
        // The one that is handed over now is the one that opens.
        const closed = await unit.officeLinks.close(referralId, at, attempt.number);
        await unit.officeLinks.insert({
          id,
          tokenHash: digest(link),
          referralId,
          attempt: attempt.number,
          npi,
          madeBy: session.subject,
          madeAt: at,
          expiresAt,
        });
        await unit.audit.append({
          at,
          actor: actorOf(session),
          action: 'office-link.made',
          purpose: 'TREAT',
          referralId,
          patientId: applied.value.patientId,
          payload: { link: id, attempt: attempt.number, npi, expiresAt, closed },
        });
        return { link, expiresAt, specialist: display };
      }),
    ),

  close: (session, referralId, now) =>
    store.transaction(session.scope, async (unit) => {
      const at = now.toISOString();
      await requireOwn(unit, session, referralId);
      const referral = await unit.referrals.get(referralId);
      const closed = await unit.officeLinks.close(referralId, at);
      const thread = referral && (await readThread(unit, session, referralId, at));
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
