/** What the two test runners report of a run, as one count and the names of what failed: whoever keeps only the end of a log reads which. */
import { stripVTControlCharacters } from 'node:util';

/** `failures`: a test each, with the first line of what it says. */
export type TestSum = { passed: number; failed: number; failures: string[] };

/** Of the JSON that Vitest writes (`--reporter=json`), what is read here. */
export type VitestReport = {
  numPassedTests: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] | null }[];
  }[];
};

type PlaywrightSuite = {
  specs: {
    file: string;
    line: number;
    title: string;
    tests: { status: 'skipped' | 'expected' | 'unexpected' | 'flaky'; results: { errors: { message: string }[] }[] }[];
  }[];
  suites?: PlaywrightSuite[];
};

/** Of the JSON that Playwright writes, what is read here. */
export type PlaywrightReport = {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  suites: PlaywrightSuite[];
  errors: { message?: string; value?: string }[];
};

const named = (test: string, words: string | undefined): string => {
  const first = stripVTControlCharacters(words ?? '')
    .trim()
    .split('\n')[0];
  return first ? `${test}: ${first}` : test;
};

/** Files are named from `root` on. One that does not load, or whose hook fails, counts as a failure and is named itself. */
export function vitestSum(report: VitestReport, root: string): TestSum {
  const failures = report.testResults.flatMap((file) => {
    const name = file.name.replace(`${root}/`, '');
    const failed = file.assertionResults.filter((test) => test.status === 'failed');
    const tests = failed.map((test) => named(`${name} › ${test.fullName}`, test.failureMessages?.[0]));
    const isFailed = file.status === 'failed' && (failed.length === 0 || file.message !== '');
    return isFailed ? [...tests, named(name, file.message)] : tests;
  });
  return { passed: report.numPassedTests, failed: failures.length, failures };
}

/** A skipped test is a test that did not pass: nothing is skipped in silence. */
export function playwrightSum(report: PlaywrightReport): TestSum {
  const below = (suite: PlaywrightSuite): string[] => [
    ...suite.specs.flatMap(({ file, line, title, tests }) =>
      tests
        .filter((test) => test.status === 'unexpected' || test.status === 'skipped')
        .map((test) =>
          named(`${file}:${line} › ${title}`, test.status === 'skipped' ? 'skipped' : test.results.at(-1)?.errors[0]?.message),
        ),
    ),
    ...(suite.suites ?? []).flatMap(below),
  ];
  const { expected, unexpected, flaky, skipped } = report.stats;
  return {
    passed: expected + flaky,
    failed: unexpected + skipped,
    failures: [...report.suites.flatMap(below), ...report.errors.map((error) => named('playwright', error.message ?? error.value))],
  };
}

/** A runner that ended badly without a failed test (a crash, an error outside of any test, no report at all) counts as one failure. */
export function runSum(runner: string, sum: TestSum | undefined, status: number | null): TestSum {
  const { passed, failed, failures } = sum ?? { passed: 0, failed: 0, failures: [] };
  if (status === 0 || failed > 0) return { passed, failed, failures };
  return { passed, failed: 1, failures: failures.length > 0 ? failures : [`${runner} ended with ${status ?? 'a signal'}`] };
}
