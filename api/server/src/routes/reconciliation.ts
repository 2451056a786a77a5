import { z } from 'zod';
import { ReconciliationAnswer } from '../client/reconciliation.ts';
import type { ReconciliationReader } from '../services/reconciliation-reader.ts';
import { type Route, sessionRoute } from './route.ts';

export const reconciliationRoutes = ({ reports }: { reports: ReconciliationReader }): Route[] => [
  sessionRoute({
    method: 'get',
    path: '/reconciliation',
    summary: 'What Refloop holds against what the EHR holds, as the last reports found it, with whose truth holds.',
    roles: ['coordinator', 'lead', 'admin'],
    answer: ReconciliationAnswer,
    handle: async ({ session }) => reports.read(session),
  }),
  sessionRoute({
    method: 'get',
    path: '/reconciliation/:id/csv',
    summary: 'One report as a CSV file, a difference a line. Who took it is put on record.',
    roles: ['coordinator', 'lead', 'admin'],
    params: z.object({ id: z.string().min(1).max(60) }),
    answer: z.instanceof(Uint8Array),
    contentType: 'text/csv',
    handle: async ({ session, params, now }) => reports.file(session, params.id, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/reconciliation',
    summary: 'Ask for a report now; it begins within a minute. Nothing is written to the EHR.',
    roles: ['coordinator', 'lead', 'admin'],
    answer: ReconciliationAnswer,
    handle: async ({ session, now }) => reports.ask(session, now),
  }),
];
