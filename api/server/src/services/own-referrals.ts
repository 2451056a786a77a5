/** What became of a clinician's own referrals (R98, R100): to read only, what is owed of them stands on the other lists. */
import { specialtyById } from '@refloop/domain/clinical/specialty';
import type { Referral } from '@refloop/domain/referral/referral';
import type { OwnReferral, OwnReferralsAnswer, OwnReferralsQuery } from '../client/own-referrals.ts';
import { actorOf, type Session } from '../sessions/session.ts';
import type { MovedPlace, ReferralRow } from '../store/referrals.ts';
import type { Store, Unit } from '../store/store.ts';
import { namesBeside } from './engine/obligation-rows.ts';
import { namesOf } from './staff-names.ts';
import { worklistLine } from './worklist-rows.ts';

export type OwnReferralsService = {
  /** @param asked `after`: `next` of the page before */
  list: (session: Session, asked: OwnReferralsQuery, now: Date) => Promise<OwnReferralsAnswer>;
};

/** How long what has ended is still told. */
const ENDED_FOR_DAYS = 30;
const PAGE = 20;

function placeOf(text: string): MovedPlace {
  const [updatedAt = '', ...id] = text.split('~');
  return { updatedAt, referralId: id.join('~') };
}

async function rowOf(unit: Unit, stored: ReferralRow, reader: string, names: ReadonlyMap<string, string>): Promise<OwnReferral> {
  const referral = stored.state as unknown as Referral;
  const { order } = referral;
  // Read and not held: nothing here is written. Earliest deadline first.
  const open = await unit.obligations.list({ status: 'open', referralId: stored.referralId });
  const { patientName } = await namesBeside(unit, referral, open);
  const line = open[0] && worklistLine(open[0]);
  const approved = order.status === 'draft' ? undefined : order.approval.performer;
  return {
    referralId: stored.referralId,
    patientName,
    specialtyName: specialtyById(referral.specialty)?.name ?? referral.specialty,
    urgency: referral.urgency,
    performerName: (referral.attempts.at(-1)?.performer ?? approved)?.display ?? null,
    status: stored.status,
    ended: stored.ended,
    movedAt: stored.updatedAt,
    owed: line
      ? {
          next: line.next,
          waitingOn: line.waitingOn,
          since: line.since,
          dueAt: line.dueAt,
          owner: line.owner === null ? null : (names.get(line.owner) ?? line.owner),
          mine: line.owner === reader,
          others: open.length - 1,
        }
      : null,
  };
}

export const createOwnReferralsService = ({ store }: { store: Store }): OwnReferralsService => ({
  list: (session, { after }, now) =>
    store.transaction(session.scope, async (unit) => {
      const endedSince = new Date(now.getTime() - ENDED_FOR_DAYS * 24 * 60 * 60_000).toISOString();
      // One more than is told is read, so that it is known whether there are more.
      const found = await unit.referrals.listByRequester({
        requester: session.subject,
        endedSince,
        ...(after === undefined ? {} : { after: placeOf(after) }),
        limit: PAGE + 1,
      });
      const page = found.slice(0, PAGE);
      const names = namesOf(await unit.grants.list());
      const rows: OwnReferral[] = [];
      for (const each of page) rows.push(await rowOf(unit, each, session.subject, names));
      const last = page.at(-1);
      await unit.audit.append({
        at: now.toISOString(),
        actor: actorOf(session),
        action: 'work.own-referrals-listed',
        purpose: 'TREAT',
        payload: { referrals: page.map(({ referralId }) => referralId) },
      });
      return { rows, next: last && found.length > PAGE ? `${last.updatedAt}~${last.referralId}` : null };
    }),
});
