/** How far the loading of a simulated history is, for whoever shows numbers meanwhile. */
import type { Instant } from '@refloop/domain/instant';
import type { Json } from './store.ts';

export type HistoryLoad = {
  seed: string;
  /** The end of what is simulated. */
  until: Instant;
  referrals: number;
  /** Who works in its offices. No patient data; in the clear. */
  staffing: Json;
  /** Of the referrals, in order. */
  loaded: number;
  events: number;
  startedAt: Instant;
  finishedAt: Instant | null;
};

export type HistoryLoadStore = {
  /** Undefined where none was ever begun. */
  get: () => Promise<HistoryLoad | undefined>;
  /** Begins one; where one is begun already, that is kept. Returns the one that is kept. */
  begin: (load: Pick<HistoryLoad, 'seed' | 'until' | 'referrals' | 'staffing' | 'startedAt'>) => Promise<HistoryLoad>;
  /** So many more are loaded. False where it does not stand at `from` any more: somebody else went on with it. */
  advance: (step: { from: number; to: number; events: number; finishedAt: Instant | null }) => Promise<boolean>;
};
