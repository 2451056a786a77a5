/** When a session ends for want of activity. Times in milliseconds; only pointer, key and touch count as activity. */
export type IdleState = { kind: 'active' } | { kind: 'warning'; secondsLeft: number } | { kind: 'ended'; why: 'idle' | 'expired' };

export type IdleLimits = { idleSeconds: number; warnSeconds: number; expiresAt: number };

export function idleState(limits: IdleLimits, lastActivity: number, now: number): IdleState {
  if (now >= limits.expiresAt) return { kind: 'ended', why: 'expired' };
  const idleEnd = lastActivity + limits.idleSeconds * 1000;
  if (now >= idleEnd) return { kind: 'ended', why: 'idle' };
  const end = Math.min(idleEnd, limits.expiresAt);
  const left = end - now;
  return left <= limits.warnSeconds * 1000 ? { kind: 'warning', secondsLeft: Math.ceil(left / 1000) } : { kind: 'active' };
}

/** The server hears of activity at most this often; where sessions are short, in time for it to count. */
const PING_MILLISECONDS = 30_000;

export const pingDue = (limits: IdleLimits, lastPing: number, lastActivity: number, now: number): boolean =>
  lastActivity > lastPing && now - lastPing >= Math.min(PING_MILLISECONDS, (limits.idleSeconds * 1000) / 4);
