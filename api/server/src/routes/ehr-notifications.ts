import { z } from 'zod';
import { problem } from '../problem.ts';
import { heardFrom, siteKey } from '../services/capture/subscription.ts';
import type { Site } from '../sites.ts';
import type { Store } from '../store/store.ts';
import { publicRoute, type Route } from './route.ts';

const NOT_KNOWN = 'No EHR of this address was asked for notifications with this secret.';

export const ehrNotificationRoutes = ({ store, sites }: { store: Store; sites: readonly Site[] }): Route[] => [
  publicRoute({
    method: 'post',
    path: '/ehr-notifications/:site',
    summary: 'An EHR says that Tasks have changed. It bears the secret it was given; what it names is looked for, never believed.',
    params: z.object({ site: z.string().regex(/^[0-9a-f]{24}$/, 'Not an address that Refloop gave to an EHR') }),
    body: z.looseObject({ resourceType: z.literal('Bundle') }),
    handle: async ({ params, bearerHash, now }) => {
      const site = sites.find((each) => siteKey(each) === params.site);
      const isHeard = site !== undefined && (await heardFrom(store, site, bearerHash, now));
      return isHeard ? undefined : problem('not-found', NOT_KNOWN);
    },
  }),
];
