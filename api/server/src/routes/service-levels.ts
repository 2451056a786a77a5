import { z } from 'zod';
import { PolicyChange, PolicyPreview, PolicyPreviewRequest, ServiceLevelsAnswer } from '../client/service-levels.ts';
import type { ServiceLevelService } from '../services/service-levels.ts';
import { type Route, sessionRoute } from './route.ts';

export const serviceLevelRoutes = ({ serviceLevels }: { serviceLevels: ServiceLevelService }): Route[] => [
  sessionRoute({
    method: 'get',
    path: '/service-levels',
    summary: 'What each stage may take, what is done when it takes longer, on whose calendar; the version in force and all before it.',
    roles: ['admin', 'lead'],
    answer: ServiceLevelsAnswer,
    handle: async ({ session }) => serviceLevels.read(session),
  }),
  sessionRoute({
    method: 'get',
    path: '/service-levels/versions/:version',
    summary: 'One version of the service levels, as it was kept.',
    roles: ['admin', 'lead'],
    params: z.object({ version: z.coerce.number().int().positive().max(1_000_000) }),
    answer: ServiceLevelsAnswer,
    handle: async ({ session, params }) => serviceLevels.read(session, params.version),
  }),
  sessionRoute({
    method: 'post',
    path: '/service-levels/preview',
    summary: 'What would change, and how many open referrals it can reach; faults by their field. Keeps nothing.',
    roles: ['admin'],
    body: PolicyPreviewRequest,
    answer: PolicyPreview,
    handle: async ({ session, body }) => serviceLevels.preview(session, body),
  }),
  sessionRoute({
    method: 'post',
    path: '/service-levels',
    summary: 'A new version, in force at once, with a reason; every open referral is looked at anew.',
    roles: ['admin'],
    body: PolicyChange,
    answer: ServiceLevelsAnswer,
    handle: async ({ session, body, now }) => serviceLevels.change(session, body, now),
  }),
];
