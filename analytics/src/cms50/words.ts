/** CMS50's reasons as sentences. */
import { type Measure, readMeasure } from './measure.ts';
import type { Cms50Result, Reason } from './run-cms50.ts';

/** `rule: sentence`, so that a person reads it and a script can group by it. */
export function reasonSentence({ rule, resource, value }: Reason, { reasons }: Pick<Measure, 'reasons'>): string {
  const sentence = reasons[rule];
  if (sentence === undefined) throw new Error(`measure.yml has no sentence for "${rule}".`);
  return `${rule}: ${sentence.replace('{resource}', resource ?? '').replace('{value}', value ?? '')}`;
}

/** What `npm run analytics -- cms50 --format json` prints. */
export function cms50Document(result: Cms50Result): Record<string, unknown> {
  const measure = readMeasure();
  const { period, timezone, patients, counts, missing, refused, valueSets } = result;
  return {
    measure: result.measure,
    period,
    timezone,
    patients: patients.map(({ reasons, ...outcome }) => ({
      ...outcome,
      reasons: reasons.map((reason) => reasonSentence(reason, measure)),
    })),
    counts,
    missing: missing.map(({ what, n }) => ({ what, n, words: measure.missing[what] })),
    refused,
    valueSets,
  };
}
