/** `npm run campaign -- matching --seed S [--runs N]`: N random requests (10,000) against the plain search and the rules. */
import { parseArgs } from 'node:util';
import { SEED_V1 } from '@refloop/domain/matching/policies';
import fc from 'fast-check';
import { arbitraryDirectory, arbitraryRequest } from '../matching/arbitraries.ts';
import { checkMatching } from '../matching/properties.ts';

const REQUESTS_A_DIRECTORY = 10;

export default async function matchingCampaign(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const { values } = parseArgs({ args, options: { seed: { type: 'string', default: '1' }, runs: { type: 'string', default: '10000' } } });
  const [seed, runs] = [Number(values.seed), Number(values.runs)];
  if (!Number.isInteger(seed) || !Number.isInteger(runs) || runs < 1) {
    return { lastLine: 'matching: --seed and --runs take whole numbers, --runs at least 1', good: false };
  }
  const directories = Math.ceil(runs / REQUESTS_A_DIRECTORY);
  let done = 0;
  const started = performance.now();
  const outcome = fc.check(
    fc.property(
      arbitraryDirectory,
      fc.array(arbitraryRequest, { minLength: REQUESTS_A_DIRECTORY, maxLength: REQUESTS_A_DIRECTORY }),
      (directory, requests) => {
        checkMatching(directory, requests, SEED_V1);
        done += requests.length;
        if (done % 1000 === 0) process.stderr.write(`matching: ${done} requests\n`);
      },
    ),
    { numRuns: directories, seed },
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (!outcome.failed) return { lastLine: `matching: ${done} requests, 0 violations, seed ${seed}, ${seconds} s`, good: true };
  process.stderr.write(`${fc.defaultReportMessage(outcome) ?? ''}\n`);
  return { lastLine: `matching: violation after ${done} requests, seed ${seed}, path ${outcome.counterexamplePath ?? ''}`, good: false };
}
