import { SpecialistsAnswer, SpecialistsQuestion } from '../client/specialists.ts';
import type { SpecialistsService } from '../services/specialists.ts';
import { type Route, sessionRoute } from './route.ts';

export const specialistsRoutes = ({ specialists }: { specialists: SpecialistsService }): Route[] => [
  sessionRoute({
    method: 'get',
    path: '/insights/specialists',
    summary: 'Specialists of one measure beside each other: raw, expected, shrunken, n and verdict; nobody below ten.',
    roles: ['coordinator', 'lead'],
    query: SpecialistsQuestion,
    answer: SpecialistsAnswer,
    handle: async ({ session, query }) => specialists.compare(session, query),
  }),
];
