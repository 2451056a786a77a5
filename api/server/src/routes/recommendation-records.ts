import { z } from 'zod';
import { RecommendationPage, RecommendationRecord } from '../client/admin.ts';
import type { RecordService } from '../services/recommendation-records.ts';
import { type Route, sessionRoute } from './route.ts';

const Question = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  outcome: z.enum(['pending', 'accepted', 'overridden', 'edited', 'dismissed', 'superseded']).optional(),
  policy: z.string().max(80).optional(),
  specialty: z.string().max(80).optional(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  patientPseudonym: z.string().max(40).optional(),
});

export const recommendationRecordRoutes = ({ records }: { records: RecordService }): Route[] => [
  sessionRoute({
    method: 'get',
    path: '/audit/recommendations',
    summary: 'Recommendations of this site, newest first.',
    roles: ['admin'],
    query: Question,
    answer: RecommendationPage,
    handle: async ({ session, query: { cursor, limit, ...given }, now }) => {
      const filters = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      return records.list(session, { limit, filters, ...(cursor === undefined ? {} : { cursor }) }, now);
    },
  }),
  sessionRoute({
    method: 'get',
    path: '/audit/recommendations/:id',
    summary: 'One recommendation from question to proof.',
    roles: ['admin'],
    params: z.object({ id: z.string().max(40) }),
    answer: RecommendationRecord,
    handle: async ({ session, params, now }) => records.get(session, params.id, now),
  }),
];
