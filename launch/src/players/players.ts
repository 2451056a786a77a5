/** The sandbox's players: specialists' offices that answer by themselves while the clock is moved. Off unless asked for. */
import type { PlayedAct } from './played.ts';

/** Does what is due by now, and says what it did. */
export type Part = (seed: string, now: Date) => Promise<PlayedAct[]>;

export type Players = {
  /** The seed they draw by; undefined while they are off. */
  seed: () => string | undefined;
  /** Newest first. */
  played: () => readonly PlayedAct[];
  /** On with this seed; off with undefined. */
  play: (seed: string | undefined) => void;
  act: (now: Date) => Promise<void>;
};

const MOST_KEPT = 200;

export function createPlayers(parts: readonly Part[], failed: (error: unknown) => void): Players {
  let seed: string | undefined;
  const played: PlayedAct[] = [];
  return {
    seed: () => seed,
    played: () => played,
    play: (next) => {
      seed = next;
    },
    act: async (now) => {
      if (seed === undefined) return;
      for (const part of parts) {
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
