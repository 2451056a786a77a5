/**
 * A packet that was not sent leaves anew as a transmission of its own: a counterpart that honours keys would answer the old key with the old
 * refusal, and what is on record of the old one stays so.
 */
import { isEnded } from '@refloop/domain/referral/attempt';
import { decideCare } from '@refloop/domain/referral/care-command';
import { FaxContent } from '../channels/fax.ts';
import { FAX_BY_MAIL } from '../channels/fax-by-mail.ts';
import { FAX, FAX_RECEIPT } from '../channels/fax-gateway.ts';
import { OFFICE_MAIL } from '../channels/office-mail.ts';
import { Transmission } from '../channels/packet-effect.ts';
import { problem, Refused } from '../problem.ts';
import { personOf, type Session } from '../sessions/session.ts';
import type { StoredEffect } from '../store/outbox.ts';
import type { Json, Unit } from '../store/store.ts';
import { careRefusal } from './care-refusal.ts';
import { coverOf } from './consents-at-sending.ts';
import { toJson } from './kept.ts';
import { insertLink, linkSecret } from './office-links.ts';
import { assembledForItsWord } from './packet-assembly.ts';
import { applyDecision, readReferral } from './referral-log.ts';
import { keepSent, sentPacketOf } from './sent-packet.ts';

/** What carries a packet out, and what only asks after it. */
const PACKET_EFFECTS: readonly string[] = [OFFICE_MAIL, FAX_BY_MAIL, FAX, FAX_RECEIPT];

/** A letter with news is of a packet that left before: it goes again as itself. */
export const carriesPacket = ({ kind, content }: StoredEffect): boolean =>
  PACKET_EFFECTS.includes(kind) && (content as { news?: unknown }).news === undefined;

const anew = (content: Json, transmissionId: string): Json => {
  // Older versions kept the link with the rest.
  const { transmission, link: _, ...rest } = content as { transmission: unknown; link?: unknown };
  return toJson({ ...rest, transmission: { ...Transmission.parse(transmission), transmissionId } });
};

/**
 * The same packet to the same address, disclosed once more. A mail bears another link, which closes the one before it; a fax has the pages as they were.
 * @param transmissionId of the new one
 * @param publicUrl what links begin with
 */
export async function sendAnew(
  unit: Unit,
  session: Session,
  effect: StoredEffect,
  { transmissionId, publicUrl, at }: { transmissionId: string; publicUrl: string; at: string },
): Promise<void> {
  const { referralId, key: before } = effect;
  const referral = await readReferral(unit, referralId);
  const attempt = referral?.attempts.find(({ transmissions }) => transmissions.some(({ id }) => id === before));
  const channel = attempt?.transmissions.find(({ id }) => id === before)?.channel;
  if (!referral || !attempt || channel === undefined) throw new Error('A packet was sent for a transmission that is not on record.');
  // An office that declined or was cancelled is not sent to, whoever is asked in its place.
  if (attempt !== referral.attempts.at(-1) || isEnded(attempt))
    throw new Refused(problem('conflict', 'This specialist is not asked any more. Let the old one go, and send to whoever is asked now.'));
  // Nor where nobody has said whether the payer has to authorize it: packets from before that was asked are on record as sent.
  const assembled = await assembledForItsWord(unit, referral, new Date(at));
  if (assembled?.authorization.kind === 'open')
    throw new Refused(
      problem(
        'conflict',
        'Nobody has said whether the payer has to authorize it. Put that on record at the referral, with “Authorization”, and send it again; or let this one go, and say in the packet why it goes without.',
      ),
    );
  const packet = await sentPacketOf(unit, before);
  const pages = FaxContent.safeParse(effect.content).data;
  // Pages are as they were made, and nobody asks for consents before they leave; those of before that were told apart may hold something by one.
  const holdsByConsent = pages && (pages.consentReadAt !== undefined || (packet && !(await coverOf(unit, referral, packet))(new Set())));
  if (holdsByConsent)
    throw new Refused(
      problem('conflict', 'It holds what needs the patient’s consent. Let this one go, and send the packet anew from the referral.'),
    );
  const applied = await applyDecision(unit, referralId, personOf(session), at, (current) =>
    decideCare(current, { type: 'send', attempt: attempt.number, transmissionId, channel, at }, at),
  );
  if (applied && !applied.ok) throw new Refused(careRefusal(applied.refusal));
  if (packet) await keepSent(unit, referral, transmissionId, packet, at);
  const disclosed = (await unit.disclosures.ofPatient(referral.patientId)).find(({ content }) => content.transmissionId === before);
  if (disclosed)
    await unit.disclosures.add({
      ...disclosed,
      id: transmissionId,
      at,
      content: { ...disclosed.content, by: session.subject, transmissionId },
    });
  const effects = (await unit.outbox.ofReferral(referralId)).filter((each) => each.key === before && carriesPacket(each));
  for (const { kind, lane, place, content } of effects) {
    const link =
      kind === OFFICE_MAIL ? await insertLink(unit, session, { id: transmissionId, referral, attempt, now: new Date(at) }) : undefined;
    await unit.outbox.add({
      referralId,
      kind,
      key: transmissionId,
      askedAt: at,
      dueAt: at,
      content: anew(content, transmissionId),
      ...(link === undefined ? {} : { secret: linkSecret(publicUrl, link) }),
      ...(lane === null ? {} : { lane: lane.replace(before, transmissionId), place }),
    });
  }
}
