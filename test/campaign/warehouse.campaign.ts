/**
 * `npm run campaign -- warehouse --seed S [--runs N] [--from histories|export]`: N imports (100) killed at random moments, each followed by one
 * that completes; half of them of our own histories and half of a Bulk export, unless told.
 */
import { parseArgs } from 'node:util';
import { type KilledImports, killImports } from '../warehouse/killed-imports.ts';

export default async function warehouseCampaign(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const options = { seed: { type: 'string', default: '1' }, runs: { type: 'string', default: '100' }, from: { type: 'string' } } as const;
  const { values } = parseArgs({ args, options });
  const [seed, runs] = [Number(values.seed), Number(values.runs)];
  const sources = (['histories', 'export'] as const).filter((from) => values.from === undefined || values.from === from);
  if (sources.length === 0) return { lastLine: 'warehouse: --from is histories or export', good: false };
  if (!Number.isInteger(seed) || !Number.isInteger(runs) || runs < 1) {
    return { lastLine: 'warehouse: --seed and --runs take whole numbers, --runs at least 1', good: false };
  }
  const outcome: KilledImports = { violations: [], kept: 0, switched: 0 };
  for (const [at, from] of sources.entries()) {
    const share = Math.floor(runs / sources.length) + (at < runs % sources.length ? 1 : 0);
    if (share === 0) continue;
    const { violations, kept, switched } = await killImports(share, seed, from, (done) => {
      if (done % 10 === 0) process.stderr.write(`warehouse: ${done} imports of ${from} killed\n`);
    });
    outcome.violations.push(...violations.map((violation) => `${from}, ${violation}`));
    outcome.kept += kept;
    outcome.switched += switched;
  }
  const { violations, kept, switched } = outcome;
  for (const violation of violations.slice(0, 20)) process.stderr.write(`${violation}\n`);
  const counts = `${runs} imports killed (${sources.join(' and ')}), ${kept} before the switch, ${switched} after it`;
  return { lastLine: `warehouse: ${counts}, ${violations.length} violations, seed ${seed}`, good: violations.length === 0 };
}
