/**
 * The clock of the sandbox: the machine's, and so much ahead of it as it was moved. It goes forward only, in steps that are small beside the
 * spans a practice counts in, and takes no step before everybody who follows it has lived through the last one, or was not heard for a minute.
 * So what falls due within a long way happens in its order and at its time, and not all at the end.
 */

/** What of it is kept. */
export type KeptClock = {
  /** How far it is ahead of the machine's. */
  aheadMilliseconds: number;
  /** The latest moment it is known to have shown. */
  reached: Date;
};

export type ClockStore = { read: () => Promise<KeptClock | undefined>; keep: (clock: KeptClock) => Promise<void> };

export type ClockRun = {
  from: Date;
  to: Date;
  /** How many times faster than the machine's clock, at most. */
  speed: number;
};

export type ClockState = {
  now: Date;
  aheadMilliseconds: number;
  /** How many steps it took in this process. */
  step: number;
  run: ClockRun | undefined;
  /** How many processes go by it. */
  followers: number;
};

/** What a follower is told: by how much to be ahead of the machine's clock, and to say when that was lived through; whether it is being moved. */
export type ClockTold = { aheadMilliseconds: number; step: number; moving: boolean };

export type SandboxClock = {
  now: () => Date;
  state: () => ClockState;
  /** Goes to that moment and no further. One way at a time. */
  forward: (to: Date, speed: number) => 'begun' | 'under-way' | 'not-ahead';
  /** Goes no further than the step under way. */
  halt: () => void;
  /**
   * A follower says what it has lived through (nothing yet: undefined), and hears of the next step, that it is moved no further, or after a while that
   * nothing has changed. What ends `gone` is a follower that waits no longer.
   */
  follow: (name: string, lived: number | undefined, gone: AbortSignal) => Promise<ClockTold>;
  close: () => Promise<void>;
};

export type SandboxClockOptions = {
  store: ClockStore;
  machineTime: () => Date;
  wait: (milliseconds: number) => Promise<void>;
  /** Done after each step that everybody lived through, and before the next. */
  afterStep?: (now: Date) => Promise<void>;
  failed: (error: unknown) => void;
};

/** A practice counts in hours: the shortest deadline that the default policy of Refloop has is one. */
export const LONGEST_STEP_MS = 60 * 60_000;
/** Between the steps of a slow way; a fast one has steps of an hour. */
const PAUSE_MS = 175;
/** A follower that is not waiting and was not heard for so long has ended. */
const SILENT_MS = 60_000;
/** How long a follower is kept waiting when nothing happens. */
const LONGEST_WAIT_MS = 20_000;

type Follower = { lived: number; heardAt: number; waiting: number };

/** Opens it where it stood. */
export async function openSandboxClock({ store, machineTime, wait, afterStep, failed }: SandboxClockOptions): Promise<SandboxClock> {
  const kept = await store.read();
  const machine = machineTime().getTime();
  let ahead = Math.max(kept?.aheadMilliseconds ?? 0, (kept?.reached.getTime() ?? 0) - machine, 0);
  // A machine whose clock was put back stands still here until it has caught up.
  let shown = machine + ahead;
  let step = 0;
  let run: ClockRun | undefined;
  let running: Promise<void> = Promise.resolve();
  let halting = new AbortController();
  const closing = new AbortController();
  const followers = new Map<string, Follower>();
  const listeners = new Set<() => void>();

  const now = (): Date => {
    shown = Math.max(shown, machineTime().getTime() + ahead);
    return new Date(shown);
  };

  const heard = (): void => {
    for (const listener of new Set(listeners)) listener();
  };

  /** Resolves when something has changed, or after so long. */
  const change = (milliseconds: number, gone?: AbortSignal): Promise<void> =>
    new Promise((done) => {
      const end = (): void => {
        clearTimeout(timer);
        listeners.delete(end);
        gone?.removeEventListener('abort', end);
        done();
      };
      const timer = setTimeout(end, milliseconds);
      timer.unref();
      listeners.add(end);
      gone?.addEventListener('abort', end);
    });

  const present = (): Follower[] => {
    const since = performance.now() - SILENT_MS;
    for (const [name, { waiting, heardAt }] of followers) if (waiting === 0 && heardAt < since) followers.delete(name);
    return [...followers.values()];
  };

  async function everybodyLived(): Promise<void> {
    while (!halting.signal.aborted && present().some(({ lived }) => lived < step)) await change(1000);
  }

  async function take(milliseconds: number): Promise<void> {
    const next = ahead + milliseconds;
    // Kept before anybody sees it: a restart never shows an earlier time.
    await store.keep({ aheadMilliseconds: next, reached: new Date(machineTime().getTime() + next) });
    ahead = next;
    step += 1;
    heard();
  }

  async function go({ to, speed }: ClockRun): Promise<void> {
    const longest = Math.min(LONGEST_STEP_MS, PAUSE_MS * speed);
    // What happened since the last step is lived through before the first.
    await everybodyLived();
    const [from, began] = [ahead, performance.now()];
    while (!halting.signal.aborted) {
      const left = to.getTime() - now().getTime();
      if (left <= 0) return;
      await take(Math.min(left, longest));
      await everybodyLived();
      if (halting.signal.aborted) return;
      await afterStep?.(now()).catch(failed);
      // So fast on the whole: what a step with much to do has taken longer, those with nothing to do make up for.
      await wait(Math.max(0, (ahead - from) / speed - (performance.now() - began)));
    }
  }

  return {
    now,
    state: () => ({ now: now(), aheadMilliseconds: ahead, step, run, followers: present().length }),
    forward: (to, speed) => {
      if (run) return 'under-way';
      const from = now();
      if (to <= from) return 'not-ahead';
      run = { from, to, speed };
      halting = new AbortController();
      running = go(run)
        .catch(failed)
        .finally(() => {
          run = undefined;
          heard();
        });
      return 'begun';
    },
    halt: () => {
      halting.abort();
      heard();
    },
    follow: async (name, lived, gone) => {
      const follower = followers.get(name) ?? { lived: 0, heardAt: 0, waiting: 0 };
      followers.set(name, follower);
      // A step of an earlier process of the sandbox is none of this one.
      follower.lived = lived === undefined || lived > step ? step : lived;
      follower.heardAt = performance.now();
      follower.waiting += 1;
      heard();
      const until = performance.now() + LONGEST_WAIT_MS;
      const moving = run !== undefined;
      const isWaiting = (): boolean =>
        lived === step && moving === (run !== undefined) && !gone.aborted && !closing.signal.aborted && performance.now() < until;
      while (isWaiting()) await change(until - performance.now(), gone);
      follower.waiting -= 1;
      follower.heardAt = performance.now();
      return { aheadMilliseconds: ahead, step, moving: run !== undefined };
    },
    close: async () => {
      // Nobody is kept waiting for a step that does not come.
      closing.abort();
      halting.abort();
      heard();
      await running;
      await store.keep({ aheadMilliseconds: ahead, reached: now() });
    },
  };
}
