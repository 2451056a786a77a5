/**
 * `npm run campaign -- hostile-doors --seed S [--runs N]`: N requests (40,000) to the doors that stand open to people without an account, on the real
 * app over a PostgreSQL of its own: links of offices and patients, uploads, gateways, text messages; then a twentieth as many from one address with
 * requests counted. Good where none was let in without what opens it, none told of a patient or was answered by an error of ours, what was
 * refused wrote nothing, the log tells nobody, the limits hold and the process stays as large as it is. Every 500 requests all links are new: what is
 * found at seed 1,377 is found again by `--seed 1001 --runs 500`.
 */
import { parseArgs } from 'node:util';
import { openOwnPostgres } from '../../tools/own-postgres.ts';
import { floodDoors, tryDoors } from '../hostile-doors/try-doors.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

export default async function hostileDoorsCampaign(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const { values } = parseArgs({ args, options: { seed: { type: 'string', default: '1' }, runs: { type: 'string', default: '40000' } } });
  const [seed, runs] = [Number(values.seed), Number(values.runs)];
  if (![seed, runs].every(Number.isInteger) || runs < 1)
    return { lastLine: 'hostile-doors: --seed and --runs take whole numbers, --runs at least 1', good: false };
  const started = performance.now();
  const postgres = await openOwnPostgres();
  try {
    const run = await tryDoors({ from: seed, requests: runs, url: postgres.url, told: (done) => say(`hostile-doors: ${done}`) });
    for (const violation of run.violations.slice(0, 20)) say(violation);
    const flood = await floodDoors({ from: seed, requests: Math.ceil(runs / 20), url: postgres.url });
    const violations = [...run.violations, ...flood.violations];
    for (const violation of flood.violations.slice(0, 20)) say(violation);
    for (const [door, { tried, letIn }] of run.doors) say(`${door}: ${tried} tried, ${letIn} let in`);
    const statuses = [...run.statuses].toSorted(([left], [right]) => left - right).map(([status, count]) => `${status} ${count}`);
    const slowest = `${Math.round(run.slowest.milliseconds)} ms (seed ${run.slowest.seed})`;
    const flooded = `${flood.requests} from one address, ${[...flood.answered.values()].reduce((sum, each) => sum + each, 0)} answered`;
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    const { user, system } = process.cpuUsage();
    const cpu = ((user + system) / 1e6).toFixed(0);
    return {
      lastLine: `hostile-doors: ${runs} requests (${statuses.join(', ')}), ${flooded}, grown by ${Math.round(run.grown / 1e6)} MB, slowest ${slowest}, ${violations.length} violations, seed ${seed}, ${seconds} s, ${cpu} s of the processor besides PostgreSQL`,
      good: violations.length === 0,
    };
  } finally {
    await postgres.close();
  }
}
