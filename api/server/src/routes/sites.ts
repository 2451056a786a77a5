import { z } from 'zod';
import { PublicSite } from '../client/session.ts';
import { publicSite, type Site } from '../sites.ts';
import { publicRoute, type Route } from './route.ts';

export const siteRoutes = ({ sites }: { sites: Site[] }): Route[] => [
  publicRoute({
    method: 'get',
    path: '/sites',
    summary: 'The EHRs this Refloop serves: what the launch page needs before anybody has signed in.',
    answer: z.object({ sites: z.array(PublicSite) }),
    whileStarting: true,
    handle: async () => ({ sites: sites.map(publicSite) }),
  }),
];
