import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ImportOptions, importChanges } from './import-histories.ts';
import type { Snapshot } from './snapshot.ts';
import { historyOf, LATER, openHistory, seenHistory, TEST_KEY, withWarehouse } from './test-histories.ts';
import { type SourceReferral, sourceOf } from './test-referral-source.ts';
import { openWarehouse } from './warehouse.ts';

const referral = (id: string, destroyed = false): SourceReferral => {
  const whole = id.startsWith('seen') ? seenHistory(id) : openHistory(id);
  return { whole, events: whole.events.length, destroyed };
};

async function refreshed(
  warehouse: string,
  referrals: readonly SourceReferral[],
  more: Partial<ImportOptions> = {},
): Promise<{ snapshot: Snapshot; reads: string[] }> {
  const source = sourceOf(referrals, (at) => at);
  const options = { warehouse, pseudonymKey: TEST_KEY, now: LATER, reidentify: async () => undefined, memoryMegabytes: 256 };
  return { snapshot: await importChanges(source, { ...options, ...more }), reads: source.reads };
}

test('the manifest says what was read, taken over, removed and left out', async () => {
  await withWarehouse(async (folder) => {
    const first = await refreshed(folder, [referral('a'), referral('b'), referral('seen')]);
    expect(first.snapshot.manifest.reading).toMatchObject({ kind: 'whole', read: 3, unchanged: 0, removed: null, unreadable: 0 });
    const second = await refreshed(folder, [referral('a'), referral('seen', true), referral('new')]);
    expect(second.snapshot.manifest.reading).toMatchObject({ kind: 'changes', read: 1, unchanged: 1, removed: 2, unreadable: 1 });
    expect(second.snapshot.manifest.referrals).toBe(2);
  });
});

test('every pair is given on again: the database may have been restored to a day before it was kept', async () => {
  await withWarehouse(async (folder) => {
    await refreshed(folder, [referral('a'), referral('b')]);
    const given: string[] = [];
    const reidentify: ImportOptions['reidentify'] = async (pairs) => void given.push(...pairs.map(({ referralId }) => referralId));
    const { reads } = await refreshed(folder, [referral('a'), referral('b')], { reidentify });
    expect({ reads, given }).toEqual({ reads: [], given: ['a', 'b'] });
  });
});

test('with another time zone everything is read anew, and days are those of the zone', async () => {
  await withWarehouse(async (folder) => {
    // 02:00 UTC is the evening before in Chicago.
    const events = openHistory('a').events.map((event) => ({
      ...event,
      effectiveAt: '2026-11-20T02:00:00.000Z',
      recordedAt: '2026-11-20T02:00:00.000Z',
    }));
    const late: SourceReferral = { whole: historyOf('a', events), events: events.length, destroyed: false };
    const orderedOn = async (): Promise<(string | null)[]> => {
      const warehouse = openWarehouse({ folder });
      const question = { metric: 'completion', scope: null, segment: {}, category: null, part: 'denominator', limit: 9 } as const;
      const { rows } = await warehouse.drill(question);
      await warehouse.close();
      return rows.map((row) => row.orderedOn);
    };
    await refreshed(folder, [late]);
    expect(await orderedOn()).toEqual(['2026-11-20']);
    const { reads, snapshot } = await refreshed(folder, [late], { timezone: 'America/Chicago' });
    expect(reads).toEqual(['a']);
    expect(snapshot.manifest.reading).toMatchObject({ kind: 'whole', timezone: 'America/Chicago' });
    expect(await orderedOn()).toEqual(['2026-11-19']);
  });
});

test('the day of the snapshot is of the same zone: what was recorded just now is not later than now', async () => {
  await withWarehouse(async (folder) => {
    const now = '2026-11-20T20:00:00.000Z';
    const events = openHistory('a').events.map((event) => ({ ...event, effectiveAt: now, recordedAt: now }));
    const one: SourceReferral = { whole: historyOf('a', events), events: events.length, destroyed: false };
    // In Tokyo it is the 21st already.
    const { snapshot } = await refreshed(folder, [one], { timezone: 'Asia/Tokyo', now });
    expect(snapshot.manifest.referrals).toBe(1);
    const warehouse = openWarehouse({ folder });
    const { rows } = await warehouse.metric({ metric: 'time_to_appointment', by: [], scope: null });
    await warehouse.close();
    expect(rows[0]?.parts['followed_days']).toBe(0);
  });
});

test('snapshots that still hold what was removed go as soon as they are an hour old', async () => {
  await withWarehouse(async (folder) => {
    const names: string[] = [];
    for (const referrals of [[referral('a'), referral('b')], [referral('a'), referral('b')], [referral('a')]]) {
      const now = `2027-0${names.length + 1}-01T00:00:00.000Z`;
      names.push((await refreshed(folder, referrals, { now })).snapshot.manifest.name);
    }
    const snapshots = join(folder, 'snapshots');
    expect(await readdir(snapshots)).toHaveLength(3);
    const old = new Date(Date.now() - 2 * 3_600_000);
    for (const name of names) await utimes(join(snapshots, name), old, old);
    const { snapshot } = await refreshed(folder, [referral('a')], { now: '2027-04-01T00:00:00.000Z' });
    expect((await readdir(snapshots)).sort()).toEqual([names[2], snapshot.manifest.name]);
  });
});
