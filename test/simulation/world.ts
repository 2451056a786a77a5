/** One simulated world: two practices with their EHRs, one Refloop over one store, people, offices, gateways, and what goes wrong between them. */
import { SEED_V1 } from '@refloop/domain/matching/policies';
import { type Draws, drawsOf } from '@refloop/domain/practice/draws';
import { faxNumber } from '@refloop/server/channels/fax';
import { WATCHED_EVERY_MS } from '@refloop/server/clock/clock-watch';
import { buildIndex, type MatchIndex } from '@refloop/server/matching/match-index';
import { keepFirstPolicy } from '@refloop/server/services/engine/policy-in-force';
import { openMemoryStore } from '@refloop/server/store/memory/store';
import type { Scope, Store } from '@refloop/server/store/store';
import type { Authority } from './book.ts';
import type { Case } from './chart.ts';
import { thinksBetterOfIt } from './clinician.ts';
import { type Consents, createConsents } from './consents.ts';
import { townDirectory } from './directory.ts';
import { createFaults, type Faults } from './faults.ts';
import { createFhirOffices, type FhirOffices } from './fhir-office.ts';
import { createGateways, type Gateways } from './gateway.ts';
import { createMisfilings, type Misfilings } from './misfilings.ts';
import { createNotes, type Notes } from './notes.ts';
import { createOffices, type Offices } from './office.ts';
import { createPatients, type Patients } from './patient.ts';
import { everybody, grant, PRACTICES, type Practice, siteOf } from './practice.ts';
import { createServer, type Server } from './server.ts';
import { createSimulatedEhr, type SimulatedEhr } from './simulated-ehr.ts';
import { createVirtualTime, type VirtualTime } from './virtual-time.ts';
import { createWatch, type Watch, type WatchDeps } from './watch.ts';
import { createWhatLeaves, type WhatLeaves } from './what-leaves.ts';
import { createWorker, type Worker } from './worker.ts';

/** Those outside the practice. */
export type People = { offices: Offices; fhirOffices: FhirOffices; patients: Patients };

export type World = {
  seed: string;
  draws: Draws;
  faults: Faults;
  time: VirtualTime;
  /** Without faults, for the world itself. */
  store: Store;
  practices: readonly Practice[];
  ehrs: Map<string, SimulatedEhr>;
  gateways: Gateways;
  leaves: WhatLeaves;
  consents: Consents;
  notes: Notes;
  misfilings: Misfilings;
  people: People;
  /** By tenant and patient. */
  cases: Map<string, Case>;
  /** Packets for which somebody answered that they go without what they lack, by tenant, referral and attempt. */
  answeredFor: Set<string>;
  /** The fax number of an office as it is dialled, by its NPI. */
  faxOf: (npi: string) => string | undefined;
  server: Server;
  worker: Worker;
  watch: Watch;
  /** By the clock of Refloop's machine, which may be wrong. */
  now: () => Date;
  /** That clock is set by so many milliseconds. */
  jump: (milliseconds: number) => void;
  /** What the clock of this person's laptop shows, in milliseconds since 1970. */
  laptopClock: (subject: string) => number;
  newId: () => string;
  index: () => MatchIndex;
  /** Approvals that their clinician was told of, and acts that whoever did them was told of, by key. */
  acknowledged: { scope: Scope; referralId: string; what: 'approval' | 'act'; key: string }[];
  /** The last lines of what happened. */
  trail: () => string[];
  remember: (line: () => string) => void;
};

const TRAIL = 400;
const DAY_MS = 86_400_000;
/** How often the payer sends its directory anew. */
const PUBLISHED_EVERY_MS = 30 * DAY_MS;
export const POLICY = SEED_V1;

/** Directories by their day: many worlds ask for the same. */
const indexes = new Map<string, MatchIndex>();
function indexOf(moment: number): MatchIndex {
  const day = new Date(Math.floor(moment / PUBLISHED_EVERY_MS) * PUBLISHED_EVERY_MS).toISOString().slice(0, 10);
  const known = indexes.get(day) ?? buildIndex(townDirectory(day), `directory-${day}`);
  indexes.set(day, known);
  return known;
}

function authorityOf(world: () => World, practice: Practice): Authority {
  const people = new Set(everybody(practice).map(({ subject }) => subject));
  const coordinate = new Set([...practice.coordinators, practice.lead].map(({ subject }) => subject));
  const inNetwork = new Set(
    townDirectory('2026-01-01')
      .entries.filter(({ networks }) => networks.length > 0)
      .map(({ npi }) => npi),
  );
  return {
    isClinician: (subject) => practice.clinicians.some((each) => each.subject === subject),
    // Nobody covers for anybody here.
    covers: () => false,
    coordinates: (subject) => coordinate.has(subject),
    isPerson: (subject) => people.has(subject),
    inNetwork: (npi) => inNetwork.has(npi),
    wroteOrder: (approvalId) => ordersWritten(world()).has(approvalId),
    patientOfNote: (factKey) => world().notes.truthOf(factKey)?.patientId,
    trueTime: () => world().time.now(),
  };
}

const written = new WeakMap<World, Set<string>>();
/** Approvals for which an order stands in a chart, as the EHRs know it. */
export function ordersWritten(world: World): Set<string> {
  const set = written.get(world) ?? new Set<string>();
  written.set(world, set);
  return set;
}

const MINUTE_MS = 60_000;

/** By how many milliseconds the clock of each person's laptop is ahead, by subject: about half of them go right. */
const laptopsOf = (draws: Draws): ReadonlyMap<string, number> =>
  new Map(
    PRACTICES.flatMap(everybody).map(({ subject }) => {
      const wrong = draws.weighted([
        [0, 4],
        [1, 2],
        [-1, 2],
      ] as const);
      return [subject, wrong * draws.integer(MINUTE_MS, 15 * MINUTE_MS)];
    }),
  );

/** The clock is set forward just while a write is under way, at times: what was sent a moment ago then looks old. Later it is set right. */
function setInTheMinute({ faults, time, jump }: World, draws: Draws): void {
  if (!faults.strikes('clock', 0.05, draws)) return;
  const by = draws.integer(MINUTE_MS, 10 * MINUTE_MS);
  time.after(draws.integer(1000, 50_000), () => jump(by));
  time.after(draws.integer(60 * MINUTE_MS, DAY_MS), () => jump(-by));
}

export type WorldParts = {
  /** Everything goes wrong that may, and the EHR keeps no identifier it was asked to look for. */
  hard: boolean;
  onEvents: (world: World) => WatchDeps['onEvents'];
  onEhrWrite: (world: World, practice: Practice) => Parameters<typeof createSimulatedEhr>[0]['onWrite'];
};

/** @param start when it begins, in milliseconds since 1970 */
export async function openWorld(seed: string, start: number, { onEvents, onEhrWrite, hard }: WorldParts): Promise<World> {
  const faults = createFaults(drawsOf(`${seed} faults`), hard);
  const draws = drawsOf(`${seed} people`);
  const trail: (() => string)[] = [];
  const remember: World['remember'] = (line) => {
    trail.push(line);
    if (trail.length > 2 * TRAIL) trail.splice(0, TRAIL);
  };
  let world: World | undefined;
  const here = (): World => {
    if (!world) throw new Error('The world is not open yet.');
    return world;
  };
  const time = createVirtualTime(start, (error) => {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    here().watch.tell('failure', words);
  });
  let skew = 0;
  const now = (): Date => new Date(time.now() + skew);
  const settings = drawsOf(`${seed} settings`);
  const laptops = laptopsOf(drawsOf(`${seed} laptops`));
  let ids = 0;
  const newId = (): string => `id-${(ids += 1).toString().padStart(8, '0')}`;
  const store = openMemoryStore({ newId, indexRoot: new Uint8Array(32) });
  const authorities = new Map(PRACTICES.map((practice) => [practice.scope.tenant, authorityOf(here, practice)]));
  const nobody = authorityOf(here, { ...(PRACTICES[0] as Practice), clinicians: [], coordinators: [] });
  const watch = createWatch({
    now,
    authority: ({ tenant }) => authorities.get(tenant) ?? nobody,
    timeZone: ({ tenant }) => PRACTICES.find(({ scope }) => scope.tenant === tenant)?.timeZone ?? 'UTC',
    onEvents: (...told) => onEvents(here())(...told),
    remember,
  });
  const leaves = createWhatLeaves(here);
  const unsigned = drawsOf(`${seed} unsigned`);
  const [keepsUnsigned, honoursIfNoneExist] = [unsigned.chance(0.3), unsigned.chance(0.5) && !hard];
  // One for each chart, which remembers what stands in it.
  const charts = new Map<string, ReturnType<WorldParts['onEhrWrite']>>();
  const chartOf = (practice: Practice): ReturnType<WorldParts['onEhrWrite']> => {
    const chart = charts.get(practice.scope.tenant) ?? onEhrWrite(here(), practice);
    charts.set(practice.scope.tenant, chart);
    return chart;
  };
  const ehrs = new Map(
    PRACTICES.map((practice) => [
      practice.scope.tenant,
      createSimulatedEhr({
        base: practice.scope.issuer,
        time,
        draws: drawsOf(`${seed} ehr ${practice.scope.tenant}`),
        faults,
        honoursIfNoneExist,
        onLate: () => setInTheMinute(here(), settings),
        keepsUnsigned: () => keepsUnsigned && unsigned.chance(0.3),
        onWrite: (written, replaced) => {
          chartOf(practice)(written, replaced);
          if (written.resourceType === 'Task') here().people.fhirOffices.seen(practice, written);
          if (written.resourceType === 'ServiceRequest') thinksBetterOfIt(here(), practice, written);
        },
      }),
    ]),
  );
  const parts = {
    seed,
    draws,
    faults,
    time,
    store,
    practices: PRACTICES,
    ehrs,
    leaves,
    gateways: createGateways({
      time,
      faults,
      draws: drawsOf(`${seed} gateway`),
      sites: PRACTICES.map(siteOf),
      leaves,
      mailed: ({ scope, referralId, key }, link) => {
        const { watch: known, people } = here();
        const book = known.book(scope, referralId);
        const practice = PRACTICES.find((each) => each.scope.tenant === scope.tenant);
        if (book && practice) people.offices.receive(practice, book, book.transmissionsTo.get(key) ?? '', link);
      },
      texted: ({ scope, referralId }, link) => {
        const book = here().watch.book(scope, referralId);
        if (book) here().people.patients.texted(scope, book.patientId, link);
      },
    }),
    consents: createConsents(),
    cases: new Map<string, Case>(),
    answeredFor: new Set<string>(),
    faxOf: (npi: string) => faxNumber(townDirectory('2026-01-01').entries.find((entry) => entry.npi === npi)?.fax ?? ''),
    watch,
    now,
    jump: (milliseconds: number) => {
      skew += milliseconds;
      const at = now().toISOString();
      remember(() => `${at} the clock was set by ${milliseconds} ms`);
      // As the process looks every few seconds, so that one that is set right again meanwhile is noticed.
      time.after(WATCHED_EVERY_MS, () => {
        here().server.lookAtClock();
        here().worker.lookAtClock();
      });
    },
    laptopClock: (subject: string) => time.now() + (laptops.get(subject) ?? 0),
    newId,
    index: () => indexOf(time.now()),
    acknowledged: [],
    trail: () => trail.map((line) => line()),
    remember,
  };
  const opened: World = {
    ...parts,
    server: undefined as never,
    worker: undefined as never,
    notes: undefined as never,
    misfilings: undefined as never,
    people: undefined as never,
  };
  world = opened;
  opened.notes = createNotes(opened);
  opened.misfilings = createMisfilings(opened);
  opened.people = { offices: createOffices(opened), fhirOffices: createFhirOffices(opened), patients: createPatients(opened) };
  for (const practice of PRACTICES) {
    await store.enrol(practice.scope);
    await keepFirstPolicy(store, practice.scope, practice.timeZone, now());
    await store.transaction(practice.scope, async (unit) => {
      for (const each of everybody(practice)) await grant(unit, each, now().toISOString());
    });
  }
  opened.worker = createWorker(opened);
  opened.server = createServer(opened);
  return opened;
}
