/** The warehouse against the oracle: the same histories, the same questions, and what differs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContractingRow } from '@refloop/analytics/contracting';
import { importHistories } from '@refloop/analytics/import-histories';
import type { History } from '@refloop/analytics/input-event';
import type { CurvePoint, MetricFilter, MetricRow, SegmentName } from '@refloop/analytics/metric-result';
import { createPseudonyms } from '@refloop/analytics/pseudonym';
import { openWarehouse, type Warehouse } from '@refloop/analytics/warehouse';
import { dayNumber, weekOf } from './calendar.ts';
import { CMS50_YEARS } from './cms50-metrics.ts';
import { contractingOf } from './contracting.ts';
import { ALL_ORACLES } from './metrics.ts';
import { ASSUMPTIONS } from './network-metrics.ts';
import type { OracleRow, WholeOracle } from './oracle-row.ts';
import { AS_OF, type Life, patientOf, playLife } from './random-history.ts';
import { type ReferralFacts, readFacts } from './referral-facts.ts';
import type { LifeDay } from './statistics.ts';

const SCOPE = { tenant: 'north', issuer: 'https://ehr.example.org/fhir' };
const SITE = 'North clinic';
const KEY = Buffer.alloc(32, 9);
const pseudonyms = createPseudonyms(KEY);

/** Statistics agree to this; counts exactly. */
const CLOSE = 1e-9;

function segmentValue(facts: ReferralFacts, name: SegmentName): string {
  const { order } = facts;
  switch (name) {
    case 'specialty':
      return facts.specialty;
    case 'urgency':
      return facts.urgency;
    case 'site':
      return order?.setting?.clinic ?? SITE;
    case 'payer':
      return order?.setting?.payer ?? 'unknown';
    case 'language':
      return order?.setting?.language ?? 'unknown';
    case 'zip3':
      // Too few people live in 036 for it to be told (45 CFR 164.514(b)(2)(i)(B)).
      return order?.setting?.zip3 === '036' ? '000' : (order?.setting?.zip3 ?? 'unknown');
    case 'distance': {
      const miles = order?.setting?.miles ?? null;
      if (miles === null) return 'unknown';
      return miles < 5 ? 'under 5 miles' : miles < 15 ? '5 to 15 miles' : miles < 30 ? '15 to 30 miles' : '30 miles or more';
    }
    case 'requester':
      return order ? pseudonyms.requester(SCOPE, order.requester) : 'unknown';
    case 'week':
      return order ? weekOf(order.on) : 'unknown';
    case 'month':
      return order ? new Date(order.on * 86_400_000).toISOString().slice(0, 7) : 'unknown';
  }
}

const differ = (left: number | null | undefined, right: number | null | undefined): boolean =>
  typeof left === 'number' && typeof right === 'number' ? !(Math.abs(left - right) <= CLOSE) : (left ?? null) !== (right ?? null);

/** Of counts, nothing but equality. */
const unequal = (left: number | null | undefined, right: number | null | undefined): boolean =>
  Number.isInteger(left) || Number.isInteger(right) ? left !== right && differ(left, right) : differ(left, right);

function differences(where: string, actual: MetricRow, expected: OracleRow): string[] {
  const found: string[] = [];
  const look = (name: string, left: number | null | undefined, right: number | null | undefined, exactly = false): void => {
    if (exactly ? left !== right : unequal(left, right)) found.push(`${where} ${name}: warehouse ${left}, oracle ${right}`);
  };
  look('n', actual.n, expected.n, true);
  look('value', actual.value, expected.value);
  look('low', actual.low, expected.low);
  look('high', actual.high, expected.high);
  for (const name of new Set([...Object.keys(actual.parts), ...Object.keys(expected.parts)]))
    look(name, actual.parts[name], expected.parts[name]);
  return found;
}

function curveDifferences(where: string, actual: readonly CurvePoint[], expected: readonly LifeDay[]): string[] {
  if (actual.length !== expected.length) return [`${where} curve: warehouse ${actual.length} days, oracle ${expected.length}`];
  return actual.flatMap((point, at) => {
    const day = expected[at];
    if (!day) return [];
    const pairs: [string, number, number][] = [
      ['day', point.day, day.day],
      ['at risk', point.atRisk, day.atRisk],
      ['events', point.events, day.events],
      ['competing', point.competing, day.competing],
      ['censored', point.censored, day.censored],
      ['incidence', point.value, day.incidence.value],
      ['incidence low', point.low, day.incidence.low],
      ['incidence high', point.high, day.incidence.high],
      ['Kaplan–Meier', point.kaplanMeier, day.kaplanMeier.value],
      ['Kaplan–Meier low', point.kaplanMeierLow, day.kaplanMeier.low],
      ['Kaplan–Meier high', point.kaplanMeierHigh, day.kaplanMeier.high],
    ];
    return pairs
      .filter(([, left, right]) => differ(left, right))
      .map(([name, left, right]) => `${where} day ${point.day} ${name}: warehouse ${left}, oracle ${right}`);
  });
}

/** A person with fewer is not judged: what was counted stays, every rate and time goes. */
const FEWEST_TO_JUDGE = 10;

function judgedRow(by: readonly SegmentName[], row: MetricRow, expected: OracleRow): OracleRow {
  if (!by.includes('requester') || (expected.n ?? 0) >= FEWEST_TO_JUDGE) return expected;
  const { curve: _curve, ...kept } = expected;
  const counts = Object.entries(kept.parts).map(([name, value]) => [name, row.parts[name] === null ? null : value]);
  return { ...kept, value: null, low: null, high: null, parts: Object.fromEntries(counts) };
}

/** What is asked of every metric: what is told apart, and what is looked at. */
export type Question = { by: SegmentName[]; filter?: MetricFilter };

const QUESTIONS: Question[] = [
  { by: [] },
  { by: ['specialty', 'urgency'] },
  { by: ['month'] },
  { by: ['week'] },
  { by: ['site', 'payer'] },
  { by: ['requester', 'language', 'zip3'] },
  { by: ['month'], filter: { specialty: 'cardiology', payer: 'Plan A Health' } },
  { by: ['specialty', 'site'], filter: { from: '2025-09', to: '2026-04' } },
  { by: [], filter: { site: 'Hill' } },
];

/** Months sort as text; what was never ordered is of none. */
function isLookedAt(facts: ReferralFacts, { from, to, ...same }: MetricFilter): boolean {
  const month = segmentValue(facts, 'month');
  if (month === 'unknown' && (from !== undefined || to !== undefined)) return false;
  if ((from !== undefined && month < from) || (to !== undefined && month > to)) return false;
  return (['specialty', 'site', 'payer'] as const).every((name) => same[name] === undefined || segmentValue(facts, name) === same[name]);
}

/** How much was compared, so that a run can say that it was something. */
export type Compared = { referrals: number; events: number; rows: number; counted: number };

async function compareMetric(
  warehouse: Warehouse,
  [metric, oracle]: [string, WholeOracle],
  question: Question,
  facts: readonly ReferralFacts[],
): Promise<{ found: string[]; rows: number; counted: number }> {
  const { by } = question;
  const year = CMS50_YEARS[metric] ?? null;
  const filter = { ...question.filter, ...(year === null ? {} : { from: `${year}-01`, to: `${year}-12` }) };
  const looked = facts.filter((each) => isLookedAt(each, filter));
  const groups = Map.groupBy(looked, (each) => JSON.stringify(by.map((name) => segmentValue(each, name))));
  const answer = await warehouse.metric({ metric, by, scope: null, filter });
  const everything = { all: facts, looked, groups: [...groups.values()], pseudonymOf: (id: string) => pseudonyms.referral(SCOPE, id) };
  const found: string[] = [];
  const rowsOf = new Map([...groups].map(([key, group]) => [key, [oracle(group, dayNumber(AS_OF), everything)].flat()]));
  const many = [...rowsOf.values()].flat().length;
  if (answer.rows.length !== many)
    found.push(`${metric} by ${by.join(',')} of ${JSON.stringify(filter)}: warehouse ${answer.rows.length} rows, oracle ${many}`);
  let counted = 0;
  for (const row of answer.rows) {
    const key = JSON.stringify(by.map((name) => row.segment[name]));
    const where = `${metric} of ${JSON.stringify(filter)} ${key}${row.category === null ? '' : ` ${row.category}`}`;
    const whole = rowsOf.get(key)?.find(({ category }) => (category ?? null) === row.category);
    if (!whole) {
      found.push(`${where}: no such row in the oracle`);
      continue;
    }
    const expected = judgedRow(by, row, whole);
    counted += expected.n ?? 0;
    found.push(...differences(where, row, expected));
    if (expected.curve) {
      const points = (answer.curve ?? []).filter(({ segment }) => JSON.stringify(by.map((name) => segment[name])) === key);
      found.push(...curveDifferences(where, points, expected.curve));
    }
    if (by.length > 0) continue;
    // The denominator is the same for each category, and drilled into once.
    const denominator = row === answer.rows[0] ? (['denominator'] as const) : [];
    const numerator = row.category === null || expected.numerator.length > 0 ? (['numerator'] as const) : [];
    for (const part of [...numerator, ...denominator]) {
      const { segment, category } = row;
      const { rows, total } = await warehouse.drill({ metric, scope: null, segment, category, part, filter, limit: facts.length + 1 });
      const behind = new Set(rows.map(({ referral }) => referral));
      const wanted = expected[part].map((id) => [id, pseudonyms.referral(SCOPE, id)] as const);
      for (const [id, pseudonym] of wanted) if (!behind.has(pseudonym)) found.push(`${where} ${part}: ${id} is missing`);
      if (total !== wanted.length) found.push(`${where} ${part}: warehouse ${total} referrals, oracle ${wanted.length}`);
    }
  }
  return { found, rows: answer.rows.length, counted };
}

/** Of everybody, and of one specialty. */
async function compareContracting(warehouse: Warehouse, facts: readonly ReferralFacts[]): Promise<{ found: string[]; rows: number }> {
  const found: string[] = [];
  let rows = 0;
  for (const specialty of [undefined, facts[0]?.specialty]) {
    const filter = specialty === undefined ? {} : { specialty };
    const actual = await warehouse.contracting({ scope: null, filter });
    const looked = facts.filter((each) => specialty === undefined || each.specialty === specialty);
    const expected = contractingOf(looked, (each) => segmentValue(each, 'zip3'));
    const where = `contracting of ${specialty ?? 'all'}`;
    const keyOf = ({ specialty: of, zip3, performer }: ContractingRow): string => JSON.stringify([of, zip3, performer]);
    const wanted = new Map(expected.rows.map((row) => [keyOf(row), row]));
    if (actual.rows.length !== wanted.size) found.push(`${where}: warehouse ${actual.rows.length} rows, oracle ${wanted.size}`);
    if (JSON.stringify(actual.tooFew) !== JSON.stringify(expected.tooFew))
      found.push(`${where}: warehouse ${JSON.stringify(actual.tooFew)}, oracle ${JSON.stringify(expected.tooFew)}`);
    for (const row of actual.rows) {
      const other = wanted.get(keyOf(row));
      if (!other) found.push(`${where} ${keyOf(row)}: no such row in the oracle`);
      else
        for (const name of CONTRACTING_FIGURES)
          if (unequal(row[name], other[name])) found.push(`${where} ${keyOf(row)} ${name}: warehouse ${row[name]}, oracle ${other[name]}`);
    }
    rows += actual.rows.length;
  }
  return { found, rows };
}

const CONTRACTING_FIGURES = [
  'wentOut',
  'patients',
  'seenAnywhere',
  'value',
  'low',
  'high',
  'byLawfulChoice',
  'orderedOut',
  'forAccess',
] as const satisfies readonly (keyof ContractingRow)[];

async function* historiesOf(
  lives: readonly Life[],
  kept: Map<string, ReferralFacts>,
  count: (events: number) => void,
): AsyncIterable<History> {
  for (const [at, life] of lives.entries()) {
    const referralId = `referral-${at}`;
    const events = playLife(referralId, life);
    if (events.length === 0) continue;
    count(events.length);
    kept.set(referralId, readFacts(referralId, events));
    yield { ...SCOPE, site: SITE, referralId, patientId: patientOf(life), events };
  }
}

/** @returns what differs, in words; empty where all agrees */
export async function compareWithOracle(
  lives: readonly Life[],
  questions: readonly Question[] = QUESTIONS,
): Promise<{ found: string[]; compared: Compared }> {
  const folder = await mkdtemp(join(tmpdir(), 'refloop-oracle-'));
  try {
    const facts = new Map<string, ReferralFacts>();
    const compared: Compared = { referrals: 0, events: 0, rows: 0, counted: 0 };
    await importHistories(
      historiesOf(lives, facts, (events) => {
        compared.events += events;
      }),
      { warehouse: folder, pseudonymKey: KEY, now: AS_OF, reidentify: async () => undefined },
    );
    compared.referrals = facts.size;
    const warehouse = openWarehouse({ folder, seconds: 120, assumptions: ASSUMPTIONS });
    const found: string[] = [];
    for (const oracle of Object.entries(ALL_ORACLES)) {
      for (const question of questions) {
        const outcome = await compareMetric(warehouse, oracle, question, [...facts.values()]);
        found.push(...outcome.found);
        compared.rows += outcome.rows;
        compared.counted += outcome.counted;
      }
    }
    const contracts = await compareContracting(warehouse, [...facts.values()]);
    found.push(...contracts.found);
    compared.rows += contracts.rows;
    await warehouse.close();
    return { found, compared };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
