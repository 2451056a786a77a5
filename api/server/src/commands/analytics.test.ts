/** `npm run analytics`: what it prints, where, and how it ends. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { metricIds } from '@refloop/analytics/metric-definition';
import type { MetricResult } from '@refloop/analytics/metric-result';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appendHistory, openEvents, seenEvents } from '../analytics/test-histories.ts';
import type { Scope } from '../store/store.ts';
import { openTestStore, type TestStore } from '../store/test-store.ts';
import { type CommandEnd, runCommand, startCommand } from './test-command.ts';

const scope: Scope = { tenant: 'north', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };

let opened: TestStore;
let state: string;

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'refloop-analytics-'));
  opened = await openTestStore();
  await opened.store.enrol(scope);
  for (let number = 0; number < 600; number += 1) await appendHistory(opened.store, scope, `r${number}`, openEvents());
  await appendHistory(opened.store, scope, 'seen', seenEvents());
});
afterAll(async () => {
  await opened.close();
  await rm(state, { recursive: true, force: true });
});

const environment = (): Record<string, string> => ({ DATABASE_URL: opened.url, REFLOOP_STATE: state });
const analytics = (...args: string[]): Promise<CommandEnd> => runCommand('analytics', args, environment());

test('before the first snapshot it says how to make one', async () => {
  const { code, output, errors } = await runCommand('analytics', ['metrics'], { REFLOOP_STATE: state });
  expect({ code, output }).toEqual({ code: 1, output: '' });
  expect(errors).toContain('Run `npm run analytics -- refresh` to make one.');
});

test('a cancelled refresh ends with 130 and leaves nothing behind', async () => {
  const running = startCommand('analytics', ['refresh'], environment());
  while (!running.errors().includes('referrals to read')) await new Promise((again) => setTimeout(again, 20));
  running.child.kill('SIGINT');
  const { code, output, errors } = await running.ended;
  expect({ code, output }).toEqual({ code: 130, output: '' });
  expect(errors).toContain('Cancelled; the snapshot in force is as it was.');
  expect((await analytics('metrics')).code).toBe(1);
});

test('refresh puts a snapshot in force; its result is one line, its progress is elsewhere', async () => {
  const { code, output, errors } = await analytics('refresh');
  expect({ code, errors }).toEqual({ code: 0, errors: expect.stringContaining('601 referrals to read') });
  expect(errors).toMatch(/looked at 601 of 601 referrals, read 601 of them, [\d,]+ events \([\d,]+ referrals a second, 0 s left\)/);
  expect(output).toMatch(
    /^analytics: snapshot \d{8}T\d{6}Z-[0-9a-f]{8}, 601 referrals, \d+ events, 601 read, \d+ checks, 0 warnings, [\d.]+ s\n$/,
  );
});

test('the next refresh reads what has changed alone, --full everything, and --keep is a number', async () => {
  await appendHistory(opened.store, scope, 'another', openEvents());
  expect((await analytics('refresh')).output).toMatch(/602 referrals, \d+ events, 1 read, 601 unchanged, /);
  await opened.asOwner(`delete from data_key where owner = 'referral/another'`);
  const { code, output } = await analytics('refresh', '--full');
  expect({ code, output }).toEqual({
    code: 0,
    output: expect.stringMatching(/601 referrals, \d+ events, 601 read, 1 removed, 1 left out \(data key destroyed\), /),
  });
  expect((await analytics('refresh', '--keep', '0')).code).toBe(2);
});

test('metrics need no database: all of them, with definition, n and interval', async () => {
  const { code, output } = await runCommand('analytics', ['metrics', '--format', 'json'], { REFLOOP_STATE: state });
  const results = JSON.parse(output) as MetricResult[];
  expect(code).toBe(0);
  expect(results.map(({ metric }) => metric.id)).toEqual(metricIds());
  const rowOf = (id: string) => results.find(({ metric }) => metric.id === id)?.rows[0];
  // Ordered days before today: too early to judge completion, and 600 of 601 are still waiting.
  expect(rowOf('completion')).toMatchObject({ n: 0, value: null, parts: { left_out_young: 601 } });
  expect(rowOf('time_to_appointment')).toMatchObject({ n: 601, value: null, parts: { attended: 1, censored: 600 } });
});

test('as a table, by segment, as CSV and as Parquet', async () => {
  const table = await analytics('metrics', 'time_to_appointment', '--by', 'specialty,month');
  expect(table.output).toContain('Time to appointment (time_to_appointment, version 1)');
  expect(table.output).toMatch(/specialty +month +n +median +95 % interval +note\ncardiology +2026-11 +601 +– +–/);
  const csv = await analytics('metrics', 'completion', 'time_to_appointment', '--by', 'specialty', '--format', 'csv');
  const [names = '', first = ''] = csv.output.split('\r\n');
  expect(names).toMatch(/^metric,version,as_of,snapshot,specialty,category,n,value,low,high,level,unit,scheduled_rate,/);
  expect(first).toMatch(/^completion,1,\d{4}-\d\d-\d\dT[\d:.]+Z,[^,]+,cardiology,,0,,,,0.95,share,/);
  const parquet = await analytics('metrics', '--format', 'parquet');
  expect([parquet.output.slice(0, 4), parquet.output.slice(-4)]).toEqual(['PAR1', 'PAR1']);
});

test('--list says what each metric is, and needs no snapshot', async () => {
  const { code, output } = await runCommand('analytics', ['metrics', '--list'], { REFLOOP_STATE: join(state, 'none') });
  expect(code).toBe(0);
  for (const words of ['network_leakage  Network leakage', 'Denominator: ', 'Source: ', 'Benchmark: ']) expect(output).toContain(words);
});

test('a check that finds an error is named, ends with 1, and the snapshot before stays', async () => {
  const current = join(state, 'warehouse', 'current');
  const before = await readFile(current, 'utf8');
  await opened.asOwner('alter table referral_event disable trigger all');
  await opened.asOwner(`delete from referral_event where referral_id = 'seen' and sequence = 3`);
  const { code, output, errors } = await analytics('refresh');
  expect({ code, output }).toEqual({ code: 1, output: '' });
  expect(errors).toContain('input__event_missing: 1 rows. A history has a gap');
  expect(await readFile(current, 'utf8')).toBe(before);
});

const MADE_UP = fileURLToPath(import.meta.resolve('@refloop/analytics/cms50/measure')).replace(/src.cms50.measure\.ts$/, 'cms50/');
const VALUE_SETS = ['--valuesets', join(MADE_UP, 'made-up-value-sets.json')];
const CMS50 = ['cms50', '--period', '2026', '--timezone', 'America/New_York'];

test('cms50 needs no database and no snapshot: one JSON on stdout, what was not taken on stderr with file and line', async () => {
  const input = join(state, 'export');
  await mkdir(input);
  const { base } = JSON.parse(await readFile(join(MADE_UP, 'cases.json'), 'utf8')) as { base: { resourceType: string }[] };
  for (const resource of base) await writeFile(join(input, `${resource.resourceType}.ndjson`), `${JSON.stringify(resource)}\n{\n`);
  const { code, output, errors } = await runCommand('analytics', [...CMS50, ...VALUE_SETS, '--input', input, '--format', 'json'], {});
  expect(code).toBe(0);
  expect(JSON.parse(output)).toMatchObject({
    measure: { id: 'CMS50v14' },
    period: { start: '2026-01-01', end: '2026-12-31', referralsUntil: '2026-10-31' },
    timezone: 'America/New_York',
    patients: [
      {
        patient: 'p',
        initialPopulation: true,
        denominator: true,
        numerator: true,
        reasons: [
          'first-referral: ServiceRequest/r, authored on 2026-03-10, is the first referral.',
          'encounter: Encounter/e is an encounter that counts.',
          'report: Task/t, ended on 2026-04-20, is the report to the first referral.',
        ],
      },
    ],
    counts: { patients: 1, initialPopulation: 1, denominator: 1, numerator: 1, rate: { n: 1, value: 1 }, refused: 4 },
    refused: [{ file: 'Encounter.ndjson', line: 2, reason: 'It is not JSON.' }, {}, {}, {}],
  });
  expect(errors).toContain('not taken: Encounter.ndjson:2: It is not JSON.');
  expect(errors).toContain('CMS50v14 2026: 1 of 1 (100.0 %, 95 % interval 20.7 % to 100.0 %) among 1 patient');
});

test.each([
  [['--valuesets', '/nowhere', '--input', '.'], 'The value sets cannot be used:'],
  [[...VALUE_SETS, '--input', '/nowhere'], '--input: There is no /nowhere.'],
  [[...VALUE_SETS, '--input', '.', '--timezone', 'Mars/Olympus'], '--timezone: "Mars/Olympus" is no time zone.'],
  [['--input', '.'], 'cms50 needs --valuesets'],
  [[...VALUE_SETS, '--input', '.', '--period', 'last year'], 'cms50 needs --period with a year'],
  [[...VALUE_SETS, '--input', '.', '--format', 'csv'], 'cms50 answers as json alone'],
])('cms50 %j is wrong use: %s', async (args, why) => {
  const { code, output, errors } = await runCommand('analytics', [...CMS50, ...args], {});
  expect({ code, output }).toEqual({ code: 2, output: '' });
  expect(errors).toContain(why);
});

test.each([
  [[], 'Say what to do.'],
  [['imports'], '"imports" is none of refresh, import, metrics'],
  [['metrics', 'completeness'], 'There is no metric "completeness". There are '],
  [['metrics', '--by', 'zip'], '--by: "zip" is none of specialty, site,'],
  [['metrics', '--format', 'xml'], '--format: "xml" is none of table, json, csv, parquet.'],
  [['metrics', '--small-cells', 'hide'], '--small-cells hide goes with csv, json or parquet'],
  [['refresh', 'now'], '"now" is too much.'],
  [['metrics', '--nothing'], "Unknown option '--nothing'"],
])('%j is wrong use: %s', async (args, why) => {
  const { code, output, errors } = await analytics(...args);
  expect({ code, output }).toEqual({ code: 2, output: '' });
  expect(errors).toContain(why);
  expect(errors).toContain('Usage:');
});

test('--help lists every subcommand, and each has a page of its own', async () => {
  const help = async (...args: string[]): Promise<string> => {
    const { code, output, errors } = await runCommand('analytics', args, { REFLOOP_STATE: state });
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    return output;
  };
  const all = await help('--help');
  for (const words of ['refresh  makes a snapshot', 'metrics  answers metrics', 'cms50    counts CMS50', '130 cancelled'])
    expect(all).toContain(words);
  expect(await help('help')).toBe(all);
  const own = await help('metrics', 'completion', '--help');
  expect(own).toContain('Usage: npm run analytics -- metrics');
  expect(own).not.toContain('refresh');
  expect(await help('help', 'metrics')).toBe(own);
});

test('in production a folder that nobody attested is refused', async () => {
  const { code, errors } = await runCommand('analytics', ['refresh', '--warehouse', join(state, 'elsewhere')], {
    ...environment(),
    REFLOOP_ENV: 'production',
    REFLOOP_WAREHOUSE_ENCRYPTED: join(state, 'warehouse'),
  });
  expect(code).toBe(2);
  expect(errors).toContain('REFLOOP_WAREHOUSE_ENCRYPTED: Attested for');
});
