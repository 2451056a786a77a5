import { z } from 'zod';
import { problem } from '../problem.ts';
import { publicRoute, type Route } from './route.ts';

const Well = z.object({ status: z.literal('ok') });

/** Two questions that are not one: whether to send people here, and whether to start this process anew. */
export const healthRoutes = ({ notReady }: { notReady: () => string | undefined | Promise<string | undefined> }): Route[] => [
  publicRoute({
    method: 'get',
    path: '/health',
    summary: 'Whether this process can serve now; else 503 with the reason: starting, PostgreSQL away, being stopped.',
    answer: Well,
    whileStarting: true,
    handle: async () => {
      const reason = await notReady();
      return reason === undefined ? { status: 'ok' as const } : problem('not-ready', reason);
    },
  }),
  publicRoute({
    method: 'get',
    path: '/health/live',
    summary: 'Whether this process answers at all. A database that is away is no reason to start it anew.',
    answer: Well,
    whileStarting: true,
    handle: async () => ({ status: 'ok' as const }),
  }),
];
