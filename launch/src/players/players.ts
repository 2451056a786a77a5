/**
 * The sandbox's players: specialists' offices and patients that act by themselves while the clock is moved, and with them, where that is wanted, the
 * practice's own people. Off unless asked for.
 */
import type { PlayedAct } from './played.ts';

/** Does what is due by now, and says what it did. */
export type Part = (seed: string, now: Date) => Promise<PlayedAct[]>;

export type Players = {
  /** The seed they draw by; undefined while they are off. */
  seed: () => string | undefined;
  /** Whether the practice's own people are played too. */
  withStaff: () => boolean;
  /** Newest first. */
  played: () => readonly PlayedAct[];
  /** On with this seed; off with undefined. */
  play: (seed: string | undefined, withStaff?: boolean) => void;
  act: (now: Date) => Promise<void>;
};

const MOST_KEPT = 200;

/** @param staff the practice's own people; without it they are not played */
export function createPlayers(parts: readonly Part[], failed: (error: unknown) => void, staff?: Part): Players {
  let seed: string | undefined;
  let isStaffPlayed = false;
  const played: PlayedAct[] = [];
  return {
    seed: () => seed,
    withStaff: () => isStaffPlayed,
    played: () => played,
    play: (next, withStaff = false) => {
      seed = next;
      isStaffPlayed = next !== undefined && withStaff && staff !== undefined;
    },
    act: async (now) => {
      if (seed === undefined) return;
      for (const part of staff && isStaffPlayed ? [...parts, staff] : parts) {
        try {
          for (const act of await part(seed, now)) played.unshift(act);
        } catch (error) {
          // One that cannot act now, since Refloop is away, does so at a later step.
          failed(error);
        }
      }
      played.splice(MOST_KEPT);
    },
  };
}
