/** How a resource lies in the tables: the statements that put it there, one or thousands at a time. */
import type { Resource } from '@medplum/fhirtypes';
import type { ClientBase } from 'pg';
import { patientsOf } from './compartment.ts';
import { referencesOf } from './references.ts';
import type { Stored } from './repository.ts';
import { indexTables } from './schema.ts';
import { type IndexRows, indexRows } from './search-index.ts';
import type { Writer } from './writer.ts';

export type ResourceRow = {
  key: string;
  resourceType: string;
  id: string;
  version: number;
  lastUpdated: Date;
  deleted: boolean;
  /** JSON text; empty when deleted. */
  content: string;
  /** The patients whose compartment it is in. */
  patients: string[];
};

export const resourceColumns = `r.key, r.resource_type as "resourceType", r.id, r.version, r.last_updated as "lastUpdated", r.deleted, r.content,
  array(select c.patient from ehr.compartment c where c.key = r.key) as patients`;

/** A resource ready to be written: what it is served as and what it is found by. */
export type Prepared = { resource: Stored; content: string; targets: string[]; index: IndexRows; patients: string[] };

export function prepare(resource: Stored): Prepared {
  const index = indexRows(resource);
  const targets = referencesOf(resource).flatMap(({ target }) => (target.kind === 'local' ? [`${target.resourceType}/${target.id}`] : []));
  return { resource, content: JSON.stringify(resource), targets: [...new Set(targets)], index, patients: patientsOf(resource, index) };
}

/** The resource under its server-kept id and version; `resourceType`, `id` and `meta` come first, as readers expect. */
export function stamped<T extends Resource>(resource: T, id: string, version: number, now: Date): Stored<T> {
  const { resourceType, id: _id, meta, ...rest } = resource as T & { id?: string };
  return {
    resourceType,
    id,
    meta: { ...meta, versionId: String(version), lastUpdated: now.toISOString() },
    ...rest,
  } as unknown as Stored<T>;
}

/** Inserts or replaces the current state and adds the version, for resources of distinct ids. Without a writer it was loaded. Answers the keys in the same order. */
export async function writeResources(
  client: ClientBase,
  prepared: readonly Prepared[],
  now: Date,
  writer: Writer | undefined,
): Promise<string[]> {
  const { rows } = await client.query<{ key: string; resource_type: string; id: string }>(
    `with input as (
       select * from jsonb_to_recordset($1::jsonb) as i (resource_type text, id text, version integer, targets text[], position integer)
     ), content as (
       select * from unnest($3::text[]) with ordinality as c (content, position)
     ), written as (
       insert into ehr.resource (resource_type, id, version, last_updated, deleted, content, targets)
       select i.resource_type, i.id, i.version, $2::timestamptz, false, c.content, coalesce(i.targets, '{}') from input i join content c using (position)
       order by i.position
       on conflict (resource_type, id) do update
         set version = excluded.version, last_updated = excluded.last_updated, deleted = false, content = excluded.content, targets = excluded.targets
       returning key, resource_type, id, version, content
     ), history as (
       insert into ehr.version (key, version, last_updated, content, writer) select key, version, $2::timestamptz, content, $4::jsonb from written
     )
     select key, resource_type, id from written`,
    [
      JSON.stringify(
        prepared.map(({ resource, targets }, index) => ({
          resource_type: resource.resourceType,
          id: resource.id,
          version: Number(resource.meta.versionId),
          targets,
          position: index + 1,
        })),
      ),
      now,
      prepared.map(({ content }) => content),
      writer ?? null,
    ],
  );
  const keys = new Map(rows.map((row) => [`${row.resource_type}/${row.id}`, row.key]));
  return prepared.map(({ resource }) => {
    const key = keys.get(`${resource.resourceType}/${resource.id}`);
    if (key === undefined) throw new Error(`No key came back for ${resource.resourceType}/${resource.id}.`);
    return key;
  });
}

/** Removes the search rows of these resources, and whose compartment they are in unless that must be remembered. */
export async function clearIndex(client: ClientBase, keys: readonly string[], compartments: 'forget' | 'keep'): Promise<void> {
  const tables: string[] = compartments === 'forget' ? [...indexTables, 'compartment'] : [...indexTables];
  const deletions = tables.map((table, index) => `d${index} as (delete from ehr.${table} where key = any($1::bigint[]))`);
  await client.query(`with ${deletions.join(', ')} select 1`, [keys]);
}

/** Adds the search rows and compartments of resources written under these keys. */
export async function writeIndex(client: ClientBase, prepared: readonly Prepared[], keys: readonly string[]): Promise<void> {
  const columns: unknown[][] = Array.from({ length: 24 }, () => []);
  const add = (offset: number, values: readonly unknown[]): void => values.forEach((value, index) => columns[offset + index]?.push(value));
  prepared.forEach(({ resource, index, patients }, position) => {
    const key = keys[position];
    const param = (code: string): string => `${resource.resourceType}.${code}`;
    for (const row of index.tokens) add(0, [key, param(row.code), row.system, row.value]);
    for (const row of index.references) add(4, [key, param(row.code), row.targetType, row.target]);
    for (const row of index.dates) add(8, [key, param(row.code), row.low, row.high]);
    for (const row of index.strings) add(12, [key, param(row.code), row.folded, row.exact]);
    for (const row of index.numbers) add(16, [key, param(row.code), row.low, row.high, row.system, row.unit]);
    for (const patient of patients) add(22, [patient, key]);
  });
  await client.query(
    `with tokens as (insert into ehr.index_token (key, param, system, value)
         select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[])),
       refs as (insert into ehr.index_reference (key, param, target_type, target)
         select * from unnest($5::bigint[], $6::text[], $7::text[], $8::text[])),
       dates as (insert into ehr.index_date (key, param, low, high)
         select * from unnest($9::bigint[], $10::text[], $11::timestamptz[], $12::timestamptz[])),
       strings as (insert into ehr.index_string (key, param, folded, exact)
         select * from unnest($13::bigint[], $14::text[], $15::text[], $16::text[])),
       numbers as (insert into ehr.index_number (key, param, low, high, system, unit)
         select * from unnest($17::bigint[], $18::text[], $19::float8[], $20::float8[], $21::text[], $22::text[])),
       patients as (insert into ehr.compartment (patient, key)
         select * from unnest($23::text[], $24::bigint[]))
     select 1`,
    columns,
  );
}

/**
 * Puts each Provenance among these resources, and each that points at one of them, into the compartments its targets are in, through any number
 * of Provenances about Provenances. FHIR leaves this to the server: `target` is how a Provenance is found and read.
 */
export async function joinProvenances(client: ClientBase, keys: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ key: string }>(
    `with recursive touched (key) as (
       select unnest($1::bigint[])
       union
       select i.key from touched
       join ehr.resource r on r.key = touched.key
       join ehr.index_reference i on i.target_type = r.resource_type and left(i.target, 500) = left(r.id, 500) and i.param = 'Provenance.target'
     )
     select r.key from touched join ehr.resource r using (key) where r.resource_type = 'Provenance' and not r.deleted`,
    [keys],
  );
  if (rows.length === 0) return;
  const provenances = rows.map(({ key }) => key);
  await client.query('delete from ehr.compartment where key = any($1::bigint[])', [provenances]);
  await client.query(
    `insert into ehr.compartment (patient, key)
     with recursive about (root, key) as (
       select p, p from unnest($1::bigint[]) as p
       union
       select about.root, r.key from about
       join ehr.index_reference i on i.key = about.key and i.param = 'Provenance.target'
       join ehr.resource r on r.resource_type = i.target_type and r.id = i.target
     )
     select c.patient, about.root from about
     join ehr.resource r on r.key = about.key and r.resource_type <> 'Provenance'
     join ehr.compartment c on c.key = r.key
     union
     select i.target, about.root from about
     join ehr.index_reference i on i.key = about.key and i.param = 'Provenance.patient' and i.target_type = 'Patient'`,
    [provenances],
  );
}
