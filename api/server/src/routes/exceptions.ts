import { z } from 'zod';
import { ExceptionRow, SettleException } from '../client/admin.ts';
import type { ExceptionService } from '../services/exception-queue.ts';
import { type Route, sessionRoute } from './route.ts';

export const exceptionRoutes = ({ exceptions }: { exceptions: ExceptionService }): Route[] => [
  sessionRoute({
    method: 'get',
    path: '/exceptions',
    summary: 'What a person must look at: nobody in network, write-backs that did not finish; an administrator what is theirs.',
    roles: ['coordinator', 'lead', 'admin'],
    answer: z.object({ rows: z.array(ExceptionRow) }),
    handle: async ({ session, now }) => ({ rows: await exceptions.list(session, now) }),
  }),
  sessionRoute({
    method: 'post',
    path: '/exceptions/:id',
    summary: 'Take an exception, or settle it with a note.',
    roles: ['coordinator', 'lead', 'admin'],
    params: z.object({ id: z.string().max(80) }),
    body: SettleException,
    answer: ExceptionRow,
    handle: async ({ session, params, body, now }) => exceptions.settle(session, params.id, body, now),
  }),
];
