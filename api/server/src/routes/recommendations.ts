import { z } from 'zod';
import { MakeRecommendation, Recommendation, SaveWorkingCopy } from '../client/recommendation.ts';
import type { RecommendationService } from '../services/recommendations.ts';
import { patientRoute, type Route } from './route.ts';

const Id = z.object({ id: z.string().max(40) });
/** A chart of 2,000 resources with documents. */
const CHART_LIMIT = 6 * 1024 * 1024;

export const recommendationRoutes = ({ recommendations }: { recommendations: RecommendationService }): Route[] => [
  patientRoute({
    method: 'post',
    path: '/recommendations',
    summary: 'Recommend specialists and draft a note for the patient in context; stored and audited.',
    roles: ['clinician', 'preparer'],
    body: MakeRecommendation,
    answer: Recommendation,
    status: 201,
    bodyLimit: CHART_LIMIT,
    handle: async ({ session, body, now }) => recommendations.make(session, body, now),
  }),
  patientRoute({
    method: 'get',
    path: '/recommendations/:id',
    summary: 'One recommendation of the patient in context.',
    roles: ['clinician', 'preparer'],
    params: Id,
    answer: Recommendation,
    handle: async ({ session, params, now }) => recommendations.get(session, params.id, now),
  }),
  patientRoute({
    method: 'put',
    path: '/recommendations/:id/working',
    summary: 'Keep what the clinician has changed so far.',
    roles: ['clinician', 'preparer'],
    params: Id,
    body: SaveWorkingCopy,
    answer: z.object({ revision: z.number().int() }),
    handle: async ({ session, params, body, now }) => recommendations.saveWorking(session, params.id, body, now),
  }),
  patientRoute({
    method: 'post',
    path: '/recommendations/:id/dismissal',
    summary: 'Nobody fits, or no referral after all: close the recommendation with a reason. Nothing is written to the chart.',
    roles: ['clinician'],
    params: Id,
    body: z.object({ reason: z.string().min(3, 'Say why in a few words').max(500) }),
    answer: z.object({ status: z.literal('DISMISSED') }),
    handle: async ({ session, params, body, now }) => recommendations.dismiss(session, params.id, body.reason, now),
  }),
];
