/**
 * FHIRPath as an expression of DuckDB over JSON. A collection is a list of JSON; what can only be one value is a plain value of DuckDB,
 * where NULL is the empty collection. SQL's three-valued logic is FHIRPath's.
 *
 * Nothing of a view reaches SQL but as a quoted literal, a number that looks like one, or a name of letters, digits and underscores.
 */
import { quoted } from '../duckdb.ts';
import type { BinaryOperator, Expression } from './fhirpath.ts';

export type Compiled = {
  kind: 'list' | 'one' | 'boolean' | 'number' | 'text';
  /** `list`: JSON[], never NULL. `one`: JSON. Else BOOLEAN, DOUBLE, VARCHAR. */
  sql: string;
  /** Written in the view: never empty. */
  isLiteral?: true;
  /** Of what stands under a name of one element: that, before it is taken apart. */
  value?: string;
};

export type Constant = { kind: 'text' | 'number' | 'moment'; value: string } | { kind: 'boolean'; value: boolean };

export type PathScope = {
  /** What a path starts from. */
  focus: Compiled;
  /** The type of the resource where the focus is one: a path may begin with its name. */
  resourceType: string | null;
  constants: ReadonlyMap<string, Constant>;
  /** What `%rowIndex` is here. */
  rowIndex: string;
  /** Gives a name to a variable of a lambda that no other has. */
  fresh: () => string;
  /** What stands under a name of the resource itself, taken out of its text once for all paths. */
  member: (name: string) => string;
  /** How many collections the focus lies within: DuckDB takes twice as long to plan each further one. */
  nesting: number;
};

const MOST_NESTING = 12;

/** The scope of what is said of each element. Throws where it would lie too deep. */
export function deeper<Scope extends PathScope>(scope: Scope, focus: Compiled): Scope {
  if (scope.nesting >= MOST_NESTING) throw new UnsupportedFhirPath(`Collections lie more than ${MOST_NESTING} deep within one another.`);
  return { ...scope, focus, resourceType: null, nesting: scope.nesting + 1 };
}

/** The part of FHIRPath that is not supported, or a constant that is not there. */
export class UnsupportedFhirPath extends Error {}

/** To be run once on each database that the SQL below runs on. */
export const FHIRPATH_MACROS = [
  // The elements of what stands under a name: of a list each, of anything else itself.
  `create or replace macro fhir_elements(value) as case
     when json_type(value) = 'ARRAY' then json_extract(value, '$[*]')
     when json_type(value) <> 'NULL' then [value]
     else []::json[]
   end`,
  `create or replace macro fhir_children(element, path) as fhir_elements(json_extract(element, path))`,
  // Whether what stands under a name is one value, and that one.
  `create or replace macro fhir_is(value, literal) as case
     when json_type(value) = 'ARRAY' then nullif(json_extract(value, '$[*]'), []::json[]) = [literal]
     when json_type(value) <> 'NULL' then value = literal
   end`,
  `create or replace macro fhir_text(element) as json_extract_string(element, '$')`,
  `create or replace macro fhir_number(element) as try_cast(json_extract_string(element, '$') as double)`,
  `create or replace macro fhir_is_number(element) as json_type(element) in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')`,
  `create or replace macro fhir_truth(element) as
     case when json_type(element) = 'BOOLEAN' then fhir_text(element) = 'true' when element is not null then true end`,
  `create or replace macro fhir_equal(a, b) as case
     when len(a) = 0 or len(b) = 0 then null
     when len(a) <> len(b) then false
     when len(a) = 1 and fhir_is_number(a[1]) and fhir_is_number(b[1]) then fhir_number(a[1]) = fhir_number(b[1])
     else a = b
   end`,
  `create or replace macro fhir_before(a, b) as case
     when fhir_is_number(a) and fhir_is_number(b) then fhir_number(a) < fhir_number(b)
     else fhir_text(a) < fhir_text(b)
   end`,
  // `Patient/1` of a literal reference, with or without its version; nothing of what points into the resource or to another server.
  `create or replace macro fhir_reference(element) as
     nullif(regexp_extract(json_extract_string(element, '$.reference'), '^([A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64})(/_history/[A-Za-z0-9.-]{1,64})?$', 1), '')`,
];

const none: Compiled = { kind: 'list', sql: '[]::json[]' };

/**
 * Names what an expression is made of before it is used more than once. Written out twice, a path of n steps would become SQL of 2^n.
 */
function bound(scope: Naming, parts: Record<string, string>, use: (name: (part: string) => string) => string): string {
  const variable = scope.fresh();
  const fields = Object.entries(parts).map(([part, sql]) => `${part}: ${sql}`);
  return `(list_transform([{${fields.join(', ')}}], lambda ${variable}: ${use((part) => `${variable}.${part}`)}))[1]`;
}

type Naming = Pick<PathScope, 'fresh'>;

export function asList({ kind, sql }: Compiled, scope: Naming): string {
  if (kind === 'list') return sql;
  const element = scope.fresh();
  const value = kind === 'one' ? sql : `to_json(${sql})`;
  return `list_filter([${value}], lambda ${element}: ${element} is not null)`;
}

/** The only one as JSON; an error of the query where there are more. */
export function asJson({ kind, sql }: Compiled, scope: Naming, message = MORE_THAN_ONE): string {
  if (kind === 'one') return sql;
  if (kind !== 'list') return `to_json(${sql})`;
  return bound(scope, { list: sql }, (name) => `case when len(${name('list')}) > 1 then error(${message}) else ${name('list')}[1] end`);
}

const MORE_THAN_ONE = quoted('FHIRPath: an operator was given more than one value where it takes one');

export function asText(value: Compiled, scope: Naming, message?: string): string {
  if (value.kind === 'text') return value.sql;
  if (value.kind === 'boolean' || value.kind === 'number') return `cast(${value.sql} as varchar)`;
  return `fhir_text(${asJson(value, scope, message)})`;
}

export const asNumber = (value: Compiled, scope: Naming, message?: string): string =>
  value.kind === 'number' ? value.sql : `try_cast(${asText(value, scope, message)} as double)`;

/** One value that is no boolean counts as true: singleton evaluation of FHIRPath. */
export function asBoolean(value: Compiled, scope: Naming, message?: string): string {
  if (value.kind === 'boolean') return value.sql;
  if (value.kind === 'text' || value.kind === 'number') return `(case when ${value.sql} is not null then true end)`;
  return bound(scope, { one: asJson(value, scope, message) }, (name) => `fhir_truth(${name('one')})`);
}

const exists = ({ kind, sql }: Compiled): Compiled => ({
  kind: 'boolean',
  sql: kind === 'list' ? `(len(${sql}) > 0)` : `(${sql} is not null)`,
});

/** The column of the resource: a path that starts there reads its members. */
export const RESOURCE = 'resource';

function children(of: Compiled, name: string, { fresh, member }: PathScope): Compiled {
  if (of.kind !== 'list' && of.kind !== 'one') return none;
  const path = quoted(`$."${name}"`);
  // A name needs no other: what stands for one value is used as it is.
  if (of.kind === 'one' && /^\w+(\.\w+)?$/.test(of.sql)) {
    const value = of.sql === RESOURCE ? member(name) : `json_extract(${of.sql}, ${path})`;
    return { kind: 'list', sql: `fhir_elements(${value})`, value };
  }
  const element = fresh();
  const elements = of.kind === 'one' ? `[${of.sql}]` : of.sql;
  return { kind: 'list', sql: `flatten(list_transform(${elements}, lambda ${element}: fhir_children(${element}, ${path})))` };
}

function filtered(of: Compiled, criteria: Expression, scope: PathScope): Compiled {
  const element = scope.fresh();
  const inner = compile(criteria, deeper(scope, { kind: 'one', sql: element }));
  return { kind: 'list', sql: `list_filter(${asList(of, scope)}, lambda ${element}: coalesce(${asBoolean(inner, scope)}, false))` };
}

/** `Quantity` of `ofType(Quantity)` and of `ofType(FHIR.Quantity)`. */
function typeName(parameter: Expression | undefined, call: string): string {
  if (parameter?.kind === 'member' && (parameter.of === null || (parameter.of.kind === 'member' && parameter.of.of === null)))
    return parameter.name;
  if (parameter?.kind === 'text' && /^[A-Za-z]{1,64}$/.test(parameter.value)) return parameter.value;
  throw new UnsupportedFhirPath(`${call}() takes the name of a type.`);
}

/** The data types of R4 that an element of several types can have: http://hl7.org/fhir/R4/datatypes.html#open. */
const TYPES = new Set(
  (
    'base64Binary boolean canonical code date dateTime decimal id instant integer integer64 markdown oid positiveInt string time unsignedInt uri url uuid ' +
    'Address Age Annotation Attachment CodeableConcept CodeableReference Coding ContactDetail ContactPoint Contributor Count DataRequirement ' +
    'Distance Dosage Duration Expression HumanName Identifier Meta Money ParameterDefinition Period Quantity Range Ratio RatioRange Reference ' +
    'RelatedArtifact SampledData Signature SimpleQuantity Timing TriggerDefinition UsageContext'
  ).split(' '),
);

const capital = (name: string): string => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;

/** A choice of types is one element in a path and one for each type in JSON: `value.ofType(Quantity)` is `valueQuantity`. */
function ofType(of: Expression | null, parameter: Expression | undefined, scope: PathScope): Compiled {
  const type = typeName(parameter, 'ofType');
  // FHIRPath's own types of the same names have a capital: Time, DateTime.
  if (!TYPES.has(type) && !TYPES.has(`${type.slice(0, 1).toLowerCase()}${type.slice(1)}`))
    throw new UnsupportedFhirPath(`ofType(): there is no type ${JSON.stringify(type)}.`);
  if (of?.kind !== 'member') throw new UnsupportedFhirPath('ofType() is supported after the name of an element that has several types.');
  return compile({ kind: 'member', of: of.of, name: `${of.name}${capital(type)}` }, scope);
}

/** Those of an element of a complex type lie in it; those of a primitive one lie beside it, under its name with an underscore. */
function extensions(of: Expression | null, url: Expression, scope: PathScope): Compiled {
  const own = children(of === null ? scope.focus : compile(of, scope), 'extension', scope);
  const besides = of?.kind === 'member' ? children(compile({ ...of, name: `_${of.name}` }, scope), 'extension', scope) : none;
  const both: Compiled = besides === none ? own : { kind: 'list', sql: `list_concat(${own.sql}, ${besides.sql})` };
  return filtered(both, { kind: 'binary', operator: '=', left: { kind: 'member', of: null, name: 'url' }, right: url }, scope);
}

function referenceKey(of: Compiled, type: Expression | undefined, scope: PathScope): Compiled {
  const { fresh } = scope;
  const element = fresh();
  const keys = `list_transform(${asList(of, scope)}, lambda ${element}: fhir_reference(${element}))`;
  const key = fresh();
  const wanted = type === undefined ? '' : ` and starts_with(${key}, ${quoted(`${typeName(type, 'getReferenceKey')}/`)})`;
  const found = `list_filter(${keys}, lambda ${key}: ${key} is not null${wanted})`;
  const each = fresh();
  return { kind: 'list', sql: `list_transform(${found}, lambda ${each}: to_json(${each}))` };
}

function resourceKey(of: Compiled, scope: PathScope): Compiled {
  if (of.sql === RESOURCE)
    return { kind: 'text', sql: `(fhir_text(${scope.member('resourceType')}) || '/' || fhir_text(${scope.member('id')}))` };
  const sql = bound(
    scope,
    { one: asJson(of, scope) },
    (name) => `json_extract_string(${name('one')}, '$.resourceType') || '/' || json_extract_string(${name('one')}, '$.id')`,
  );
  return { kind: 'text', sql };
}

/** How many parameters each function takes, at least and at most. */
const FUNCTIONS: Record<string, [number, number]> = {
  where: [1, 1],
  exists: [0, 1],
  empty: [0, 0],
  not: [0, 0],
  first: [0, 0],
  count: [0, 0],
  join: [0, 1],
  extension: [1, 1],
  ofType: [1, 1],
  getResourceKey: [0, 0],
  getReferenceKey: [0, 1],
};

function call({ of, name, parameters }: Extract<Expression, { kind: 'call' }>, scope: PathScope): Compiled {
  const [least, most] = Object.hasOwn(FUNCTIONS, name) ? (FUNCTIONS[name] ?? [0, -1]) : [0, -1];
  if (most === -1)
    throw new UnsupportedFhirPath(`The function ${name}() is not supported. There are ${Object.keys(FUNCTIONS).join(', ')}.`);
  if (parameters.length < least || parameters.length > most)
    throw new UnsupportedFhirPath(
      `${name}() takes ${least === most ? least : `${least} to ${most}`} parameters, not ${parameters.length}.`,
    );
  const [parameter] = parameters;
  if (name === 'ofType') return ofType(of, parameter, scope);
  if (name === 'extension' && parameter !== undefined) return extensions(of, parameter, scope);
  const subject = of === null ? scope.focus : compile(of, scope);
  switch (name) {
    case 'where':
      return parameter === undefined ? subject : filtered(subject, parameter, scope);
    case 'exists':
      return exists(parameter === undefined ? subject : filtered(subject, parameter, scope));
    case 'empty':
      return { kind: 'boolean', sql: `(not ${exists(subject).sql})` };
    case 'not':
      return { kind: 'boolean', sql: `(not ${asBoolean(subject, scope)})` };
    case 'first':
      return subject.kind === 'list' ? { kind: 'one', sql: `(${subject.sql})[1]` } : subject;
    case 'count':
      return { kind: 'number', sql: `len(${asList(subject, scope)})::double` };
    case 'join': {
      const element = scope.fresh();
      const separator = parameter === undefined ? "''" : asText(compile(parameter, scope), scope);
      const texts = `list_transform(${asList(subject, scope)}, lambda ${element}: fhir_text(${element}))`;
      // Of nothing there is nothing to join, which is the empty collection and not an empty text.
      return { kind: 'text', sql: `array_to_string(nullif(${texts}, []::varchar[]), ${separator})` };
    }
    case 'getResourceKey':
      return resourceKey(subject, scope);
    case 'getReferenceKey':
      return referenceKey(subject, parameter, scope);
    default:
      throw new UnsupportedFhirPath(`The function ${name}() is not supported.`);
  }
}

function equality(left: Compiled, right: Compiled, scope: PathScope): string {
  if (left.kind === right.kind && left.kind !== 'list' && left.kind !== 'one') return `(${left.sql} = ${right.sql})`;
  // What most views ask, in the shortest way: JSON text is never equal to a number.
  const [literal, other] = left.isLiteral ? [left, right] : [right, left];
  if (literal.isLiteral && other.value !== undefined) return `fhir_is(${other.value}, to_json(${literal.sql}))`;
  if (literal.isLiteral) return `(nullif(${asList(other, scope)}, []::json[]) = [to_json(${literal.sql})])`;
  return bound(scope, { a: asList(left, scope), b: asList(right, scope) }, (name) => `fhir_equal(${name('a')}, ${name('b')})`);
}

function comparison(operator: '<' | '<=' | '>' | '>=', left: Compiled, right: Compiled, scope: PathScope): string {
  if (left.kind === 'number' || right.kind === 'number') return `(${asNumber(left, scope)} ${operator} ${asNumber(right, scope)})`;
  if (left.kind === 'text' || right.kind === 'text') return `(${asText(left, scope)} ${operator} ${asText(right, scope)})`;
  const [first, second] = operator === '<' || operator === '>=' ? [left, right] : [right, left];
  const parts = { a: asJson(first, scope), b: asJson(second, scope) };
  const before = bound(scope, parts, (name) => `fhir_before(${name('a')}, ${name('b')})`);
  return operator === '<' || operator === '>' ? before : `(not ${before})`;
}

function arithmetic(operator: '+' | '-' | '*' | '/', left: Compiled, right: Compiled, scope: PathScope): Compiled {
  if (operator === '+' && (left.kind === 'text' || right.kind === 'text'))
    return { kind: 'text', sql: `(${asText(left, scope)} || ${asText(right, scope)})` };
  const [a, b] = [asNumber(left, scope), asNumber(right, scope)];
  // Division by zero is the empty collection.
  return { kind: 'number', sql: operator === '/' ? `(${a} / nullif(${b}, 0))` : `(${a} ${operator} ${b})` };
}

function binary(operator: BinaryOperator, left: Compiled, right: Compiled, scope: PathScope): Compiled {
  switch (operator) {
    case '+':
    case '-':
    case '*':
    case '/':
      return arithmetic(operator, left, right, scope);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return { kind: 'boolean', sql: comparison(operator, left, right, scope) };
    case '=':
      return { kind: 'boolean', sql: equality(left, right, scope) };
    case '!=':
      return { kind: 'boolean', sql: `(not ${equality(left, right, scope)})` };
    case 'and':
    case 'or':
      return { kind: 'boolean', sql: `(${asBoolean(left, scope)} ${operator} ${asBoolean(right, scope)})` };
    case 'xor':
      return { kind: 'boolean', sql: `(${asBoolean(left, scope)} <> ${asBoolean(right, scope)})` };
    case 'implies':
      return { kind: 'boolean', sql: `((not ${asBoolean(left, scope)}) or ${asBoolean(right, scope)})` };
  }
}

function literal(value: Constant): Compiled {
  switch (value.kind) {
    case 'boolean':
      return { kind: 'boolean', sql: String(value.value), isLiteral: true };
    case 'number':
      if (!/^-?\d+(\.\d+)?$/.test(value.value)) throw new UnsupportedFhirPath(`${JSON.stringify(value.value)} is no number.`);
      return { kind: 'number', sql: `${value.value}::double` };
    case 'text':
    case 'moment':
      return { kind: 'text', sql: quoted(value.value), isLiteral: true };
  }
}

function constant(name: string, scope: PathScope): Compiled {
  if (name === 'rowIndex') return { kind: 'number', sql: `(${scope.rowIndex})::double` };
  const value = scope.constants.get(name);
  if (value === undefined) throw new UnsupportedFhirPath(`There is no constant %${name}.`);
  return literal(value);
}

function indexOf(at: number | string, { constants }: PathScope): number {
  const value = typeof at === 'number' ? String(at) : constants.get(at)?.value;
  if (typeof value === 'string' && /^\d{1,6}$/.test(value)) return Number(value);
  throw new UnsupportedFhirPath(`%${at} is no constant that an index can be.`);
}

/** Throws `UnsupportedFhirPath` in words for whoever wrote the view. */
export function compile(expression: Expression, scope: PathScope): Compiled {
  switch (expression.kind) {
    case 'text':
    case 'number':
    case 'moment':
    case 'boolean':
      return literal(expression);
    case 'empty':
      return none;
    case 'this':
      return scope.focus;
    case 'constant':
      return constant(expression.name, scope);
    case 'member':
      if (expression.of === null && expression.name === scope.resourceType) return scope.focus;
      return children(expression.of === null ? scope.focus : compile(expression.of, scope), expression.name, scope);
    case 'index': {
      const of = compile(expression.of, scope);
      return { kind: 'one', sql: `(${asList(of, scope)})[${indexOf(expression.at, scope) + 1}]` };
    }
    case 'call':
      return call(expression, scope);
    case 'binary':
      return binary(expression.operator, compile(expression.left, scope), compile(expression.right, scope), scope);
  }
}
