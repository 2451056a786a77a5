/** The time of the sandbox, which its EHR moves: what is due is done once after each step, and the numbers follow when it has stood still. */
import { followSandbox } from '../clock/follow-sandbox.ts';
import type { Repeated } from '../jobs/repeat.ts';
import { type Foundation, pause } from './foundation.ts';
import type { Running } from './running.ts';

/** Numbers of the warehouse follow when the clock has stood still for a moment. */
const STOOD_STILL_MS = 5000;

/** What follows the clock, from when it is there. */
export type ClockFollowers = {
  /** Done once after each step, one after the other. */
  afterEachStep: readonly Repeated[];
  renewNumbers: () => void;
};

/** Nothing happens before it is known what time it is. */
export async function goBySandbox(
  { clock, readiness, failing }: Foundation,
  address: string,
  followers: () => ClockFollowers,
  running: Running,
): Promise<void> {
  readiness.starting('The sandbox EHR has not told what time it is.');
  let standing: NodeJS.Timeout | undefined;
  const following = followSandbox({
    address,
    clock,
    live: async () => {
      clearTimeout(standing);
      for (const each of followers().afterEachStep) await each.once();
    },
    // Not while it is moved, however long a step takes: each snapshot takes a core for seconds.
    stood: () => {
      standing = setTimeout(() => followers().renewNumbers(), STOOD_STILL_MS);
    },
    name: `refloop-${process.pid}`,
    fetch,
    pause,
    failed: failing('clock of the sandbox'),
  });
  running.add('clock', async () => {
    clearTimeout(standing);
    await following.stop();
  });
  await following.known;
}
