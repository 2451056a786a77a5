/** Specialists beside each other, from the snapshot in force, named as the directory in force has them. */
import { performanceIds, readPerformance } from '@refloop/analytics/performance-definition';
import type { Warehouse } from '@refloop/analytics/warehouse';
import type { SpecialistsAnswer, SpecialistsQuestion } from '../client/specialists.ts';
import type { MatchIndex } from '../matching/match-index.ts';
import { problem, type Refusal } from '../problem.ts';
import type { Session } from '../sessions/session.ts';
import { displayOfNpi } from './card.ts';
import { counted, scopeOf } from './insights.ts';

export type SpecialistsService = { compare: (session: Session, question: SpecialistsQuestion) => Promise<SpecialistsAnswer | Refusal> };

type Deps = { warehouse: Warehouse; index: () => Pick<MatchIndex, 'ofNpi'> | undefined };

export function createSpecialistsService({ warehouse, index }: Deps): SpecialistsService {
  return {
    compare: async (session, { measure, ...filter }) => {
      if (!performanceIds().includes(measure)) {
        return problem('not-found', 'There is no such measure.', [
          { field: 'measure', message: 'No such measure', fix: `Choose one of ${performanceIds().join(', ')}.` },
        ]);
      }
      return counted(async () => {
        const {
          specialists,
          caseMix,
          filter: _filter,
          ...answer
        } = await warehouse.performance({ measure, scope: scopeOf(session), filter });
        const directory = index();
        return {
          ...answer,
          measures: performanceIds().map((id) => ({ id, title: readPerformance(id).title })),
          caseMix: [...caseMix],
          specialists: specialists.map((row) => ({ ...row, name: displayOfNpi(directory, row.specialist) })),
        };
      });
    },
  };
}
