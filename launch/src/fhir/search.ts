/** Runs a search: one page, its total, and what `_include` and `_revinclude` bring. */
import { getDataType, subsetResource } from '@medplum/core';
import type { ClientBase, Pool } from 'pg';
import { refusal } from './fhir-error.ts';
import { Statement, visibleSql } from './filter-sql.ts';
import { countSql, pageSql, writeCursor } from './page-sql.ts';
import type { Permissions } from './permission.ts';
import type { SearchResult, Stored } from './repository.ts';
import type { Include, SearchQuery } from './search-query.ts';

/** Beyond this many included resources a page is not worth cutting silently: the caller asks for fewer matches. */
const mostIncluded = 5000;

type Queryable = Pick<Pool, 'query'> | Pick<ClientBase, 'query'>;
type PageRow = { key: string; content: string } & Record<`s${number}`, string | null>;
type Match = { key: string; resource: Stored };

export async function runSearch(
  queryable: Queryable,
  query: SearchQuery,
  { permissions }: { permissions: Permissions },
): Promise<SearchResult> {
  const total = async (): Promise<number> => {
    const { sql, parameters } = countSql(query, permissions);
    const { rows } = await queryable.query<{ total: number }>(sql, parameters);
    return rows[0]?.total ?? 0;
  };
  if (query.countOnly) return { matches: [], included: [], total: await total() };

  const { sql, parameters } = pageSql(query, permissions);
  const { rows } = await queryable.query<PageRow>(sql, parameters);
  const page = rows.slice(0, query.count);
  const last = page.at(-1);
  const isLast = rows.length <= query.count;
  const matches = page.map((row): Match => ({ key: row.key, resource: JSON.parse(row.content) as Stored }));
  const included = await include(queryable, query, permissions, matches);
  return {
    matches: matches.map(({ resource }) => shortened(resource, query.elements)),
    included: included.map((resource) => shortened(resource, query.elements)),
    ...(query.total === 'none' ? {} : { total: isLast && query.cursor === undefined ? page.length : await total() }),
    ...(isLast || !last
      ? {}
      : {
          nextCursor: writeCursor(
            query.sort.map((_, index) => last[`s${index}`] ?? null),
            last.key,
          ),
        }),
  };
}

function shortened(resource: Stored, elements: string[] | undefined): Stored {
  if (!elements) return resource;
  return subsetResource(resource, [...elements, ...(getDataType(resource.resourceType).mandatoryProperties ?? [])]) as Stored;
}

async function include(queryable: Queryable, query: SearchQuery, permissions: Permissions, matches: Match[]): Promise<Stored[]> {
  const found = new Map<string, Stored>();
  const add = (rows: { key: string; content: string }[]): void => {
    for (const { key, content } of rows) found.set(key, JSON.parse(content) as Stored);
    if (found.size > mostIncluded) {
      throw refusal(
        400,
        'too-costly',
        `_include and _revinclude bring more than ${mostIncluded} resources. Ask for fewer matches with _count.`,
        '_include',
      );
    }
  };
  for (const wanted of query.include) {
    add(await includeForward(queryable, wanted, permissions, matches));
  }
  for (const wanted of query.revinclude) add(await includeReverse(queryable, wanted, query.resourceType, permissions, matches));
  for (const { key } of matches) found.delete(key);
  return [...found.values()];
}

/** What the caller could not read by itself is left out silently, as SMART permits; the match itself was allowed. */
async function includeForward(
  queryable: Queryable,
  { sourceType, code, targetType }: Include,
  permissions: Permissions,
  matches: Match[],
): Promise<{ key: string; content: string }[]> {
  const keys = matches.map(({ key }) => key);
  const param = `${sourceType}.${code}`;
  const { rows: types } = await queryable.query<{ target_type: string }>(
    `select distinct target_type from ehr.index_reference where key = any($1::bigint[]) and param = $2 and target_type <> '' and ($3::text is null or target_type = $3)`,
    [keys, param, targetType ?? null],
  );
  const found: { key: string; content: string }[] = [];
  for (const { target_type: type } of types) {
    const statement = new Statement();
    const alternatives = [...permissions.alternatives(type, 'r'), ...permissions.alternatives(type, 's')];
    const { rows } = await queryable.query<{ key: string; content: string }>(
      `select t.key, t.content from ehr.resource t
       where t.resource_type = ${statement.value(type)} and not t.deleted and t.id in (
         select i.target from ehr.index_reference i
         where i.key = any(${statement.value(keys)}::bigint[]) and i.param = ${statement.value(param)} and i.target_type = ${statement.value(type)})
       and ${visibleSql(statement, 't', type, alternatives)} order by t.key limit ${mostIncluded + 1}`,
      statement.parameters,
    );
    found.push(...rows);
  }
  return found;
}

async function includeReverse(
  queryable: Queryable,
  { sourceType, code, targetType }: Include,
  resourceType: string,
  permissions: Permissions,
  matches: Match[],
): Promise<{ key: string; content: string }[]> {
  if (targetType !== undefined && targetType !== resourceType) return [];
  const statement = new Statement();
  const { rows } = await queryable.query<{ key: string; content: string }>(
    `select s.key, s.content from ehr.resource s
     where not s.deleted and s.key in (
       select i.key from ehr.index_reference i
       where i.param = ${statement.value(`${sourceType}.${code}`)} and i.target_type = ${statement.value(resourceType)}
         and left(i.target, 500) = any(${statement.value(matches.map(({ resource }) => resource.id))}::text[]))
     and ${visibleSql(statement, 's', sourceType, permissions.alternatives(sourceType, 's'))} order by s.key limit ${mostIncluded + 1}`,
    statement.parameters,
  );
  return rows;
}
