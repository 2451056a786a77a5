/**
 * The truths of the large simulation, kept in truths.json so that a run need not count them again. They hold for the generator as it is:
 * its fingerprint stands beside them, and a test says when it has changed. `npm run campaign -- coverage --truths` counts them anew.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as rates from '@refloop/domain/practice/rates';
import * as planted from '@refloop/server/practice/planted-truths';
import type { LargeGap } from './gap-truth.ts';
import { largeSimulation, METRICS_WITH_TRUTH, type Truths } from './large-simulation.ts';
import { simulatedOrders } from './simulated-orders.ts';

const FILE = new URL('truths.json', import.meta.url);
/** `report`: how many referrals are behind a report on gaps of which the power is computed. */
export const LARGE = { seeds: 12, referrals: 30_000, report: 2000 };

/** `gaps`: of every group, as a report over all seeds of the large simulation together would know them. */
export type KeptTruths = {
  fingerprint: string;
  metrics: string[];
  seeds: number;
  referrals: number;
  report: number;
  gaps: LargeGap[];
  truths: Truths;
};

const byName = ([one]: [string, unknown], [other]: [string, unknown]): number => (one < other ? -1 : 1);

/** Of every rate and of what a few hundred referrals come to by them. */
export function fingerprint(): string {
  const hash = createHash('sha256').update(JSON.stringify([Object.entries(rates).sort(byName), planted.PLANTED_TRUTHS]));
  for (const { events } of simulatedOrders('fingerprint', 200, planted.PLANTED_TRUTHS)) hash.update(JSON.stringify(events));
  return hash.digest('hex');
}

export function readTruths(): KeptTruths {
  if (!existsSync(FILE)) throw new Error('There is no truths.json yet. Run `npm run campaign -- coverage --truths`.');
  return JSON.parse(readFileSync(FILE, 'utf8')) as KeptTruths;
}

const rounded = (gap: LargeGap): LargeGap => ({
  ...gap,
  value: Number(gap.value.toFixed(6)),
  standardError: Number(gap.standardError.toFixed(8)),
  nullError: Number(gap.nullError.toFixed(8)),
});

export function countTruths(progress: (seed: string) => void): KeptTruths {
  const seeds = Array.from({ length: LARGE.seeds }, (_, at) => `truth ${at + 1}`);
  const { truths, gaps } = largeSimulation({ ...LARGE, seeds, planted: planted.PLANTED_TRUTHS }, progress);
  const sorted = Object.fromEntries(
    Object.entries(truths)
      .sort(byName)
      .map(([key, { n, value }]) => [key, { n, value: Number(value.toFixed(6)) }]),
  );
  const kept: KeptTruths = {
    fingerprint: fingerprint(),
    metrics: METRICS_WITH_TRUTH,
    ...LARGE,
    gaps: gaps.map(rounded),
    truths: sorted,
  };
  // A line for each truth, so that a change of the generator can be read.
  const lines = Object.entries(sorted).map(([key, truth]) => `    ${JSON.stringify(key)}: ${JSON.stringify(truth)}`);
  const gapLines = kept.gaps.map((gap) => `    ${JSON.stringify(gap)}`);
  const head = JSON.stringify({ ...kept, gaps: undefined, truths: undefined }, null, 2).slice(0, -2);
  writeFileSync(FILE, `${head},\n  "gaps": [\n${gapLines.join(',\n')}\n  ],\n  "truths": {\n${lines.join(',\n')}\n  }\n}\n`);
  return kept;
}
