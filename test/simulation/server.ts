/** Refloop's server in a simulated world: the real services over the store, in a process that may die and is started again. */

import { createClockWatch } from '@refloop/server/clock/clock-watch';
import { type Handed, takeIn } from '@refloop/server/inbound/take-in';
import { isRefusal, type Refusal, Refused } from '@refloop/server/problem';
import { createApprovalService } from '@refloop/server/services/approvals';
import { practiceOf } from '@refloop/server/services/card';
import { drafter } from '@refloop/server/services/drafting';
import { createEffectDecisionService } from '@refloop/server/services/effect-decisions';
import { createHeldDocumentService } from '@refloop/server/services/held-documents';
import { createMatchingService } from '@refloop/server/services/matching';
import { createNextPerformerService } from '@refloop/server/services/next-performer';
import { createOfficeService } from '@refloop/server/services/office';
import { createOfficeLinkService } from '@refloop/server/services/office-links';
import { createOpenWorkService } from '@refloop/server/services/open-work';
import { createPacketService } from '@refloop/server/services/packets';
import { createIncomingTextService } from '@refloop/server/services/patient/incoming-texts';
import { createPatientLinkService } from '@refloop/server/services/patient/patient-links';
import { createPatientPageService } from '@refloop/server/services/patient/patient-page';
import { createPlanService } from '@refloop/server/services/plans';
import { createProposalService } from '@refloop/server/services/proposals';
import { createRecommendationService } from '@refloop/server/services/recommendations';
import { createReviewService } from '@refloop/server/services/reviews';
import { createWorkService } from '@refloop/server/services/work';
import { createWorklistService } from '@refloop/server/services/worklist';
import { phoneOf } from '@refloop/server/sites';
import type { Scope, Store } from '@refloop/server/store/store';
import { StoreUnavailable } from '@refloop/server/store/unavailable';
import { CHANNELS, packetAsPages } from './gateway.ts';
import { createLife, type Life } from './life.ts';
import { mortalStore } from './mortal-store.ts';
import { readFile } from './notes.ts';
import { siteOf } from './practice.ts';
import { createUnitWatch } from './unit-watch.ts';
import { POLICY, type World } from './world.ts';

/** What somebody who asks over the network hears. */
export type Answer<Value> = { kind: 'ok'; value: Value } | { kind: 'refused'; refusal: Refusal } | { kind: 'silent' };

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const PATIENCE_MS = 30 * SECOND_MS;

function servicesOf(world: World, store: Store, sinceClockSet: () => number) {
  const { newId } = world;
  const matching = createMatchingService({ current: world.index, policy: POLICY });
  const practiceNow = (entryId: string) => {
    const entry = world.index().entry(entryId);
    return entry && practiceOf(entry);
  };
  const sites = world.practices.map(siteOf);
  const ofScope = ({ tenant }: Scope) => sites.find((site) => site.tenant === tenant);
  const assembly = { practiceOf: practiceNow, phoneOf: ({ scope }: { scope: Scope }) => phoneOf(sites)(scope) };
  // The charts of the world hold nothing that needs one.
  const consents = async () => [];
  return {
    recommendations: createRecommendationService({ store, matching, drafter, newId }),
    approvals: createApprovalService({ store, matching, drafter, newId, version: 'simulated', phoneOf: phoneOf(sites), sinceClockSet }),
    plans: createPlanService({ store, sinceClockSet }),
    openWork: createOpenWorkService({ store }),
    work: createWorkService({ store, matching, phoneOf: ({ scope }) => phoneOf(sites)(scope), failed: () => undefined }),
    worklist: createWorklistService({ store }),
    next: createNextPerformerService({ store, matching }),
    links: createOfficeLinkService({ store, newId, assembly: { ...assembly, consents } }),
    packets: createPacketService({
      store,
      newId,
      channels: CHANNELS,
      consents,
      ...assembly,
      channelsOf: (entryId) => world.index().entry(entryId)?.channels ?? [],
      pages: packetAsPages,
      tracks: () => true,
    }),
    handouts: createPatientLinkService({ store, newId, phoneOf: phoneOf(sites) }),
    patient: createPatientPageService({ store, practiceOf: practiceNow, matching, siteOf: ofScope, publicUrl: CHANNELS.publicUrl }),
    texts: createIncomingTextService({ store, sites }),
    held: createHeldDocumentService({ store }),
    effects: createEffectDecisionService({ store, newId, publicUrl: CHANNELS.publicUrl }),
    takeIn: (scope: Scope, handed: Handed, now: Date) => takeIn(store, scope, handed, now.toISOString()),
    proposals: createProposalService({ store, matching }),
    reviews: createReviewService({ store }),
    office: createOfficeService({ store, practiceOf: practiceNow, phoneOf: phoneOf(sites), read: readFile, consents }),
  };
}
export type Services = ReturnType<typeof servicesOf>;

export type Server = {
  /** Asks over a network on which requests and answers are lost, late, twice and out of order. */
  ask: <Value>(from: Life, work: (services: Services, now: Date) => Promise<Value | Refusal>) => Promise<Answer<Value>>;
  kill: () => void;
  /** As its process does again and again. */
  lookAtClock: () => void;
};

/** The store for one process of this world. */
export const storeFor = (world: World, life: Life, onDeath: () => void): Store =>
  mortalStore({
    store: world.store,
    life,
    fate: () => world.faults.transaction(true),
    look: (unit, referralIds) => world.watch.look(unit, referralIds),
    watched: createUnitWatch({ dueAt: (...due) => world.worker.dueAt(...due), asked: world.gateways.asked }),
    onDeath,
  });

export function createServer(world: World): Server {
  const { time, draws, faults } = world;
  let life = createLife();
  let services: Services;
  let sinceClockSet: () => number;

  const died = (): void => {
    const at = world.now().toISOString();
    world.remember(() => `${at} the server died`);
    time.after(draws.integer(5 * SECOND_MS, 10 * MINUTE_MS), start);
  };
  const start = (): void => {
    life = createLife();
    sinceClockSet = createClockWatch({ wall: world.now, steady: time.now }).sinceSet;
    services = servicesOf(world, storeFor(world, life, died), sinceClockSet);
  };
  start();

  async function handle<Value>(work: (services: Services, now: Date) => Promise<Value | Refusal>): Promise<Answer<Value>> {
    try {
      const heard = await life.heard(work(services, world.now()));
      if (heard.died) return { kind: 'silent' };
      return isRefusal(heard.value) ? { kind: 'refused', refusal: heard.value } : { kind: 'ok', value: heard.value };
    } catch (error) {
      if (error instanceof Refused) return { kind: 'refused', refusal: error.refusal };
      if (!(error instanceof StoreUnavailable)) world.watch.tell('failure', error instanceof Error ? (error.stack ?? '') : String(error));
      return { kind: 'silent' };
    }
  }

  const silent = async (): Promise<{ kind: 'silent' }> => {
    await time.pause(PATIENCE_MS);
    return { kind: 'silent' };
  };

  return {
    ask: (from, work) => {
      const asked = async () => {
        const fate = faults.request();
        if (fate === 'lost') return silent();
        if (fate === 'late') await time.pause(draws.integer(SECOND_MS, 15 * MINUTE_MS));
        if (fate === 'twice') time.after(draws.integer(0, 10 * MINUTE_MS), () => void handle(work));
        const answer = await handle(work);
        if (fate === 'answer-lost' || answer.kind === 'silent') return silent();
        return answer;
      };
      return from.while(asked());
    },
    kill: () => {
      if (!life.lives()) return;
      life.die();
      died();
    },
    lookAtClock: () => void sinceClockSet(),
  };
}
