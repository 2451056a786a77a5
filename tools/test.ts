/** `npm test`: unit and API tests (Vitest on a real PostgreSQL), then the browser tests (Playwright). Last line: the sum. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startProduct } from '../test/support/product.ts';
import { buildApp } from './app-build.ts';
import { findChromium } from './chromium.ts';
import { ROOT } from './environment.ts';
import { type PlaywrightReport, playwrightSum, runSum, type TestSum, type VitestReport, vitestSum } from './test-report.ts';
import { temporaryState } from './test-state.ts';

const scratch = temporaryState('refloop-results-');
// Tests start a hundred processes out of the same sources: each takes what Node made of them from here (a third less to start a command).
process.env['NODE_COMPILE_CACHE'] ??= join(ROOT, 'node_modules', '.cache', 'compile');
const results = (name: string): string => join(scratch, `${name}.json`);

type Reports = { vitest: VitestReport; playwright: PlaywrightReport };

function read<Name extends keyof Reports>(name: Name): Reports[Name] | undefined {
  return existsSync(results(name)) ? (JSON.parse(readFileSync(results(name), 'utf8')) as Reports[Name]) : undefined;
}

function vitest(filters: string[]): TestSum {
  const cli = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [cli, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${results('vitest')}`, ...filters];
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
  const report = read('vitest');
  return runSum('vitest', report && vitestSum(report, ROOT), status);
}

/**
 * A state folder as a first start leaves it, with the built-in patients and the directory: several products begin from a copy of it, and
 * making it takes what a dozen tests take. None where a product runs already, or with a database of one's own.
 */
async function firstState(): Promise<string | undefined> {
  if (process.env['REFLOOP_E2E_REUSE'] === '1' || process.env['DATABASE_URL']) return undefined;
  const state = join(scratch, 'first-state');
  const product = await startProduct({ state });
  await product.stop();
  return state;
}

async function playwright(filters: string[]): Promise<TestSum> {
  await buildApp();
  const chromium = findChromium();
  const first = await firstState();
  const cli = join(ROOT, 'test', 'node_modules', '@playwright', 'test', 'cli.js');
  const { status } = spawnSync(process.execPath, [cli, 'test', '--config', join(ROOT, 'test', 'playwright.config.ts'), ...filters], {
    cwd: join(ROOT, 'test'),
    stdio: 'inherit',
    env: {
      ...process.env,
      PLAYWRIGHT_JSON_OUTPUT_NAME: results('playwright'),
      ...(chromium ? { REFLOOP_CHROMIUM: chromium } : {}),
      ...(first ? { REFLOOP_FIRST_STATE: first } : {}),
    },
  });
  const report = read('playwright');
  return runSum('playwright', report && playwrightSum(report), status);
}

const [only, ...filters] = process.argv.slice(2);
const sums: TestSum[] = [];
try {
  if (only !== 'e2e') sums.push(vitest(only === 'unit' ? filters : []));
  if (only !== 'unit') sums.push(await playwright(only === 'e2e' ? filters : []));
} catch (error) {
  sums.push({ passed: 0, failed: 1, failures: [(error as Error).message] });
}
rmSync(scratch, { recursive: true, force: true });
const passed = sums.reduce((sum, each) => sum + each.passed, 0);
const failed = sums.reduce((sum, each) => sum + each.failed, 0);
for (const failure of sums.flatMap((sum) => sum.failures)) process.stdout.write(`Failed: ${failure}\n`);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
