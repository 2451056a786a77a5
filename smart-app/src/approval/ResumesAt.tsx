/** When it goes on by itself. Said once, not counted down: nothing moves under a reader's eyes. */
import { plainClock } from '../words/plain-date.ts';

/** @param at milliseconds since the epoch */
export const ResumesAt = ({ at }: { at: number }) => (
  <span className="num">Tried again by itself at {plainClock(at)} while this page is open.</span>
);
