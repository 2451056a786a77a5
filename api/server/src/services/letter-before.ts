/** Where one more letter to a specialist's office can go: to the address that the packet went to, with a link of its own. */
import type { AuditActor } from '@refloop/domain/audit/entry';
import type { Attempt, Transmission } from '@refloop/domain/referral/attempt';
import type { Referral } from '@refloop/domain/referral/referral';
import { OFFICE_MAIL, type OfficeMail } from '../channels/office-mail.ts';
import { effectId } from '../store/outbox.ts';
import type { Unit } from '../store/store.ts';
import { MOST_TRIES } from './link-tries.ts';
import { addLink, type LinkAbout } from './new-office-link.ts';
import { passOn } from './sent-packet.ts';

export type Letter = Pick<OfficeMail, 'to' | 'practice' | 'specialist' | 'callback'>;

/** In which a letter that calls a packet off follows it: whether that one left is known before. */
export const mailLane = (transmissionId: string): string => `mail/${transmissionId}`;

/** The letter that the packet went by, where it is not known to have failed and its link has neither been taken back nor been locked. */
export async function letterBefore(unit: Unit, { id: referralId }: Referral, sent: Transmission): Promise<Letter | undefined> {
  const mailed = await unit.outbox.get(effectId(unit.scope, OFFICE_MAIL, sent.id));
  if (!mailed || mailed.standing.status === 'failed' || mailed.standing.status === 'left-out') return undefined;
  const link = (await unit.officeLinks.list(referralId)).find(({ id }) => id === sent.id);
  if (!link || link.closedAt !== null || link.wrongTries >= MOST_TRIES) return undefined;
  const { to, practice, specialist, callback } = mailed.content as Letter;
  return to === null ? undefined : { to, practice, specialist, callback };
}

/** How it was sent last and not in vain. */
export const wayTo = ({ transmissions }: Attempt): Transmission | undefined => transmissions.findLast(({ status }) => status !== 'failed');

/**
 * Whether all that was to go to this office waits here still, and nobody has taken it up to send: once it is not asked any more none of it leaves,
 * and it has nothing to hear. Kept so until the transaction ends; what somebody has taken up may leave yet.
 */
export async function nothingLeft(unit: Unit, referralId: string, { transmissions }: Attempt): Promise<boolean> {
  const sent = transmissions.filter(({ status }) => status !== 'failed');
  if (sent.length === 0) return false;
  const effects = await unit.outbox.takeOfReferral(referralId);
  return sent.every(({ id }) => {
    // A fax has its receipt to be asked for beside it, which waits when the pages have left.
    const its = effects.filter(({ key }) => key === id);
    return its.length > 0 && its.every(({ standing, lease }) => standing.status === 'waiting' && lease === null);
  });
}

/** Beside the one that the office has: whoever reads its page is not put out of it. It shows the packet as it was sent. */
export async function oneMoreLink(
  unit: Unit,
  maker: { subject: string; actor: AuditActor },
  about: LinkAbout,
  sent: Transmission | undefined,
): Promise<string> {
  const link = await addLink(unit, maker, about);
  if (sent) await passOn(unit, about.referral, { from: [sent], to: about.id, at: about.now.toISOString() });
  return link;
}
