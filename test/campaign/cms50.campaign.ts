/** `npm run campaign -- cms50 --seed S [--runs N]`: N random patients (100,000) through CMS50 in SQL and through a second implementation. */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { compareCms50, TIME_ZONES } from '../oracle/compare-cms50.ts';
import { arbitraryPatient } from '../oracle/random-export.ts';

const AT_ONCE = 5000;

export default async function cms50Campaign(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const { values } = parseArgs({ args, options: { seed: { type: 'string', default: '1' }, runs: { type: 'string', default: '100000' } } });
  const [seed, runs] = [Number(values.seed), Number(values.runs)];
  if (!Number.isInteger(seed) || !Number.isInteger(runs) || runs < 1) {
    return { lastLine: 'cms50: --seed and --runs take whole numbers, --runs at least 1', good: false };
  }
  const started = performance.now();
  let [done, inPopulation, inNumerator] = [0, 0, 0];
  for (let batch = 0; done < runs; batch += 1) {
    const numRuns = Math.min(AT_ONCE, runs - done);
    const timezone = TIME_ZONES[batch % TIME_ZONES.length] ?? 'UTC';
    const compared = await compareCms50(fc.sample(arbitraryPatient, { numRuns, seed: seed * 1_000_003 + batch }), timezone);
    if (compared.found.length > 0) {
      process.stderr.write(`${compared.found.slice(0, 20).join('\n')}\n`);
      return { lastLine: `cms50: ${compared.found.length} differences in batch ${batch} of seed ${seed}`, good: false };
    }
    done += numRuns;
    inPopulation += compared.inPopulation;
    inNumerator += compared.inNumerator;
    process.stderr.write(`cms50: ${done} patients\n`);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  return {
    lastLine: `cms50: ${done} patients, ${inPopulation} in the initial population, ${inNumerator} in the numerator, 0 differences, seed ${seed}, ${seconds} s`,
    good: true,
  };
}
