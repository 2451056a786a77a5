/**
 * How long ago the machine's clock was last set, by a person, a hypervisor or a time service: told by a clock beside it that nobody sets. What
 * the machine's clock showed before cannot be compared with what it shows since.
 */
export type ClockWatch = {
  /**
   * Milliseconds, at the least, since the machine's clock was last set: from the moment that it is noticed, and never more than this watch has
   * been looking, since nobody knows what was before. Read the clock first: one that is set between the two is then noticed.
   */
  sinceSet: () => number;
};

/** A second more or less is what clocks are put right by all the time. */
const SET_BY_MS = 1000;

/** How often it is looked besides, so that a clock that is set and set right again is noticed by a process that had nothing to do meanwhile. */
export const WATCHED_EVERY_MS = 5000;

/**
 * @param wall the machine's clock
 * @param steady milliseconds by a clock that nobody sets; it may stand still while the machine sleeps, which counts as a setting
 */
export function createClockWatch({ wall, steady }: { wall: () => Date; steady: () => number }): ClockWatch {
  const ahead = (): number => wall().getTime() - steady();
  let lastAhead = ahead();
  let setAt = steady();
  return {
    sinceSet: () => {
      const now = ahead();
      // Against the last setting and not the last look: many small steps are a large one.
      if (Math.abs(now - lastAhead) > SET_BY_MS) {
        lastAhead = now;
        setAt = steady();
      }
      return steady() - setAt;
    },
  };
}
