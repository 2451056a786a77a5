/** After all referrals of the suite: what a chart says of a patient stands in none of the channels (`channels.ts`) but where it belongs. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Coverage, DocumentReference, Patient, ServiceRequest } from '@medplum/fhirtypes';
import { expect, test } from '@playwright/test';
import { recorded } from '../e2e/support/recorded.ts';
import { openApp, specialists } from '../e2e/support/refer-page.ts';
import { launches, ofOrder } from '../e2e/support/sandbox.ts';
import { openChart } from '../e2e/support/smart-client.ts';
import { test as recordedTest } from '../e2e/support/test.ts';
import { CANARY, CHANNELS, type ChannelName, misplaced } from './channels.ts';
import { KINDS, type Planted, plantedIn } from './kinds.ts';
import { type Scanner, scannerFor } from './scanner.ts';

const TOOLS = resolve(import.meta.dirname, '..', '..', 'tools');

/** Of every patient of the sandbox, as the charts are now. */
async function plantedInCharts(): Promise<Planted[]> {
  const planted: Planted[] = [];
  for (const { id } of (await launches()).patients) {
    const chart = await openChart({ user: 'clinician', patient: id });
    const found = await Promise.all([
      chart.read<Patient>(`Patient/${id}`),
      chart.search<Coverage>(`Coverage?patient=${id}`),
      chart.search<ServiceRequest>(`ServiceRequest?patient=${id}`),
      chart.search<DocumentReference>(`DocumentReference?patient=${id}&_count=50`),
    ]);
    planted.push(...plantedIn(found.flat()));
  }
  return planted;
}

let scan: Scanner;
let folder: string;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'refloop-phi-'));
  const planted = await plantedInCharts();
  for (const kind of KINDS) expect(planted.filter((each) => each.kind === kind).length, kind).toBeGreaterThan(5);
  scan = scannerFor(planted);
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

function expectClean(channel: ChannelName, text: string): void {
  const { name, proof } = CHANNELS[channel];
  expect(text.includes(proof), `${name}: was written`).toBe(true);
  expect(misplaced(channel, scan(text)), name).toEqual([]);
}

test('the chart itself is found to hold every kind: the scanner looks for what is there', async () => {
  const [first] = (await launches()).patients;
  const chart = await openChart({ user: 'clinician', patient: first?.id ?? '' });
  const person = JSON.stringify(await chart.read<Patient>(`Patient/${first?.id ?? ''}`));
  expect(scan(person)).toEqual(expect.arrayContaining(['a family name', 'a given name', 'a birth date', 'a record number', 'a street']));
});

recordedTest('what a page does is recorded', async ({ page }) => {
  // Kept once it is answered, which may be after the list is seen; the backup is searched for it.
  const kept = page.waitForResponse((answer) => answer.url().endsWith('/recommendations') && answer.request().method() === 'POST');
  await openApp(page, ofOrder('dermatology-1'));
  await expect(specialists(page).first()).toBeVisible();
  await kept;
  await page.evaluate(async (canary) => {
    console.info(canary);
    sessionStorage.setItem(canary, canary);
    await (await fetch(`/nowhere?${canary}`)).text();
  }, CANARY);
});

test(CHANNELS.output.name, () => {
  expectClean('output', readFileSync(join(process.env['REFLOOP_STATE'] ?? '', 'product.log'), 'utf8'));
});

for (const channel of ['addresses', 'ehr-addresses', 'referrers', 'console', 'problems', 'storage'] as const)
  test(CHANNELS[channel].name, () => expectClean(channel, recorded(channel)));

/** As a person would run it beside the product: all that it writes to the terminal. */
function run(command: string, ...args: string[]): string {
  const ended = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', join(TOOLS, `${command}.ts`), ...args], {
    encoding: 'utf8',
    env: process.env,
  });
  const text = `${ended.stdout}\n${ended.stderr}`;
  expect(ended.status, text).toBe(0);
  return text;
}

test('commands, the exported audit log and a backup', () => {
  const [exported, backup] = [join(folder, 'audit.ndjson'), join(folder, 'backup')];
  const said = [
    run('audit', 'verify'),
    run('audit', 'export', exported),
    run('projections', 'check'),
    run('keys', 'status'),
    run('backup', backup),
  ];
  expectClean('commands', said.join('\n'));
  expectClean('audit-export', readFileSync(exported, 'utf8'));
  const tables = readdirSync(backup).filter((file) => file.endsWith('.copy.gz') && !file.startsWith('directory'));
  expect(tables.length).toBeGreaterThan(10);
  expectClean('backup', tables.map((file) => gunzipSync(readFileSync(join(backup, file))).toString('utf8')).join('\n'));
});
