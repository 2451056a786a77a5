/** `npm run analytics -- cms50`: the measure over what an EHR exported, with the reasons for each patient. */
import { readMeasure } from '@refloop/analytics/cms50/measure';
import { readOwnEvents } from '@refloop/analytics/cms50/own-events';
import { NothingToRead, readExport } from '@refloop/analytics/cms50/read-export';
import { type Cms50Result, NoSuchTimezone, runCms50 } from '@refloop/analytics/cms50/run-cms50';
import { readValueSets, ValueSetsUnusable } from '@refloop/analytics/cms50/value-sets';
import { cms50Document } from '@refloop/analytics/cms50/words';
import { NoSnapshot, SnapshotOfAnotherVersion } from '@refloop/analytics/warehouse';
import { warehouseFolderOf } from '../../environment/warehouse.ts';
import { folderOf, plural, say, wrongUse } from '../console.ts';
import { readOptions, type Subcommand, WAREHOUSE_OPTION } from './subcommand.ts';

const HELP = `Usage: npm run analytics -- cms50 --period YEAR --valuesets PATH --timezone NAME [--input PATH] [--format json]

Counts CMS50v14 (Closing the Referral Loop: Receipt of Specialist Report) over what an EHR exported, and says of each patient why they are
in or out. Lines that cannot be read are told with file and line, and stop nothing. Without --input it looks at our own referrals in the
snapshot in force: they know no visits, so that nobody is in the initial population, and first referrals and reports have their reasons.

  --period YEAR      the calendar year that is measured
  --valuesets PATH   a FHIR Bundle of expanded ValueSets, or a folder of ValueSet files; they come from VSAC, none comes with Refloop
  --timezone NAME    the days of the measure are days there, as in America/New_York
  --input PATH       a folder of NDJSON, a file a type, or a FHIR Bundle; plain or .gz
  ${WAREHOUSE_OPTION}`;

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

const OPTIONS = {
  period: { type: 'string' },
  valuesets: { type: 'string' },
  timezone: { type: 'string' },
  input: { type: 'string' },
  warehouse: { type: 'string' },
  format: { type: 'string', default: 'json' },
} as const;

/** `input` null: our own referrals, of the warehouse. */
type Question = { year: number; valueSets: string; timezone: string; input: string | null; warehouse: string };

function question(args: string[]): Question {
  const { positionals, values } = readOptions(args, OPTIONS, HELP);
  const { period, valuesets, timezone, input, warehouse, format } = values;
  if (positionals.length > 0) return wrongUse(`"${positionals[0]}" is too much.`, HELP);
  if (period === undefined || !/^\d{4}$/.test(period)) return wrongUse('cms50 needs --period with a year, as in --period 2026.', HELP);
  if (valuesets === undefined)
    return wrongUse('cms50 needs --valuesets: a FHIR Bundle of expanded ValueSets, or a folder of them. They come from VSAC.', HELP);
  if (timezone === undefined) return wrongUse('cms50 needs --timezone, as in --timezone America/New_York.', HELP);
  if (format !== 'json') return wrongUse(`--format: cms50 answers as json alone, not as "${format}".`, HELP);
  return {
    year: Number(period),
    valueSets: folderOf(valuesets),
    timezone,
    input: input === undefined ? null : folderOf(input),
    warehouse: warehouse === undefined ? warehouseFolderOf(process.env) : folderOf(warehouse),
  };
}

/** What was typed names something that is not there, or cannot be used. */
const WRONG_USE = [NothingToRead, NoSuchTimezone, ValueSetsUnusable];

async function answer({ year, valueSets, timezone, input, warehouse }: Question, signal: AbortSignal): Promise<string> {
  try {
    const codes = await readValueSets(valueSets, readMeasure());
    const source = input === null ? readOwnEvents(warehouse, signal) : readExport(input);
    const result = await runCms50(source, { year, timezone, valueSets: codes }, { signal, onProgress: progress() });
    tell(result);
    return `${JSON.stringify(cms50Document(result), null, 2)}\n`;
  } catch (error) {
    if (error instanceof Error && WRONG_USE.some((kind) => error instanceof kind)) return wrongUse(error.message, HELP);
    throw error;
  }
}

export const cms50: Subcommand = {
  help: HELP,
  whenCancelled: 'nothing was changed',
  plainErrors: [NoSnapshot, SnapshotOfAnotherVersion],
  run: (args, signal) => answer(question(args), signal),
};
