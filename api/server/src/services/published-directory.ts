/**
 * Keeps this process on the directory that is in force: loads it at start, follows changes by notification and by a poll
 * (a lost notification costs a minute, not a day). A request that has begun stays with the index it took.
 */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { CurrentIndex } from '../matching/current-index.ts';
import { loadIndexInWorker } from '../matching/load-index.ts';
import type { DirectorySnapshots } from '../store/directory-snapshots.ts';

const POLL_MS = 60_000;
const unzip = promisify(gunzip);

export type FollowedDirectory = {
  /** Loads what is in force now, if it is another than the one in use. False where none was published yet. */
  refresh: () => Promise<boolean>;
  stop: () => Promise<void>;
};

export async function followDirectory(deps: {
  snapshots: DirectorySnapshots;
  index: CurrentIndex;
  /** Called when a directory cannot be loaded; the one in use stays. */
  failed: (error: unknown) => void;
}): Promise<FollowedDirectory> {
  const { snapshots, index } = deps;
  let loading: Promise<boolean> = Promise.resolve(false);

  const loadOnce = async (): Promise<boolean> => {
    const pointer = await snapshots.current();
    if (!pointer) return false;
    if (index.get()?.hash === pointer.hash) return true;
    const bytes = await snapshots.bytes(pointer.hash);
    if (!bytes) throw new Error(`The directory ${pointer.hash} is in force but its bytes are missing.`);
    index.swap(await loadIndexInWorker(await unzip(bytes), pointer.hash));
    return true;
  };
  // One at a time: two loads of a large directory would hold both in memory.
  const refresh = (): Promise<boolean> => {
    loading = loading.catch(() => false).then(loadOnce);
    return loading;
  };
  const quietly = (): void => {
    refresh().catch(deps.failed);
  };

  const unlisten = await snapshots.onChange(quietly);
  const timer = setInterval(quietly, POLL_MS);
  timer.unref();
  return {
    refresh,
    stop: async () => {
      clearInterval(timer);
      await unlisten();
      await loading.catch(() => false);
    },
  };
}
