/** CDS Hooks 2.0: what an EHR asks while an order is chosen, signed or sent. See https://cds-hooks.hl7.org/2.0/ */
import { z } from 'zod';
import type { CdsHooksService } from '../cds/cds-hooks.ts';
import { CDS_SERVICES } from '../cds/services.ts';
import { CdsAnswer, CdsFeedback, CdsServices, HookCall } from '../client/cds-hooks.ts';
import { cdsClientRoute, publicRoute, type Route } from './route.ts';

const ServiceId = z.object({ id: z.string().max(100) });

export const cdsHooksRoutes = ({ cds }: { cds: CdsHooksService }): Route[] => [
  publicRoute({
    method: 'get',
    path: '/cds-services',
    summary: 'The CDS services there are, each with its hook and what is asked to be sent along (CDS Hooks 2.0, Discovery).',
    answer: CdsServices,
    whileStarting: true,
    fromEhrPages: true,
    handle: async () => ({ services: [...CDS_SERVICES] }),
  }),
  cdsClientRoute({
    method: 'post',
    path: '/cds-services/:id',
    summary: 'The cards for an order that is chosen, signed or sent; within half a second, or none.',
    params: ServiceId,
    body: HookCall,
    answer: CdsAnswer,
    bodyLimit: 1024 * 1024,
    handle: ({ params, body, now }, asked) => cds.answer(asked, params.id, body, now),
  }),
  cdsClientRoute({
    method: 'post',
    path: '/cds-services/:id/feedback',
    summary: 'What became of cards: taken up or left aside, and for which reason (CDS Hooks 2.0, Feedback).',
    params: ServiceId,
    body: CdsFeedback,
    answer: z.object({}),
    handle: ({ params, body, now }, asked) => cds.feedback(asked, params.id, body, now),
  }),
];
