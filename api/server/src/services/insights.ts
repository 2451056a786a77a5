/** Numbers about this EHR's referrals from the snapshot in force, and who stands behind a mark: by role, with a purpose, on record. */
import { NoSnapshot, type Warehouse } from '@refloop/analytics/warehouse';
import { metricIds } from '@refloop/analytics/metric-definition';
import type { EhrScope } from '@refloop/analytics/pseudonym';
import type { InsightsStatus, MetricAnswer, MetricQuestion } from '../client/insights.ts';
import { problem, type Refusal } from '../problem.ts';
import type { Session } from '../sessions/session.ts';

export type History = { loaded: number; total: number };

export type InsightsService = {
  status: (session: Session) => Promise<InsightsStatus>;
  metric: (session: Session, id: string, question: MetricQuestion) => Promise<MetricAnswer | Refusal>;
};

const scopeOf = ({ scope: { tenant, issuer } }: Session): EhrScope => ({ tenant, issuer });

const NOTHING_YET: InsightsStatus['choices'] = { specialty: [], site: [], payer: [], months: [] };

/** @param history how far a load of history is; null where none is under way */
export function createInsightsService(deps: { warehouse: Warehouse; history: () => Promise<History | null> }): InsightsService {
  const { warehouse } = deps;

  return {
    status: async (session) => {
      const history = await deps.history();
      try {
        const { name, asOf } = await warehouse.manifest();
        const { specialty, site, payer, month, count } = await warehouse.choices(scopeOf(session));
        return { snapshot: { name, asOf, referrals: count }, history, choices: { specialty, site, payer, months: month } };
      } catch (error) {
        if (error instanceof NoSnapshot) return { snapshot: null, history, choices: NOTHING_YET };
        throw error;
      }
    },

    metric: async (session, id, { by, ...filter }) => {
      if (!metricIds().includes(id)) return problem('not-found', 'There is no such metric.');
      try {
        return await warehouse.metric({ metric: id, by: by === undefined ? [] : [by], scope: scopeOf(session), filter });
      } catch (error) {
        if (error instanceof NoSnapshot) return problem('not-found', 'Nothing is counted yet. The first snapshot is made within the hour.');
        throw error;
      }
    },
  };
}
