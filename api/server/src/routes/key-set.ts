/** The public keys by which EHRs know Refloop's own sign-in (SMART Backend Services: a JWKS URL is preferred to keys sent by hand). */
import { z } from 'zod';
import { publicJwk } from '../ehr/system-key.ts';
import type { Site } from '../sites.ts';
import { publicRoute, type Route } from './route.ts';

export const keySetRoutes = ({ sites }: { sites: Site[] }): Route[] => [
  publicRoute({
    method: 'get',
    path: '/.well-known/jwks.json',
    summary: 'The public keys of Refloop’s own access to the EHRs.',
    answer: z.object({ keys: z.array(z.record(z.string(), z.string())) }),
    whileStarting: true,
    handle: async () => {
      const keys = sites.flatMap(({ system }) => (system ? [publicJwk(system.key)] : []));
      return { keys: [...new Map(keys.map((key) => [key['kid'] ?? '', key])).values()] };
    },
  }),
];
