/**
 * `npm run campaign -- writeback --seed S [--runs N] [--only I] [--first] [--lanes L]`: N random runs (2,000) of mode × fault × crash ×
 * interleaving, L at a time; `--only I` does run I of the seed again, `--first` ends with the first run that fails.
 */
import { parseArgs } from 'node:util';
import { type CampaignSum, report, runCampaign } from '../writeback/campaign.ts';

const LANES = 6;
const PROGRESS_MS = 15_000;

const USAGE = 'writeback: --seed, --runs, --only and --lanes take whole numbers; --runs and --lanes at least 1, --only at least 0';

const whole = (text: string | undefined, least: number): number | undefined => {
  const value = Number(text ?? Number.NaN);
  return Number.isInteger(value) && value >= least ? value : undefined;
};

function lastLine(seed: number, sum: CampaignSum, seconds: number): string {
  const { counts, runs, violations, auditFaults } = sum;
  const what = [
    `${runs} runs`,
    `${counts.approvals} approvals`,
    `${counts.lostWrites} writes lost`,
    `${counts.windowsGone} windows crashed`,
    `${counts.serverKills} kills of Refloop`,
    `${counts.postgresKills} of PostgreSQL (which Refloop outlived ${counts.serverCameBack} times)`,
    `${counts.ownLooks} looks of its own`,
    `${counts.judged} judged by a person`,
    `${counts.withdrawn} withdrawn`,
    `${violations + auditFaults.length} violations`,
  ];
  return `writeback: ${what.join(', ')}, seed ${seed}, ${seconds.toFixed(0)} s`;
}

export default async function writebackCampaign(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string', default: '1' },
      runs: { type: 'string', default: '2000' },
      lanes: { type: 'string', default: String(LANES) },
      only: { type: 'string' },
      first: { type: 'boolean', default: false },
    },
  });
  const [seed, count, lanes] = [whole(values.seed, 0), whole(values.runs, 1), whole(values.lanes, 1)];
  const only = values.only === undefined ? undefined : whole(values.only, 0);
  if (seed === undefined || count === undefined || lanes === undefined || (values.only !== undefined && only === undefined)) {
    return { lastLine: USAGE, good: false };
  }
  const runs = only === undefined ? Array.from({ length: count }, (_, index) => index) : [only];
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  let told = 0;
  const sum = await runCampaign({
    seed,
    runs,
    lanes,
    untilFirst: values.first,
    onOutcome: (outcome, { runs: done, violations }) => {
      if (outcome.violations.length > 0 || only !== undefined) process.stderr.write(`${report(seed, outcome)}\n`);
      if (performance.now() - told < PROGRESS_MS && done < runs.length) return;
      told = performance.now();
      process.stderr.write(
        `writeback: ${done} of ${runs.length} runs, ${(done / seconds()).toFixed(2)} a second, ${violations} violations\n`,
      );
    },
  });
  for (const fault of sum.auditFaults) process.stderr.write(`${fault}\n`);
  process.stderr.write(`endings: ${[...sum.endings].map(([word, times]) => `${word} ${times}`).join(', ')}\n`);
  if (sum.failed.length > 0) process.stderr.write(`failed: ${sum.failed.join(' ')}\n`);
  return { lastLine: lastLine(seed, sum, seconds()), good: sum.violations + sum.auditFaults.length === 0 };
}
