import { OpenWork } from '../client/recommendation.ts';
import type { OpenWorkService } from '../services/open-work.ts';
import { patientRoute, type Route } from './route.ts';

export const openWorkRoutes = ({ openWork }: { openWork: OpenWorkService }): Route[] => [
  patientRoute({
    method: 'get',
    path: '/open-work',
    summary: 'What waits for this person on the patient in context: to sign, to finish writing, handed over, or begun.',
    roles: ['clinician', 'preparer'],
    answer: OpenWork,
    handle: async ({ session, now }) => openWork.list(session, now),
  }),
];
