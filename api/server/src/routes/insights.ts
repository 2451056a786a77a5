import { z } from 'zod';
import { Cms50Answer, Cms50Question } from '../client/cms50.ts';
import {
  EXPORT_FORMATS,
  type ExportFormat,
  ExportQuestion,
  InsightsStatus,
  LoopClosureQuestion,
  MetricAnswer,
  MetricQuestion,
  PlacesAnswer,
  RowsAnswer,
  RowsQuestion,
} from '../client/insights.ts';
import type { InsightsService } from '../services/insights.ts';
import type { ExportService } from '../services/insights-export.ts';
import type { LoopClosureService } from '../services/loop-closure.ts';
import { type ContentType, type Route, sessionRoute } from './route.ts';

const CONTENT_TYPES: Record<ExportFormat, ContentType> = {
  csv: 'text/csv',
  parquet: 'application/vnd.apache.parquet',
  pdf: 'application/pdf',
};

type Deps = { insights: InsightsService; exports: ExportService; loops: LoopClosureService };

export const insightsRoutes = ({ insights, exports, loops }: Deps): Route[] => [
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
    path: '/insights/cms50',
    summary: 'CMS50 as far as our referrals tell, why it differs from the closed-loop rate, and what would still close.',
    roles: ['coordinator', 'lead'],
    query: Cms50Question,
    answer: Cms50Answer,
    handle: async ({ session, query }) => insights.cms50(session, query),
  }),
  sessionRoute({
    method: 'get',
    path: '/insights/places',
    summary: 'Where the three-digit ZIP codes of the numbers are, for a map.',
    roles: ['coordinator', 'lead'],
    answer: PlacesAnswer,
    handle: async ({ session }) => insights.places(session),
  }),
  ...EXPORT_FORMATS.map((format) =>
    sessionRoute({
      method: 'post',
      path: `/insights/exports/${format}`,
      summary: `Metrics as a ${format.toUpperCase()} file, without small cells. Who asked, and what for, is put on record.`,
      roles: ['lead'],
      body: ExportQuestion,
      answer: z.instanceof(Uint8Array),
      contentType: CONTENT_TYPES[format],
      handle: async ({ session, body, now }) => exports.file(session, format, body, now),
    }),
  ),
  sessionRoute({
    method: 'post',
    path: '/insights/exports/loop-closure',
    summary:
      'The days of every loop that closed as a CSV file: ordered, received, seen, note returned, closed. Who asked, and what for, is put on record.',
    roles: ['lead'],
    body: LoopClosureQuestion,
    answer: z.instanceof(Uint8Array),
    contentType: 'text/csv',
    handle: async ({ session, body, now }) => loops.file(session, body, now),
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
