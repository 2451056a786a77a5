/**
 * A FHIR search as data. Everything a caller sends is either understood or refused with 400 naming the parameter: a filter that is silently
 * ignored would return rows nobody asked for.
 */
import { definitions, type SearchDefinition } from './definitions.ts';
import { refusal } from './fhir-error.ts';
import { instantRange, numberRange } from './search-value.ts';

export const defaultCount = 50;
export const largestCount = 1000;
/** Each step of a chain is a join; a longer one is a mistake or an attack. */
const deepestChain = 3;

export type Comparator = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb';

export type TokenValue = { system?: string; value?: string };
/** `targetTypes` are those the value may mean; empty for a parameter that may point to anything, `['']` for an absolute URL. */
export type ReferenceValue = { targetTypes: string[]; target: string };

/** One condition; values of one parameter are alternatives, conditions are joined by AND. */
export type Filter =
  | { kind: 'id'; ids: string[] }
  | { kind: 'updated'; comparator: Comparator; low: string; high: string }
  | { kind: 'missing'; definition: SearchDefinition; missing: boolean }
  | { kind: 'token'; code: string; negated: boolean; values: TokenValue[] }
  | { kind: 'reference'; code: string; values: ReferenceValue[] }
  | { kind: 'string'; code: string; match: 'starts' | 'contains' | 'exact'; values: string[] }
  | { kind: 'date'; code: string; values: { comparator: Comparator; low: string; high: string }[] }
  | {
      kind: 'number';
      code: string;
      values: { comparator: Comparator; value: number; low: number; high: number; system?: string; unit?: string }[];
    }
  /** The reference `code` points to a `targetType` that satisfies the filter. */
  | { kind: 'chain'; code: string; targetType: string; filter: Filter }
  /** A `sourceType` whose reference `code` points here satisfies the filter. */
  | { kind: 'has'; sourceType: string; code: string; filter: Filter };

export type SortRule = { definition: SearchDefinition | '_id' | '_lastUpdated'; descending: boolean };
export type Include = { sourceType: string; code: string; targetType?: string };

export type SearchQuery = {
  resourceType: string;
  filters: Filter[];
  sort: SortRule[];
  count: number;
  cursor?: string;
  total: 'none' | 'accurate';
  include: Include[];
  revinclude: Include[];
  /** Elements the answer is cut to, besides the mandatory ones. */
  elements?: string[];
  /** Only the number of matches is wanted. */
  countOnly: boolean;
};

const comparators = new Set<Comparator>(['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb']);
const isId = (text: string): boolean => /^[A-Za-z0-9\-.]{1,64}$/.test(text);

const unsupported = (parameter: string, why: string): Error =>
  refusal(400, 'not-supported', `Search parameter "${parameter}": ${why}`, parameter);
const invalid = (parameter: string, why: string): Error => refusal(400, 'invalid', `Search parameter "${parameter}": ${why}`, parameter);

export function parseSearchQuery(resourceType: string, parameters: URLSearchParams): SearchQuery {
  if (!definitions().resourceTypes.has(resourceType)) {
    throw refusal(404, 'not-supported', `"${resourceType}" is not a resource type of this server. See /metadata for those it holds.`);
  }
  const query: SearchQuery = {
    resourceType,
    filters: [],
    sort: [],
    count: defaultCount,
    total: 'accurate',
    include: [],
    revinclude: [],
    countOnly: false,
  };
  for (const [name, value] of parameters) {
    if (value === '') throw invalid(name, 'has no value. Give one, or leave the parameter out.');
    if (!applyControl(query, name, value)) query.filters.push(parseFilter(resourceType, name, value));
  }
  return query;
}

/** Parameters that shape the answer rather than choose the resources; false when the name is none of them. */
function applyControl(query: SearchQuery, name: string, value: string): boolean {
  switch (name) {
    case '_count': {
      if (!/^\d{1,9}$/.test(value)) throw invalid(name, `"${value}" is not a whole number.`);
      const count = Number(value);
      if (count === 0) query.countOnly = true;
      else query.count = Math.min(count, largestCount);
      return true;
    }
    case '_cursor':
      query.cursor = value;
      return true;
    case '_total':
      if (value !== 'none' && value !== 'estimate' && value !== 'accurate')
        throw invalid(name, `"${value}" is not none, estimate or accurate.`);
      query.total = value === 'none' ? 'none' : 'accurate';
      return true;
    case '_sort':
      query.sort.push(...value.split(',').map((rule) => parseSort(query.resourceType, rule)));
      return true;
    case '_include':
      query.include.push(includeFrom(query.resourceType, name, value));
      return true;
    case '_revinclude':
      query.revinclude.push(parseInclude(name, value));
      return true;
    case '_elements':
      query.elements = value.split(',');
      return true;
    case '_summary':
      if (value === 'count') query.countOnly = true;
      else if (value !== 'false') throw unsupported(name, `"${value}" is not supported; use count or false, or _elements.`);
      return true;
    case '_format':
      if (!['json', 'application/json', 'application/fhir+json'].includes(value))
        throw unsupported(name, `"${value}" is not supported; use json.`);
      return true;
    case '_pretty':
      return true;
    default:
      return false;
  }
}

function parseSort(resourceType: string, rule: string): SortRule {
  const descending = rule.startsWith('-');
  const code = descending ? rule.slice(1) : rule;
  if (code === '_id' || code === '_lastUpdated') return { definition: code, descending };
  const definition = definitions().searchParameters(resourceType).get(code);
  if (!definition) throw unsupported('_sort', `"${code}" is not a search parameter of ${resourceType}.`);
  return { definition, descending };
}

function includeFrom(resourceType: string, name: string, value: string): Include {
  const include = parseInclude(name, value);
  if (include.sourceType !== resourceType)
    throw invalid(name, `"${value}" starts at ${include.sourceType}, but the matches are ${resourceType}s.`);
  return include;
}

function parseInclude(name: string, value: string): Include {
  const [sourceType, code, targetType, ...rest] = value.split(':');
  if (!sourceType || !code || rest.length > 0) throw invalid(name, `"${value}" must read Type:parameter or Type:parameter:TargetType.`);
  const definition = definitions().resourceTypes.has(sourceType) ? definitions().searchParameters(sourceType).get(code) : undefined;
  if (definition?.kind !== 'reference') throw unsupported(name, `"${sourceType}:${code}" is not a reference parameter of this server.`);
  if (targetType !== undefined && !definitions().resourceTypes.has(targetType))
    throw invalid(name, `"${targetType}" is not a resource type.`);
  return { sourceType, code, ...(targetType ? { targetType } : {}) };
}

/** @param name as in the URL, with modifier or chain, for example `code:not`, `requester:Practitioner.name`, `_has:Task:focus:status`; `label` is the whole of it inside a chain */
export function parseFilter(resourceType: string, name: string, value: string, label: string = name): Filter {
  if (name.split(/\.|_has:/).length > deepestChain + 1) throw unsupported(label, `goes through more than ${deepestChain} references.`);
  if (name.startsWith('_has:')) return parseHas(name, value, label);
  const dot = name.indexOf('.');
  if (dot > 0) return parseChain(resourceType, name, dot, value, label);

  const colon = name.indexOf(':');
  const code = colon < 0 ? name : name.slice(0, colon);
  const modifier = colon < 0 ? undefined : name.slice(colon + 1);

  if (code === '_id') {
    if (modifier) throw unsupported(label, `the modifier ":${modifier}" is not supported here.`);
    return { kind: 'id', ids: splitValues(value) };
  }
  if (code === '_lastUpdated') {
    if (modifier) throw unsupported(label, `the modifier ":${modifier}" is not supported here.`);
    const { comparator, rest } = splitComparator(value);
    const range = instantRange(rest);
    if (!range) throw invalid(label, `"${rest}" is not a date. Write it as 2026-11-20 or 2026-11-20T10:00:00Z (with + as %2B).`);
    return { kind: 'updated', comparator, ...range };
  }
  const definition = definitions().searchParameters(resourceType).get(code);
  if (!definition) {
    throw unsupported(label, `is not known for ${resourceType}. /metadata lists the parameters that are.`);
  }
  if (modifier === 'missing') {
    if (value !== 'true' && value !== 'false') throw invalid(label, 'must be true or false.');
    return { kind: 'missing', definition, missing: value === 'true' };
  }
  return parseTyped(definition, label, modifier, value);
}

function parseTyped(definition: SearchDefinition, name: string, modifier: string | undefined, value: string): Filter {
  const { code } = definition;
  const refuse = (): Error => unsupported(name, `the modifier ":${modifier}" is not supported for a ${definition.kind} parameter.`);
  const values = splitValues(value);
  switch (definition.kind) {
    case 'token':
      if (modifier !== undefined && modifier !== 'not') throw refuse();
      return { kind: 'token', code, negated: modifier === 'not', values: values.map(parseToken) };
    case 'uri':
      if (modifier !== undefined) throw refuse();
      return { kind: 'token', code, negated: false, values: values.map((uri) => ({ value: uri })) };
    case 'reference': {
      if (modifier === 'identifier') return { kind: 'token', code: `${code}:identifier`, negated: false, values: values.map(parseToken) };
      if (modifier !== undefined && !definitions().resourceTypes.has(modifier)) throw refuse();
      return { kind: 'reference', code, values: values.map((text) => parseReferenceValue(definition, name, modifier, text)) };
    }
    case 'string':
      if (modifier !== undefined && modifier !== 'exact' && modifier !== 'contains') throw refuse();
      return { kind: 'string', code, match: modifier ?? 'starts', values };
    case 'date':
      if (modifier !== undefined) throw refuse();
      return {
        kind: 'date',
        code,
        values: values.map((text) => {
          const { comparator, rest } = splitComparator(text);
          const range = instantRange(rest);
          if (!range) throw invalid(name, `"${rest}" is not a date. Write it as 2026-11-20 or 2026-11-20T10:00:00Z (with + as %2B).`);
          return { comparator, ...range };
        }),
      };
    case 'number':
    case 'quantity':
      if (modifier !== undefined) throw refuse();
      return { kind: 'number', code, values: values.map((text) => parseNumber(name, text)) };
    default:
      return definition.kind satisfies never;
  }
}

function parseNumber(name: string, text: string): Extract<Filter, { kind: 'number' }>['values'][number] {
  const { comparator, rest } = splitComparator(text);
  const [number = '', system, unit, ...more] = rest.split('|');
  const range = numberRange(number);
  if (!range || more.length > 0) throw invalid(name, `"${text}" is not a number. Write 5.4, gt5.4 or 5.4|http://unitsofmeasure.org|mg.`);
  return { comparator, value: Number(number), ...range, ...(system ? { system } : {}), ...(unit ? { unit } : {}) };
}

function parseReferenceValue(definition: SearchDefinition, name: string, modifier: string | undefined, text: string): ReferenceValue {
  const literal = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})$/.exec(text);
  if (literal?.[1] && literal[2]) {
    if (modifier && modifier !== literal[1]) throw invalid(name, `"${text}" is not a ${modifier}.`);
    if (definition.targets.length > 0 && !definition.targets.includes(literal[1])) {
      throw invalid(name, `"${text}" cannot be a target; ${definition.code} points to ${definition.targets.join(', ')}.`);
    }
    return { targetTypes: [literal[1]], target: literal[2] };
  }
  if (/^(https?:|urn:)/.test(text)) return { targetTypes: [''], target: text };
  if (!isId(text)) throw invalid(name, `"${text}" is not a reference. Write Type/id, or the id alone.`);
  return { targetTypes: modifier ? [modifier] : definition.targets, target: text };
}

function parseChain(resourceType: string, name: string, dot: number, value: string, label: string): Filter {
  const [code = '', chosen] = name.slice(0, dot).split(':');
  const definition = definitions().searchParameters(resourceType).get(code);
  if (definition?.kind !== 'reference') throw unsupported(label, `"${code}" is not a reference parameter of ${resourceType}.`);
  const targetType = chosen ?? (definition.targets.length === 1 ? definition.targets[0] : code === 'patient' ? 'Patient' : undefined);
  if (!targetType)
    throw invalid(
      label,
      `say which type it goes through, for example ${code}:${definition.targets[0] ?? 'Practitioner'}.${name.slice(dot + 1)}.`,
    );
  if (!definitions().resourceTypes.has(targetType)) throw invalid(label, `"${targetType}" is not a resource type.`);
  return { kind: 'chain', code, targetType, filter: parseFilter(targetType, name.slice(dot + 1), value, label) };
}

function parseHas(name: string, value: string, label: string): Filter {
  const match = /^_has:([A-Z][A-Za-z]+):([^:.]+):(.+)$/.exec(name);
  const [, sourceType, code, inner] = match ?? [];
  if (!sourceType || !code || !inner) throw invalid(label, 'must read _has:Type:reference:parameter.');
  if (!definitions().resourceTypes.has(sourceType)) throw invalid(label, `"${sourceType}" is not a resource type.`);
  if (definitions().searchParameters(sourceType).get(code)?.kind !== 'reference') {
    throw unsupported(label, `"${code}" is not a reference parameter of ${sourceType}.`);
  }
  return { kind: 'has', sourceType, code, filter: parseFilter(sourceType, inner, value, label) };
}

function parseToken(text: string): TokenValue {
  const bar = text.indexOf('|');
  if (bar < 0) return { value: text };
  const value = text.slice(bar + 1);
  return { system: text.slice(0, bar), ...(value ? { value } : {}) };
}

function splitComparator(text: string): { comparator: Comparator; rest: string } {
  const prefix = text.slice(0, 2);
  if (comparators.has(prefix as Comparator)) return { comparator: prefix as Comparator, rest: text.slice(2) };
  return { comparator: 'eq', rest: text };
}

/** Values are separated by commas; `\,` is a comma inside one, `\|`, `\$` and `\\` likewise. */
function splitValues(text: string): string[] {
  const values: string[] = [''];
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? '';
    if (character === '\\' && /[\\,$|]/.test(text[i + 1] ?? '')) values[values.length - 1] += text[++i] ?? '';
    else if (character === ',') values.push('');
    else values[values.length - 1] += character;
  }
  return values.filter((value) => value !== '');
}
