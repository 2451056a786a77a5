/** What answers requests: until the store is open health and the app's pages alone, and from then on everything. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { HttpBindings } from '@hono/node-server';
import { SEED_V1 } from '@refloop/domain/matching/policies';
import { allRoutes, routesWithoutStore } from '../all-routes.ts';
import { createApp } from '../app.ts';
import { createCdsAdmission } from '../cds/admission.ts';
import { createClientKeys } from '../cds/client-keys.ts';
import { chartFilesNow } from '../ehr/chart-files.ts';
import { chartPartsNow } from '../ehr/chart-parts.ts';
import { consentsNow } from '../ehr/consents-now.ts';
import { createRateLimits } from '../rate-limits/rate-limits.ts';
import { healthRoutes } from '../routes/health.ts';
import { readBuiltApp } from '../static.ts';
import type { Store } from '../store/store.ts';
import { type Foundation, pause } from './foundation.ts';

/** A page waits this long for an EHR that has not answered yet before it is served without that EHR's token endpoint. */
export const PAGE_PATIENCE_MS = 1500;

export type Answer = (request: Request, bindings: HttpBindings) => Response | Promise<Response>;

export type Apps = { starting: () => Answer; serving: (store: Store) => Answer };

export function createApps(foundation: Foundation): Apps {
  const { config, production, sites, log, failing, now, machineTime, sinceClockSet, discovery, readiness } = foundation;
  const parts = {
    sites,
    production,
    log,
    now,
    machineTime,
    tellsTime: config.sandboxClock !== undefined,
    idleSeconds: config.idleSeconds,
    notReady: readiness.stillStarting,
    trustedProxies: config.trustedProxies,
    ...(config.rateLimits ? { limits: createRateLimits(machineTime) } : {}),
    tokenOrigins: discovery.tokenOrigins,
    beforePage: () => discovery.warm(PAGE_PATIENCE_MS),
  };

  return {
    /** Health, the sites, and the app's pages, so that a reload finds its way by itself. Workers have health alone. */
    starting: () => {
      const store = new Proxy({} as Store, {
        get: () => {
          throw new Error('The store is not open yet.');
        },
      });
      const { servesApi } = foundation;
      const { reason } = readiness;
      const routes = servesApi ? routesWithoutStore({ sites, notReady: reason }) : healthRoutes({ notReady: reason });
      const app = createApp({ ...parts, store, routes, builtApp: undefined, described: servesApi });
      return (request, bindings) => app.fetch(request, bindings);
    },

    serving: (store) => {
      const routes = allRoutes({
        store,
        warehouse: foundation.warehouse,
        sites,
        discovery,
        production,
        fetch,
        pause,
        now,
        machineTime,
        sinceClockSet,
        newId: foundation.newId,
        version: foundation.version,
        read: foundation.reader.read,
        index: foundation.index.get,
        policy: SEED_V1,
        channels: config.channels,
        consents: consentsNow({ sites, access: foundation.access }),
        chart: chartPartsNow({ sites, access: foundation.access }),
        chartFiles: chartFilesNow({ sites, tokens: foundation.tokens, fetch, pause }),
        idleSeconds: config.idleSeconds,
        warnSeconds: config.warnSeconds,
        notReady: readiness.reason,
        address: config.address,
        newUuid: randomUUID,
        failed: failing('part of an answer'),
      });
      // One that listens on this machine alone is reached by either name of it.
      const addresses = [config.address, config.address.replace(/^http:\/\/127\.0\.0\.1:/, 'http://localhost:')];
      const keys = createClientKeys({ fetch, now: machineTime, discovery, sites });
      const admitCdsClient = createCdsAdmission({ store, sites, clients: config.sites.cdsClients, keys, addresses });
      const builtApp = readBuiltApp(fileURLToPath(new URL('../../../../smart-app/dist', import.meta.url)));
      if (!builtApp) log.event('smart-app/dist is missing: the API is served, the app is not. `npm start` builds it.');
      const app = createApp({ ...parts, store, routes, builtApp, admitCdsClient });
      return (request, bindings) => app.fetch(request, bindings);
    },
  };
}
