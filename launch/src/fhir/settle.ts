/** The end of a transaction: what can only be judged when all of it is written. */
import type { ClientBase } from 'pg';
import { FhirError, type Issue, refusal } from './fhir-error.ts';
import { type Alternative, permitsWriting } from './permission.ts';
import { type FoundReference, type LocalTarget, referenceProblem, referencesOf } from './references.ts';
import type { Stored } from './repository.ts';
import { joinProvenances } from './rows.ts';

export type Written =
  | { kind: 'created' | 'updated'; key: string; resource: Stored; alternatives: readonly Alternative[]; origin: string | undefined }
  | { kind: 'deleted'; key: string; resourceType: string; id: string; alternatives: readonly Alternative[]; origin: string | undefined };

type LiveWrite = Extract<Written, { resource: Stored }>;

export async function settle(client: ClientBase, all: readonly Written[]): Promise<void> {
  if (all.length === 0) return;
  const live = all.flatMap((write): LiveWrite[] => (write.kind === 'deleted' ? [] : [write]));
  await joinProvenances(
    client,
    live.map(({ key }) => key),
  );
  const patients = await compartmentsOf(
    client,
    live.map((write) => write.key),
  );
  for (const write of live) checkCompartment(write, patients.get(write.key) ?? []);
  await checkReferences(client, live, patients);
  await checkNotReferenced(client, all);
}

async function compartmentsOf(client: ClientBase, keys: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await client.query<{ key: string; patients: string[] }>(
    'select key, array_agg(patient) as patients from ehr.compartment where key = any($1::bigint[]) group by key',
    [keys],
  );
  return new Map(rows.map(({ key, patients }) => [key, patients]));
}

function checkCompartment({ resource, alternatives, origin }: LiveWrite, patients: string[]): void {
  if (permitsWriting(alternatives, resource, patients)) return;
  throw refusal(
    403,
    'forbidden',
    `This token may only write a ${resource.resourceType} that belongs to the patient it is bound to, to nobody else, and that satisfies its scope.`,
    origin ?? resource.resourceType,
  );
}

type FoundTarget = { resource_type: string; id: string; versions: string[]; patients: string[] };

async function checkReferences(client: ClientBase, live: readonly LiveWrite[], compartments: Map<string, string[]>): Promise<void> {
  const found = live.map((write) => ({ write, references: referencesOf(write.resource) }));
  const wanted = new Map<string, { resourceType: string; id: string }>();
  for (const { references } of found) {
    for (const { target } of references) if (target.kind === 'local') wanted.set(`${target.resourceType}/${target.id}`, target);
  }
  const targets = await lockTargets(client, [...wanted.values()]);
  const issues: Issue[] = [];
  for (const { write, references } of found) {
    const bound = boundTo(write, compartments.get(write.key) ?? []);
    for (const reference of references) {
      const problem = referenceProblem(reference, write.resource, (target) => resolves(target, targets, bound));
      if (problem) issues.push({ code: 'not-found', text: problem, expression: expressionOf(write, reference) });
    }
  }
  if (issues.length > 0) throw new FhirError(422, issues);
}

/** Locked against deletion until this transaction ends. */
async function lockTargets(client: ClientBase, wanted: { resourceType: string; id: string }[]): Promise<Map<string, FoundTarget>> {
  if (wanted.length === 0) return new Map();
  const { rows } = await client.query<FoundTarget>(
    `select r.resource_type, r.id,
       array(select v.version::text from ehr.version v where v.key = r.key and v.content is not null) as versions,
       array(select c.patient from ehr.compartment c where c.key = r.key) as patients
     from ehr.resource r join unnest($1::text[], $2::text[]) as t (resource_type, id) on r.resource_type = t.resource_type and r.id = t.id
     where not r.deleted order by r.key for key share of r`,
    [wanted.map(({ resourceType }) => resourceType), wanted.map(({ id }) => id)],
  );
  return new Map(rows.map((row) => [`${row.resource_type}/${row.id}`, row]));
}

/** The patient whose token made this write possible; undefined when a scope without a patient permits it. */
function boundTo({ alternatives, resource }: LiveWrite, patients: string[]): string | undefined {
  const free = alternatives.filter(({ patient }) => patient === undefined);
  return permitsWriting(free, resource, patients) ? undefined : alternatives.find(({ patient }) => patient !== undefined)?.patient;
}

/** Of another patient's resource a bound caller must not even learn that it exists. */
function resolves(target: LocalTarget, targets: Map<string, FoundTarget>, bound: string | undefined): boolean {
  const found = targets.get(`${target.resourceType}/${target.id}`);
  if (!found || (target.versionId !== undefined && !found.versions.includes(target.versionId))) return false;
  return bound === undefined || found.patients.length === 0 || found.patients.includes(bound);
}

function expressionOf({ origin }: LiveWrite, { path }: FoundReference): string {
  const dot = path.indexOf('.');
  return origin && dot >= 0 ? origin + path.slice(dot) : path;
}

async function checkNotReferenced(client: ClientBase, all: readonly Written[]): Promise<void> {
  const deleted = all.flatMap((write) => (write.kind === 'deleted' ? [`${write.resourceType}/${write.id}`] : []));
  if (deleted.length === 0) return;
  const { rows } = await client.query<{ target: string }>(
    `select d.target from unnest($1::text[]) as d (target)
     where exists (select 1 from ehr.resource r where not r.deleted and r.targets @> array[d.target] and r.resource_type || '/' || r.id <> d.target) limit 1`,
    [deleted],
  );
  const [first] = rows;
  if (first) {
    throw refusal(
      409,
      'conflict',
      `${first.target} is referred to by other resources, which would be left dangling. Delete or change those first.`,
    );
  }
}
