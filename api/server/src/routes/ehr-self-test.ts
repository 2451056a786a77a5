import { EhrSelfTest } from '../client/admin.ts';
import { type SelfTestDeps, selfTest } from '../ehr/self-test.ts';
import { problem } from '../problem.ts';
import { findSite, type Site } from '../sites.ts';
import { type Route, sessionRoute } from './route.ts';

export const ehrSelfTestRoutes = (deps: SelfTestDeps & { sites: Site[] }): Route[] => [
  sessionRoute({
    method: 'post',
    path: '/ehr/self-test',
    summary: 'Ask this EHR now what Refloop needs of it: sign-in, keys, Refloop’s own access, searches by identifier. Writes nothing.',
    roles: ['admin'],
    answer: EhrSelfTest,
    handle: async ({ session }) => {
      const site = findSite(deps.sites, session.scope.issuer);
      return site ? selfTest(site, deps) : problem('session-ended', 'This EHR is no longer registered with Refloop.');
    },
  }),
];
