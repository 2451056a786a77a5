/**
 * Counts requests against the limits, in this process alone: a shared count would cost the database a write for each request it is
 * to be spared, and could not be kept while the database is away. With N replicas a caller may ask up to N times as much.
 */
import { problem, type Refusal } from '../problem.ts';
import { type Bucket, filled, less, secondsToWait } from './bucket.ts';
import { LIMITS, type LimitName } from './limits.ts';

export type RateLimits = {
  /** Counts one request; a refusal where it is one too many. */
  take: (name: LimitName, key: string) => Refusal | undefined;
  /** A request that was counted has been refused: it weighs more. */
  refused: (name: LimitName, key: string) => void;
  /** A session that was found just now; what comes with it is counted by person and no longer by address. */
  know: (sessionId: string) => void;
  /** A session that was found to have ended; what comes with it is counted by address again. */
  forget: (sessionId: string) => void;
  knows: (sessionId: string) => boolean;
};

const DETAILS: Record<LimitName, string> = {
  address: 'More requests came from this network address than Refloop takes at once.',
  patient: 'More came from this network address for the page of a patient than Refloop takes at once.',
  office: 'More came from this network address for the page of an office than Refloop takes at once.',
  'sign-in': 'More sign-ins came from this network address than Refloop takes at once.',
  user: 'More requests came from your windows than Refloop takes at once.',
};

/** More callers than this at once are no hospital; the memory they take stays bounded. */
const MOST_KEYS = 50_000;
const SWEEP_MS = 60_000;
/** A session is found again in the database at least this often. */
const KNOWN_MS = 60 * 60 * 1000;

const tooMany = (name: LimitName, seconds: number): Refusal => ({
  ...problem('too-many-requests', `${DETAILS[name]} Nothing was done. Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`),
  retryAfterSeconds: seconds,
});

export function createRateLimits(now: () => Date): RateLimits {
  const buckets = new Map<string, { name: LimitName; bucket: Bucket }>();
  const known = new Map<string, number>();
  let sweptAt = 0;

  /** Forgets, once a minute, whom nothing is held against any more. */
  function sweep(at: number): void {
    if (at - sweptAt < SWEEP_MS) return;
    sweptAt = at;
    for (const [key, { name, bucket }] of buckets) {
      if (filled(bucket, LIMITS[name], at).tokens >= LIMITS[name].burst) buckets.delete(key);
    }
    for (const [session, until] of known) if (until <= at) known.delete(session);
  }

  /** Keeps what was used last, and lets go of what was not used for longest. */
  function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
    map.delete(key);
    map.set(key, value);
    if (map.size <= MOST_KEYS) return;
    const [oldest] = map.keys();
    if (oldest !== undefined) map.delete(oldest);
  }

  return {
    take: (name, key) => {
      const at = now().getTime();
      sweep(at);
      const place = `${name} ${key}`;
      const bucket = filled(buckets.get(place)?.bucket, LIMITS[name], at);
      const seconds = secondsToWait(bucket, LIMITS[name]);
      keep(buckets, place, { name, bucket: seconds === 0 ? less(bucket, LIMITS[name], 1) : bucket });
      return seconds === 0 ? undefined : tooMany(name, seconds);
    },
    refused: (name, key) => {
      const place = `${name} ${key}`;
      const bucket = filled(buckets.get(place)?.bucket, LIMITS[name], now().getTime());
      keep(buckets, place, { name, bucket: less(bucket, LIMITS[name], LIMITS[name].refusedWeighs - 1) });
    },
    know: (sessionId) => keep(known, sessionId, now().getTime() + KNOWN_MS),
    forget: (sessionId) => void known.delete(sessionId),
    knows: (sessionId) => (known.get(sessionId) ?? 0) > now().getTime(),
  };
}
