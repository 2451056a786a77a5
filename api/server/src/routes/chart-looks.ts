import { z } from 'zod';
import { ChartFound, ChartLook, ChartRead, ChartWanted } from '../client/chart-look.ts';
import type { ChartAgainService } from '../services/chart-again/chart-again.ts';
import { patientRoute, type Route, sessionRoute } from './route.ts';

/** Of the parts of a chart that were changed lately. */
const CHART_LIMIT = 2 * 1024 * 1024;

export const chartLookRoutes = ({ again }: { again: ChartAgainService }): Route[] => [
  sessionRoute({
    method: 'post',
    path: '/worklist/referrals/:id/packet/chart-look',
    summary: 'Read the chart again for what the packet lacks, with Refloop’s own access to the EHR. What is there is kept with its source.',
    roles: ['clinician', 'coordinator', 'lead'],
    params: z.object({ id: z.string().min(1).max(60) }),
    answer: ChartLook,
    handle: async ({ session, params, now }) => again.look(session, params.id, now),
  }),
  patientRoute({
    method: 'get',
    path: '/chart-looks',
    summary: 'Which parts of the chart in context packets of this patient still lack something of.',
    roles: ['clinician', 'preparer'],
    answer: ChartWanted,
    handle: async ({ session, now }) => again.wanted(session, now),
  }),
  patientRoute({
    method: 'post',
    path: '/chart-looks',
    summary: 'What was read of those parts. What of it answers something that is missing is kept, and nothing else.',
    roles: ['clinician', 'preparer'],
    body: ChartRead,
    bodyLimit: CHART_LIMIT,
    answer: ChartFound,
    handle: async ({ session, body, now }) => again.given(session, body, now),
  }),
];
