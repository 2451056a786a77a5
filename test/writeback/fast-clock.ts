/**
 * The time that a run lives in. It goes faster than the machine's, so that time-outs, waits and an EHR's slowness keep their proportions
 * and take a fraction; and it can be moved on by as much as a lease, a look or a weekend lasts. EHR, Refloop and windows all go by it.
 */

/** How much faster than the machine's clock. */
export const SPEED = 4;

export type ClockState = {
  /** Milliseconds since the epoch, by the machine's clock and by this one. */
  began: number;
  skipped: number;
};

export const startClock = (): ClockState => ({ began: Date.now(), skipped: 0 });

export const timeOf = ({ began, skipped }: ClockState): Date => new Date(began + (Date.now() - began) * SPEED + skipped);

/** Waits for so many milliseconds of this clock. */
export const passes = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds / SPEED));

/** Ends a request that takes longer than this by this clock. */
export const patience = (milliseconds: number): AbortSignal => AbortSignal.timeout(Math.ceil(milliseconds / SPEED));
