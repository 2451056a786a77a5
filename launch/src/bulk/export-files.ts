/**
 * What an export holds: the versions that stood at its moment, whatever is written after it, in files of so many lines. Nothing is copied;
 * a file is read from the versions each time it is asked for.
 */
import type { Pool } from 'pg';

export type ExportFile = {
  type: string;
  kind: 'resources' | 'deleted';
  /** Rows of the type in order of their keys: the first of this file, counted from 0. */
  from: number;
  count: number;
};

export type ExportScope = {
  types: readonly string[];
  /** Only what is in some patient's compartment, and patients themselves. */
  ofPatients: boolean;
  since: Date | null;
  /** Of the newest version that is in it. */
  until: Date;
};

export const LINES_PER_FILE = 2000;

/** The version of each resource that stood at the moment; $1 types, $2 until, $3 since, $4 of patients alone. */
const STANDING = `
  select resource.key, resource.resource_type, resource.id, standing.content
  from ehr.resource as resource
  cross join lateral (
    select content, last_updated from ehr.version as version
    where version.key = resource.key and version.last_updated <= $2
    order by version.version desc limit 1
  ) as standing
  where resource.resource_type = any($1)
    and ($3::timestamptz is null or standing.last_updated > $3)
    and (not $4 or resource.resource_type = 'Patient' or exists (select from ehr.compartment where compartment.key = resource.key))`;

const valuesOf = ({ types, until, since, ofPatients }: ExportScope): unknown[] => [types, until, since, ofPatients];

/** The files there are, in order of types: what stands, and, of a request since some time, what was deleted. */
export async function listFiles(pool: Pool, scope: ExportScope): Promise<ExportFile[]> {
  const { rows } = await pool.query<{ type: string; deleted: boolean; rows: number }>(
    `select resource_type as type, content is null as deleted, count(*)::int as rows from (${STANDING}) as standing
     group by 1, 2 order by 2, 1`,
    valuesOf(scope),
  );
  return rows
    .filter(({ deleted }) => !deleted || scope.since !== null)
    .flatMap(({ type, deleted, rows: many }) =>
      Array.from({ length: Math.ceil(many / LINES_PER_FILE) }, (_none, at): ExportFile => {
        const from = at * LINES_PER_FILE;
        return { type, kind: deleted ? 'deleted' : 'resources', from, count: Math.min(LINES_PER_FILE, many - from) };
      }),
    );
}

const deletion = (type: string, id: string): string =>
  JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry: [{ request: { method: 'DELETE', url: `${type}/${id}` } }] });

/** A line for each resource; of what was deleted a Bundle that says so. */
export async function readFile(pool: Pool, scope: ExportScope, { type, kind, from, count }: ExportFile): Promise<string> {
  const { rows } = await pool.query<{ id: string; content: string | null }>(
    `select id, content from (${STANDING}) as standing
     where (content is null) = $5 order by key offset $6 limit $7`,
    [...valuesOf({ ...scope, types: [type] }), kind === 'deleted', from, count],
  );
  return rows.map(({ id, content }) => `${content ?? deletion(type, id)}\n`).join('');
}
