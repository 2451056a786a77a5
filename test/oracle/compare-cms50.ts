/** CMS50 in SQL against CMS50 in TypeScript: the same resources, shuffled and repeated for the one, and what differs. */
import { fileURLToPath } from 'node:url';
import { rowOf } from '@refloop/analytics/cms50/fhir-tables';
import { readMeasure } from '@refloop/analytics/cms50/measure';
import type { Read } from '@refloop/analytics/cms50/read-export';
import { type Cms50Counts, runCms50 } from '@refloop/analytics/cms50/run-cms50';
import { readValueSets } from '@refloop/analytics/cms50/value-sets';
import { HOME } from '@refloop/analytics/models';
import { type Codes, judgeAll, type Resource, type Verdict } from './cms50.ts';
import { exportOf, type RandomPatient } from './random-export.ts';
import { wilson } from './statistics.ts';

export const TIME_ZONES = [
  'America/New_York',
  'Europe/Berlin',
  'Pacific/Kiritimati',
  'America/Los_Angeles',
  'Asia/Kathmandu',
  'UTC',
] as const;

const CLOSE = 1e-9;

/** A shuffle that is the same for the same resources; every third comes a second time. */
async function* disordered(resources: readonly Resource[]): AsyncIterable<Read> {
  const step = [7919, 104_729].find((prime) => resources.length % prime !== 0) ?? 1;
  for (let at = 0; at < resources.length; at += 1) {
    const place = (at * step) % resources.length;
    const row = rowOf(resources[place]);
    if ('unreadable' in row || row.table === null) continue;
    yield row;
    if (place % 3 === 0) yield row;
  }
}

const worded = ({ patient, initialPopulation, numerator, referral, report }: Verdict): string =>
  `${patient} initial population ${initialPopulation}, numerator ${numerator}, first referral ${referral}, report ${report}`;

function differingCounts(counts: Cms50Counts, verdicts: readonly Verdict[]): string[] {
  const n = verdicts.filter(({ initialPopulation }) => initialPopulation).length;
  const k = verdicts.filter(({ numerator }) => numerator).length;
  const share = wilson(k, n) ?? { value: null, low: null, high: null };
  const far = (name: 'value' | 'low' | 'high'): boolean => Math.abs((counts.rate[name] ?? -1) - (share[name] ?? -1)) > CLOSE;
  const same = counts.denominator === n && counts.initialPopulation === n && counts.numerator === k && counts.patients === verdicts.length;
  return same && !(['value', 'low', 'high'] as const).some(far) ? [] : [`counts: ${JSON.stringify(counts)}, oracle ${k} of ${n}`];
}

export type Cms50Compared = { found: string[]; patients: number; inPopulation: number; inNumerator: number };

/** @returns what differs, in words; empty where all agrees */
export async function compareCms50(patients: readonly RandomPatient[], timezone: string): Promise<Cms50Compared> {
  const valueSets = await readValueSets(fileURLToPath(new URL('cms50/made-up-value-sets.json', HOME)), readMeasure());
  const codes: Codes = { referral: [], report: [], encounter: [], procedure: [] };
  for (const { role, system, code } of valueSets.codes) codes[role].push({ system, code });
  const resources = exportOf(patients);
  const verdicts = judgeAll(resources, { year: 2026, timeZone: timezone, codes });
  const answer = await runCms50(disordered(resources), { year: 2026, timezone, valueSets });
  const actual = answer.patients.map(({ patient, initialPopulation, numerator, reasons }): string => {
    const about = (rule: string): string | null => reasons.find((reason) => reason.rule === rule)?.resource?.split('/')[1] ?? null;
    return worded({ patient, initialPopulation, numerator, referral: about('first-referral'), report: about('report') });
  });
  const [expected, seen] = [new Set(verdicts.map(worded)), new Set(actual)];
  const found = [
    ...differingCounts(answer.counts, verdicts),
    ...actual.filter((line) => !expected.has(line)).map((line) => `SQL, ${timezone}: ${line}`),
    ...verdicts
      .map(worded)
      .filter((line) => !seen.has(line))
      .map((line) => `oracle, ${timezone}: ${line}`),
  ];
  return {
    found,
    patients: verdicts.length,
    inPopulation: verdicts.filter(({ initialPopulation }) => initialPopulation).length,
    inNumerator: verdicts.filter(({ numerator }) => numerator).length,
  };
}
