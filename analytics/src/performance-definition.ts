/** A measure of specialists as its files in performance/ define it: one in English, one SQL file that says what counts and what is left out. */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { HOME } from './models.ts';
import type { PerformanceMeasure } from './performance/performance-result.ts';

export type PerformanceDefinition = PerformanceMeasure & {
  /** Named numbers that the SQL uses. */
  parameters: Record<string, number>;
};

const FOLDER = new URL('performance/', HOME);

export const performanceSql = (name: string): string => readFileSync(new URL(`${name}.sql`, FOLDER), 'utf8');

/** In the order in which a referral goes: asked, answered, given a day, seen, noted. */
const ORDER = ['acceptance', 'days_to_answer', 'days_to_appointment', 'seen', 'note_return', 'days_to_note'];

export const performanceIds = (): string[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yml'))
    .map((file) => file.slice(0, -'.yml'.length))
    .sort((left, right) => ORDER.indexOf(left) - ORDER.indexOf(right));

const words = (text: unknown): string => String(text).trim();

/** Throws where there is no such measure; performance-definition.test.ts holds that each file has all that is read here. */
export function readPerformance(id: string): PerformanceDefinition {
  if (!performanceIds().includes(id)) throw new Error(`There is no measure "${id}". There are ${performanceIds().join(', ')}.`);
  const read = parse(readFileSync(new URL(`${id}.yml`, FOLDER), 'utf8')) as Record<string, unknown>;
  const {
    version,
    unit,
    better,
    caveats,
    parameters,
    left_out: leftOut,
  } = read as Omit<PerformanceDefinition, 'leftOut'> & {
    left_out: Record<string, string>;
  };
  return {
    id: words(read['id']),
    version,
    title: words(read['title']),
    unit,
    better,
    definition: words(read['definition']),
    numerator: words(read['numerator']),
    denominator: words(read['denominator']),
    exclusions: words(read['exclusions']),
    clock: words(read['clock']),
    maturity: words(read['maturity']),
    source: words(read['source']),
    caveats,
    parameters,
    leftOut,
  };
}
