/** What a resource can be found by: the rows that its search parameters put into the index tables. */
import type { TypedValue } from '@medplum/core';
import type {
  Address,
  CodeableConcept,
  Coding,
  ContactPoint,
  HumanName,
  Identifier,
  Period,
  Quantity,
  Range,
  Reference,
  Resource,
} from '@medplum/fhirtypes';
import { definitions, type SearchDefinition } from './definitions.ts';
import { parseReference } from './references.ts';
import { foldText, type InstantRange, instantRange } from './search-value.ts';

export type TokenRow = { code: string; system: string; value: string };
/** `targetType` is empty for a canonical or a reference to another server; `target` is then the whole text. */
export type ReferenceRow = { code: string; targetType: string; target: string };
export type DateRow = { code: string } & InstantRange;
export type StringRow = { code: string; folded: string; exact: string };
export type NumberRow = { code: string; low: number; high: number; system: string; unit: string };

export type IndexRows = {
  tokens: TokenRow[];
  references: ReferenceRow[];
  dates: DateRow[];
  strings: StringRow[];
  numbers: NumberRow[];
};

/** The parameter code under which the identifier of a logical reference is indexed (`subject:identifier`). */
export const identifierCode = (code: string): string => `${code}:identifier`;

export function indexRows(resource: Resource): IndexRows {
  const rows: IndexRows = { tokens: [], references: [], dates: [], strings: [], numbers: [] };
  for (const definition of definitions().searchParameters(resource.resourceType).values()) {
    for (const value of definition.values(resource)) addRows(rows, definition, value);
  }
  return {
    tokens: distinct(rows.tokens, (row) => `${row.code}\n${row.system}\n${row.value}`),
    references: distinct(rows.references, (row) => `${row.code}\n${row.targetType}\n${row.target}`),
    dates: distinct(rows.dates, (row) => `${row.code}\n${row.low}\n${row.high}`),
    strings: distinct(rows.strings, (row) => `${row.code}\n${row.exact}`),
    numbers: rows.numbers,
  };
}

function addRows(rows: IndexRows, definition: SearchDefinition, typed: TypedValue): void {
  const { code } = definition;
  switch (definition.kind) {
    case 'token':
      rows.tokens.push(...tokensOf(typed, definition).map((token) => ({ code, ...token })));
      return;
    case 'uri':
      if (typeof typed.value === 'string') rows.tokens.push({ code, system: '', value: typed.value });
      return;
    case 'reference':
      addReference(rows, code, typed);
      return;
    case 'date': {
      const range = rangeOf(typed.value);
      if (range) rows.dates.push({ code, ...range });
      return;
    }
    case 'string':
      for (const exact of stringsOf(typed)) rows.strings.push({ code, exact, folded: foldText(exact) });
      return;
    case 'number':
    case 'quantity':
      rows.numbers.push(...numbersOf(typed).map((number) => ({ code, ...number })));
      return;
    default:
      definition.kind satisfies never;
  }
}

type Token = { system: string; value: string };

const ofCoding = (coding: Coding): Token[] =>
  coding.code || coding.system ? [{ system: coding.system ?? '', value: coding.code ?? '' }] : [];

function tokensOf({ type, value }: TypedValue, definition: SearchDefinition): Token[] {
  switch (type) {
    case 'Coding':
      return ofCoding(value as Coding);
    case 'CodeableConcept':
      return ((value as CodeableConcept).coding ?? []).flatMap(ofCoding);
    case 'Identifier': {
      const identifier = value as Identifier;
      return identifier.value || identifier.system ? [{ system: identifier.system ?? '', value: identifier.value ?? '' }] : [];
    }
    case 'ContactPoint': {
      const contact = value as ContactPoint;
      return contact.value ? [{ system: contact.system ?? '', value: contact.value }] : [];
    }
    default: {
      if (typeof value === 'boolean') return [{ system: '', value: String(value) }];
      if (typeof value !== 'string') return [];
      return [{ system: definition.systemOf(value) ?? '', value }];
    }
  }
}

function addReference(rows: IndexRows, code: string, { value }: TypedValue): void {
  if (typeof value === 'string') {
    rows.references.push({ code, targetType: '', target: value });
    return;
  }
  const reference = value as Reference;
  if (reference.reference) {
    const target = parseReference(reference.reference);
    if (target.kind === 'local') rows.references.push({ code, targetType: target.resourceType, target: target.id });
    else if (target.kind !== 'contained') rows.references.push({ code, targetType: '', target: reference.reference });
  }
  const { identifier } = reference;
  if (identifier?.value) rows.tokens.push({ code: identifierCode(code), system: identifier.system ?? '', value: identifier.value });
}

function rangeOf(value: unknown): InstantRange | undefined {
  if (typeof value === 'string') return instantRange(value);
  if (typeof value !== 'object' || value === null) return undefined;
  const { start, end } = value as Period;
  if (!start && !end) return undefined;
  return { low: (start && instantRange(start)?.low) || '-infinity', high: (end && instantRange(end)?.high) || 'infinity' };
}

function stringsOf({ type, value }: TypedValue): string[] {
  if (typeof value === 'string') return [value];
  if (type === 'HumanName') {
    const name = value as HumanName;
    return [name.text, name.family, ...(name.given ?? []), ...(name.prefix ?? []), ...(name.suffix ?? [])].filter(isText);
  }
  if (type === 'Address') {
    const address = value as Address;
    return [
      address.text,
      ...(address.line ?? []),
      address.city,
      address.district,
      address.state,
      address.postalCode,
      address.country,
    ].filter(isText);
  }
  return [];
}

function numbersOf({ value }: TypedValue): Omit<NumberRow, 'code'>[] {
  if (typeof value === 'number') return [{ low: value, high: value, system: '', unit: '' }];
  if (typeof value !== 'object' || value === null) return [];
  const quantity = value as Quantity & { currency?: string };
  if (typeof quantity.value === 'number') {
    return [
      {
        low: quantity.value,
        high: quantity.value,
        system: quantity.system ?? '',
        unit: quantity.code ?? quantity.unit ?? quantity.currency ?? '',
      },
    ];
  }
  const range = value as Range;
  const low = range.low?.value;
  const high = range.high?.value;
  if (low === undefined && high === undefined) return [];
  return [
    {
      low: low ?? -Infinity,
      high: high ?? Infinity,
      system: range.low?.system ?? range.high?.system ?? '',
      unit: range.low?.code ?? range.high?.code ?? '',
    },
  ];
}

const isText = (text: string | undefined): text is string => text !== undefined && text !== '';

function distinct<Row>(rows: Row[], keyOf: (row: Row) => string): Row[] {
  return rows.length < 2 ? rows : [...new Map(rows.map((row) => [keyOf(row), row])).values()];
}
