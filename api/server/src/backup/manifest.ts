/**
 * What a backup says of itself: `manifest.json` names every file with its size and hash, and `manifest.seal` authenticates the
 * manifest with a key of REFLOOP_KEY. Nobody without that key can make or change a backup that is taken for ours: what is in the
 * clear in it, such as who may do what, counts on that.
 */
import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { KeyRing } from '../crypto/key-ring.ts';
import type { Place } from '../crypto/seal.ts';

export const FORMAT = 1;
const MANIFEST = 'manifest.json';
const SEAL = 'manifest.seal';

const Hash = z.string().regex(/^[0-9a-f]{64}$/);
const Name = z.string().regex(/^[a-z_]+$/);
const Verdict = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('whole'), rows: z.int(), head: Hash }),
  z.strictObject({ status: z.literal('broken'), row: z.int(), what: z.string() }),
]);

const TableFile = z.strictObject({
  table: Name,
  columns: z.array(z.string().regex(/^[a-z_0-9]+$/)).min(1),
  file: z.string().regex(/^[a-z_]+\.copy\.gz$/),
  rows: z.int(),
  bytes: z.int(),
  sha256: Hash,
});

const Manifest = z.strictObject({
  format: z.literal(FORMAT),
  /** Of Refloop. */
  version: z.string(),
  madeAt: z.iso.datetime(),
  /** Applied to the database, in order. */
  migrations: z.array(z.strictObject({ name: z.string(), sha256: Hash })).min(1),
  tables: z.array(TableFile).min(1),
  sequences: z.array(z.strictObject({ name: Name, value: z.string().regex(/^-?\d+$/) })),
  /** The audit chain as it was found. */
  audit: Verdict,
  /** Names of the keys of REFLOOP_KEY without which the database cannot be read. */
  keys: z.array(z.string()).min(1),
});

export type Manifest = z.infer<typeof Manifest>;
export type TableFile = z.infer<typeof TableFile>;
/** The audit chain: how many rows, ending at which head, or which row is the first bad one. */
export type ChainFound = z.infer<typeof Verdict>;

const Seal = z.strictObject({ kid: z.string(), sealed: z.base64() });

/** A backup that cannot be used, in words for whoever wants to. */
export class BackupUnusable extends Error {}

const PLACE: Place = { table: 'backup', tenant: '', issuer: '', id: 'manifest', column: 'sha256' };

const digest = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** @param kid the key of REFLOOP_KEY that seals it */
export async function writeManifest(folder: string, manifest: Manifest, keyRing: KeyRing, kid: string): Promise<void> {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  const { wrapped } = keyRing.wrap(digest(Buffer.from(text)), PLACE, kid);
  await writeDurably(join(folder, SEAL), `${JSON.stringify({ kid, sealed: Buffer.from(wrapped).toString('base64') })}\n`);
  await writeDurably(join(folder, MANIFEST), text);
}

async function read(folder: string, file: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, file));
  } catch {
    throw new BackupUnusable(`${folder} is not a whole backup: ${file} cannot be read.`);
  }
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Whether the folder holds a backup, and not a state folder or something else. */
export const isBackup = async (folder: string): Promise<boolean> =>
  read(folder, MANIFEST).then(
    () => true,
    () => false,
  );

/** Throws `BackupUnusable` where it is missing, altered, of a newer version, or sealed with a key that is not at hand. */
export async function readManifest(folder: string, keyRing: KeyRing): Promise<Manifest> {
  const bytes = await read(folder, MANIFEST);
  const seal = Seal.safeParse(parse(await read(folder, SEAL)));
  if (!seal.success) throw new BackupUnusable(`${SEAL} is not what Refloop writes; it was altered.`);
  const { kid, sealed } = seal.data;
  if (!keyRing.has(kid)) {
    throw new BackupUnusable(
      `This backup needs the key named ${kid}, which is not in REFLOOP_KEY. Add it, after a comma if another is current.`,
    );
  }
  let authentic: Uint8Array | undefined;
  try {
    authentic = keyRing.unwrap({ kid, wrapped: Buffer.from(sealed, 'base64') }, PLACE);
  } catch {
    throw new BackupUnusable(`${SEAL} does not open: it was altered, or the key named ${kid} is another than when the backup was made.`);
  }
  if (!digest(bytes).equals(authentic)) throw new BackupUnusable(`${MANIFEST} was altered after the backup was made.`);
  const found = parse(bytes);
  const format = (found as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format > FORMAT)
    throw new BackupUnusable('This backup was made by a newer version of Refloop. Restore it with that version.');
  const manifest = Manifest.safeParse(found);
  if (!manifest.success)
    throw new BackupUnusable(`${MANIFEST} cannot be read by this version of Refloop: ${z.prettifyError(manifest.error)}`);
  const missing = manifest.data.keys.filter((name) => !keyRing.has(name));
  if (missing.length > 0) throw new BackupUnusable(`This backup needs keys that are not in REFLOOP_KEY: ${missing.join(', ')}. Add them.`);
  return manifest.data;
}
