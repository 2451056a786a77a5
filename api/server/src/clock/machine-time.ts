/** The machine's clock as a service is told of it, where it reckons how long ago something was sent. */
import type { MachineTime } from '@refloop/domain/write-back/settled';

export type MachineClock = {
  /** By which leases end and what was sent grows old; the time of the call unless told. */
  machineTime?: () => Date;
  /** How many milliseconds ago, at the least, that clock was set (clock-watch.ts); never unless told. */
  sinceClockSet?: () => number;
};

export function machineTimeAt({ machineTime, sinceClockSet }: MachineClock, now: Date): MachineTime {
  // In this order: a clock that is set between the two is noticed.
  const at = (machineTime?.() ?? now).toISOString();
  return { at, sinceSet: sinceClockSet?.() ?? Number.POSITIVE_INFINITY };
}
