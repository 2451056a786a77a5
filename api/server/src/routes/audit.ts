import { auditStatus } from '../audit/status.ts';
import { AuditStatus } from '../client/admin.ts';
import type { Store } from '../store/store.ts';
import { type Route, sessionRoute } from './route.ts';

export const auditRoutes = ({ store }: { store: Store }): Route[] => [
  sessionRoute({
    method: 'get',
    path: '/audit/status',
    summary: 'Whether the audit chain is whole, checked just now over every row.',
    roles: ['admin'],
    answer: AuditStatus,
    handle: async ({ now }) => auditStatus(store.auditTrail, now),
  }),
];
