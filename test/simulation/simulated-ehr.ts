/**
 * An EHR in memory: it keeps every version, searches by identifier, patient and target, and at times does not answer, answers late, loses an
 * answer or what was sent. What it truly holds is what the run is judged by.
 */
import type { EhrFailure, EhrPort, EhrWrite, Resource } from '@refloop/domain/fhir/ehr-port';
import type { Draws } from '@refloop/domain/practice/draws';
import { ok, type Result, refuse } from '@refloop/domain/result';
import type { Faults } from './faults.ts';
import type { VirtualTime } from './virtual-time.ts';

export type SimulatedEhr = {
  port: EhrPort;
  /** Of the chart, without faults: somebody else writes there. */
  put: (resource: Resource & { id: string }) => Resource;
  /** As it truly is. */
  read: (reference: string) => Resource | undefined;
  /** Everything it holds, newest versions. */
  all: () => Resource[];
  setDown: (down: boolean) => void;
};

export type EhrDeps = {
  base: string;
  time: VirtualTime;
  draws: Draws;
  faults: Faults;
  /** Whether this order is kept unsigned until a person signs it there. */
  keepsUnsigned: (order: Resource) => boolean;
  /** Some take If-None-Exist and do not look. */
  honoursIfNoneExist: boolean;
  /** Told of each write that takes effect only after nobody waits for its answer any more, as it is sent. */
  onLate: () => void;
  /** Told of each write of Refloop as it takes effect, with the version it took the place of. */
  onWrite: (written: Resource, replaced: Resource | undefined) => void;
};

/** A version that was kept, in the order in which they were. */
type Change = { reference: string; version: string; lastUpdated: string };

const SILENT: EhrFailure = { kind: 'no-answer', detail: 'No answer within 15 seconds' };
const PATIENCE_MS = 15_000;
/** No server keeps a request waiting longer than a minute: what takes effect at all does so by then. */
const LATEST_MS = 58_000;
const EARLIEST_MS = 35_000;

const status = (code: number): EhrFailure => ({ kind: 'http', status: code, detail: `Status ${code}` });

const referencesIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.flatMap(referencesIn) : [(value as { reference?: string } | undefined)?.reference ?? ''];

const patientIn = (resource: Resource): string => referencesIn(resource['subject'] ?? resource['for'])[0] ?? '';

const hasIdentifier = (resource: Resource, token: string): boolean =>
  ((resource['identifier'] ?? []) as { system: string; value: string }[]).some(({ system, value }) => `${system}|${value}` === token);

export function createSimulatedEhr({
  base,
  time,
  draws,
  faults,
  keepsUnsigned,
  honoursIfNoneExist,
  onLate,
  onWrite,
}: EhrDeps): SimulatedEhr {
  const held = new Map<string, Resource>();
  /** References by what they are searched by. */
  const found = new Map<string, Set<string>>();
  /** Of each type. */
  const changes = new Map<string, Change[]>();
  let down = false;
  let made = 0;

  const remember = (word: string, reference: string): void => {
    const set = found.get(word) ?? new Set();
    found.set(word, set.add(reference));
  };

  function keep(resource: Resource & { id: string }): Resource {
    const reference = `${resource.resourceType}/${resource.id}`;
    const version = Number(held.get(reference)?.meta?.versionId ?? '0') + 1;
    const kept: Resource = { ...resource, meta: { versionId: String(version), lastUpdated: new Date(time.now()).toISOString() } };
    held.set(reference, kept);
    const ofType = changes.get(resource.resourceType) ?? [];
    changes.set(resource.resourceType, ofType);
    ofType.push({ reference, version: String(version), lastUpdated: kept.meta?.lastUpdated ?? '' });
    remember(`${resource.resourceType}?patient=${patientIn(kept).replace('Patient/', '')}`, reference);
    for (const target of referencesIn(kept['target'])) remember(`Provenance?target=${target.replace(/\/_history\/.*/, '')}`, reference);
    return kept;
  }

  function take({ method, path, resource, ifMatch, ifNoneExist }: EhrWrite): Result<Resource, EhrFailure> {
    const before = method === 'PUT' ? held.get(path) : undefined;
    if (method === 'PUT' && !before) return refuse(status(404));
    if (ifMatch !== undefined && before?.meta?.versionId !== ifMatch) return refuse(status(412));
    if (ifNoneExist !== undefined && honoursIfNoneExist) {
      const [match] = search(`${path}?${ifNoneExist}`);
      if (match) return ok(match);
    }
    const id = before?.id ?? `made-${(made += 1)}`;
    const unsigned = resource.resourceType === 'ServiceRequest' && keepsUnsigned(resource);
    const kept = keep({ ...resource, id, ...(unsigned ? { status: 'draft' } : {}) });
    onWrite(kept, before);
    return ok(kept);
  }

  /** Of one type, the longest unchanged first; what has nothing of a referral is left out where that is asked for. */
  function changedSince(type: string, since: string, asked: URLSearchParams): Resource[] {
    const found: Resource[] = [];
    const ofType = changes.get(type) ?? [];
    for (let at = ofType.length - 1; at >= 0; at -= 1) {
      const { reference, version, lastUpdated } = ofType[at] as Change;
      if (lastUpdated < since) break;
      const resource = held.get(reference);
      if (resource?.meta?.versionId !== version) continue;
      const related = (resource['context'] as { related?: unknown[] } | undefined)?.related;
      if (asked.has('related:missing') && related === undefined) continue;
      found.push(resource);
    }
    return found.reverse();
  }

  function search(query: string): Resource[] {
    const [type = '', words = ''] = query.split('?');
    const asked = new URLSearchParams(words);
    const [patient, target, identifier] = [asked.get('patient'), asked.get('target'), asked.get('identifier')];
    const changed = asked.get('_lastUpdated');
    if (changed !== null) return changedSince(type, changed.replace(/^ge/, ''), asked);
    const key = target === null ? `${type}?patient=${patient}` : `${type}?target=${target}`;
    return [...(found.get(key) ?? [])].flatMap((reference) => {
      const resource = held.get(reference);
      return resource && (identifier === null || hasIdentifier(resource, identifier)) ? [resource] : [];
    });
  }

  const silent = async <Value>(): Promise<Result<Value, EhrFailure>> => {
    await time.pause(PATIENCE_MS);
    return refuse(SILENT);
  };

  const port: EhrPort = {
    base,
    get: async (path) => {
      if (down || faults.ehrRead() === 'lost') return silent();
      if (path.includes('?')) return ok({ resourceType: 'Bundle', entry: search(path).map((resource) => ({ resource })) });
      const resource = held.get(path);
      return resource ? ok(resource) : refuse(status(404));
    },
    write: async (write) => {
      if (down) return silent();
      switch (faults.ehrWrite()) {
        case 'answered': {
          const taken = take(write);
          if (!taken.ok) return taken;
          const { resourceType, id, meta } = taken.value;
          return ok({ reference: `${resourceType}/${id}`, versionId: meta?.versionId, resource: taken.value });
        }
        case 'answer-lost':
          take(write);
          return silent();
        case 'lost':
          return silent();
        case 'late':
          time.after(draws.integer(EARLIEST_MS, LATEST_MS), () => void take(write));
          onLate();
          return silent();
        case 'unavailable':
          return refuse(status(503));
        case 'broken':
          if (draws.chance(0.5)) take(write);
          return refuse(status(500));
      }
    },
  };

  return {
    port,
    put: keep,
    read: (reference) => held.get(reference),
    all: () => [...held.values()],
    setDown: (to) => {
      down = to;
    },
  };
}
