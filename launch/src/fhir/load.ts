/** Loading many resources at once under the ids they carry, with the checks of any other write. */
import { setImmediate } from 'node:timers/promises';
import type { Identifier, Resource } from '@medplum/fhirtypes';
import type { ClientBase } from 'pg';
import { type FoundReference, referenceProblem, referencesOf, rewriteReferences } from './references.ts';
import type { LoadReport, RefusedResource, Stored } from './repository.ts';
import { clearIndex, joinProvenances, prepare, stamped, writeIndex, writeResources } from './rows.ts';
import { checkResource } from './validation.ts';

const batchSize = 500;
/** From this many on, PostgreSQL's picture of the tables is out of date enough to choose slow plans. */
const worthAnalyzing = 500;

type Candidate = { resource: Resource & { id: string }; references: FoundReference[] };

export async function loadResources(
  client: ClientBase,
  now: Date,
  relative: (reference: string) => string,
  resources: Iterable<Resource>,
): Promise<LoadReport> {
  const refused: RefusedResource[] = [];
  const candidates = new Map<string, Candidate>();
  let offered = 0;
  for (const given of resources) {
    offered += 1;
    if (offered % 200 === 0) await setImmediate();
    const checked = check(given, relative);
    if (checked.kind === 'refused') refused.push(checked.refused);
    // The same resource in several files is one resource; the last one counts.
    else candidates.set(nameOf(checked.resource), { resource: checked.resource, references: [] });
  }
  await resolveConditionals(client, candidates);
  for (const candidate of candidates.values()) candidate.references = referencesOf(candidate.resource);
  const dangling = await refuseDangling(client, candidates);
  const duplicates = offered - refused.length - candidates.size - dangling.length;
  await store(
    client,
    now,
    [...candidates.values()].map(({ resource }) => resource),
  );
  return { taken: candidates.size + duplicates, refused: [...refused, ...dangling] };
}

type Checked = { kind: 'sound'; resource: Resource & { id: string } } | { kind: 'refused'; refused: RefusedResource };

function check(given: Resource, relative: (reference: string) => string): Checked {
  const { resourceType, id } = (given ?? {}) as { resourceType?: unknown; id?: unknown };
  const refuse = (reason: string): Checked => ({
    kind: 'refused',
    refused: { resourceType: typeof resourceType === 'string' ? resourceType : '', id: typeof id === 'string' ? id : '', reason },
  });
  if (typeof resourceType !== 'string') return refuse('It has no resourceType, so it is no FHIR resource.');
  if (typeof id !== 'string' || !/^[A-Za-z0-9\-.]{1,64}$/.test(id)) {
    return refuse('Its id is missing or not of 1 to 64 letters, digits, "-" and ".". Give it one.');
  }
  const resource = rewriteReferences(structuredClone(given), relative) as Resource & { id: string };
  const [issue] = checkResource(resource);
  return issue ? refuse(issue.text) : { kind: 'sound', resource };
}

/** `Practitioner?identifier=system|value`, as transaction bundles write it, becomes the id of the one resource that has this identifier. */
async function resolveConditionals(client: ClientBase, candidates: Map<string, Candidate>): Promise<void> {
  const conditions = new Map<string, { resourceType: string; system: string; value: string }>();
  for (const { resource } of candidates.values()) {
    for (const { target, text } of referencesOf(resource)) {
      if (target.kind !== 'conditional') continue;
      const query = new URLSearchParams(target.query);
      const [system, value] = (query.get('identifier') ?? '').split('|');
      if (query.size === 1 && system && value) conditions.set(text, { resourceType: target.resourceType, system, value });
    }
  }
  if (conditions.size === 0) return;
  const identified = new Map<string, Set<string>>();
  const add = (resourceType: string, id: string, system: string, value: string): void => {
    const key = `${resourceType}\n${system}\n${value}`;
    identified.set(key, (identified.get(key) ?? new Set()).add(`${resourceType}/${id}`));
  };
  for (const { resource } of candidates.values()) {
    for (const { system, value } of identifiersOf(resource)) if (system && value) add(resource.resourceType, resource.id, system, value);
  }
  const asked = [...conditions.values()];
  const { rows } = await client.query<{ resource_type: string; id: string; system: string; value: string }>(
    `select r.resource_type, r.id, t.system, t.value from unnest($1::text[], $2::text[], $3::text[]) as a (resource_type, system, value)
     join ehr.index_token t on t.param = a.resource_type || '.identifier' and left(t.value, 500) = left(a.value, 500) and t.system = a.system and t.value = a.value
     join ehr.resource r on r.key = t.key`,
    [asked.map((a) => a.resourceType), asked.map((a) => a.system), asked.map((a) => a.value)],
  );
  for (const row of rows) add(row.resource_type, row.id, row.system, row.value);
  for (const { resource } of candidates.values()) {
    rewriteReferences(resource, (text) => {
      const condition = conditions.get(text);
      if (!condition) return text;
      const matches = identified.get(`${condition.resourceType}\n${condition.system}\n${condition.value}`);
      return matches?.size === 1 ? ([...matches][0] ?? text) : text;
    });
  }
}

function identifiersOf(resource: Resource): Identifier[] {
  const { identifier } = resource as { identifier?: Identifier | Identifier[] };
  return identifier === undefined ? [] : Array.isArray(identifier) ? identifier : [identifier];
}

/** Takes out of the candidates each that refers to nothing, then each that referred to those, until the rest holds together. */
async function refuseDangling(client: ClientBase, candidates: Map<string, Candidate>): Promise<RefusedResource[]> {
  const stored = await alreadyStored(client, candidates);
  const referrers = new Map<string, string[]>();
  for (const [name, { references }] of candidates) {
    for (const { target } of references) {
      if (target.kind !== 'local') continue;
      const key = `${target.resourceType}/${target.id}`;
      const known = referrers.get(key);
      if (known) known.push(name);
      else referrers.set(key, [name]);
    }
  }
  const refused: RefusedResource[] = [];
  const waiting = [...candidates.keys()];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const candidate = candidates.get(name);
    if (!candidate) continue;
    const { resource, references } = candidate;
    const problem = references
      .map((reference) => ({
        reference,
        text: referenceProblem(reference, resource, ({ resourceType, id }) => {
          const target = `${resourceType}/${id}`;
          return candidates.has(target) || stored.has(target);
        }),
      }))
      .find(({ text }) => text !== undefined);
    if (!problem?.text) continue;
    refused.push({ resourceType: resource.resourceType, id: resource.id, reason: `${problem.reference.path}: ${problem.text}` });
    candidates.delete(name);
    waiting.push(...(referrers.get(name) ?? []));
  }
  return refused;
}

async function alreadyStored(client: ClientBase, candidates: Map<string, Candidate>): Promise<Set<string>> {
  const wanted = new Map<string, { resourceType: string; id: string }>();
  for (const { references } of candidates.values()) {
    for (const { target } of references) {
      const name = target.kind === 'local' ? `${target.resourceType}/${target.id}` : '';
      if (target.kind === 'local' && !candidates.has(name)) wanted.set(name, target);
    }
  }
  if (wanted.size === 0) return new Set();
  const targets = [...wanted.values()];
  const { rows } = await client.query<{ resource_type: string; id: string }>(
    `select r.resource_type, r.id from unnest($1::text[], $2::text[]) as t (resource_type, id)
     join ehr.resource r on r.resource_type = t.resource_type and r.id = t.id where not r.deleted`,
    [targets.map((t) => t.resourceType), targets.map((t) => t.id)],
  );
  return new Set(rows.map((row) => `${row.resource_type}/${row.id}`));
}

async function store(client: ClientBase, now: Date, resources: (Resource & { id: string })[]): Promise<void> {
  const written: string[] = [];
  for (let start = 0; start < resources.length; start += batchSize) {
    const batch = resources.slice(start, start + batchSize);
    const existing = await existingVersions(client, batch);
    const changed = batch.filter((resource) => !isSame(resource, existing.get(nameOf(resource))));
    const prepared = changed.map((resource) =>
      prepare(stamped(resource, resource.id, (existing.get(nameOf(resource))?.version ?? 0) + 1, now) as Stored),
    );
    const replaced = changed.flatMap((resource) => existing.get(nameOf(resource))?.key ?? []);
    const keys = await writeResources(client, prepared, now, undefined);
    if (replaced.length > 0) await clearIndex(client, replaced, 'forget');
    await writeIndex(client, prepared, keys);
    written.push(...keys);
  }
  await joinProvenances(client, written);
  if (resources.length < worthAnalyzing) return;
  for (const table of [
    'resource',
    'version',
    'compartment',
    'index_token',
    'index_reference',
    'index_date',
    'index_string',
    'index_number',
  ]) {
    await client.query(`analyze ehr.${table}`);
  }
}

type Existing = { key: string; version: number; lastUpdated: Date; content: string };

/** Loading the same again makes no new version, so that a load cut short can simply be repeated. */
function isSame(resource: Resource & { id: string }, existing: Existing | undefined): boolean {
  return (
    existing !== undefined && JSON.stringify(stamped(resource, resource.id, existing.version, existing.lastUpdated)) === existing.content
  );
}

async function existingVersions(client: ClientBase, batch: (Resource & { id: string })[]): Promise<Map<string, Existing>> {
  const { rows } = await client.query<Existing & { name: string }>(
    `select r.resource_type || '/' || r.id as name, r.key, r.version, r.last_updated as "lastUpdated", r.content
     from unnest($1::text[], $2::text[]) as t (resource_type, id)
     join ehr.resource r on r.resource_type = t.resource_type and r.id = t.id for no key update of r`,
    [batch.map((r) => r.resourceType), batch.map((r) => r.id)],
  );
  return new Map(rows.map((row) => [row.name, row]));
}

const nameOf = ({ resourceType, id }: Resource & { id: string }): string => `${resourceType}/${id}`;
