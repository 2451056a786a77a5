import { z } from 'zod';
import { MyWork, SettleByHand } from '../client/work.ts';
import type { WorkService } from '../services/work.ts';
import { type Route, sessionRoute } from './route.ts';

export const workRoutes = ({ work }: { work: WorkService }): Route[] => [
  sessionRoute({
    method: 'get',
    path: '/work',
    summary: 'What waits for this person across patients: to sign, to finish writing, handed over.',
    roles: ['clinician', 'preparer'],
    answer: MyWork,
    handle: async ({ session, now }) => work.list(session, now),
  }),
  sessionRoute({
    method: 'post',
    path: '/work/:plan/settlement',
    summary: 'Say that what this EHR does not take from Refloop was done in the chart by hand.',
    roles: ['clinician'],
    params: z.object({ plan: z.string().max(40) }),
    body: SettleByHand,
    answer: z.object({ settled: z.literal(true) }),
    handle: async ({ session, params, body, now }) => work.settleByHand(session, params.plan, body.note, now),
  }),
];
