/** A packet as it was sent, kept with its transmission: what an office reads is what was looked at here, whatever the chart says by then. */
import { createHash } from 'node:crypto';
import type { Transmission } from '@refloop/domain/referral/attempt';
import type { Referral } from '@refloop/domain/referral/referral';
import type { SentPacket } from '../packet/packet-ccda.ts';
import type { Unit } from '../store/store.ts';

const documentId = (transmissionId: string): string => `packet-${transmissionId}`;

export async function keepSent(unit: Unit, { id }: Referral, transmissionId: string, packet: SentPacket, at: string): Promise<void> {
  const bytes = new TextEncoder().encode(JSON.stringify(packet));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await unit.documents.insert({
    id: documentId(transmissionId),
    referralId: id,
    contentType: 'application/json',
    sha256,
    receivedAt: at,
    bytes,
  });
}

/** @param sent transmissions, the newest last; the newest that had a packet counts */
export async function newestPacketOf(unit: Unit, sent: readonly Pick<Transmission, 'id'>[]): Promise<SentPacket | undefined> {
  for (const { id } of sent.toReversed()) {
    const packet = await sentPacketOf(unit, id);
    if (packet) return packet;
  }
  return undefined;
}

/**
 * A letter that follows shows the packet as it went before, not the note alone.
 *
 * @param from transmissions to the same office, the newest last
 */
export async function passOn(
  unit: Unit,
  referral: Referral,
  { from, to, at }: { from: readonly Pick<Transmission, 'id'>[]; to: string; at: string },
): Promise<void> {
  const packet = await newestPacketOf(unit, from);
  if (packet) await keepSent(unit, referral, to, packet, at);
}

/** Undefined of a link that was made without a packet. */
export async function sentPacketOf(unit: Unit, transmissionId: string): Promise<SentPacket | undefined> {
  const document = await unit.documents.get(documentId(transmissionId));
  return document && (JSON.parse(new TextDecoder().decode(document.bytes)) as SentPacket);
}
