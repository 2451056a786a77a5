/** `npm run analytics -- cms50`: the measure over what an EHR exported, with the reasons for each patient. */
import { readMeasure } from '@refloop/analytics/cms50/measure';
import { NothingToRead, readExport } from '@refloop/analytics/cms50/read-export';
import { type Cms50Result, NoSuchTimezone, runCms50 } from '@refloop/analytics/cms50/run-cms50';
import { readValueSets, ValueSetsUnusable } from '@refloop/analytics/cms50/value-sets';
import { cms50Document } from '@refloop/analytics/cms50/words';
import { plural, say } from './console.ts';

export type Cms50Command = { year: number; valueSets: string; timezone: string; input: string };

/** What the command is told wrongly, in words of ours. */
export const CMS50_WRONG_USE = [NothingToRead, NoSuchTimezone, ValueSetsUnusable];

const whole = new Intl.NumberFormat('en-US');

function progress(): (read: number) => void {
  const began = performance.now();
  let told = 0;
  return (read) => {
    const now = performance.now();
    if (now - told < 500) return;
    told = now;
    say(`read ${whole.format(read)} resources (${whole.format(Math.round(read / Math.max(0.001, (now - began) / 1000)))} a second)`);
  };
}

function tell({ measure, period, counts, refused }: Cms50Result): void {
  const year = Number(period.start.slice(0, 4));
  if (year !== measure.writtenFor)
    say(`${measure.id} is the measure of ${measure.writtenFor}; for ${year} look up which version was in force, and its value sets.`);
  for (const { file, line, resourceType, reason } of refused)
    say(`not taken: ${file}${line === null ? '' : `:${line}`}${resourceType === null ? '' : ` ${resourceType}`}: ${reason}`);
  if (counts.refused > refused.length) say(`not taken: ${whole.format(counts.refused - refused.length)} more.`);
  const { n, value, low, high } = counts.rate;
  const percent = (share: number | null): string => (share === null ? '–' : `${(share * 100).toFixed(1)} %`);
  say(
    `${measure.id} ${year}: ${counts.numerator} of ${n} (${percent(value)}, 95 % interval ${percent(low)} to ${percent(high)}) among ${plural(counts.patients, 'patient')}`,
  );
}

/** @returns the answer as JSON; what was not taken is told on stderr, with file and line */
export async function cms50({ year, valueSets, timezone, input }: Cms50Command, signal: AbortSignal): Promise<string> {
  const codes = await readValueSets(valueSets, readMeasure());
  const result = await runCms50(readExport(input), { year, timezone, valueSets: codes }, { signal, onProgress: progress() });
  tell(result);
  return `${JSON.stringify(cms50Document(result), null, 2)}\n`;
}
