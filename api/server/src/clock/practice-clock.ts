/**
 * The clock of the practice: of events, deadlines, timers, messages and links, and what pages show as now. In production it is the machine's own.
 * In the sandbox it may be ahead of it (follow-sandbox.ts). Whatever protects sessions, tokens and leases goes by the machine's own clock, which
 * the code calls machine time; nobody moves that.
 */
export type PracticeClock = {
  now: () => Date;
  /** From now on so far ahead of the machine's clock, and never less than before. */
  moveTo: (aheadMilliseconds: number) => void;
};

/** Where it was moved it never goes back, not even where the machine's clock does: then it stands until that has caught up. */
export function createPracticeClock(machineTime: () => Date): PracticeClock {
  let ahead = 0;
  let shown = 0;
  return {
    now: () => {
      const machine = machineTime();
      if (ahead === 0) return machine;
      shown = Math.max(shown, machine.getTime() + ahead);
      return new Date(shown);
    },
    moveTo: (aheadMilliseconds) => {
      ahead = Math.max(ahead, aheadMilliseconds);
    },
  };
}
