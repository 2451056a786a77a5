/** `npm run analytics -- import`: what it prints, what it refuses, and that the metrics answer from what it made. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MetricResult } from '@refloop/analytics/metric-result';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestStore, type TestStore } from '../store/test-store.ts';
import { type CommandEnd, runCommand } from './test-command.ts';

let opened: TestStore;
let folder: string;

const order = (id: string) => ({
  resourceType: 'ServiceRequest',
  id,
  status: 'active',
  intent: 'order',
  code: { coding: [{ system: 'http://snomed.info/sct', code: '308471005' }] },
  subject: { reference: 'Patient/p' },
  authoredOn: '2026-01-05T10:00:00Z',
});
const visit = {
  resourceType: 'Appointment',
  id: 'a',
  status: 'fulfilled',
  basedOn: [{ reference: 'ServiceRequest/one' }],
  start: '2026-01-20T10:00:00Z',
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'refloop-import-'));
  await mkdir(join(folder, 'export'));
  await writeFile(
    join(folder, 'export', 'All.ndjson'),
    `${[order('one'), order('two'), visit].map((each) => JSON.stringify(each)).join('\n')}\n{"cut`,
  );
  opened = await openTestStore();
});
afterAll(async () => {
  await opened.close();
  await rm(folder, { recursive: true, force: true });
});

const analytics = (...args: string[]): Promise<CommandEnd> =>
  runCommand('analytics', args, { DATABASE_URL: opened.url, REFLOOP_STATE: join(folder, 'state') });

test('an export is imported with a report, and the metrics that its data allow come out', async () => {
  const warehouse = join(folder, 'warehouse');
  const report = join(folder, 'report.json');
  const { code, output, errors } = await analytics(
    'import',
    join(folder, 'export'),
    '--warehouse',
    warehouse,
    '--as-of',
    '2026-11-28',
    '--report',
    report,
  );
  expect({ code, errors }).toEqual({ code: 0, errors: expect.stringContaining('looked at') });
  for (const line of ['All.ndjson, line 4: is not JSON', 'Referrals: 2 of 2 orders', '  completion: n = 2', '  network_leakage lacks'])
    expect(output).toContain(line);
  expect(output).toMatch(/\nanalytics: snapshot \d{8}T\d{6}Z-[0-9a-f]{8}, 2 referrals, 8 events, 1 lines left out, [\d.]+ s\n$/);
  expect(JSON.parse(await readFile(report, 'utf8'))).toMatchObject({ rejectedCount: 1, referrals: { referrals: 2 } });
  const metrics = await runCommand('analytics', ['metrics', 'completion', '--warehouse', warehouse, '--format', 'json'], {
    REFLOOP_STATE: folder,
  });
  const [completion] = JSON.parse(metrics.output) as MetricResult[];
  expect(completion?.rows.map(({ n, parts }) => [n, parts['attended']])).toEqual([[2, 1]]);
});

test.each<[string, string[], number, string]>([
  ['no warehouse', ['export'], 2, '--warehouse is missing'],
  ['the warehouse of our own history', ['export', '--warehouse', 'state/warehouse'], 2, 'which refresh fills'],
  ['a folder that is not there', ['nowhere', '--warehouse', 'w'], 1, 'There is no file'],
])('%s is told', async (_what, args, code, words) => {
  const there = args.map((each) => (each.startsWith('--') ? each : join(folder, each)));
  const end = await analytics('import', ...there);
  expect(end).toMatchObject({ code, output: '', errors: expect.stringContaining(words) });
});
