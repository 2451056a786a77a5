/**
 * `npm run campaign -- kill --seed S [--runs N]`: Refloop as `main.ts` starts it, on a PostgreSQL of its own, ended by `kill -9` N times (200)
 * while people put on record what they did. Whatever somebody was told is there, and once; what nobody was told of is there once or not at all.
 */
import { parseArgs } from 'node:util';
import { type KillRun, runKills } from '../kill/kill-runs.ts';

const USAGE = 'kill: --seed and --runs take whole numbers; --runs at least 1';

export default async function killCampaign(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const options = { seed: { type: 'string', default: '1' }, runs: { type: 'string', default: '200' } } as const;
  const { values } = parseArgs({ args, options });
  const [seed, runs] = [Number(values.seed), Number(values.runs)];
  if (!Number.isInteger(seed) || !Number.isInteger(runs) || runs < 1) return { lastLine: USAGE, good: false };
  const started = performance.now();
  const run: KillRun = await runKills(seed, runs, (done) => process.stderr.write(`kill: ${done} of ${runs}\n`));
  for (const violation of run.violations) process.stderr.write(`VIOLATION ${violation}\n`);
  const { pressed, acknowledged, doubtful, events, effects } = run;
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const what = [`${run.kills} kills`, `${pressed} presses`, `${acknowledged} acknowledged`, `${doubtful} cut off and pressed again`];
  const found = [`${events} events`, `${effects} effects`, `${run.violations.length} violations`, `seed ${seed}`, `${seconds} s`];
  return { lastLine: `kill: ${[...what, ...found].join(', ')}`, good: run.violations.length === 0 };
}
