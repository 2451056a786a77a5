/** CMS50 as its folder defines it: cms50/measure.yml in English, and one SQL file for each rule. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { HOME } from '../models.ts';

export type ValueSetRole = 'referral' | 'report' | 'encounter' | 'procedure';

/** What the measure says of itself. */
export type MeasureHead = {
  /** With the version of the specification. */
  id: string;
  title: string;
  /** The specification it was written from. */
  document: string;
  mips: number;
  fhirForm: string;
  /** The performance period the specification is for. */
  writtenFor: number;
  improvement: string;
  definition: string;
  initialPopulation: string;
  denominator: string;
  numerator: string;
  source: string;
  caveats: string[];
};

export type Measure = {
  head: MeasureHead;
  valueSets: { role: ValueSetRole; oid: string; name: string }[];
  codes: { role: ValueSetRole; system: string; code: string[] }[];
  /** The rules' files, in the order in which each may use those before it. */
  rules: string[];
  /** Rule → sentence, with {resource} and {value} to fill in. */
  reasons: Record<string, string>;
  missing: Record<string, string>;
  /** What our own events leave open, in sentences. */
  ownEventsCannotKnow: string[];
};

const FOLDER = new URL('cms50/', HOME);

export const measureSql = (file: string): string => readFileSync(new URL(`${file}.sql`, FOLDER), 'utf8');

const words = (text: unknown): string => String(text).trim();

export function readMeasure(): Measure {
  const read = parse(readFileSync(new URL('measure.yml', FOLDER), 'utf8')) as Record<string, unknown>;
  const { value_sets, codes, rules, reasons, missing, caveats, own_events_cannot_know } = read;
  return {
    head: {
      id: words(read['id']),
      title: words(read['title']),
      document: words(read['document']),
      mips: Number(read['mips']),
      fhirForm: words(read['fhir_form']),
      writtenFor: Number(read['written_for']),
      improvement: words(read['improvement']),
      definition: words(read['definition']),
      initialPopulation: words(read['initial_population']),
      denominator: words(read['denominator']),
      numerator: words(read['numerator']),
      source: words(read['source']),
      caveats: caveats as string[],
    },
    valueSets: value_sets as Measure['valueSets'],
    codes: codes as Measure['codes'],
    rules: rules as string[],
    reasons: reasons as Record<string, string>,
    missing: missing as Record<string, string>,
    ownEventsCannotKnow: own_events_cannot_know as string[],
  };
}
