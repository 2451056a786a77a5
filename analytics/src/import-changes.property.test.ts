/** A snapshot made from changes is the one that reading everything makes, to the byte, whatever happened in between. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { importChanges, type Reidentification } from './import-histories.ts';
import type { Snapshot } from './snapshot.ts';
import { LATER, openHistory, seenHistory, TEST_KEY, takenOffHistory, withWarehouse } from './test-histories.ts';
import { type SourceReferral, sourceOf } from './test-referral-source.ts';

const REFERRALS = 5;
const SMALLEST = 3;

/** What happens to a referral between two refreshes. */
type Change = 'nothing' | 'grows' | 'destroyed' | 'gone';
type Step = { changes: Change[]; order: number[]; fails: boolean; full: boolean };

const step: fc.Arbitrary<Step> = fc.record({
  changes: fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constant('nothing' as const) },
      { weight: 4, arbitrary: fc.constant('grows' as const) },
      { weight: 1, arbitrary: fc.constantFrom('destroyed' as const, 'gone' as const) },
    ),
    { minLength: REFERRALS, maxLength: REFERRALS },
  ),
  order: fc.array(fc.nat(9), { minLength: REFERRALS, maxLength: REFERRALS }),
  fails: fc.boolean(),
  full: fc.integer({ min: 0, max: 5 }).map((drawn) => drawn === 0),
});

const beginning = (): SourceReferral[] =>
  Array.from({ length: REFERRALS }, (_, at) => {
    const whole = at === REFERRALS - 1 ? takenOffHistory(`r${at}`) : at % 2 === 0 ? seenHistory(`r${at}`) : openHistory(`r${at}`);
    return { whole, events: at === REFERRALS - 1 ? whole.events.length : SMALLEST, destroyed: false };
  });

function changed(referrals: readonly SourceReferral[], changes: readonly Change[]): SourceReferral[] {
  return referrals.flatMap((one, at): SourceReferral[] => {
    switch (changes[at] ?? 'nothing') {
      case 'nothing':
        return [one];
      case 'grows':
        return [{ ...one, events: Math.min(one.whole.events.length, one.events + 2) }];
      case 'destroyed':
        return [{ ...one, destroyed: true }];
      case 'gone':
        return [];
    }
  });
}

async function tables({ folder }: Snapshot): Promise<Record<string, string>> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.parquet')).sort();
  return Object.fromEntries(await Promise.all(files.map(async (name) => [name, (await readFile(join(folder, name))).toString('base64')])));
}

test('after any changes, in any order, with failures in between, it equals a whole one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 3 }), async (steps) => {
      await withWarehouse((warehouse) =>
        withWarehouse(async (other) => {
          const options = (folder: string, more: { full?: boolean; reidentify?: (pairs: Reidentification[]) => Promise<void> } = {}) => ({
            warehouse: folder,
            pseudonymKey: TEST_KEY,
            now: LATER,
            reidentify: async () => undefined,
            memoryMegabytes: 256,
            ...more,
          });
          let referrals = beginning();
          await importChanges(
            sourceOf(referrals, (at) => at),
            options(warehouse),
          );
          for (const { changes, order, fails, full } of steps) {
            const before = new Map(referrals.map(({ whole, events }) => [whole.referralId, events]));
            referrals = changed(referrals, changes);
            const source = sourceOf(referrals, (at) => order[at] ?? 0);
            if (fails) {
              const away = async (): Promise<void> => Promise.reject(new Error('away'));
              await importChanges(source, options(warehouse, { reidentify: away })).catch(() => undefined);
            }
            const again = sourceOf(referrals, (at) => order[at] ?? 0);
            const snapshot = await importChanges(again, options(warehouse, { full }));
            const whole = await importChanges(
              sourceOf(referrals, (at) => at),
              options(other, { full: true }),
            );
            expect(await tables(snapshot)).toEqual(await tables(whole));
            const readable = referrals.filter(({ destroyed }) => !destroyed);
            const grown = readable.filter(({ whole: { referralId }, events }) => before.get(referralId) !== events);
            expect(again.reads.toSorted()).toEqual((full ? readable : grown).map(({ whole: { referralId } }) => referralId).toSorted());
            expect(snapshot.manifest.referrals).toBe(readable.length);
          }
        }),
      );
    }),
    { numRuns: 6, seed: 20261128 },
  );
});
