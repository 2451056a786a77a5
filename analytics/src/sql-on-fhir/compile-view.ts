/**
 * A view as one `select` of DuckDB. Rows within a resource are made as lists of structs and unnested once at the end, so that a
 * resource's text is never a key that something is joined or grouped by.
 */
import { quoted } from '../duckdb.ts';
import {
  asBoolean,
  asJson,
  asList,
  asNumber,
  asText,
  type Compiled,
  type Constant,
  compile,
  deeper,
  type PathScope,
  RESOURCE,
  UnsupportedFhirPath,
} from './compile-fhirpath.ts';
import { columnsOf, type ViewColumn, type ViewDefinition, ViewDefinitionError, type ViewSelect } from './view-definition.ts';

/** How deep a tree may be that `repeat` walks down; a deeper one is an error of the query, not a table that lacks rows. */
const REPEAT_DEPTH = 8;

const INTEGERS = new Set(['integer', 'positiveInt', 'unsignedInt', 'integer64']);
/** Those whose value is text in JSON. */
const TEXTS = new Set('string code id uri url canonical oid uuid markdown base64Binary date dateTime instant time xhtml'.split(' '));

type Kind = 'boolean' | 'integer' | 'decimal' | 'text' | 'json';
const kindOf = (type: string | null): Kind => {
  if (type === 'boolean' || type === 'decimal') return type;
  if (type !== null && INTEGERS.has(type)) return 'integer';
  return type !== null && TEXTS.has(type) ? 'text' : 'json';
};

const SQL_TYPES: Record<Kind, string> = { boolean: 'boolean', integer: 'bigint', decimal: 'double', text: 'varchar', json: 'json' };

type Scope = PathScope & { view: string };

function one(value: Compiled, kind: Kind, message: string, scope: Scope): string {
  switch (kind) {
    case 'boolean':
      return `cast(${asBoolean(value, scope, message)} as boolean)`;
    case 'integer':
      return `try_cast(${asNumber(value, scope, message)} as bigint)`;
    case 'decimal':
      return `cast(${asNumber(value, scope, message)} as double)`;
    case 'text':
      return `cast(${asText(value, scope, message)} as varchar)`;
    case 'json':
      return `cast(${asJson(value, scope, message)} as json)`;
  }
}

function columnSql({ name, path, type, isCollection }: ViewColumn, scope: Scope): string {
  const kind = kindOf(type);
  const value = compile(path, scope);
  const message = quoted(
    `View ${scope.view}, column ${name}: more than one value. Choose one, as with first(), or say "collection": true.`,
  );
  if (!isCollection) return one(value, kind, message, scope);
  const element = scope.fresh();
  const each = one({ kind: 'one', sql: element }, kind, message, scope);
  return `cast(list_transform(${asList(value, scope)}, lambda ${element}: ${each}) as ${SQL_TYPES[kind]}[])`;
}

/** Columns by name, as expressions; or a list of structs of them where there is not always exactly one row. */
type Part = { kind: 'columns'; columns: Map<string, string> } | { kind: 'rows'; names: string[]; sql: string };

const struct = (columns: Map<string, string>): string => `{${[...columns].map(([name, sql]) => `"${name}": ${sql}`).join(', ')}}`;
const namesOf = (part: Part): string[] => (part.kind === 'columns' ? [...part.columns.keys()] : part.names);
const rowsOf = (part: Part): string => (part.kind === 'columns' ? `[${struct(part.columns)}]` : part.sql);

/** Every row of the one beside every row of the other. */
function beside(left: Part, right: Part, scope: Scope): Part {
  if (left.kind === 'columns' && right.kind === 'columns')
    return { kind: 'columns', columns: new Map([...left.columns, ...right.columns]) };
  const names = [...namesOf(left), ...namesOf(right)];
  const fieldsOf = (part: Part, row: string): [string, string][] =>
    part.kind === 'columns' ? [...part.columns] : part.names.map((name) => [name, `${row}."${name}"`]);
  const [a, b] = [scope.fresh(), scope.fresh()];
  const both = struct(new Map([...fieldsOf(left, a), ...fieldsOf(right, b)]));
  if (left.kind === 'columns') return { kind: 'rows', names, sql: `list_transform(${rowsOf(right)}, lambda ${b}: ${both})` };
  if (right.kind === 'columns') return { kind: 'rows', names, sql: `list_transform(${rowsOf(left)}, lambda ${a}: ${both})` };
  const inner = `list_transform(${right.sql}, lambda ${b}: ${both})`;
  return { kind: 'rows', names, sql: `flatten(list_transform(${left.sql}, lambda ${a}: ${inner}))` };
}

function union(selects: ViewSelect[], scope: Scope): Part {
  const parts = selects.map((each) => selectPart(each, scope));
  const [first] = parts;
  if (first && parts.length === 1) return first;
  return { kind: 'rows', names: first ? namesOf(first) : [], sql: `flatten([${parts.map(rowsOf).join(', ')}])` };
}

/** What a select makes of one focus. */
function within({ columns, selects, unionAll }: ViewSelect, scope: Scope): Part {
  const own: Part = { kind: 'columns', columns: new Map(columns.map((column) => [column.name, columnSql(column, scope)])) };
  const nested = selects.map((each) => selectPart(each, scope));
  const parts = unionAll.length === 0 ? [own, ...nested] : [own, ...nested, union(unionAll, scope)];
  return parts.reduce((left, right) => (namesOf(left).length === 0 ? right : beside(left, right, scope)));
}

/** A node before what lies below it, as deep as it goes. */
function tree(paths: ViewSelect['rows'] & { kind: 'repeat' }, focus: Compiled, scope: Scope, depth: number): string {
  const steps = paths.paths.map((path) => asList(compile(path, { ...scope, focus }), scope));
  const below = steps.length === 1 ? (steps[0] ?? '[]::json[]') : `flatten([${steps.join(', ')}])`;
  const node = scope.fresh();
  if (depth === 0) {
    const message = quoted(`View ${scope.view}: a tree is more than ${REPEAT_DEPTH} levels deep.`);
    return `list_transform(${below}, lambda ${node}: error(${message})::json)`;
  }
  const under = tree(paths, { kind: 'one', sql: node }, scope, depth - 1);
  return `flatten(list_transform(${below}, lambda ${node}: list_concat([${node}], ${under})))`;
}

function fociOf(rows: Exclude<ViewSelect['rows'], { kind: 'one' }>, scope: Scope): string {
  switch (rows.kind) {
    case 'each':
      return asList(compile(rows.path, scope), scope);
    case 'each-or-null': {
      const [list] = [scope.fresh()];
      const foci = asList(compile(rows.path, scope), scope);
      return `(list_transform([{foci: ${foci}}], lambda ${list}: case when len(${list}.foci) = 0 then [null::json] else ${list}.foci end))[1]`;
    }
    case 'repeat':
      return tree(rows, scope.focus, scope, REPEAT_DEPTH);
  }
}

function selectPart(select: ViewSelect, scope: Scope): Part {
  const { rows } = select;
  if (rows.kind === 'one') return within(select, scope);
  const [element, index] = [scope.fresh(), scope.fresh()];
  const inner: Scope = { ...deeper(scope, { kind: 'one', sql: element }), rowIndex: `${index} - 1` };
  const part = within(select, inner);
  const foci = fociOf(rows, scope);
  const body = part.kind === 'columns' ? struct(part.columns) : part.sql;
  const sql = `list_transform(${foci}, lambda ${element}, ${index}: ${body})`;
  return { kind: 'rows', names: namesOf(part), sql: part.kind === 'columns' ? sql : `flatten(${sql})` };
}

/** One that is neither true nor false, nor absent, is a mistake of the view. */
function condition(value: Compiled, scope: Scope): string {
  if (value.kind === 'boolean') return `coalesce(${value.sql}, false)`;
  const variable = scope.fresh();
  const message = quoted(`View ${scope.view}, where: the path gives something other than true or false.`);
  return (
    `coalesce((list_transform([${asJson(value, scope)}], lambda ${variable}: case when ${variable} is null then false ` +
    `when json_type(${variable}) = 'BOOLEAN' then fhir_truth(${variable}) else error(${message})::boolean end))[1], false)`
  );
}

/**
 * The view over a table. The macros of `FHIRPATH_MACROS` must be there.
 * Throws `ViewDefinitionError` where the view asks for what is not supported.
 * @param table a table or view with a column `resource` of JSON; a name of ours, not of the view
 * @param each.distinct whether a row that one resource makes twice is given once
 */
export function compileView(
  view: ViewDefinition,
  table: string,
  constants: ReadonlyMap<string, Constant> = new Map(),
  each: { distinct: boolean } = { distinct: false },
): string {
  let variables = 0;
  const members: string[] = [];
  const scope: Scope = {
    focus: { kind: 'one', sql: RESOURCE },
    member: (name) => {
      if (!members.includes(name)) members.push(name);
      return `members[${members.indexOf(name) + 1}]`;
    },
    resourceType: view.resource,
    constants: new Map([...view.constants, ...constants]),
    rowIndex: '0',
    nesting: 0,
    view: view.name,
    fresh: () => {
      variables += 1;
      return `v${variables}`;
    },
  };
  try {
    const where = view.where.map((each) => ` and ${condition(compile(each, scope), scope)}`).join('');
    const columns = view.selects.flatMap(columnsOf);
    const parts = view.selects.map((each) => selectPart(each, scope));
    const part = parts.reduce((left, right) => beside(left, right, scope));
    // Of the type asked for: its name is taken out of the text together with the rest, which is read once.
    const own = `${scope.member('resourceType')} = ${quoted(JSON.stringify(view.resource))}::json`;
    const paths = members.map((name) => quoted(`$."${name}"`)).join(', ');
    const taken = `select ${RESOURCE}, json_extract(${RESOURCE}, [${paths}]::varchar[]) as members from ${table}`;
    const from = `from (${taken}) where ${own}${where}`;
    if (part.kind === 'columns') return `select ${[...part.columns].map(([name, sql]) => `${sql} as "${name}"`).join(', ')} ${from}`;
    const fields = columns.map(({ name }) => `made."${name}" as "${name}"`).join(', ');
    return `select ${fields} from (select unnest(${each.distinct ? `list_distinct(${part.sql})` : part.sql}) as made ${from})`;
  } catch (error) {
    if (error instanceof UnsupportedFhirPath) throw new ViewDefinitionError(`View ${view.name}`, error.message);
    throw error;
  }
}
