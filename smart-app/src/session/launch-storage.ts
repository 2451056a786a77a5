/**
 * Where a launch waits while the frame is away at the EHR's sign-in. Session storage, of this tab and this embedding site
 * alone, where the browser gives a cross-site frame any. Some give none (third-party storage blocked): then the frame's own
 * name carries it, which lives as long as the frame, is read once on the way back and emptied before anything else runs.
 * What comes later (the tokens) then stays in memory: a reload ends in "open it from the chart again".
 */
export type LaunchStorage = {
  get: (key: string) => string | null;
  set: (key: string, text: string) => void;
  /** Whether there was one. */
  remove: (key: string) => boolean;
};

type NamedFrame = { name: string };

const PREFIX = 'refloop-launch:';

/** @param leaving true on the page that goes out to the EHR; only there is anything put into the frame's name */
export function frameNameStorage(frame: NamedFrame, leaving: boolean): LaunchStorage {
  const carried = frame.name.startsWith(PREFIX) ? frame.name.slice(PREFIX.length) : '[]';
  if (frame.name.startsWith(PREFIX)) frame.name = '';
  let kept: Map<string, string>;
  try {
    kept = new Map(JSON.parse(carried) as [string, string][]);
  } catch {
    // Whatever another page left there is none of ours.
    kept = new Map();
  }
  const carry = (): void => {
    if (leaving) frame.name = PREFIX + JSON.stringify([...kept]);
  };
  return {
    get: (key) => kept.get(key) ?? null,
    set: (key, text) => {
      kept.set(key, text);
      carry();
    },
    remove: (key) => {
      const there = kept.delete(key);
      carry();
      return there;
    },
  };
}

export const browserStorage = (storage: Storage): LaunchStorage => ({
  get: (key) => storage.getItem(key),
  set: (key, text) => storage.setItem(key, text),
  remove: (key) => {
    const there = storage.getItem(key) !== null;
    storage.removeItem(key);
    return there;
  },
});

/** The browser's session storage if a value survives in it; undefined where it is blocked or full. */
export function workingSessionStorage(open: () => Storage): Storage | undefined {
  const probe = 'refloop-probe';
  try {
    const storage = open();
    storage.setItem(probe, probe);
    const works = storage.getItem(probe) === probe;
    storage.removeItem(probe);
    return works ? storage : undefined;
  } catch {
    return undefined;
  }
}

let chosen: LaunchStorage | undefined;

/** One a page: the frame's name is emptied when it is read. */
export function launchStorage(): LaunchStorage {
  if (!chosen) {
    const storage = workingSessionStorage(() => window.sessionStorage);
    chosen = storage ? browserStorage(storage) : frameNameStorage(window, location.pathname === '/launch');
  }
  return chosen;
}
