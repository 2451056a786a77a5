/** Random searches over random charts find what reading every resource one by one finds, in the order asked for, page by page. */
import type { Resource } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type IndexRows, indexRows } from './search-index.ts';
import { type Comparator, type Filter, parseSearchQuery, type TokenValue } from './search-query.ts';
import { foldText } from './search-value.ts';
import { practitionerOf, startTestServer, type TestServer } from './test-server.ts';

const runs = 900;
let server: TestServer;
let all: { resource: Resource & { id: string }; rows: IndexRows }[];

const days = ['2025', '2025-03', '2025-03-10', '2025-03-10T08:00:00Z', '2025-03-11', '2026-01-01', '2024-12-31T23:00:00-05:00'];
const names = ['Ann', 'Anna', 'Annabel', 'Bo', 'Zoë', 'ZOE'];
const patientIds = ['p0', 'p1', 'p2', 'p3'];
const optional = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> => fc.option(arbitrary, { nil: undefined });

/** The same chart each time, so that a failing search can be repeated. */
function charts(): Resource[] {
  const patients = patientIds.map(
    (id, index): Resource => ({
      resourceType: 'Patient',
      id,
      ...(index === 3 ? {} : { gender: index === 1 ? 'male' : 'female', birthDate: days[index % 3] ?? '1980' }),
      name: [{ given: [names[index] ?? 'Cy', names[index + 2] ?? 'Di'], family: names[5 - index] ?? 'Ex' }],
    }),
  );
  const condition = fc.record({
    patient: fc.constantFrom(...patientIds),
    code: optional(fc.constantFrom('1', '2', '3')),
    day: optional(fc.constantFrom(...days)),
  });
  const observation = fc.record({
    patient: fc.constantFrom(...patientIds),
    value: optional(fc.integer({ min: -2, max: 12 })),
    day: optional(fc.constantFrom(...days)),
    open: fc.boolean(),
  });
  const conditions = fc.sample(condition, { numRuns: 60, seed: 1 }).map(
    ({ patient, code, day }, index): Resource => ({
      resourceType: 'Condition',
      id: `c${index}`,
      subject: { reference: `Patient/${patient}` },
      ...(code === undefined ? {} : { code: { coding: [{ system: `urn:system:${Number(code) % 2}`, code }] } }),
      ...(day === undefined ? {} : { recordedDate: day }),
      ...(index % 4 === 0 ? { asserter: { reference: 'Practitioner/d' } } : {}),
    }),
  );
  const observations = fc.sample(observation, { numRuns: 60, seed: 2 }).map(
    ({ patient, value, day, open }, index): Resource => ({
      resourceType: 'Observation',
      id: `o${index}`,
      status: index % 2 === 0 ? 'final' : 'preliminary',
      code: { text: 'x' },
      subject: { reference: `Patient/${patient}` },
      ...(value === undefined ? {} : { valueQuantity: { value: value / 2, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' } }),
      ...(day === undefined ? {} : open ? { effectivePeriod: { start: day } } : { effectiveDateTime: day }),
    }),
  );
  return [practitionerOf('d'), ...patients, ...conditions, ...observations];
}

beforeAll(async () => {
  server = await startTestServer();
  const resources = charts();
  await server.load(resources);
  all = resources.map((resource) => ({ resource: resource as Resource & { id: string }, rows: indexRows(resource) }));
});
afterAll(() => server.close());

const comparator = fc.constantFrom('', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb');
const date = fc.tuple(comparator, fc.constantFrom(...days)).map(([prefix, day]) => prefix + day);
const listOf = (arbitrary: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(arbitrary, { minLength: 1, maxLength: 2 }).map((values) => values.join(','));
const missing = fc.constantFrom('true', 'false');
const pair = (name: string, value: fc.Arbitrary<string>): fc.Arbitrary<[string, string]> => value.map((text) => [name, text]);
const token = listOf(fc.constantFrom('1', '2', '3', 'urn:system:1|1', 'urn:system:0|1', 'urn:system:0|', '|2'));
const quantity = listOf(
  fc
    .tuple(comparator, fc.constantFrom('0', '1', '1.0', '2.5', '5|http://unitsofmeasure.org|mg', '5||g'))
    .map(([prefix, value]) => prefix + value),
);

const patientParameter = fc.oneof(
  pair('name', listOf(fc.constantFrom('ann', 'Anna', 'zoe', 'b', 'x'))),
  pair('given:exact', fc.constantFrom('Ann', 'ann', 'Zoë')),
  pair('family:contains', fc.constantFrom('nn', 'O', 'q')),
  pair('gender', fc.constantFrom('male', 'female', 'male,female')),
  pair('gender:not', fc.constantFrom('male', 'female')),
  pair('birthdate', listOf(date)),
  pair('birthdate:missing', missing),
  pair('_has:Condition:patient:code', token),
  pair('_has:Observation:subject:value-quantity', quantity),
);
const conditionParameter = fc.oneof(
  pair('code', token),
  pair('code:not', token),
  pair('code:missing', missing),
  pair('recorded-date', listOf(date)),
  pair('recorded-date:missing', missing),
  pair('patient', listOf(fc.constantFrom(...patientIds))),
  pair('subject', fc.constantFrom('Patient/p1', 'Patient/none')),
  pair('asserter:missing', missing),
  pair('patient.name', fc.constantFrom('ann', 'zoe')),
  pair('subject:Patient.birthdate', date),
  pair('subject:Patient._has:Observation:patient:status', fc.constantFrom('final', 'preliminary')),
  pair('_id', listOf(fc.constantFrom('c1', 'c2', 'c40', 'none'))),
);
const observationParameter = fc.oneof(
  pair('value-quantity', quantity),
  pair('date', listOf(date)),
  pair('date:missing', missing),
  pair('status', fc.constantFrom('final', 'http://hl7.org/fhir/observation-status|preliminary')),
  pair('patient.gender:not', fc.constantFrom('male')),
);
const search = fc.oneof(
  ...(
    [
      ['Patient', patientParameter, ['birthdate', 'gender', 'name']],
      ['Condition', conditionParameter, ['recorded-date', 'code', 'patient']],
      ['Observation', observationParameter, ['date', 'value-quantity', 'status']],
    ] as const
  ).map(([type, parameter, sortable]) =>
    fc.record({
      type: fc.constant(type),
      parameters: fc.array(parameter, { maxLength: 3 }),
      sort: fc.uniqueArray(fc.tuple(fc.constantFrom('', '-'), fc.constantFrom(...sortable)), {
        maxLength: 2,
        selector: ([, code]) => code,
      }),
      count: fc.integer({ min: 7, max: 70 }),
    }),
  ),
);

const millis = (instant: string): number => (instant === 'infinity' ? Infinity : instant === '-infinity' ? -Infinity : Date.parse(instant));

/** The table of prefixes in R4's search page, on half-open ranges. */
function compares(comparatorOf: Comparator, own: [number, number], wanted: [number, number], exact = false): boolean {
  const isWithin = own[0] >= wanted[0] && (exact ? own[1] < wanted[1] : own[1] <= wanted[1]);
  const [low, high] = wanted;
  const tests: Record<Comparator, boolean> = {
    eq: isWithin,
    ne: !isWithin,
    gt: own[1] > high,
    lt: own[0] < low,
    ge: own[1] > high || isWithin,
    le: own[0] < low || isWithin,
    sa: own[0] >= high,
    eb: own[1] <= low,
  };
  return tests[comparatorOf];
}

function comparesNumber(comparatorOf: Comparator, own: number, wanted: { value: number; low: number; high: number }): boolean {
  const isWithin = own >= wanted.low && own < wanted.high;
  if (comparatorOf === 'eq') return isWithin;
  if (comparatorOf === 'ne') return !isWithin;
  if (comparatorOf === 'gt' || comparatorOf === 'sa') return own > wanted.value;
  if (comparatorOf === 'lt' || comparatorOf === 'eb') return own < wanted.value;
  return comparatorOf === 'ge' ? own >= wanted.value : own <= wanted.value;
}

const isToken = (row: { system: string; value: string }, { system, value }: TokenValue): boolean =>
  (system === undefined || row.system === system) && (value === undefined || row.value === value);

function satisfies(one: (typeof all)[number], filter: Filter): boolean {
  const { resource, rows } = one;
  switch (filter.kind) {
    case 'id':
      return filter.ids.includes(resource.id);
    case 'updated':
      throw new Error('The moment of loading is not searched for here.');
    case 'missing': {
      const has = [rows.tokens, rows.references, rows.dates, rows.strings, rows.numbers]
        .flat()
        .some(({ code }) => code === filter.definition.code);
      return has !== filter.missing;
    }
    case 'token': {
      const has = rows.tokens.some((row) => row.code === filter.code && filter.values.some((value) => isToken(row, value)));
      return has !== filter.negated;
    }
    case 'reference':
      return rows.references.some(
        (row) =>
          row.code === filter.code &&
          filter.values.some(
            ({ targetTypes, target }) => row.target === target && (targetTypes.length === 0 || targetTypes.includes(row.targetType)),
          ),
      );
    case 'string':
      return rows.strings.some(
        (row) =>
          row.code === filter.code &&
          filter.values.some((value) =>
            filter.match === 'exact'
              ? row.exact === value
              : filter.match === 'contains'
                ? row.folded.includes(foldText(value))
                : row.folded.startsWith(foldText(value)),
          ),
      );
    case 'date':
      return rows.dates.some(
        (row) =>
          row.code === filter.code &&
          filter.values.some((value) =>
            compares(value.comparator, [millis(row.low), millis(row.high)], [millis(value.low), millis(value.high)]),
          ),
      );
    case 'number':
      return rows.numbers.some(
        (row) =>
          row.code === filter.code &&
          filter.values.some(
            (value) =>
              comparesNumber(value.comparator, row.low, value) &&
              (value.system === undefined || value.system === row.system) &&
              (value.unit === undefined || value.unit === row.unit),
          ),
      );
    case 'chain':
      return rows.references.some(
        (row) =>
          row.code === filter.code &&
          row.targetType === filter.targetType &&
          all.some(
            (other) =>
              other.resource.resourceType === row.targetType && other.resource.id === row.target && satisfies(other, filter.filter),
          ),
      );
    case 'has':
      return all.some(
        (other) =>
          other.resource.resourceType === filter.sourceType &&
          satisfies(other, filter.filter) &&
          other.rows.references.some(
            (row) => row.code === filter.code && row.targetType === resource.resourceType && row.target === resource.id,
          ),
      );
    default:
      return filter satisfies never;
  }
}

/** What a resource is sorted by: its lowest value ascending, its highest descending; none comes last. */
function sortValue({ rows }: (typeof all)[number], code: string, descending: boolean): string | number | undefined {
  const values: (string | number)[] = [
    ...rows.tokens.filter((row) => row.code === code).map(({ value }) => value),
    ...rows.references.filter((row) => row.code === code).map(({ target }) => target),
    ...rows.strings.filter((row) => row.code === code).map(({ folded }) => folded),
    ...rows.dates.filter((row) => row.code === code).map(({ low }) => millis(low)),
    ...rows.numbers.filter((row) => row.code === code).map(({ low }) => low),
  ];
  return values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)).at(descending ? -1 : 0);
}

it(`${runs} random searches answer as a reader of every resource would`, async () => {
  let matched = 0;
  await fc.assert(
    fc.asyncProperty(search, async ({ type, parameters, sort, count }) => {
      const query = new URLSearchParams(parameters);
      if (sort.length > 0) query.set('_sort', sort.map(([sign, code]) => sign + code).join(','));
      const { filters } = parseSearchQuery(type, query);
      const expected = all.filter((one) => one.resource.resourceType === type && filters.every((filter) => satisfies(one, filter)));
      const position = new Map(expected.map((one, index) => [one, index]));
      const ordered = expected.toSorted((a, b) => {
        for (const [sign, code] of sort) {
          const [left, right] = [sortValue(a, code, sign === '-'), sortValue(b, code, sign === '-')];
          if (left === right) continue;
          if (left === undefined) return 1;
          if (right === undefined) return -1;
          return left < right === (sign !== '-') ? -1 : 1;
        }
        return (position.get(a) ?? 0) - (position.get(b) ?? 0);
      });
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = new URLSearchParams(query);
        page.set('_count', String(count));
        if (cursor !== undefined) page.set('_cursor', cursor);
        const result = await server.repository.search(type, page);
        expect(result.total).toBe(expected.length);
        found.push(...result.matches.map(({ id }) => id));
        cursor = result.nextCursor;
      } while (cursor !== undefined);
      expect(found).toEqual(ordered.map(({ resource }) => resource.id));
      if (found.length > 0 && parameters.length > 0) matched += 1;
    }),
    { numRuns: runs, seed: 20261120 },
  );
  // Most searches must find something, or the comparison says little.
  expect(matched).toBeGreaterThan(runs / 4);
});
