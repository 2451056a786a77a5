/** What the campaign says to the processes it starts, and what they say to it. Each question is answered, so that nothing is assumed done. */
import type { ClockState } from './fast-clock.ts';

/** Where Refloop's own look at the EHR is cut off: at its n-th request to the EHR, counted from the beginning of the run. */
export type LookKill = { request: number; how: 'before' | 'after'; victim: 'server' | 'postgres' };

/** The tenant that a run has to itself, so that nothing an earlier one left behind is seen or looked for in it. */
export type ServedRun = {
  tenant: string;
  name: string;
  iss: string;
  completes: boolean;
  conditionalCreate: boolean;
  kill: LookKill | null;
};

export type ServerSettings = { port: number; databaseUrl: string; systemKey: string; clock: ClockState; run: ServedRun | null };
export type EhrSettings = { refloop: string; systemKey: string; truthKey: string; databaseUrl: string; port: number; clock: ClockState };

export type Question =
  | { kind: 'clock'; clock: ClockState }
  | { kind: 'serve'; run: ServedRun }
  | { kind: 'idle' }
  /** How many times longer than usual the EHR takes where it is slow or late. */
  | { kind: 'slowness'; factor: number };
export type EhrQuestion = { lane: number; question: Question };

export type Asked<Content> = { id: number; content: Content };
export type Answered = { id: number; answer: unknown };

/** Said without being asked. */
export type Note =
  | { note: 'ready' }
  | { note: 'looked'; looked: number; settled: number; unreachable: number }
  | { note: 'failure'; route: string; error: string; at: string[] }
  /** Refloop or its database is to be killed now; the process waits until it was. */
  | { note: 'cut-off'; victim: LookKill['victim'] };
