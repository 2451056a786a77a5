/** `npm test`: unit and API tests (Vitest on a real PostgreSQL), then the browser tests (Playwright). Last line: the sum. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startProduct } from '../test/support/product.ts';
import { buildApp } from './app-build.ts';
import { findChromium } from './chromium.ts';
import { ROOT, say } from './environment.ts';
import { temporaryState } from './test-state.ts';

type Sum = { passed: number; failed: number };

const scratch = temporaryState('refloop-results-');
// Tests start a hundred processes out of the same sources: each takes what Node made of them from here (a third less to start a command).
process.env['NODE_COMPILE_CACHE'] ??= join(ROOT, 'node_modules', '.cache', 'compile');
const results = (name: string): string => join(scratch, `${name}.json`);

type VitestReport = { numPassedTests: number; numFailedTests: number };
type PlaywrightReport = { stats: { expected: number; unexpected: number; flaky: number; skipped: number } };
type Reports = { vitest: VitestReport; playwright: PlaywrightReport };

function read<Name extends keyof Reports>(name: Name): Reports[Name] | undefined {
  return existsSync(results(name)) ? (JSON.parse(readFileSync(results(name), 'utf8')) as Reports[Name]) : undefined;
}

/** A runner that ended badly without a failed test (a file that does not load, a crash) counts as one failure. */
const atLeastOne = (sum: Sum, status: number | null): Sum => (status !== 0 && sum.failed === 0 ? { ...sum, failed: 1 } : sum);

function vitest(filters: string[]): Sum {
  const cli = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [cli, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${results('vitest')}`, ...filters];
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
  const report = read('vitest');
  return atLeastOne({ passed: report?.numPassedTests ?? 0, failed: report?.numFailedTests ?? 0 }, status);
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

async function playwright(filters: string[]): Promise<Sum> {
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
  const stats = report?.stats;
  // A skipped test is a test that did not pass: nothing is skipped in silence.
  return atLeastOne(
    { passed: (stats?.expected ?? 0) + (stats?.flaky ?? 0), failed: (stats?.unexpected ?? 0) + (stats?.skipped ?? 0) },
    status,
  );
}

const [only, ...filters] = process.argv.slice(2);
const sums: Sum[] = [];
try {
  if (only !== 'e2e') sums.push(vitest(only === 'unit' ? filters : []));
  if (only !== 'unit') sums.push(await playwright(only === 'e2e' ? filters : []));
} catch (error) {
  say((error as Error).message);
  sums.push({ passed: 0, failed: 1 });
}
rmSync(scratch, { recursive: true, force: true });
const passed = sums.reduce((sum, each) => sum + each.passed, 0);
const failed = sums.reduce((sum, each) => sum + each.failed, 0);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
