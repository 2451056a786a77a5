/** A small sample of `npm run simulate`, and one guard taken away; all of them are found by `npm run campaign -- mutants`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findMutant } from './find-mutants.ts';
import { MUTANTS } from './mutants.ts';
import { runSeed } from './run-seed.ts';
import { runWorlds, type WorldRun } from './worlds.ts';

const ROOT = join(import.meta.dirname, '..', '..');

test('nothing is violated, and the same seed gives the same world', async () => {
  const first = await runSeed(3, 14);
  expect(first.violations).toEqual([]);
  expect(first.events).toBeGreaterThan(200);
  expect(first.faults).toBeGreaterThan(20);
  const again = await runSeed(3, 14);
  expect([await again.digest(), again.events, again.faults]).toEqual([await first.digest(), first.events, first.faults]);
});

test('a world is the same on a thread beside another one', async () => {
  const told: WorldRun[] = [];
  await runWorlds([4, 5], 8, 2, (run) => told.push(run));
  const { digest: _digest, ...alone } = await runSeed(5, 8);
  expect(told.map(({ seed }) => seed).toSorted()).toEqual(['4', '5']);
  expect(told.find(({ seed }) => seed === '5')).toEqual(alone);
});

test('every guard that is taken away still stands where the list says', () => {
  for (const { file, from, guard } of MUTANTS) {
    expect([guard, readFileSync(join(ROOT, file), 'utf8').split(from).length]).toEqual([guard, 2]);
  }
});

test('a guard that is taken away is found', async () => {
  const at = MUTANTS.findIndex(({ guard }) => guard === 'each step of the policy is taken once');
  const mutant = MUTANTS[at];
  if (!mutant) throw new Error('There is no such mutant.');
  expect((await findMutant(mutant, at, { from: 1, seeds: 1, referrals: 6 })).rule).toBe('duplicate');
});
