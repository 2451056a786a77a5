/**
 * The warehouse on disk: a folder of snapshots that never change, and a small file `current` that names one of them. A snapshot is
 * written beside the others and put in force by renaming that file, so that a reader sees the old one or the new one, whole.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Instant } from '@refloop/domain/instant';
import type { CheckOutcome } from './models.ts';
import type { Reading } from './reading.ts';
import type { KeptTallies } from './tallies.ts';

export type SnapshotManifest = {
  name: string;
  /** What was known by then is in it. */
  asOf: Instant;
  /** Of the models that made it. */
  modelVersion: number;
  referrals: number;
  events: number;
  /** How they were read; a release before 2026-11-28 does not say. */
  reading?: Reading;
  checks: CheckOutcome[];
  /** Beside the tables; a release before 2026-11-28 made none. */
  tallies?: KeptTallies;
};

/** IANA name of the time zone in which the days of a snapshot are reckoned. */
export const timezoneOf = ({ reading }: SnapshotManifest): string => reading?.timezone ?? 'UTC';

export type Snapshot = { folder: string; manifest: SnapshotManifest };

const MANIFEST = 'manifest.json';
const CURRENT = 'current';
const BUILDING = 'building';
const SNAPSHOTS = 'snapshots';

const NAME = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;

/** On disk before the next step is taken: a rename may outlive what it renames. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  const handle = await open(path, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The snapshot in force; undefined where there was none yet. */
export async function currentSnapshot(warehouse: string): Promise<Snapshot | undefined> {
  const file = join(warehouse, CURRENT);
  if (!existsSync(file)) return undefined;
  const name = (await readFile(file, 'utf8')).trim();
  if (!NAME.test(name)) throw new Error(`${file} names no snapshot. Run \`npm run analytics -- refresh\` to make one.`);
  const folder = join(warehouse, SNAPSHOTS, name);
  const manifest = JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')) as SnapshotManifest;
  return { folder, manifest };
}

export type Building = { folder: string; name: string };

/** Tells whose it is, for whoever finds it left behind. */
const ownName = (name: string): string => `${name}.${process.pid}.${hostname()}`;

/** A folder of one's own to build a snapshot in. Those of imports that are no more are cleared away first. */
export async function beginSnapshot(warehouse: string, asOf: Instant): Promise<Building> {
  await mkdir(join(warehouse, SNAPSHOTS), { recursive: true, mode: 0o700 });
  await mkdir(join(warehouse, BUILDING), { recursive: true, mode: 0o700 });
  await clearDeadBuildings(warehouse);
  const name = `${asOf.slice(0, 19).replaceAll(/[-:]/g, '')}Z-${randomBytes(4).toString('hex')}`;
  const folder = join(warehouse, BUILDING, ownName(name));
  await mkdir(folder, { mode: 0o700 });
  return { folder, name };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

const DAY_MS = 86_400_000;

/** Of a process of this machine that has ended, or older than a day: an import that was killed cannot clear up after itself. */
async function clearDeadBuildings(warehouse: string): Promise<void> {
  for (const entry of await readdir(join(warehouse, BUILDING))) {
    const [, pid, host] = /^[^.]+\.(\d+)\.(.+)$/.exec(entry) ?? [];
    const folder = join(warehouse, BUILDING, entry);
    const dead = host === hostname() && pid !== undefined && !isAlive(Number(pid));
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }));
    if (dead || Date.now() - mtimeMs > DAY_MS) await rm(folder, { recursive: true, force: true });
  }
}

export class NewerSnapshotInForce extends Error {
  constructor(inForce: Instant) {
    super(`A snapshot of ${inForce} was put in force meanwhile, which is newer; this one was discarded.`);
  }
}

/**
 * Puts what was built in force, whole. The folder then holds the tables as Parquet and nothing else.
 * Throws `NewerSnapshotInForce` where another import was faster with something newer.
 */
export async function publishSnapshot(warehouse: string, building: Building, rest: Omit<SnapshotManifest, 'name'>): Promise<Snapshot> {
  const manifest: SnapshotManifest = { name: building.name, ...rest };
  await writeWhole(join(building.folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const file of await readdir(building.folder)) await sync(join(building.folder, file));
  await sync(building.folder);
  const before = await currentSnapshot(warehouse);
  if (before && before.manifest.asOf > manifest.asOf) throw new NewerSnapshotInForce(before.manifest.asOf);
  const folder = join(warehouse, SNAPSHOTS, building.name);
  await rename(building.folder, folder);
  await sync(join(warehouse, SNAPSHOTS));
  const partial = join(warehouse, BUILDING, ownName(building.name));
  await writeWhole(partial, `${building.name}\n`);
  await rename(partial, join(warehouse, CURRENT));
  await sync(warehouse);
  return { folder, manifest };
}

const HOUR_MS = 3_600_000;

async function removedBy(folder: string): Promise<number> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => '{}');
  return (JSON.parse(text) as Partial<SnapshotManifest>).reading?.removed ?? 0;
}

/**
 * Removes older snapshots, all but the newest `keep`; where referrals were removed or their keys destroyed, all that were made before
 * that, since they still hold them. Never the one in force, and never one younger than an hour: somebody may still be reading it.
 * @returns the names of those removed
 */
export async function retireSnapshots(warehouse: string, keep: number): Promise<string[]> {
  const inForce = (await currentSnapshot(warehouse))?.manifest.name;
  const names = (await readdir(join(warehouse, SNAPSHOTS)))
    .filter((name) => NAME.test(name))
    .sort()
    .reverse();
  const removed: string[] = [];
  let holdRemoved = false;
  for (const [at, name] of names.entries()) {
    const folder = join(warehouse, SNAPSHOTS, name);
    const stays = at < keep && !holdRemoved;
    holdRemoved ||= (await removedBy(folder)) > 0;
    if (stays || name === inForce || Date.now() - (await stat(folder)).mtimeMs < HOUR_MS) continue;
    // Out of the readers' sight at once, then away.
    const leaving = join(warehouse, BUILDING, ownName(name));
    await rename(folder, leaving);
    await rm(leaving, { recursive: true, force: true });
    removed.push(name);
  }
  return removed;
}
