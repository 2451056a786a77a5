/**
 * `npm run campaign -- hostile-documents --seed S [--runs N]`: N documents (100,000) that were made to break the reader, one after the other. Good
 * where each was read or said to be unreadable in time, nothing was said of one that does not stand in it, and no file of the machine came out.
 */
import { parseArgs } from 'node:util';
import { readHostile } from '../inbound/read-hostile.ts';

export default async function hostileDocumentsCampaign(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const { values } = parseArgs({ args, options: { seed: { type: 'string', default: '1' }, runs: { type: 'string', default: '100000' } } });
  const [seed, runs] = [Number(values.seed), Number(values.runs)];
  if (![seed, runs].every(Number.isInteger) || runs < 1)
    return { lastLine: 'hostile-documents: --seed and --runs take whole numbers, --runs at least 1', good: false };
  const run = await readHostile(seed, runs, (done) => process.stderr.write(`hostile-documents: ${done}\n`));
  for (const violation of run.violations.slice(0, 20)) process.stderr.write(`${violation}\n`);
  const reasons = [...run.unreadable].sort(([, left], [, right]) => right - left).map(([why, count]) => `${why} ${count}`);
  const slowest = `${Math.round(run.slowest.cpuMs)} ms of the processor (seed ${run.slowest.seed}; all ${run.cpuSeconds.toFixed(0)} s)`;
  return {
    lastLine: `hostile-documents: ${runs} inputs, ${run.read} read, ${reasons.join(', ')}, ${run.restarts} processes ended, slowest ${slowest}, ${run.violations.length} violations`,
    good: run.violations.length === 0,
  };
}
