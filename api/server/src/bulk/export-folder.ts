/**
 * The exports of one EHR on disk, each a folder with its state: what was asked for, what the EHR answered, which files are there. Whatever
 * breaks off, the next run goes on from it. They hold patients' data in the clear.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const Output = z.object({ type: z.string().max(64), url: z.string().max(4000), count: z.number().int().nonnegative().optional() });

/** What the EHR says when an export is done. */
export const Manifest = z.object({
  transactionTime: z.iso.datetime({ offset: true }),
  /** Whether files are fetched with the token. An EHR has to say. */
  requiresAccessToken: z.boolean().optional(),
  output: z.array(Output).max(100_000),
  deleted: z.array(Output).max(100_000).default([]),
  error: z.array(Output).max(100_000).default([]),
});
export type Manifest = z.output<typeof Manifest>;

const Asked = z.object({ group: z.string().nullable(), types: z.array(z.string()), since: z.string().nullable() });
export type ExportAsked = z.output<typeof Asked>;

const State = z.object({
  asked: Asked,
  /** Where the EHR tells how far it is. */
  status: z.string(),
  manifest: Manifest.nullable(),
  /** By address: the file's name here, and its size when it was whole. */
  files: z.record(z.string(), z.object({ name: z.string(), bytes: z.number(), lines: z.number() })),
  isComplete: z.boolean(),
});
export type ExportState = z.output<typeof State>;

const STATE = 'state.json';
const FOLDER = /^\d{6}$/;

/** The folder of an EHR's exports below `root`. */
export const exportsOf = (root: string, base: string): string =>
  join(root, 'exports', createHash('sha256').update(base).digest('hex').slice(0, 16));

/** Replaces the state whole: a kill leaves the one before. */
export async function writeState(folder: string, state: ExportState): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const partial = join(folder, `${STATE}.part`);
  const handle = await open(partial, 'w', 0o600);
  try {
    await handle.writeFile(JSON.stringify(state, null, 2));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(partial, join(folder, STATE));
}

export type KeptExport = { folder: string; state: ExportState };

/** Oldest first. A folder without a state was never answered for, and is cleared away. */
export async function keptExports(exports: string): Promise<KeptExport[]> {
  if (!existsSync(exports)) return [];
  const kept: KeptExport[] = [];
  for (const name of (await readdir(exports)).filter((each) => FOLDER.test(each)).sort()) {
    const folder = join(exports, name);
    const file = join(folder, STATE);
    const state = existsSync(file) ? State.safeParse(JSON.parse(await readFile(file, 'utf8'))) : undefined;
    if (state?.success) kept.push({ folder, state: state.data });
    else await rm(folder, { recursive: true, force: true });
  }
  return kept;
}

/** The name of the next export: later ones sort after earlier ones. */
export function nextFolder(exports: string, kept: readonly KeptExport[]): string {
  const last = kept.at(-1)?.folder.slice(-6) ?? '000000';
  return join(exports, String(Number(last) + 1).padStart(6, '0'));
}
