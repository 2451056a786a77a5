import { z } from 'zod';
import { InsightsStatus, MetricAnswer, MetricQuestion, PlacesAnswer, RowsAnswer, RowsQuestion } from '../client/insights.ts';
import type { InsightsService } from '../services/insights.ts';
import { type Route, sessionRoute } from './route.ts';

export const insightsRoutes = ({ insights }: { insights: InsightsService }): Route[] => [
  sessionRoute({
    method: 'get',
    path: '/insights',
    summary: 'Which snapshot the numbers are counted in, and what there is to choose from.',
    roles: ['coordinator', 'lead'],
    answer: InsightsStatus,
    handle: async ({ session }) => insights.status(session),
  }),
  sessionRoute({
    method: 'get',
    path: '/insights/metrics/:metric',
    summary: 'One metric with its definition, n and intervals, whole or told apart.',
    roles: ['coordinator', 'lead'],
    params: z.object({ metric: z.string().max(60) }),
    query: MetricQuestion,
    answer: MetricAnswer,
    handle: async ({ session, params, query }) => insights.metric(session, params.metric, query),
  }),
  sessionRoute({
    method: 'get',
    path: '/insights/places',
    summary: 'Where the three-digit ZIP codes of the numbers are, for a map.',
    roles: ['coordinator', 'lead'],
    answer: PlacesAnswer,
    handle: async ({ session }) => insights.places(session),
  }),
  sessionRoute({
    method: 'post',
    path: '/insights/rows',
    summary: 'The referrals behind a mark. Who asked, and what for, is put on record.',
    roles: ['coordinator', 'lead'],
    body: RowsQuestion,
    answer: RowsAnswer,
    handle: async ({ session, body, now }) => insights.rows(session, body, now),
  }),
];
