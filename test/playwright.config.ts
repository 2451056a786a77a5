/** The browser tests: the whole product, started as `npm start` does, on ports and a state folder of its own. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { copyState, temporaryState } from '../tools/test-state.ts';

const chromium = process.env['REFLOOP_CHROMIUM'];
// Workers read the same variables; the first process to load this file sets them.
process.env['REFLOOP_EHR_PORT'] ??= '4310';
process.env['REFLOOP_PORT'] ??= '4320';
if (process.env['REFLOOP_STATE'] === undefined) {
  process.env['REFLOOP_STATE'] = temporaryState('refloop-e2e-');
  const first = process.env['REFLOOP_FIRST_STATE'];
  if (first) copyState(first, process.env['REFLOOP_STATE']);
}
// The simulated practice is loaded where a test starts a product of its own and asks for it: here it would slow all others.
process.env['REFLOOP_HISTORY'] ??= 'off';
const state = process.env['REFLOOP_STATE'];
mkdirSync(state, { recursive: true });
/** What the servers say goes here, and is searched for patients' data when the suite is done. */
const log = join(state, 'product.log');

/** Minutes each, one test after the other in a worker of their own: begun last, they would run alone at the end. */
const LONGEST = ['insights.e2e.ts', 'played-days.e2e.ts', 'faults.e2e.ts', 'courses.e2e.ts'];

export default defineConfig({
  fullyParallel: false,
  // Each test has a patient of its own, and most of its time it waits: more workers than processors.
  workers: 4,
  retries: 0,
  forbidOnly: true,
  // A wait ends when what it waits for is there. These are for what never comes, and for machines three times slower than a good one.
  timeout: 300_000,
  expect: { timeout: 60_000, toPass: { timeout: 120_000 } },
  reporter: [['list'], ['json']],
  outputDir: './test-results',
  globalTeardown: './e2e/support/remove-state.ts',
  projects: [
    { name: 'longest', testDir: './e2e', testMatch: LONGEST, teardown: 'phi' },
    { name: 'e2e', testDir: './e2e', testMatch: '*.e2e.ts', testIgnore: LONGEST, teardown: 'phi' },
    // Whatever happened above: nothing about a patient stands where it does not belong.
    { name: 'phi', testDir: './phi', testMatch: '*.e2e.ts' },
  ],
  use: {
    baseURL: `http://localhost:${process.env['REFLOOP_EHR_PORT']}`,
    actionTimeout: 60_000,
    // Recorded for every test and thrown away for each that passes, it takes a quarter of the browser's time: `npm test -- e2e FILTER --trace on`.
    trace: 'off',
    screenshot: 'only-on-failure',
    viewport: { width: 1440, height: 900 },
    // No Chromium of the machine: Playwright's own.
    launchOptions: {
      ...(chromium ? { executablePath: chromium } : {}),
      // Playwright switches storage partitioning off by this flag, and the last one counts. Without partitioning, a browser that
      // blocks third-party storage gives the app's cross-site frame no session storage at all; every shipped Chrome partitions.
      args: ['--disable-features=Translate'],
    },
  },
  webServer: {
    command: `"${process.execPath}" --disable-warning=ExperimentalWarning ../tools/start.ts >> "${log}" 2>&1 || { tail -n 20 "${log}" >&2; false; }`,
    url: `http://127.0.0.1:${process.env['REFLOOP_PORT']}/health`,
    timeout: 600_000,
    stdout: 'ignore',
    stderr: 'pipe',
    // While writing tests: start the product once on the same ports, its output into product.log, and set this.
    reuseExistingServer: process.env['REFLOOP_E2E_REUSE'] === '1',
    gracefulShutdown: { signal: 'SIGTERM', timeout: 20_000 },
  },
});
