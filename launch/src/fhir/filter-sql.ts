/** Search filters as SQL over the index tables, limited to what the caller may see. */

import type { SearchDefinition } from './definitions.ts';
import { refusal } from './fhir-error.ts';
import type { Alternative, Permissions } from './permission.ts';
import { isUnlimited } from './permission.ts';
import { type Comparator, type Filter, parseFilter, type TokenValue } from './search-query.ts';
import { foldText } from './search-value.ts';

/** SQL under construction: fragments name their parameters by position. */
export class Statement {
  readonly parameters: unknown[] = [];
  private aliases = 0;

  /** Adds a parameter and answers its placeholder. */
  value(parameter: unknown): string {
    this.parameters.push(parameter);
    return `$${this.parameters.length}`;
  }

  alias(): string {
    this.aliases += 1;
    return `x${this.aliases}`;
  }
}

/** The condition that a row of ehr.resource under this alias is visible by one of the alternatives. */
export function visibleSql(statement: Statement, alias: string, resourceType: string, alternatives: readonly Alternative[]): string {
  if (alternatives.length === 0) return 'false';
  if (alternatives.some(isUnlimited)) return 'true';
  const conditions = alternatives.map(({ patient, constraints }) => {
    const parts = constraints.map(({ code, value }) =>
      filterSql(statement, alias, resourceType, parseFilter(resourceType, code, value), { alternatives: () => alternatives }),
    );
    if (patient !== undefined) parts.push(`${alias}.key in (select key from ehr.compartment where patient = ${statement.value(patient)})`);
    return `(${parts.join(' and ')})`;
  });
  return `(${conditions.join(' or ')})`;
}

/** The condition that a row of ehr.resource under this alias, which is of this type, satisfies the filter. */
export function filterSql(statement: Statement, alias: string, resourceType: string, filter: Filter, permissions: Permissions): string {
  const param = (code: string): string => statement.value(`${resourceType}.${code}`);
  const rows = (table: string, code: string, condition: string): string =>
    `${alias}.key in (select key from ehr.${table} where param = ${param(code)} and (${condition}))`;
  switch (filter.kind) {
    case 'id':
      return `${alias}.id = any(${statement.value(filter.ids)}::text[])`;
    case 'updated':
      return instantSql(`${alias}.last_updated`, filter.comparator, instant(statement, filter.low), instant(statement, filter.high));
    case 'missing': {
      const table = tableOf(filter.definition.kind);
      const parameter = param(filter.definition.code);
      const identified = filter.definition.kind === 'reference' ? param(`${filter.definition.code}:identifier`) : undefined;
      const exists =
        `exists (select 1 from ehr.${table} m where m.key = ${alias}.key and m.param = ${parameter})` +
        (identified ? ` or exists (select 1 from ehr.index_token m where m.key = ${alias}.key and m.param = ${identified})` : '');
      return filter.missing ? `not (${exists})` : `(${exists})`;
    }
    case 'token': {
      const condition = filter.values.map((value) => tokenSql(statement, value)).join(' or ') || 'false';
      if (!filter.negated) return rows('index_token', filter.code, condition);
      return `not exists (select 1 from ehr.index_token where key = ${alias}.key and param = ${param(filter.code)} and (${condition}))`;
    }
    case 'reference':
      return rows(
        'index_reference',
        filter.code,
        filter.values
          .map(({ targetTypes, target }) => {
            const named = `left(target, 500) = left(${statement.value(target)}::text, 500) and target = ${statement.value(target)}`;
            return targetTypes.length === 0 ? `(${named})` : `(target_type = any(${statement.value(targetTypes)}::text[]) and ${named})`;
          })
          .join(' or ') || 'false',
      );
    case 'string':
      return rows(
        'index_string',
        filter.code,
        filter.values.map((value) => stringSql(statement, filter.match, value)).join(' or ') || 'false',
      );
    case 'date':
      return rows(
        'index_date',
        filter.code,
        filter.values
          .map((value) => rangeSql(value.comparator, instant(statement, value.low), instant(statement, value.high)))
          .join(' or ') || 'false',
      );
    case 'number':
      return rows('index_number', filter.code, filter.values.map((value) => numberSql(statement, value)).join(' or ') || 'false');
    case 'chain': {
      const reference = statement.alias();
      const target = statement.alias();
      const parameter = param(filter.code);
      const targetType = statement.value(filter.targetType);
      const condition = filterSql(statement, target, filter.targetType, filter.filter, permissions);
      return (
        `${alias}.key in (select ${reference}.key from ehr.index_reference ${reference} join ehr.resource ${target}` +
        ` on ${target}.resource_type = ${reference}.target_type and ${target}.id = ${reference}.target and not ${target}.deleted` +
        ` where ${reference}.param = ${parameter} and ${reference}.target_type = ${targetType} and ${condition}` +
        ` and ${visibleSql(statement, target, filter.targetType, searchable(permissions, filter.targetType))})`
      );
    }
    case 'has': {
      const reference = statement.alias();
      const source = statement.alias();
      const parameter = statement.value(`${filter.sourceType}.${filter.code}`);
      const here = statement.value(resourceType);
      const condition = filterSql(statement, source, filter.sourceType, filter.filter, permissions);
      return (
        `${alias}.id in (select ${reference}.target from ehr.index_reference ${reference} join ehr.resource ${source}` +
        ` on ${source}.key = ${reference}.key and not ${source}.deleted` +
        ` where ${reference}.param = ${parameter} and ${reference}.target_type = ${here} and ${condition}` +
        ` and ${visibleSql(statement, source, filter.sourceType, searchable(permissions, filter.sourceType))})`
      );
    }
    default:
      return filter satisfies never;
  }
}

/** A chain or `_has` asks about resources the caller does not name; without the scope to search them the question itself is refused. */
function searchable(permissions: Permissions, resourceType: string): readonly Alternative[] {
  const alternatives = permissions.alternatives(resourceType, 's');
  if (alternatives.length === 0) {
    throw refusal(
      403,
      'forbidden',
      `The search goes through ${resourceType}, which no granted scope allows to search (${resourceType}.s).`,
    );
  }
  return alternatives;
}

type Indexed = SearchDefinition['kind'];

export function tableOf(kind: Indexed): string {
  switch (kind) {
    case 'token':
    case 'uri':
      return 'index_token';
    case 'reference':
      return 'index_reference';
    case 'string':
      return 'index_string';
    case 'date':
      return 'index_date';
    case 'number':
    case 'quantity':
      return 'index_number';
    default:
      return kind satisfies never;
  }
}

function tokenSql(statement: Statement, { system, value }: TokenValue): string {
  const parts: string[] = [];
  if (value !== undefined) {
    const placeholder = statement.value(value);
    parts.push(`left(value, 500) = left(${placeholder}::text, 500) and value = ${placeholder}`);
  }
  if (system !== undefined) parts.push(`system = ${statement.value(system)}`);
  return `(${parts.join(' and ') || 'false'})`;
}

function stringSql(statement: Statement, match: 'starts' | 'contains' | 'exact', value: string): string {
  if (match === 'exact')
    return `(left(folded, 500) = left(${statement.value(foldText(value))}::text, 500) and exact = ${statement.value(value)})`;
  const escaped = foldText(value).replace(/[\\%_]/g, (character) => `\\${character}`);
  if (match === 'contains') return `folded like ${statement.value(`%${escaped}%`)}`;
  return `left(folded, 500) like ${statement.value(`${escaped.slice(0, 400)}%`)} and folded like ${statement.value(`${escaped}%`)}`;
}

/** Adds its parameter when it is used: PostgreSQL refuses parameters that no condition mentions. */
type Placeholder = () => string;

const instant =
  (statement: Statement, value: string): Placeholder =>
  () =>
    `${statement.value(value)}::timestamptz`;

/** Comparison of a stored range with a searched one, both half-open (R4 search, prefixes). */
function rangeSql(comparator: Comparator, low: Placeholder, high: Placeholder): string {
  switch (comparator) {
    case 'eq':
      return `(low >= ${low()} and high <= ${high()})`;
    case 'ne':
      return `not (low >= ${low()} and high <= ${high()})`;
    case 'gt':
      return `high > ${high()}`;
    case 'lt':
      return `low < ${low()}`;
    case 'ge':
      return `(high > ${high()} or (low >= ${low()} and high <= ${high()}))`;
    case 'le':
      return `(low < ${low()} or (low >= ${low()} and high <= ${high()}))`;
    case 'sa':
      return `low >= ${high()}`;
    case 'eb':
      return `high <= ${low()}`;
    default:
      return comparator satisfies never;
  }
}

function instantSql(instant: string, comparator: Comparator, low: Placeholder, high: Placeholder): string {
  switch (comparator) {
    case 'eq':
      return `(${instant} >= ${low()} and ${instant} < ${high()})`;
    case 'ne':
      return `not (${instant} >= ${low()} and ${instant} < ${high()})`;
    case 'gt':
    case 'sa':
      return `${instant} >= ${high()}`;
    case 'lt':
    case 'eb':
      return `${instant} < ${low()}`;
    case 'ge':
      return `${instant} >= ${low()}`;
    case 'le':
      return `${instant} < ${high()}`;
    default:
      return comparator satisfies never;
  }
}

function numberSql(statement: Statement, wanted: Extract<Filter, { kind: 'number' }>['values'][number]): string {
  const number = (value: number): string => `${statement.value(value)}::float8`;
  const within = (): string => `low >= ${number(wanted.low)} and high < ${number(wanted.high)}`;
  const comparisons: Record<Comparator, () => string> = {
    eq: within,
    ne: () => `not (${within()})`,
    gt: () => `high > ${number(wanted.value)}`,
    lt: () => `low < ${number(wanted.value)}`,
    ge: () => `high >= ${number(wanted.value)}`,
    le: () => `low <= ${number(wanted.value)}`,
    sa: () => `low > ${number(wanted.value)}`,
    eb: () => `high < ${number(wanted.value)}`,
  };
  const parts = [comparisons[wanted.comparator]()];
  if (wanted.system !== undefined) parts.push(`system = ${statement.value(wanted.system)}`);
  if (wanted.unit !== undefined) parts.push(`unit = ${statement.value(wanted.unit)}`);
  return `(${parts.join(' and ')})`;
}
