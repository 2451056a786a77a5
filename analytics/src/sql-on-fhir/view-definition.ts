/**
 * A ViewDefinition of SQL on FHIR v2: how one type of resource becomes a table.
 * See: https://sql-on-fhir.org/ig/StructureDefinition-ViewDefinition.html
 */
import type { Constant } from './compile-fhirpath.ts';
import { type Expression, parseFhirPath } from './fhirpath.ts';

export type ViewColumn = { name: string; path: Expression; type: string | null; isCollection: boolean };

export type ViewSelect = {
  columns: ViewColumn[];
  selects: ViewSelect[];
  unionAll: ViewSelect[];
  /** What the rows are made for: once, for each of a collection, for each or once with nothing, or down a tree. */
  rows: { kind: 'one' } | { kind: 'each' | 'each-or-null'; path: Expression } | { kind: 'repeat'; paths: Expression[] };
};

export type ViewDefinition = {
  name: string;
  resource: string;
  constants: ReadonlyMap<string, Constant>;
  selects: ViewSelect[];
  where: Expression[];
};

/** Where in the view, and what is wrong with it. */
export class ViewDefinitionError extends Error {
  constructor(where: string, problem: string) {
    super(`${where}: ${problem}`);
  }
}

/** Of selects within selects. */
const MOST_DEPTH = 12;
const MOST_COLUMNS = 400;
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,126}$/;

type Fields = Record<string, unknown>;
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

function objectAt(value: unknown, where: string): Fields {
  if (!isObject(value)) throw new ViewDefinitionError(where, 'is not an object');
  return value;
}

function listAt(value: unknown, where: string): unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new ViewDefinitionError(where, 'is not a list');
  return value;
}

function nameAt(value: unknown, where: string): string {
  if (typeof value !== 'string' || !NAME.test(value))
    throw new ViewDefinitionError(where, 'is not a name of letters, digits and underscores that begins with a letter');
  return value;
}

function pathAt(value: unknown, where: string): Expression {
  if (typeof value !== 'string') throw new ViewDefinitionError(where, 'is not a FHIRPath expression');
  try {
    return parseFhirPath(value);
  } catch (error) {
    throw new ViewDefinitionError(where, error instanceof Error ? error.message : 'is not understood');
  }
}

function columnAt(value: unknown, where: string): ViewColumn {
  const { name, path, type, collection } = objectAt(value, where);
  return {
    name: nameAt(name, `${where}.name`),
    path: pathAt(path, `${where}.path`),
    type: type === undefined ? null : nameAt(type, `${where}.type`),
    isCollection: collection === true,
  };
}

function rowsAt(fields: Fields, where: string): ViewSelect['rows'] {
  const { forEach, forEachOrNull, repeat } = fields;
  const given = [forEach, forEachOrNull, repeat].filter((each) => each !== undefined);
  if (given.length > 1) throw new ViewDefinitionError(where, 'has more than one of forEach, forEachOrNull and repeat');
  if (forEach !== undefined) return { kind: 'each', path: pathAt(forEach, `${where}.forEach`) };
  if (forEachOrNull !== undefined) return { kind: 'each-or-null', path: pathAt(forEachOrNull, `${where}.forEachOrNull`) };
  if (repeat === undefined) return { kind: 'one' };
  const paths = listAt(repeat, `${where}.repeat`).map((path, at) => pathAt(path, `${where}.repeat[${at}]`));
  if (paths.length === 0) throw new ViewDefinitionError(`${where}.repeat`, 'is empty');
  return { kind: 'repeat', paths };
}

/** The columns a select makes, in order: its own, those of its selects, those of its union. */
export function columnsOf({ columns, selects, unionAll }: ViewSelect): ViewColumn[] {
  const [first] = unionAll;
  return [...columns, ...selects.flatMap(columnsOf), ...(first ? columnsOf(first) : [])];
}

function selectAt(value: unknown, where: string, depth: number): ViewSelect {
  if (depth > MOST_DEPTH) throw new ViewDefinitionError(where, `selects lie more than ${MOST_DEPTH} deep`);
  const fields = objectAt(value, where);
  const nested = (part: string): ViewSelect[] =>
    listAt(fields[part], `${where}.${part}`).map((each, at) => selectAt(each, `${where}.${part}[${at}]`, depth + 1));
  const select: ViewSelect = {
    columns: listAt(fields['column'], `${where}.column`).map((each, at) => columnAt(each, `${where}.column[${at}]`)),
    selects: nested('select'),
    unionAll: nested('unionAll'),
    rows: rowsAt(fields, where),
  };
  const shapes = select.unionAll.map((each) =>
    JSON.stringify(columnsOf(each).map(({ name, type, isCollection }) => [name, type, isCollection])),
  );
  if (new Set(shapes).size > 1)
    throw new ViewDefinitionError(`${where}.unionAll`, 'columns mismatch: name, order and type must be the same in each');
  if (columnsOf(select).length === 0) throw new ViewDefinitionError(where, 'makes no column');
  return select;
}

function constantAt(value: unknown, where: string): [string, Constant] {
  const fields = objectAt(value, where);
  const name = nameAt(fields['name'], `${where}.name`);
  const values = Object.entries(fields).filter(([key]) => key.startsWith('value'));
  const [key, given] = values[0] ?? [];
  if (values.length !== 1 || key === undefined) throw new ViewDefinitionError(where, 'needs one value, such as valueString');
  if (typeof given === 'boolean') return [name, { kind: 'boolean', value: given }];
  if (typeof given === 'number') return [name, { kind: 'number', value: String(given) }];
  if (typeof given === 'string') return [name, { kind: 'text', value: given }];
  throw new ViewDefinitionError(`${where}.${key}`, 'is neither text, number nor boolean');
}

/**
 * Reads a view from JSON. Throws `ViewDefinitionError`.
 * @param value what JSON.parse made of the file
 */
export function readViewDefinition(value: unknown): ViewDefinition {
  const fields = objectAt(value, 'The view');
  const name = fields['name'] === undefined ? 'view' : nameAt(fields['name'], 'name');
  const selects = listAt(fields['select'], 'select').map((each, at) => selectAt(each, `select[${at}]`, 1));
  if (selects.length === 0) throw new ViewDefinitionError('select', 'is missing');
  const names = selects.flatMap(columnsOf).map((column) => column.name.toLowerCase());
  if (names.length > MOST_COLUMNS) throw new ViewDefinitionError('select', `more than ${MOST_COLUMNS} columns`);
  const twice = names.find((each, at) => names.indexOf(each) !== at);
  if (twice !== undefined) throw new ViewDefinitionError('select', `two columns are called "${twice}"`);
  return {
    name,
    resource: nameAt(fields['resource'], 'resource'),
    constants: new Map(listAt(fields['constant'], 'constant').map((each, at) => constantAt(each, `constant[${at}]`))),
    selects,
    where: listAt(fields['where'], 'where').map((each, at) => pathAt(objectAt(each, `where[${at}]`)['path'], `where[${at}].path`)),
  };
}
