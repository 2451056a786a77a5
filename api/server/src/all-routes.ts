/** Every route of Refloop, in the order in which they are matched: the process mounts this list, and tests walk through it. */

import type { Warehouse } from '@refloop/analytics/warehouse';
import type { Policy } from '@refloop/domain/matching/policy';
import { createCdsHooksService } from './cds/cds-hooks.ts';

import type { ChannelSettings } from './channels/settings.ts';

import type { OpenChartFiles } from './ehr/chart-files.ts';
import type { ReadChartParts } from './ehr/chart-parts.ts';
import type { ReadConsents } from './ehr/consents-now.ts';
import type { DocumentReader } from './inbound/document-reader.ts';

import type { MatchIndex } from './matching/match-index.ts';
import { referralRoutes } from './referral-routes.ts';
import { alertRoutes } from './routes/alerts.ts';
import { auditRoutes } from './routes/audit.ts';
import { cdsHooksRoutes } from './routes/cds-hooks.ts';
import { delegationRoutes } from './routes/delegations.ts';
import { ehrNotificationRoutes } from './routes/ehr-notifications.ts';
import { ehrSelfTestRoutes } from './routes/ehr-self-test.ts';
import { fairnessRoutes } from './routes/fairness.ts';
import { grantRoutes } from './routes/grants.ts';
import { healthRoutes } from './routes/health.ts';
import { inboundRoutes } from './routes/inbound.ts';
import { insightsRoutes } from './routes/insights.ts';
import { keySetRoutes } from './routes/key-set.ts';
import { lossesRoutes } from './routes/losses.ts';
import { queueRoutes } from './routes/queue.ts';
import { reconciliationRoutes } from './routes/reconciliation.ts';
import type { Route } from './routes/route.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { siteRoutes } from './routes/sites.ts';
import { specialistsRoutes } from './routes/specialists.ts';
import { createAlertService } from './services/alerts.ts';
import { createFairnessService } from './services/fairness.ts';
import { createHeldDocumentService } from './services/held-documents.ts';
import { createInsightsService } from './services/insights.ts';
import { createExportService } from './services/insights-export.ts';
import { createLoopClosureService } from './services/loop-closure.ts';
import { createLossesService } from './services/losses.ts';
import { createMatchingService } from './services/matching.ts';
import { createQueueService } from './services/queue.ts';
import { createReconciliationReader } from './services/reconciliation-reader.ts';
import { createSpecialistsService } from './services/specialists.ts';
import type { Discovery } from './sessions/discovery.ts';
import type { Fetch } from './sessions/ehr-request.ts';
import { phoneOf, type Site } from './sites.ts';
import type { Store } from './store/store.ts';

export type RouteDeps = {
  store: Store;
  warehouse: Warehouse;
  sites: Site[];
  discovery: Discovery;
  production: boolean;
  fetch: Fetch;
  pause: (milliseconds: number) => Promise<void>;
  /** The clock of the practice; each call brings it besides. */
  now: () => Date;
  /** By which whatever protects sessions, tokens and leases counts; `now` unless told. */
  machineTime?: () => Date;
  /** How many milliseconds ago, at the least, that clock was set; never unless told. */
  sinceClockSet?: () => number;
  newId: () => string;
  version: string;
  /** Reads documents that come in. */
  read: DocumentReader['read'];
  index: () => MatchIndex | undefined;
  policy: Policy;
  channels: ChannelSettings;
  consents: ReadConsents;
  chart: ReadChartParts;
  chartFiles: OpenChartFiles;
  idleSeconds: number;
  warnSeconds: number;
  /** Where Refloop is reached, without a final slash. */
  address: string;
  newUuid: () => string;
  /** What fails after its answer went out, or had to be left out of it. */
  failed: (error: unknown) => void;
  /** See cds/cds-hooks.ts. */
  cdsBudgetMs?: () => number;
  /** Why this process cannot serve, for probes. */
  notReady: Parameters<typeof healthRoutes>[0]['notReady'];
};

/** What is answered before the store is open: health, and what the launch page and the EHRs need to find their way. */
export const routesWithoutStore = ({ sites, notReady }: Pick<RouteDeps, 'sites' | 'notReady'>): Route[] => [
  ...healthRoutes({ notReady }),
  ...siteRoutes({ sites }),
  ...keySetRoutes({ sites }),
];

export function allRoutes(deps: RouteDeps): Route[] {
  const { store, sites, discovery, fetch, idleSeconds, warnSeconds, newId } = deps;
  return [
    ...routesWithoutStore(deps),
    ...sessionRoutes({ store, sites, discovery, fetch, idleSeconds, warnSeconds }),
    ...grantRoutes({ store, sites }),
    ...delegationRoutes({ store, sites, newId }),
    ...auditRoutes({ store }),
    ...alertRoutes({ alerts: createAlertService({ store, warehouse: deps.warehouse, newId }) }),
    ...insightsRoutes({
      insights: createInsightsService({ store, warehouse: deps.warehouse }),
      exports: createExportService({ store, warehouse: deps.warehouse }),
      loops: createLoopClosureService({ store, warehouse: deps.warehouse }),
    }),
    ...lossesRoutes({ losses: createLossesService({ warehouse: deps.warehouse, index: deps.index }) }),
    ...reconciliationRoutes({ reports: createReconciliationReader({ store, sites, newId }) }),
    ...queueRoutes({ queue: createQueueService({ store }) }),
    ...specialistsRoutes({ specialists: createSpecialistsService({ warehouse: deps.warehouse, index: deps.index }) }),
    ...fairnessRoutes({ fairness: createFairnessService({ store, warehouse: deps.warehouse, index: deps.index }) }),
    ...cdsHooksRoutes({
      cds: createCdsHooksService({
        ...deps,
        ...(deps.cdsBudgetMs ? { budgetMs: deps.cdsBudgetMs } : {}),
        matching: createMatchingService({ current: deps.index, policy: deps.policy }),
      }),
    }),
    ...ehrNotificationRoutes({ store, sites }),
    ...ehrSelfTestRoutes({ ...deps, now: deps.machineTime ?? deps.now, randomId: newId }),
    ...referralRoutes({
      store,
      sites,
      index: deps.index,
      policy: deps.policy,
      machineTime: deps.machineTime,
      sinceClockSet: deps.sinceClockSet,
      newId,
      read: deps.read,
      version: deps.version,
      channels: deps.channels,
      consents: deps.consents,
      chart: deps.chart,
      chartFiles: deps.chartFiles,
      phoneOf: phoneOf(sites),
      failed: deps.failed,
    }),
    ...inboundRoutes({ store, sites, held: createHeldDocumentService({ store }) }),
  ];
}
