/** How groups of patients fare, who is ordered, and what has changed since the quarter before, from the snapshot in force. */
import type { Warehouse } from '@refloop/analytics/warehouse';
import type { DriftAnswer, FairnessAnswer } from '../client/fairness.ts';
import type { InsightsFilter } from '../client/insights.ts';
import type { MatchIndex } from '../matching/match-index.ts';
import type { Refusal } from '../problem.ts';
import type { Session } from '../sessions/session.ts';
import type { Store } from '../store/store.ts';
import { displayOfNpi } from './card.ts';
import { counted, scopeOf } from './insights.ts';

export type FairnessService = {
  fairness: (session: Session, filter: InsightsFilter) => Promise<FairnessAnswer | Refusal>;
  drift: (session: Session, filter: InsightsFilter) => Promise<DriftAnswer | Refusal>;
};

type Deps = { store: Store; warehouse: Warehouse; index: () => Pick<MatchIndex, 'ofNpi'> | undefined };

export function createFairnessService({ store, warehouse, index }: Deps): FairnessService {
  return {
    fairness: async (session, filter) =>
      counted(async () => {
        const question = { scope: scopeOf(session), filter };
        const { asOf, snapshot, ...gaps } = await warehouse.gaps(question);
        const { about, specialties } = await warehouse.exposure(question);
        const directory = index();
        return {
          asOf,
          snapshot,
          gaps,
          exposure: {
            about,
            specialties: specialties.map((specialty) => ({
              ...specialty,
              specialists: specialty.specialists.map((each) => ({ ...each, name: displayOfNpi(directory, each.npi) })),
            })),
          },
        };
      }),

    drift: async (session, filter) =>
      counted(async () => {
        const drift = await warehouse.drift({ scope: scopeOf(session), filter });
        const versions = await store.transaction(session.scope, (unit) => unit.recommendations.versions());
        return { ...drift, versions };
      }),
  };
}
