import { z } from 'zod';
import {
  ConfigurationAnswer,
  ConfigurationChange,
  ConfigurationPreview,
  ConfigurationPreviewRequest,
  StatusNamesAnswer,
} from '../client/configuration.ts';
import type { ConfigurationService } from '../services/configuration.ts';
import { type Route, sessionRoute } from './route.ts';

export const configurationRoutes = ({ configuration }: { configuration: ConfigurationService }): Route[] => [
  sessionRoute({
    method: 'get',
    path: '/configuration',
    summary:
      'Name, number and colour of the practice, what staff call a status, what messages say; the version in force and all before it.',
    roles: ['admin', 'lead'],
    answer: ConfigurationAnswer,
    handle: async ({ session }) => configuration.read(session),
  }),
  sessionRoute({
    method: 'get',
    path: '/configuration/versions/:version',
    summary: 'One version of the configuration, as it was kept; 0 is as Refloop comes.',
    roles: ['admin', 'lead'],
    params: z.object({
      version: z
        .string()
        .regex(/^\d{1,6}$/)
        .transform(Number),
    }),
    answer: ConfigurationAnswer,
    handle: async ({ session, params }) => configuration.read(session, params.version),
  }),
  sessionRoute({
    method: 'post',
    path: '/configuration/preview',
    summary: 'What would change; faults by their field. Keeps nothing.',
    roles: ['admin'],
    body: ConfigurationPreviewRequest,
    answer: ConfigurationPreview,
    handle: async ({ session, body }) => configuration.preview(session, body),
  }),
  sessionRoute({
    method: 'post',
    path: '/configuration',
    summary: 'A new version, in force at once, with a reason; an earlier one comes back as a new one.',
    roles: ['admin'],
    body: ConfigurationChange,
    answer: ConfigurationAnswer,
    handle: async ({ session, body, now }) => configuration.change(session, body, now),
  }),
  sessionRoute({
    method: 'get',
    path: '/status-names',
    summary: 'What this site calls each status of a referral.',
    roles: ['clinician', 'preparer', 'coordinator', 'lead', 'admin'],
    answer: StatusNamesAnswer,
    handle: async ({ session }) => configuration.statusNames(session),
  }),
];
