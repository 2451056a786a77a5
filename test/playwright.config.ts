/** The browser tests: the whole product, started as `npm start` does, on ports and a state folder of its own. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';

const chromium = process.env['REFLOOP_CHROMIUM'];
// Workers read the same variables; the first process to load this file sets them.
process.env['REFLOOP_EHR_PORT'] ??= '4310';
process.env['REFLOOP_PORT'] ??= '4320';
process.env['REFLOOP_STATE'] ??= mkdtempSync(join(tmpdir(), 'refloop-e2e-'));

export default defineConfig({
  testDir: './e2e',
  testMatch: '*.e2e.ts',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json']],
  outputDir: './test-results',
  globalTeardown: './e2e/support/remove-state.ts',
  use: {
    baseURL: `http://localhost:${process.env['REFLOOP_EHR_PORT']}`,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    viewport: { width: 1440, height: 900 },
    // No Chromium of the machine: Playwright's own.
    launchOptions: chromium ? { executablePath: chromium } : {},
  },
  webServer: {
    command: `"${process.execPath}" --disable-warning=ExperimentalWarning ../tools/start.ts`,
    url: `http://127.0.0.1:${process.env['REFLOOP_PORT']}/health`,
    timeout: 240_000,
    stdout: 'ignore',
    stderr: 'pipe',
    gracefulShutdown: { signal: 'SIGTERM', timeout: 20_000 },
  },
});
