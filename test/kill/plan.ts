/** What is killed, when, and how long it stays away: drawn from the seed and the number of the kill alone. */
import { drawsOf } from '@refloop/domain/practice/draws';
import type { Channel, Moment } from './counterparts.ts';

export const VICTIMS = ['refloop', 'backend', 'postmaster', 'both'] as const;
/** `backend`: one process of PostgreSQL that serves a connection; `both`: PostgreSQL and Refloop in the same moment. */
export type Victim = (typeof VICTIMS)[number];

export type Kill = {
  victim: Victim;
  /** After so many answers to whoever asks, since everything was there again; after so many milliseconds of a start where `early`. */
  after: number;
  /** In the middle of the start, before anything is served. */
  early: boolean;
  /** From then on at the first of these moments; null at once. Where none comes for a while, it is killed all the same. */
  at: { channel: Channel; moment: Moment } | null;
  /** Milliseconds that pass, by the clock of everybody, until it is started again: longer than a lease or not. */
  away: number;
  /** Which of the processes of PostgreSQL, from 0 up to 1. */
  which: number;
};

const MOST_ANSWERS = 50;
const LONGEST_START_MS = 1500;
const LONGEST_AWAY_MS = 7 * 60_000;

export function killOf(seed: number, number: number): Kill {
  const draws = drawsOf(`kill ${seed} ${number}`);
  const victim = draws.weighted<Victim>([
    ['refloop', 50],
    ['backend', 20],
    ['postmaster', 20],
    ['both', 10],
  ]);
  const restarts = victim === 'refloop' || victim === 'both';
  const early = draws.chance(0.08);
  const aimed = !early && draws.chance(0.5);
  const channel = draws.pick<Channel>(['mail', 'fax', 'text', 'task', 'note']);
  const moment = draws.pick<Moment>(['reached', 'taken', 'answered']);
  const after = draws.integer(0, early ? LONGEST_START_MS : MOST_ANSWERS);
  const away = restarts && draws.chance(0.8) ? draws.integer(0, LONGEST_AWAY_MS) : 0;
  return { victim, after, early, at: aimed ? { channel, moment } : null, away, which: draws.next() };
}
