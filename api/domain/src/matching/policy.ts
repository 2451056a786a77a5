/** A ranking policy is data with a version; a superseded one stays, so that old answers can be replayed. */
import type { Urgency } from './request.ts';
import type { FactorName } from './result.ts';

export type Policy = {
  id: string;
  version: string;
  weights: Readonly<Record<Urgency, Readonly<Record<FactorName, number>>>>;
  /** Miles at which the distance score reaches 0 inside the first circle. */
  distanceScaleMiles: number;
  /** Days at which the wait score reaches 0. */
  waitScaleDays: number;
  /** Circles tried in order; the first with an eligible in-network candidate answers. */
  radiiMiles: readonly number[];
  /** No in-network candidate within this many miles is an exception (R6). */
  exceptionMiles: number;
  /** A network statement older than this is unknown, not in: days since it was verified. */
  networkStaleAfterDays: number;
};
