/**
 * Whether what was sent may still take effect, told by a clock that may be set: not before a minute has certainly passed. Where the clock
 * was set within that minute nobody can tell how old anything is, and all of it may still arrive.
 */
import type { Instant } from '../instant.ts';
import type { StepInHand } from './plan-in-hand.ts';

/** What the machine's clock shows, and how many milliseconds ago, at the least, somebody last set it; `Infinity` where nobody watches it. */
export type MachineTime = { readonly at: Instant; readonly sinceSet: number };

type Sent = Pick<StepInHand, 'attemptedAt' | 'outcome'>;

/** After this long a creation that was sent and is not found may be sent again: no server keeps a request waiting longer. */
export const SETTLED_AFTER_MILLISECONDS = 60_000;

/** The EHR answered to what was sent last that it did not take it. */
const wasRefused = ({ attemptedAt, outcome }: Sent): boolean =>
  attemptedAt !== null && outcome.status === 'refused' && Date.parse(outcome.at) >= Date.parse(attemptedAt);

/** @returns milliseconds until what was sent counts as settled, 0 or less where it does; long where it was sent by a clock that was ahead */
export function settlesIn(step: Sent, { at, sinceSet }: MachineTime): number {
  if (step.attemptedAt === null || wasRefused(step)) return 0;
  return SETTLED_AFTER_MILLISECONDS - Math.min(Date.parse(at) - Date.parse(step.attemptedAt), sinceSet);
}

/** Sent so recently that it may still take effect: it is not called absent yet, and a creation is not sent again. */
export const mayStillArrive = (step: Sent, time: MachineTime): boolean =>
  // A time that nobody can read settles nothing.
  !(settlesIn(step, time) <= 0);
