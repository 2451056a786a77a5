import { verifyAudit } from '../audit/verify.ts';
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
    handle: async ({ now }) => {
      const checkedAt = now.toISOString();
      const verdict = await verifyAudit(store.auditTrail, now);
      switch (verdict.status) {
        case 'whole': {
          const { rows, head, headAt } = verdict;
          return { entries: rows, verifiedTo: rows, brokenAt: null, headHash: rows === 0 ? null : head, headAt, checkedAt };
        }
        case 'broken': {
          const { row, what } = verdict;
          return { entries: row, verifiedTo: row - 1, brokenAt: { row, what }, headHash: null, headAt: null, checkedAt };
        }
        case 'unsequenced': {
          const { rows, entries } = verdict;
          const what = `entry ${entries[0]} was recorded more than a minute ago and never numbered`;
          return { entries: rows, verifiedTo: rows, brokenAt: { row: rows + 1, what }, headHash: null, headAt: null, checkedAt };
        }
      }
    },
  }),
];
