import { z } from 'zod';
import { PendRecommendation } from '../client/pend.ts';
import { Recommendation } from '../client/recommendation.ts';
import type { PendService } from '../services/pends.ts';
import { patientRoute, type Route } from './route.ts';

const Id = z.object({ id: z.string().max(40) });

export const pendRoutes = ({ pends }: { pends: PendService }): Route[] => [
  patientRoute({
    method: 'post',
    path: '/recommendations/:id/pend',
    summary: 'Hand a prepared recommendation to a clinician to sign; it then stands on that clinician’s list with a deadline.',
    roles: ['preparer'],
    params: Id,
    body: PendRecommendation,
    answer: Recommendation,
    handle: async ({ session, params, body, now }) => pends.pend(session, params.id, body, now),
  }),
  patientRoute({
    method: 'delete',
    path: '/recommendations/:id/pend',
    summary: 'Take back what was handed over, while nobody has signed it.',
    roles: ['preparer'],
    params: Id,
    answer: Recommendation,
    handle: async ({ session, params, now }) => pends.takeBack(session, params.id, now),
  }),
];
