import { QueueAnswer, QueueRowsAnswer, QueueRowsQuestion } from '../client/queue.ts';
import type { QueueService } from '../services/queue.ts';
import { type Route, sessionRoute } from './route.ts';

export const queueRoutes = ({ queue }: { queue: QueueService }): Route[] => [
  sessionRoute({
    method: 'get',
    path: '/insights/queue',
    summary: 'What is open now, by step, age and owner, with what is late or soon will be.',
    roles: ['coordinator', 'lead'],
    answer: QueueAnswer,
    handle: async ({ session, now }) => queue.now(session, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/insights/queue/rows',
    summary: 'The open referrals behind a number of the queue. Who asked, and what for, is put on record.',
    roles: ['coordinator', 'lead'],
    body: QueueRowsQuestion,
    answer: QueueRowsAnswer,
    handle: async ({ session, body, now }) => queue.rows(session, body, now),
  }),
];
