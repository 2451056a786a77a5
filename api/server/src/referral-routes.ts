/** The routes of a referral, wired to their services. */

import type { Policy } from '@refloop/domain/matching/policy';

import type { DirectoryEntry } from '@refloop/domain/network/directory';
import type { ChannelSettings } from './channels/settings.ts';
import { siteOf } from './channels/text-message.ts';

import type { OpenChartFiles } from './ehr/chart-files.ts';
import type { ReadChartParts } from './ehr/chart-parts.ts';
import type { ReadConsents } from './ehr/consents-now.ts';
import type { DocumentReader } from './inbound/document-reader.ts';

import type { MatchIndex } from './matching/match-index.ts';
import { approvalRoutes } from './routes/approvals.ts';
import { chartLookRoutes } from './routes/chart-looks.ts';
import { configurationRoutes } from './routes/configuration.ts';
import { exceptionRoutes } from './routes/exceptions.ts';
import { matchRoutes } from './routes/match.ts';
import { officeRoutes } from './routes/office.ts';
import { openWorkRoutes } from './routes/open-work.ts';
import { packetRoutes } from './routes/packets.ts';
import { patientPageRoutes } from './routes/patient.ts';
import { patientContactRoutes } from './routes/patient-contact.ts';
import { pendRoutes } from './routes/pends.ts';
import { recommendationRecordRoutes } from './routes/recommendation-records.ts';
import { recommendationRoutes } from './routes/recommendations.ts';
import type { Route } from './routes/route.ts';
import { serviceLevelRoutes } from './routes/service-levels.ts';
import { workRoutes } from './routes/work.ts';
import { worklistRoutes } from './routes/worklist.ts';
import { createApprovalService } from './services/approvals.ts';
import { practiceOf } from './services/card.ts';
import { createChartAgainService } from './services/chart-again/chart-again.ts';
import { createConfigurationService } from './services/configuration.ts';
import { createDisclosureService } from './services/disclosures.ts';
import { drafter } from './services/drafting.ts';
import { createEffectDecisionService } from './services/effect-decisions.ts';
import { createExceptionService } from './services/exception-queue.ts';
import { createMatchingService } from './services/matching.ts';
import { createNextPerformerService } from './services/next-performer.ts';
import { createOfficeService } from './services/office.ts';
import { createOfficeLinkService } from './services/office-links.ts';
import { createOpenWorkService } from './services/open-work.ts';
import { createOwnReferralsService } from './services/own-referrals.ts';
import type { AssemblyDeps } from './services/packet-assembly.ts';
import { createPacketFiles } from './services/packet-files.ts';
import { createPacketService } from './services/packets.ts';
import { createIncomingTextService } from './services/patient/incoming-texts.ts';
import { createMailStopService } from './services/patient/mail-stops.ts';
import { createPatientContactService } from './services/patient/patient-contact.ts';
import { createPatientLinkService } from './services/patient/patient-links.ts';
import { createPatientPageService } from './services/patient/patient-page.ts';
import { createPendService } from './services/pends.ts';
import { createPlanService } from './services/plans.ts';
import { createProposalService } from './services/proposals.ts';
import { createRecordService } from './services/recommendation-records.ts';
import { createRecommendationService } from './services/recommendations.ts';
import { createReviewService } from './services/reviews.ts';
import { createServiceLevelService } from './services/service-levels.ts';
import { createWorkService } from './services/work.ts';
import { createWorkQuestionService } from './services/work-question.ts';
import { createWorklistService } from './services/worklist.ts';
import { createWorklistExportService } from './services/worklist-export.ts';

import type { Site } from './sites.ts';

import type { Scope, Store } from './store/store.ts';

export type ReferralDeps = {
  store: Store;
  /** Whose number patients are told, and whose gateway sends and signs text messages. */
  sites: readonly Site[];
  /** The index of the directory in force; undefined until the first is loaded. */
  index: () => MatchIndex | undefined;
  policy: Policy;
  /** By which leases end; the time of each call unless told. */
  machineTime?: (() => Date) | undefined;
  sinceClockSet?: (() => number) | undefined;
  newId: () => string;
  /** Reads documents that come in. */
  read: DocumentReader['read'];
  /** Of Refloop, for Provenance. */
  version: string;
  channels: ChannelSettings;
  consents: ReadConsents;
  /** Parts of a chart by Refloop's own access. */
  chart: ReadChartParts;
  /** And its files. */
  chartFiles: OpenChartFiles;
  /** Where a practice is called back; empty where its site entry says nothing. */
  phoneOf: (scope: Scope) => string;
  /** Told of what an answer had to leave out, by its error alone. */
  failed: (error: unknown) => void;
};

export function referralRoutes({
  store,
  sites,
  index,
  policy,
  machineTime,
  sinceClockSet,
  newId,
  read,
  version,
  channels,
  consents,
  chart,
  chartFiles,
  phoneOf,
  failed,
}: ReferralDeps): Route[] {
  const times = { ...(machineTime ? { machineTime } : {}), ...(sinceClockSet ? { sinceClockSet } : {}) };
  const practiceNow = (entryId: string) => {
    const entry = index()?.entry(entryId);
    return entry && practiceOf(entry);
  };
  const worklist = createWorklistService({ store, practiceOf: practiceNow });
  const siteFor = (scope: Scope) => siteOf(sites, scope);
  const matching = createMatchingService({ current: index, policy });
  const assembly: AssemblyDeps = { practiceOf: practiceNow, phoneOf: ({ scope }) => phoneOf(scope) };
  const files = createPacketFiles({ open: chartFiles, read });
  const packets = createPacketService({
    store,
    newId,
    channels,
    consents,
    ...assembly,
    tracks: (scope) => siteFor(scope)?.system?.tracks === true,
    files,
    channelsOf: (entryId): DirectoryEntry['channels'] => index()?.entry(entryId)?.channels ?? [],
  });
  return [
    ...matchRoutes({ matching }),
    ...recommendationRoutes({ recommendations: createRecommendationService({ store, matching, drafter, newId }) }),
    ...pendRoutes({ pends: createPendService({ store, drafter, newId }) }),
    ...openWorkRoutes({ openWork: createOpenWorkService({ store }) }),
    ...approvalRoutes({
      approvals: createApprovalService({ store, matching, drafter, newId, version, phoneOf, ...times }),
      plans: createPlanService({ store, ...times }),
    }),
    ...workRoutes({
      work: createWorkService({ store, matching, phoneOf: assembly.phoneOf, failed }),
      ownReferrals: createOwnReferralsService({ store }),
      proposals: createProposalService({ store, matching }),
      reviews: createReviewService({ store }),
      workQuestions: createWorkQuestionService({ store }),
    }),
    ...worklistRoutes({
      worklist,
      next: createNextPerformerService({ store, matching, practiceOf: practiceNow }),
      effects: createEffectDecisionService({ store, newId, publicUrl: channels.publicUrl, practiceOf: practiceNow }),
      exports: createWorklistExportService({ store }),
    }),
    ...packetRoutes({ packets, disclosures: createDisclosureService({ store }) }),
    ...chartLookRoutes({ again: createChartAgainService({ store, newId, consents, chart, packets }) }),
    ...officeRoutes({
      office: createOfficeService({ store, practiceOf: practiceNow, phoneOf, read, consents }),
      links: createOfficeLinkService({ store, newId, assembly: { ...assembly, consents, files } }),
      worklist,
    }),
    ...serviceLevelRoutes({ serviceLevels: createServiceLevelService({ store }) }),
    ...configurationRoutes({ configuration: createConfigurationService({ store, address: channels.publicUrl, phoneOf }) }),
    ...patientPageRoutes({
      page: createPatientPageService({ store, practiceOf: practiceNow, matching, siteOf: siteFor, publicUrl: channels.publicUrl }),
      links: createPatientLinkService({ store, newId, phoneOf }),
      texts: createIncomingTextService({ store, sites }),
      mailStops: createMailStopService({ store }),
    }),
    ...patientContactRoutes({ contacts: createPatientContactService({ store, siteOf: siteFor }) }),
    ...exceptionRoutes({ exceptions: createExceptionService({ store }) }),
    ...recommendationRecordRoutes({ records: createRecordService({ store, ...times }) }),
  ];
}
