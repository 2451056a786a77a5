/** When a write-back that could not go on is taken up again by itself, while the page stays open. */
import { isOpen, type PlanInHand } from '@refloop/domain/write-back/plan-in-hand';
import type { PlanStop } from '@refloop/domain/write-back/run-plan';
import { type MachineTime, SETTLED_AFTER_MILLISECONDS, settlesIn } from '@refloop/domain/write-back/settled';

/** The waits grow, so that a server that comes back is not met by everybody at once. */
const WAITS_MILLISECONDS = [10_000, 20_000, 40_000, 60_000] as const;
/** About an hour: a page that stays open longer needs its person. */
const MOST_TRIES = 60;

const growing = (tries: number): number => WAITS_MILLISECONDS[Math.min(tries, WAITS_MILLISECONDS.length - 1)] ?? 60_000;

/** The EHR said itself that it takes nothing at the moment. */
const BUSY = new Set([429, 503]);

/**
 * @param tries how often it was taken up before without getting further
 * @param machineTime of the server, which put on record when each was sent
 * @returns milliseconds to wait; undefined where only a person can go on, or nothing is left
 */
export function resumeAfter(plan: PlanInHand, stopped: PlanStop | undefined, tries: number, machineTime: MachineTime): number | undefined {
  if (tries >= MOST_TRIES) return undefined;
  switch (stopped) {
    case 'ehr-silent':
    case 'server-silent':
    case 'held-elsewhere':
      return growing(tries);
    case 'session-ended':
    case 'ehr-signed-out':
    case 'wrong-patient':
      return undefined;
    case undefined:
      break;
  }
  const open = plan.steps.filter(isOpen);
  // A person decides first; what hangs on it can wait.
  if (open.some(({ outcome }) => outcome.status === 'unsure')) return undefined;
  const unknown = open.filter(({ outcome }) => outcome.status === 'unknown');
  if (unknown.length > 0) {
    const left = Math.max(...unknown.map((step) => settlesIn(step, machineTime)));
    // By a clock that was ahead when it was sent, as a sandbox's was, it would be waited for as long as that clock was ahead.
    return Math.max(growing(tries), Math.min(left, SETTLED_AFTER_MILLISECONDS));
  }
  return open.some(({ outcome }) => outcome.status === 'refused' && BUSY.has(outcome.httpStatus)) ? growing(tries) : undefined;
}
