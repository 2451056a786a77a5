import { DriftAnswer, FairnessAnswer } from '../client/fairness.ts';
import { InsightsFilter } from '../client/insights.ts';
import type { FairnessService } from '../services/fairness.ts';
import { type Route, sessionRoute } from './route.ts';

export const fairnessRoutes = ({ fairness }: { fairness: FairnessService }): Route[] => [
  sessionRoute({
    method: 'get',
    path: '/insights/fairness',
    summary: 'Gaps between groups of patients, with what could not have been found, and how orders spread over specialists.',
    roles: ['lead'],
    query: InsightsFilter,
    answer: FairnessAnswer,
    handle: async ({ session, query }) => fairness.fairness(session, query),
  }),
  sessionRoute({
    method: 'get',
    path: '/insights/drift',
    summary: 'What has changed in routing and overrides since the quarter before, and which versions recommended meanwhile.',
    roles: ['lead'],
    query: InsightsFilter,
    answer: DriftAnswer,
    handle: async ({ session, query }) => fairness.drift(session, query),
  }),
];
