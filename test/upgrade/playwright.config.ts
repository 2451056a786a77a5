/** For `make-state.ts`: the product and the browser as the browser tests have them, and the work of this folder. */
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import base from '../playwright.config.ts';

// The state folder of this work is kept.
const { globalTeardown: _removed, ...shared } = base;
const product = Array.isArray(base.webServer) ? base.webServer[0] : base.webServer;
if (!product) throw new Error('The browser tests start no product.');

export default defineConfig({
  ...shared,
  projects: [{ name: 'upgrade', testDir: '.', testMatch: '*.e2e.ts' }],
  outputDir: './test-results',
  webServer: { ...product, cwd: join(import.meta.dirname, '..') },
});
