/**
 * `npm run campaign -- kill --seed S [--runs N] [--lanes N]`: Refloop as `main.ts` starts it, on a PostgreSQL of its own, while people sign, send,
 * answer, book and review; `kill -9` N times (200) of Refloop, of one back end of PostgreSQL, of all of PostgreSQL, or of both. Whatever somebody was
 * told is there, and once. What left is there once where the other side honours a key or can be searched, else at most once, with each doubt on
 * somebody's worklist.
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { openOwnPostgres } from '../../tools/own-postgres.ts';
import { type KillRun, runKills } from '../kill/kill-runs.ts';

const USAGE = 'kill: --seed, --runs and --lanes take whole numbers; --runs and --lanes at least 1';

const listed = (counts: Map<string, number>): string =>
  [...counts]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, times]) => `${name} ${times}`)
    .join(', ');

function report(run: KillRun): string[] {
  const { refloop, backend, postmaster, both } = run.kills;
  const { answered, cutOff, away, failed } = run.requests;
  return [
    `kills: Refloop ${refloop}, a back end of PostgreSQL ${backend}, PostgreSQL ${postmaster}, both ${both}; ${run.early} of them during a start`,
    `aimed at the other side: ${listed(run.aimed)}`,
    `requests: ${answered} answered, ${cutOff} without an answer, ${away} told to ask again; refused: ${listed(failed)}`,
    `${run.referrals} referrals, ${run.events} events, ${run.facts} facts asked for, ${run.acknowledged} acknowledged, ${run.askedAgain} asked for again, ${run.documents} documents`,
    `the other side took ${run.mails} mails, ${run.faxes} faxes, ${run.texts} text messages, ${run.tasks} Tasks, ${run.notes} notes and receipts; ${run.repeated} requests repeated a key`,
    `outbox: ${listed(run.effects)}; ${run.doubts} doubts on a worklist, ${run.doubtsThatHappened} of which had happened`,
  ];
}

export default async function killCampaign(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const options = {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '200' },
    lanes: { type: 'string', default: '10' },
  } as const;
  const { values } = parseArgs({ args, options });
  const [seed, kills, lanes] = [Number(values.seed), Number(values.runs), Number(values.lanes)];
  if (![seed, kills, lanes].every(Number.isInteger) || kills < 1 || lanes < 1) return { lastLine: USAGE, good: false };
  const started = performance.now();
  const loads: number[] = [];
  const ehr = await openOwnPostgres();
  process.once('exit', ehr.discard);
  try {
    const run = await runKills({
      seed,
      kills,
      lanes,
      ehrDatabaseUrl: ehr.url,
      told: (line) => {
        loads.push(loadavg()[0] ?? 0);
        process.stderr.write(`kill: ${line}\n`);
      },
    });
    for (const line of report(run)) process.stderr.write(`${line}\n`);
    for (const violation of run.violations) process.stderr.write(`VIOLATION ${violation}\n`);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    const load = (loads.reduce((sum, each) => sum + each, 0) / Math.max(1, loads.length)).toFixed(1);
    const all = Object.values(run.kills).reduce((sum, each) => sum + each, 0);
    const said = [
      `${all} kills`,
      `${run.acknowledged} acknowledged`,
      `${run.violations.length} violations`,
      `seed ${seed}`,
      `${seconds} s`,
    ];
    return { lastLine: `kill: ${said.join(', ')}, load ${load} on ${availableParallelism()} cores`, good: run.violations.length === 0 };
  } finally {
    process.off('exit', ehr.discard);
    await ehr.close();
  }
}
