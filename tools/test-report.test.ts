import { describe, expect, it } from 'vitest';
import { playwrightSum, runSum, vitestSum } from './test-report.ts';

const file = (status: string, message: string, assertionResults: { fullName: string; status: string; failureMessages: string[] }[]) => ({
  name: '/house/api/loop.test.ts',
  status,
  message,
  assertionResults,
});

describe('what Vitest reports', () => {
  it('names a failed test by file and title, with the first line of what it says', () => {
    const assertionResults = [
      { fullName: 'loop closes', status: 'passed', failureMessages: [] },
      {
        fullName: 'loop ends',
        status: 'failed',
        failureMessages: ['\u001b[31mAssertionError: expected 1 to be 2\u001b[39m\n    at loop.test.ts:3'],
      },
    ];
    const report = { numPassedTests: 1, testResults: [file('failed', '', assertionResults)] };
    expect(vitestSum(report, '/house')).toEqual({
      passed: 1,
      failed: 1,
      failures: ['api/loop.test.ts › loop ends: AssertionError: expected 1 to be 2'],
    });
  });

  it('names a file that does not load, which has no test to count', () => {
    const report = { numPassedTests: 5, testResults: [file('failed', 'Error: no such module', [])] };
    const sum = runSum('vitest', vitestSum(report, '/house'), 1);
    expect(sum).toEqual({ passed: 5, failed: 1, failures: ['api/loop.test.ts: Error: no such module'] });
  });
});

it('a hook that fails beside a test that does is one more', () => {
  const failed = { fullName: 'loop ends', status: 'failed', failureMessages: ['Error: no'] };
  const report = { numPassedTests: 1, testResults: [file('failed', 'Error: the database did not close', [failed])] };
  expect(vitestSum(report, '/house')).toEqual({
    passed: 1,
    failed: 2,
    failures: ['api/loop.test.ts › loop ends: Error: no', 'api/loop.test.ts: Error: the database did not close'],
  });
});

describe('what Playwright reports', () => {
  const spec = (title: string, status: 'skipped' | 'expected' | 'unexpected', errors: { message: string }[] = []) => ({
    file: 'e2e/office.e2e.ts',
    line: 7,
    title,
    tests: [{ status, results: [{ errors }] }],
  });

  it('names failed and skipped tests at any depth: nothing is skipped in silence', () => {
    const report = {
      stats: { expected: 1, unexpected: 1, flaky: 0, skipped: 1 },
      suites: [
        {
          specs: [spec('a', 'expected')],
          suites: [{ specs: [spec('b', 'unexpected', [{ message: 'Error: gone\nlog' }]), spec('c', 'skipped')] }],
        },
      ],
      errors: [],
    };
    expect(playwrightSum(report)).toEqual({
      passed: 1,
      failed: 2,
      failures: ['e2e/office.e2e.ts:7 › b: Error: gone', 'e2e/office.e2e.ts:7 › c: skipped'],
    });
  });

  it('names what kept the run from beginning', () => {
    const report = { stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0 }, suites: [], errors: [{ message: 'Error: no server' }] };
    expect(runSum('playwright', playwrightSum(report), 1)).toEqual({ passed: 0, failed: 1, failures: ['playwright: Error: no server'] });
  });
});

it('a runner that ended without a report is one failure, by its name', () => {
  expect(runSum('vitest', undefined, null)).toEqual({ passed: 0, failed: 1, failures: ['vitest ended with a signal'] });
});

it('a run without a fault has none', () => {
  expect(runSum('vitest', { passed: 3, failed: 0, failures: [] }, 0)).toEqual({ passed: 3, failed: 0, failures: [] });
});
