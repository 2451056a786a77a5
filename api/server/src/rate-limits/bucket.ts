/** A bucket that fills by itself: the arithmetic of one limit for one caller. Times are milliseconds. */
import type { Limit } from './limits.ts';

export type Bucket = { tokens: number; at: number };

/** What is in it at this moment. A clock that was set back fills nothing. */
export function filled(bucket: Bucket | undefined, limit: Limit, now: number): Bucket {
  if (!bucket) return { tokens: limit.burst, at: now };
  const passed = Math.max(0, now - bucket.at) / 1000;
  return { tokens: Math.min(limit.burst, bucket.tokens + passed * limit.perSecond), at: Math.max(now, bucket.at) };
}

/** Seconds until one more may be taken; 0 where it may be now. */
export const secondsToWait = (bucket: Bucket, limit: Limit): number =>
  bucket.tokens >= 1 ? 0 : Math.max(1, Math.ceil((1 - bucket.tokens) / limit.perSecond));

/** Takes this much out. It may go below zero, by no more than what the bucket holds: the wait is then longer, but it has an end. */
export const less = (bucket: Bucket, limit: Limit, weight: number): Bucket => ({
  ...bucket,
  tokens: Math.max(-limit.burst, bucket.tokens - weight),
});
