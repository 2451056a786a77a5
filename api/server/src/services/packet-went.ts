/** A packet that leaves now, by whichever way: kept as it goes, with its files, and on record. */
import type { Referral } from '@refloop/domain/referral/referral';
import type { FileBytes } from '../packet/packet-words.ts';
import { actorOf, type Session } from '../sessions/session.ts';
import type { Unit } from '../store/store.ts';
import type { AssembledPacket } from './packet-assembly.ts';
import type { GatheredFiles } from './packet-files.ts';
import { keepFiles } from './packet-files-kept.ts';
import { keepSent } from './sent-packet.ts';

type Went = {
  transmissionId: string;
  way: string;
  preferred: string | null;
  address: string | null;
  files: GatheredFiles | undefined;
  now: Date;
};

/** In the transaction of the event that sends it. Answers the bytes of its files. */
export async function keepAsItGoes(
  unit: Unit,
  session: Session,
  referral: Referral,
  { packet, preparation }: AssembledPacket,
  { transmissionId, way, preferred, address, files, now }: Went,
): Promise<FileBytes> {
  const at = now.toISOString();
  const enclosed = packet.chart.files?.enclosed ?? [];
  const bytes: FileBytes = files?.bytes ?? new Map();
  await keepSent(unit, referral, transmissionId, packet, at);
  await keepFiles(unit, referral.id, { enclosed, bytes }, at);
  await unit.audit.append({
    at,
    actor: actorOf(session),
    action: 'packet.sent',
    purpose: 'TREAT',
    referralId: referral.id,
    patientId: referral.patientId,
    payload: {
      transmissionId,
      way,
      preferred,
      address,
      override: preparation.override,
      authorization: packet.chart.authorization,
      withoutAuthorization: preparation.withoutAuthorization ?? null,
      removed: preparation.removed,
      files: enclosed.map(({ item, kind, bytes: size, sha256 }) => ({ item, kind, bytes: size, sha256 })),
      notEnclosed: (packet.chart.files?.notEnclosed ?? []).map(({ item, why }) => ({ item, why })),
    },
  });
  return bytes;
}
