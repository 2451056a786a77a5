/** Losses beside the metrics: with whom a contract would bring patients back, and what changed between two periods. */
import { readClaims } from '@refloop/analytics/claims';
import { compare, isComparable } from '@refloop/analytics/comparison';
import { headOf, metricIds, readMetric } from '@refloop/analytics/metric-definition';
import type { Warehouse } from '@refloop/analytics/warehouse';
import type { ClaimsAnswer, ComparisonAnswer, ComparisonQuestion, ContractingAnswer, ContractingQuestion } from '../client/losses.ts';
import type { MatchIndex } from '../matching/match-index.ts';
import { problem, type Refusal } from '../problem.ts';
import type { Session } from '../sessions/session.ts';
import { displayOfNpi } from './card.ts';
import { counted, scopeOf } from './insights.ts';

export type LossesService = {
  contracting: (session: Session, filter: ContractingQuestion) => Promise<ContractingAnswer | Refusal>;
  comparison: (session: Session, question: ComparisonQuestion) => Promise<ComparisonAnswer | Refusal>;
  claims: () => ClaimsAnswer;
};

type Deps = { warehouse: Warehouse; index: () => Pick<MatchIndex, 'ofNpi'> | undefined };

export function createLossesService({ warehouse, index }: Deps): LossesService {
  return {
    contracting: (session, filter) =>
      counted(async () => {
        const { rows, ...answer } = await warehouse.contracting({ scope: scopeOf(session), filter });
        const directory = index();
        return { ...answer, rows: rows.map((row) => ({ ...row, name: displayOfNpi(directory, row.performer) })) };
      }),

    comparison: async (session, { metric, beforeFrom, beforeTo, afterFrom, afterTo, site, against, specialty, payer }) => {
      if (!metricIds().includes(metric)) return problem('not-found', 'There is no such metric.');
      if (!isComparable(headOf(readMetric(metric)))) {
        const fix = `Choose one that is a single share, such as ${metricIds()
          .filter((id) => isComparable(headOf(readMetric(id))))
          .join(', ')}.`;
        return problem('unprocessable', 'Only a single share can be compared so, not a time and not a division into causes.', [
          { field: 'metric', message: 'Not a single share', fix },
        ]);
      }
      return counted(() =>
        compare(warehouse.metric, {
          metric,
          before: { from: beforeFrom, to: beforeTo },
          after: { from: afterFrom, to: afterTo },
          site,
          against,
          filter: { specialty, payer },
          scope: scopeOf(session),
        }),
      );
    },

    claims: () => ({ claims: readClaims() }),
  };
}
