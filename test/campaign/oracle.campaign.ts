/** `npm run campaign -- oracle --seed S [--runs N]`: N random histories (100,000) through the warehouse and through a second implementation. */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { compareWithOracle } from '../oracle/compare.ts';
import { arbitraryLife } from '../oracle/random-history.ts';

const AT_ONCE = 20_000;

export default async function oracleCampaign(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const { values } = parseArgs({ args, options: { seed: { type: 'string', default: '1' }, runs: { type: 'string', default: '100000' } } });
  const [seed, runs] = [Number(values.seed), Number(values.runs)];
  if (!Number.isInteger(seed) || !Number.isInteger(runs) || runs < 1) {
    return { lastLine: 'oracle: --seed and --runs take whole numbers, --runs at least 1', good: false };
  }
  const started = performance.now();
  let [done, events, rows] = [0, 0, 0];
  for (let batch = 0; done < runs; batch += 1) {
    const count = Math.min(AT_ONCE, runs - done);
    const { found, compared } = await compareWithOracle(fc.sample(arbitraryLife, { numRuns: count, seed: seed * 1_000_003 + batch }));
    if (found.length > 0) {
      process.stderr.write(`${found.slice(0, 20).join('\n')}\n`);
      return { lastLine: `oracle: ${found.length} differences in batch ${batch} of seed ${seed}`, good: false };
    }
    done += count;
    events += compared.events;
    rows += compared.rows;
    process.stderr.write(`oracle: ${done} histories\n`);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  return {
    lastLine: `oracle: ${done} histories, ${events} events, ${rows} rows compared, 0 differences, seed ${seed}, ${seconds} s`,
    good: true,
  };
}
