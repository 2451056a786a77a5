/** Asks the tables for the attempts of a measure, and has specialists compared by them; and the attempts behind one of them. */

import { setImmediate as pause } from 'node:timers/promises';
import { FEWEST_TO_JUDGE } from '@refloop/domain/fewest-to-judge';
import type { Query, Rows } from './duckdb.ts';
import type { DrillPart, DrillResult, DrillRow, MetricFilter } from './metric-result.ts';
import {
  type Attempt,
  bySpecialty,
  FALSE_DISCOVERY,
  FEWEST_PEERS,
  INTERVAL,
  judge,
  type Looked,
  look,
  POSTERIOR,
} from './performance/assess.ts';
import { CASE_MIX, type CaseMixFactor } from './performance/case-mix.ts';
import type { PerformanceResult, SpecialistRow } from './performance/performance-result.ts';
import { type PerformanceDefinition, performanceSql, readPerformance } from './performance-definition.ts';
import type { EhrScope } from './pseudonym.ts';
import { type Moment, parametersView, referralView } from './run-metric.ts';

export type PerformanceQuestion = { measure: string; scope: EhrScope | null; filter?: MetricFilter };

/** The rows of one part: all that are counted of one specialist, those that count for them, or those left out. */
export type PerformanceDrill = PerformanceQuestion & {
  specialist: string | null;
  specialty: string | null;
  part: DrillPart;
  limit: number;
};

/** Makes the view `judged`: each attempt with its outcome, and why it is left out. */
export async function defineAttempts(
  query: Query,
  definition: PerformanceDefinition,
  { scope, filter }: PerformanceQuestion,
  moment: Moment,
): Promise<void> {
  await query.run(referralView({ by: [], scope, filter: filter ?? {} }));
  await query.run(parametersView(definition, moment));
  await query.run(performanceSql('attempt'));
  await query.run(`create or replace temp view judged as ${performanceSql(definition.id)}`);
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const attemptOf = (row: Rows[number]): Attempt => ({
  specialty: text(row['specialty']),
  specialist: text(row['specialist']),
  mix: Object.fromEntries(CASE_MIX.map((factor) => [factor, text(row[factor])])) as Record<CaseMixFactor, string>,
  outcome: Number(row['outcome']),
});

/** Of each specialist the network they were asked in most often; of equals the first by name. */
async function networksOf(query: Query): Promise<Map<string, SpecialistRow['network']>> {
  const rows = await query.run(`
    select specialist, arg_max(network, {'asked': asked, 'name': network}) as network
    from (select specialist, network, count(*) as asked from judged where why is null group by all)
    group by specialist
  `);
  return new Map(rows.map(({ specialist, network }) => [text(specialist), network === 'in' || network === 'out' ? network : 'unknown']));
}

/**
 * Every specialty is looked at, also where one is asked for: who stands out depends on how many were looked at, and must not change with
 * what is shown. Fitting takes a tenth of a second a specialty, and others are let in between.
 * Throws where there is no such measure.
 */
export async function runPerformance(query: Query, question: PerformanceQuestion, moment: Moment): Promise<PerformanceResult> {
  const definition = readPerformance(question.measure);
  const { specialty, ...others } = question.filter ?? {};
  await defineAttempts(query, definition, { ...question, filter: others }, moment);
  const mix = CASE_MIX.join(', ');
  const attempts = (await query.run(`select specialty, specialist, ${mix}, outcome from judged where why is null`)).map(attemptOf);
  const networks = await networksOf(query);
  const looked: Looked[] = [];
  for (const [name, own] of bySpecialty(attempts)) {
    await pause();
    looked.push(look(definition.unit, name, own));
  }
  const { specialties, specialists, chance } = judge(definition.better, looked);
  const asked = ({ specialty: name }: { specialty: string }): boolean => specialty === undefined || name === specialty;
  const { parameters: _parameters, ...measure } = definition;
  return {
    measure,
    ...moment,
    filter: question.filter ?? {},
    caseMix: CASE_MIX,
    rules: {
      fewest: FEWEST_TO_JUDGE,
      fewestPeers: FEWEST_PEERS,
      posterior: POSTERIOR,
      falseDiscovery: FALSE_DISCOVERY,
      interval: INTERVAL,
    },
    specialties: specialties.filter(asked),
    specialists: specialists.filter(asked).map((row) => ({ ...row, network: networks.get(row.specialist) ?? 'unknown' })),
    chance,
    leftOut: await leftOut(query, definition, specialty),
  };
}

/** By reason, in the order of the definition; those that nobody was left out by too. */
async function leftOut(
  query: Query,
  definition: PerformanceDefinition,
  specialty: string | undefined,
): Promise<PerformanceResult['leftOut']> {
  const rows = await query.run(
    `select why, count(*) as n from judged where why is not null ${specialty === undefined ? '' : 'and specialty = $specialty'} group by why`,
    specialty === undefined ? {} : { specialty },
  );
  const counts = new Map(rows.map(({ why, n }) => [text(why), Number(n)]));
  return Object.keys(definition.leftOut).map((why) => ({ why, n: counts.get(why) ?? 0 }));
}

const PARTS: Record<DrillPart, string> = {
  numerator: 'why is null and counts',
  denominator: 'why is null',
  excluded: 'why is not null',
};

/** The attempts behind one specialist, or behind all of a specialty; oldest order first. */
export async function drillIntoPerformance(query: Query, question: PerformanceDrill, moment: Moment): Promise<DrillResult> {
  const { measure, specialist, specialty, part, limit } = question;
  await defineAttempts(query, readPerformance(measure), question, moment);
  const chosen = { ...(specialist === null ? {} : { specialist }), ...(specialty === null ? {} : { specialty }) };
  const where = [PARTS[part], ...Object.keys(chosen).map((name) => `${name} = $${name}`)].join(' and ');
  const [counted] = await query.run(`select count(*) as total from judged where ${where}`, chosen);
  const rows = await query.run(
    `select referral, strftime(ordered_on, '%Y-%m-%d') as ordered_on, why from judged where ${where}
     order by ordered_on nulls last, referral, attempt limit ${Math.trunc(limit)}`,
    chosen,
  );
  return {
    question: { metric: measure, segment: specialty === null ? {} : { specialty }, category: null, part, limit },
    ...moment,
    total: Number(counted?.['total']),
    rows: rows.map(
      (row): DrillRow => ({
        referral: text(row['referral']),
        orderedOn: typeof row['ordered_on'] === 'string' ? row['ordered_on'] : null,
        why: typeof row['why'] === 'string' ? row['why'] : null,
      }),
    ),
  };
}
