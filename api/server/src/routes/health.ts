import { z } from 'zod';
import { problem } from '../problem.ts';
import { publicRoute, type Route } from './route.ts';

export const healthRoutes = ({ notReady }: { notReady: () => string | undefined }): Route[] => [
  publicRoute({
    method: 'get',
    path: '/health',
    summary: 'Whether this process can serve; before that 503 with the reason.',
    answer: z.object({ status: z.literal('ok') }),
    whileStarting: true,
    handle: async () => {
      const reason = notReady();
      return reason === undefined ? { status: 'ok' as const } : problem('not-ready', reason);
    },
  }),
];
