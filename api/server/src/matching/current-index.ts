/** The index that requests are answered from. A request takes it once and keeps it, so a swap never splits an answer. */
import type { MatchIndex } from './match-index.ts';

export type CurrentIndex = {
  /** The published directory's index; undefined until the first one is loaded. */
  get: () => MatchIndex | undefined;
  /** One assignment: whoever asks next gets the new one whole. */
  swap: (index: MatchIndex) => void;
};

export function currentIndex(): CurrentIndex {
  let current: MatchIndex | undefined;
  return {
    get: () => current,
    swap: (index) => {
      current = index;
    },
  };
}
