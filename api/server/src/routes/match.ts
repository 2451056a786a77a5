import { MatchAnswer, MatchInput, SpecialistSearch, SpecialistSearchAnswer } from '../client/match.ts';
import { ROLES } from '../client/session.ts';
import type { MatchingService } from '../services/matching.ts';
import { type Route, sessionRoute } from './route.ts';

/** The fast road: no patient is named and nothing is stored. */
export const matchRoutes = ({ matching }: { matching: MatchingService }): Route[] => [
  sessionRoute({
    method: 'post',
    path: '/match',
    summary: 'Rank specialists for a specialty, a place and a plan. Stores nothing.',
    roles: ROLES,
    body: MatchInput,
    answer: MatchAnswer,
    handle: async ({ body, now }) => matching.match(body, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/directory/search',
    summary: 'Find a specialist by name and judge them for a request. Stores nothing.',
    roles: ROLES,
    body: SpecialistSearch,
    answer: SpecialistSearchAnswer,
    handle: async ({ body, now }) => matching.search(body, now),
  }),
];
