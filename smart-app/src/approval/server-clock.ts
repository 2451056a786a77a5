/**
 * The server's machine clock as a window reckons it: from what the last answer about a plan said of it, by a clock that nobody sets. This
 * machine's own may show anything. The steady one may stand still while a laptop sleeps: then less is told than has passed, and what was sent
 * is waited for longer.
 */
import type { Instant } from '@refloop/domain/instant';
import type { StepPorts } from '@refloop/domain/write-back/write-step';
import type { Plan } from '@refloop/server/client/approval';

export type ServerClock = Required<Pick<StepPorts, 'machineTime' | 'stopwatch'>> & {
  /** As soon as it has come. */
  hear: (told: Pick<Plan, 'asOf' | 'sinceClockSet'>) => void;
  /** What a page shows as now, or the server's time where that is later: what is in the chart by now is not from the future. */
  notBefore: (shown: Date) => Instant;
};

/** Both in milliseconds: this machine's clock, and one that nobody sets. Until something was heard nothing counts as settled. */
export function createServerClock(wall: () => number, steady: () => number): ServerClock {
  let [at, sinceSet, heard] = [0, 0, steady()];
  const serverNow = (): number => at + steady() - heard;
  return {
    hear: ({ asOf, sinceClockSet }) => {
      // A server of before says nothing of it.
      if (asOf) [at, sinceSet, heard] = [Date.parse(asOf), sinceClockSet, steady()];
    },
    machineTime: () => ({ at: new Date(serverNow()).toISOString(), sinceSet: sinceSet + steady() - heard }),
    notBefore: (shown) => new Date(Math.max(shown.getTime(), serverNow())).toISOString(),
    stopwatch: () => {
      const from = [wall(), steady()] as const;
      return () => Math.max(wall() - from[0], steady() - from[1]);
    },
  };
}
