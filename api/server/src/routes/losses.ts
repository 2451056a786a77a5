import { ClaimsAnswer, ComparisonAnswer, ComparisonQuestion, ContractingAnswer, ContractingQuestion } from '../client/losses.ts';
import type { LossesService } from '../services/losses.ts';
import { type Route, sessionRoute } from './route.ts';

export const lossesRoutes = ({ losses }: { losses: LossesService }): Route[] => [
  sessionRoute({
    method: 'get',
    path: '/insights/contracting',
    summary: 'Specialists outside the network who see the most patients, with n and interval; nobody below ten.',
    roles: ['coordinator', 'lead'],
    query: ContractingQuestion,
    answer: ContractingAnswer,
    handle: async ({ session, query }) => losses.contracting(session, query),
  }),
  sessionRoute({
    method: 'get',
    path: '/insights/comparison',
    summary: 'What changed between two periods, at one site or against another, with what that cannot show.',
    roles: ['coordinator', 'lead'],
    query: ComparisonQuestion,
    answer: ComparisonAnswer,
    handle: async ({ session, query }) => losses.comparison(session, query),
  }),
  sessionRoute({
    method: 'get',
    path: '/insights/claims',
    summary: 'Figures in circulation that are not verified, and what is wrong with each.',
    roles: ['coordinator', 'lead'],
    answer: ClaimsAnswer,
    handle: async () => losses.claims(),
  }),
];
