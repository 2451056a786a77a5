/** Files of a packet as they went, among the referral's documents. */
import { createHash } from 'node:crypto';
import { type EnclosedFile, FILE_TYPES } from '@refloop/domain/packet/file';
import type { FileBytes } from '../packet/packet-words.ts';
import type { Unit } from '../store/store.ts';

/** One file of a referral is kept once, however often it went. */
const documentOf = (referralId: string, sha256: string): string =>
  `enclosed-${createHash('sha256')
    .update(JSON.stringify([referralId, sha256]))
    .digest('hex')
    .slice(0, 40)}`;

/** With the packet that names them, in its transaction: what went is on record byte by byte. */
export async function keepFiles(
  unit: Unit,
  referralId: string,
  { enclosed, bytes }: { enclosed: readonly EnclosedFile[]; bytes: FileBytes },
  at: string,
): Promise<void> {
  for (const { sha256, kind } of enclosed) {
    const file = bytes.get(sha256);
    if (file)
      await unit.documents.insert({
        id: documentOf(referralId, sha256),
        referralId,
        contentType: FILE_TYPES[kind],
        sha256,
        receivedAt: at,
        bytes: file,
      });
  }
}

/** One file as it went; undefined where it is not kept. */
export async function fileKept(unit: Unit, referralId: string, sha256: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const kept = await unit.documents.get(documentOf(referralId, sha256));
  return kept && new Uint8Array(kept.bytes);
}

/** All that a packet as it was sent holds, by SHA-256. */
export async function filesKept(
  unit: Unit,
  referralId: string,
  enclosed: readonly Pick<EnclosedFile, 'sha256'>[],
): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const { sha256 } of enclosed) {
    const file = await fileKept(unit, referralId, sha256);
    if (file) files.set(sha256, file);
  }
  return files;
}
