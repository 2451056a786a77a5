import { z } from 'zod';
import { Grant, PutGrant } from '../client/admin.ts';
import { changeGrant, listGrants } from '../grants/grants.ts';
import type { Site } from '../sites.ts';
import type { Store } from '../store/store.ts';
import { type Route, sessionRoute } from './route.ts';

export const grantRoutes = ({ store, sites }: { store: Store; sites: Site[] }): Route[] => [
  sessionRoute({
    method: 'get',
    path: '/grants',
    summary: 'The roles given to people of this EHR.',
    roles: ['admin'],
    answer: z.object({ grants: z.array(Grant) }),
    handle: async ({ session }) => ({ grants: await listGrants(store, session) }),
  }),
  sessionRoute({
    method: 'put',
    path: '/grants/:subject',
    summary: 'Give a person these roles and no others; an empty list takes all access away. Takes effect at once.',
    roles: ['admin'],
    params: z.object({ subject: z.string().min(1).max(255) }),
    body: PutGrant,
    answer: Grant,
    handle: async ({ session, params, body, now }) => changeGrant({ store, sites }, session, params.subject, body, now),
  }),
];
