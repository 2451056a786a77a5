/**
 * `npm run campaign -- coverage --seed S [--runs N] [--referrals R]`: N seeds (200) of the simulated practice through the warehouse, and
 * how often every interval covers the truth, as many seeds without anything planted raise an alarm, and the planted bias is found. `--truths` counts the truths anew in a very large simulation instead.
 */
import { parseArgs } from 'node:util';
import { FALSE_DISCOVERY_RATE } from '@refloop/analytics/fairness/fairness-definition';
import { metricIds } from '@refloop/analytics/metric-definition';
import {
  ALPHA,
  type Alarms,
  type CleanSeed,
  type Covered,
  cleanSeed,
  cleanTruths,
  judge,
  judgeAlarms,
  judgePower,
  type PlantedSeed,
  type Power,
  parameterTruths,
  plantedSeed,
  seedName,
} from '../coverage/coverage.ts';
import { countNullReports, NULL_REPORT } from '../coverage/null-reports.ts';
import { countTruths, LARGE, readTruths } from '../coverage/truths.ts';

/** Reports in which many groups are drawn alike; they take milliseconds each. */
const NULL_REPORTS = 2000;

const OPTIONS = {
  seed: { type: 'string', default: '1' },
  runs: { type: 'string', default: '200' },
  referrals: { type: 'string', default: '2000' },
  truths: { type: 'boolean', default: false },
} as const;

const share = (covered: number, asked: number): string => `${((100 * covered) / asked).toFixed(1)} %`;

const lineOf = ({ key, truth, covered, asked, accepted, good }: Covered): string =>
  `  ${good ? ' ' : '!'} ${share(covered, asked)} (${covered} of ${asked}; ${accepted.low} to ${accepted.high} accepted)  ${key}, truth ${truth.toFixed(4)}`;

const powerLine = ({ measure, truth, reports, found, detectable, power, saidDetectable, accepted, good }: Power): string =>
  `  ${good ? ' ' : '!'} planted bias in ${measure}, true gap ${truth.toFixed(4)}: found in ${found} of ${reports}; its power is ${power.toFixed(3)}, so that ` +
  `${accepted.low} to ${accepted.high} are accepted; ${detectable.toFixed(3)} can be found with 80 % (the reports said ${saidDetectable.toFixed(3)} in the mean)`;

const alarmLine = (what: string, { reports, withAlarm, accepted, good }: Alarms): string =>
  `  ${good ? ' ' : '!'} alarms of ${what} where nothing is planted: in ${withAlarm} of ${reports} reports; at most ${accepted} accepted of 5 %`;

export default async function coverageCampaign(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const { values } = parseArgs({ args, options: OPTIONS });
  const [seed, runs, referrals] = [Number(values.seed), Number(values.runs), Number(values.referrals)];
  if (![seed, runs, referrals].every(Number.isInteger) || runs < 1 || referrals < 1) {
    return { lastLine: 'coverage: --seed, --runs and --referrals take whole numbers, the last two at least 1', good: false };
  }
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  if (values.truths) {
    const { truths } = countTruths((name) => say(`coverage: ${name} of ${LARGE.seeds}`));
    return { lastLine: `coverage: ${Object.keys(truths).length} truths from ${LARGE.seeds} × ${LARGE.referrals} referrals`, good: true };
  }
  const started = performance.now();
  const planted: PlantedSeed[] = [];
  const clean: CleanSeed[] = [];
  for (let run = 1; run <= runs; run += 1) {
    planted.push(await plantedSeed(seedName(seed, run), referrals));
    clean.push(await cleanSeed(seedName(seed, run), referrals));
    if (run % 10 === 0) say(`coverage: ${run} seeds, ${((performance.now() - started) / 1000 / run).toFixed(1)} s a seed`);
  }
  const kept = readTruths();
  const unjudged = metricIds().filter((id) => !kept.metrics.includes(id));
  if (unjudged.length > 0) say(`coverage: without a truth, and so not judged: ${unjudged.join(', ')}; count them with --truths`);
  const truths = new Map([
    ...parameterTruths(),
    ...cleanTruths(),
    ...Object.entries(kept.truths).map(([key, { value }]) => [key, value] as const),
  ]);
  const judged = [
    ...judge(
      truths,
      planted.map(({ given }) => given),
    ),
    ...judge(
      truths,
      clean.map(({ given }) => given),
    ),
  ];
  const power = judgePower(
    kept.gaps,
    (kept.seeds * kept.referrals) / referrals,
    planted.map(({ biased }) => biased),
  );
  const gapAlarms = judgeAlarms(clean.map(({ gapsCalled }) => gapsCalled));
  const driftAlarms = judgeAlarms(clean.map(({ driftCalled }) => driftCalled));
  const { withAlarm, withAnyBelow } = countNullReports(seed, NULL_REPORTS, FALSE_DISCOVERY_RATE);
  const nullAlarms = judgeAlarms(Array.from({ length: NULL_REPORTS }, (_, at) => (at < withAlarm ? 1 : 0)));
  if (referrals !== kept.report)
    say(`coverage: power is computed for reports of ${kept.report} referrals, and is not quite that of ${referrals}`);
  for (const each of judged) say(lineOf(each));
  for (const each of power) say(powerLine(each));
  say(alarmLine('gaps', gapAlarms));
  say(alarmLine('drift', driftAlarms));
  say(
    alarmLine(`gaps between ${NULL_REPORT.comparisons} groups drawn alike (each alone would call in ${withAnyBelow} reports)`, nullAlarms),
  );
  const failed = judged.filter(({ good }) => !good).length;
  const [covered, asked] = [judged.reduce((sum, each) => sum + each.covered, 0), judged.reduce((sum, each) => sum + each.asked, 0)];
  return {
    lastLine:
      `coverage: ${runs} seeds of ${referrals} referrals, seed ${seed}; ${judged.length} intervals of 95 %, ${share(covered, asked)} cover, ` +
      `${failed} outside what the exact test accepts at ${ALPHA}; alarms in ${gapAlarms.withAlarm} (gaps) and ${driftAlarms.withAlarm} (drift) of ${runs} clean, ${withAlarm} of ${NULL_REPORTS} drawn; ` +
      `planted bias found in ${power.map(({ measure, found }) => `${found} (${measure})`).join(', ')}`,
    good: failed === 0 && gapAlarms.good && driftAlarms.good && nullAlarms.good && power.every(({ good }) => good),
  };
}
