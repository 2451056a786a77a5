/**
 * A sample of `npm run campaign -- writeback`: real processes, a real PostgreSQL for each, killed in between. What it finds is found again
 * by the line it prints.
 */
import { expect, test } from 'vitest';
import { report, runCampaign } from './campaign.ts';
import { choicesOf } from './choices.ts';

const SEED = 7;
/** Chosen so that they are short, Refloop is killed in one of them and PostgreSQL in another, and one EHR takes messages alone (151). */
const RUNS = [0, 1, 3, 9, 15, 16, 19, 151];
const LANES = 3;
const MOST_MILLISECONDS = 240_000;

test('what happens in a run is drawn from the seed and its number alone', () => {
  const drawn = () => Array.from({ length: 300 }, (_, run) => choicesOf(SEED, run));
  expect(drawn()).toEqual(drawn());
  expect(new Set(drawn().map((choices) => JSON.stringify(choices))).size).toBe(300);
  expect(
    drawn()
      .flatMap(({ kill }, run) => (kill === null ? [] : run))
      .every((run) => run % 10 === 9),
  ).toBe(true);
  expect(choicesOf(SEED + 1, 0)).not.toEqual(choicesOf(SEED, 0));
});

test(
  'one order or a reason, no approval lost, nothing called written that is not in the chart',
  async () => {
    const reports: string[] = [];
    const sum = await runCampaign({
      seed: SEED,
      runs: RUNS,
      lanes: LANES,
      onOutcome: (outcome) => {
        if (outcome.violations.length > 0) reports.push(report(SEED, outcome));
      },
    });
    expect(reports.join('\n'), 'violations').toBe('');
    expect(sum.auditFaults).toEqual([]);
    expect(sum.runs).toBe(RUNS.length);
    // A sample in which nothing went wrong would show nothing.
    const { counts, endings } = sum;
    expect(counts.serverKills).toBeGreaterThan(0);
    expect(counts.postgresKills).toBeGreaterThan(0);
    expect(counts.lostWrites).toBeGreaterThan(0);
    expect(counts.windowsGone).toBeGreaterThan(0);
    expect(counts.ownLooks).toBeGreaterThan(0);
    expect(counts.approvals).toBeGreaterThan(RUNS.length / 2);
    expect(endings.get('done') ?? 0).toBeGreaterThan(RUNS.length / 5);
    expect(endings.get('rung 4, done')).toBe(1);
  },
  MOST_MILLISECONDS,
);
