/** `npm run campaign -- warehouse --seed S [--runs N]`: N imports (100) killed at random moments, each followed by one that completes. */
import { parseArgs } from 'node:util';
import { killImports } from '../warehouse/killed-imports.ts';

export default async function warehouseCampaign(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const { values } = parseArgs({ args, options: { seed: { type: 'string', default: '1' }, runs: { type: 'string', default: '100' } } });
  const [seed, runs] = [Number(values.seed), Number(values.runs)];
  if (!Number.isInteger(seed) || !Number.isInteger(runs) || runs < 1) {
    return { lastLine: 'warehouse: --seed and --runs take whole numbers, --runs at least 1', good: false };
  }
  const { violations, kept, switched } = await killImports(runs, seed, (done) => {
    if (done % 10 === 0) process.stderr.write(`warehouse: ${done} imports killed\n`);
  });
  for (const violation of violations.slice(0, 20)) process.stderr.write(`${violation}\n`);
  const counts = `${runs} imports killed, ${kept} before the switch, ${switched} after it`;
  return { lastLine: `warehouse: ${counts}, ${violations.length} violations, seed ${seed}`, good: violations.length === 0 };
}
