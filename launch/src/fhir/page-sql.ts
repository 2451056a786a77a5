/** A search query as SQL: one page in a stable order, or the number of matches. */
import { refusal } from './fhir-error.ts';
import { filterSql, Statement, tableOf, visibleSql } from './filter-sql.ts';
import type { Permissions } from './permission.ts';
import type { SearchQuery, SortRule } from './search-query.ts';

type SortColumn = { sql: string; cast: string; descending: boolean };

/** The rows that match, with their sort values as s0, s1, … */
function matchSql(statement: Statement, query: SearchQuery, permissions: Permissions, columns: SortColumn[]): string {
  const conditions = [
    `r.resource_type = ${statement.value(query.resourceType)}`,
    'not r.deleted',
    visibleSql(statement, 'r', query.resourceType, permissions.alternatives(query.resourceType, 's')),
    ...query.filters.map((filter) => filterSql(statement, 'r', query.resourceType, filter, permissions)),
  ];
  const selected = columns.map((column, index) => `, ${column.sql} as s${index}`).join('');
  return `select r.key${selected} from ehr.resource r where ${conditions.join(' and ')}`;
}

export function countSql(query: SearchQuery, permissions: Permissions): { sql: string; parameters: unknown[] } {
  const statement = new Statement();
  return { sql: `select count(*)::int as total from (${matchSql(statement, query, permissions, [])}) m`, parameters: statement.parameters };
}

/** One page, in the order asked for and then in order of creation, so that a page never repeats or skips a row. Columns: key, content, s0::text, … */
export function pageSql(query: SearchQuery, permissions: Permissions): { sql: string; parameters: unknown[] } {
  const statement = new Statement();
  const columns = query.sort.map((rule) => sortColumn(statement, query.resourceType, rule));
  const matches = matchSql(statement, query, permissions, columns);
  const after = query.cursor === undefined ? 'true' : afterSql(statement, columns, readCursor(query.cursor, columns.length));
  const order = [...columns.map((column, index) => `m.s${index} ${column.descending ? 'desc' : 'asc'} nulls last`), 'm.key'].join(', ');
  const texts = columns.map((_, index) => `, p.s${index}::text as s${index}`).join('');
  return {
    sql:
      `with p as (select m.* from (${matches}) m where ${after} order by ${order} limit ${statement.value(query.count + 1)})` +
      ` select p.key, c.content${texts} from p join ehr.resource c on c.key = p.key order by ${order.replaceAll('m.', 'p.')}`,
    parameters: statement.parameters,
  };
}

function sortColumn(statement: Statement, resourceType: string, { definition, descending }: SortRule): SortColumn {
  if (definition === '_id') return { sql: 'r.id', cast: 'text', descending };
  if (definition === '_lastUpdated') return { sql: 'r.last_updated', cast: 'timestamptz', descending };
  const column = { token: 'value', uri: 'value', reference: 'target', string: 'folded', date: 'low', number: 'low', quantity: 'low' }[
    definition.kind
  ];
  const cast =
    definition.kind === 'date' ? 'timestamptz' : definition.kind === 'number' || definition.kind === 'quantity' ? 'float8' : 'text';
  const parameter = statement.value(`${resourceType}.${definition.code}`);
  return {
    sql: `(select ${descending ? 'max' : 'min'}(${column}) from ehr.${tableOf(definition.kind)} where key = r.key and param = ${parameter})`,
    cast,
    descending,
  };
}

type Cursor = { values: (string | null)[]; key: string };

export function writeCursor(values: (string | null)[], key: string): string {
  return Buffer.from(JSON.stringify([...values, key])).toString('base64url');
}

function readCursor(text: string, columns: number): Cursor {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    parsed = undefined;
  }
  if (!Array.isArray(parsed) || parsed.length !== columns + 1 || !parsed.every(isValue) || !/^\d{1,18}$/.test(String(parsed.at(-1)))) {
    throw refusal(
      400,
      'invalid',
      'Search parameter "_cursor": is not one this server gave out. Start again from the first page.',
      '_cursor',
    );
  }
  return { values: parsed.slice(0, -1), key: String(parsed.at(-1)) };
}

const isValue = (value: unknown): value is string | null => value === null || typeof value === 'string';

/** Rows after the cursor: equal up to some column and after it there; a missing value comes last in either direction. */
function afterSql(statement: Statement, columns: SortColumn[], cursor: Cursor): string {
  const placeholders = columns.map((column, index) => `${statement.value(cursor.values[index])}::text::${column.cast}`);
  const key = statement.value(cursor.key);
  const equal = (upTo: number): string[] => placeholders.slice(0, upTo).map((value, index) => `m.s${index} is not distinct from ${value}`);
  const branches = columns.map((column, index) => {
    const after =
      cursor.values[index] === null
        ? 'false'
        : `(m.s${index} ${column.descending ? '<' : '>'} ${placeholders[index]} or m.s${index} is null)`;
    return `(${[...equal(index), after].join(' and ')})`;
  });
  return `(${[...branches, `(${[...equal(columns.length), `m.key > ${key}::bigint`].join(' and ')})`].join(' or ')})`;
}
