import { fork } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReferralEvent, ReferralFact } from '@refloop/domain/referral/event';
import { readFact } from '@refloop/domain/referral/upcast';
import { describe, expect, test } from 'vitest';
import { ChecksFailed } from './import-histories.ts';
import { flatten, safeZip3 } from './input-event.ts';
import type { MetricResult } from './metric-result.ts';
import { KEPT_MODELS } from './models.ts';
import { createPseudonyms } from './pseudonym.ts';
import { currentSnapshot, NewerSnapshotInForce } from './snapshot.ts';
import { historyOf, importAll, LATER, openHistory, seenHistory, TEST_KEY, takenOffHistory, withWarehouse } from './test-histories.ts';
import { NoSnapshot, openWarehouse, SnapshotOfAnotherVersion } from './warehouse.ts';

async function completionOf(folder: string): Promise<MetricResult> {
  const warehouse = openWarehouse({ folder });
  try {
    return await warehouse.metric({ metric: 'completion', by: [], scope: null });
  } finally {
    await warehouse.close();
  }
}

const rowsOf = ({ rows }: MetricResult): { n: number | null; attended: number | null | undefined }[] =>
  rows.map(({ n, parts }) => ({ n, attended: parts['attended'] }));

const bytesOf = async (folder: string): Promise<Map<string, Buffer>> => {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.parquet')).sort();
  return new Map(await Promise.all(files.map(async (name): Promise<[string, Buffer]> => [name, await readFile(join(folder, name))])));
};

test('what was imported is there to be counted, and who is behind it is told apart from it', async () => {
  await withWarehouse(async (folder) => {
    const { snapshot, pairs } = await importAll(folder, [seenHistory('r1'), openHistory('r2')]);
    expect(snapshot.manifest).toMatchObject({ asOf: LATER, referrals: 2 });
    expect(snapshot.manifest.checks.map(({ check, rows }) => `${check} ${rows}`)).toContain('input__event_missing 0');
    expect(rowsOf(await completionOf(folder))).toEqual([{ n: 2, attended: 1 }]);
    const warehouse = openWarehouse({ folder });
    const { rows } = await warehouse.drill({
      metric: 'completion',
      scope: null,
      segment: {},
      category: null,
      part: 'numerator',
      limit: 10,
    });
    await warehouse.close();
    expect(rows.map(({ referral }) => pairs.find(({ pseudonym }) => pseudonym === referral)?.referralId)).toEqual(['r1']);
  });
});

test('a warehouse without a snapshot says how to make one', async () => {
  await withWarehouse(async (folder) => {
    await expect(completionOf(folder)).rejects.toThrow(NoSnapshot);
  });
});

test('the order of the histories, and how often each comes, change nothing: the tables are the same to the byte', async () => {
  const [r1, r2, r3, r4] = [seenHistory('r1'), openHistory('r2'), seenHistory('r3'), takenOffHistory('r4')];
  await withWarehouse(async (folder) => {
    const once = await bytesOf((await importAll(folder, [r1, r2, r3, r4])).snapshot.folder);
    const part = { ...r3, events: r3.events.slice(0, 4) };
    const backwards = { ...r1, events: r1.events.toReversed() };
    // Before a note was linked by mistake, before it was taken off, before it was linked again, and the whole.
    const offs = r4.events.map((_, at) => ({ ...r4, events: r4.events.slice(0, at + 1) }));
    const off = { ...r4, events: r4.events.toReversed() };
    const again = await bytesOf((await importAll(folder, [part, r3, backwards, r1, r2, r3, r2, ...offs, off, ...offs])).snapshot.folder);
    expect([...once.keys()]).toEqual([...KEPT_MODELS, 'marks'].sort().map((model) => `${model}.parquet`));
    for (const [name, bytes] of once) expect({ name, same: again.get(name)?.equals(bytes) }).toEqual({ name, same: true });
  });
});

test('the same ids of two EHRs are two referrals; a scope sees its own', async () => {
  await withWarehouse(async (folder) => {
    const other = { ...seenHistory('r1'), issuer: 'https://other.example.org/fhir' };
    const { snapshot, pairs } = await importAll(folder, [seenHistory('r1'), other]);
    expect(snapshot.manifest.referrals).toBe(2);
    expect(new Set(pairs.map(({ pseudonym }) => pseudonym)).size).toBe(2);
    const warehouse = openWarehouse({ folder });
    const own = await warehouse.metric({ metric: 'completion', by: [], scope: { tenant: 'north', issuer: other.issuer } });
    const none = await warehouse.metric({ metric: 'completion', by: [], scope: { tenant: 'south', issuer: other.issuer } });
    await warehouse.close();
    expect([own.rows.map(({ n }) => n), none.rows]).toEqual([[1], []]);
  });
});

describe('nothing of a person enters', () => {
  const PLANTED = 'Zebulon Plantedname MRN-99887766';
  const golden = new URL('../../api/domain/src/referral/golden/', import.meta.url);

  /** Every string of a fact becomes the planted one, but its type and what names a place in the plan. */
  function planted(value: unknown, key = ''): unknown {
    if (typeof value === 'string')
      return key === 'type' || key === 'step' || key === 'status' ? value : key === 'startsAt' ? '2026-11-25T10:00:00.000Z' : PLANTED;
    if (Array.isArray(value)) return value.map((each) => planted(each));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, name === 'clinic' || name === 'payer' ? each : planted(each, name)]),
    );
  }

  const facts = readdirSync(golden).map((file): ReferralFact => {
    const { type, version, data } = JSON.parse(readFileSync(new URL(file, golden), 'utf8')) as {
      type: string;
      version: number;
      data: Record<string, unknown>;
    };
    return planted(readFact(type, version, data)) as ReferralFact;
  });

  const started = facts.find(({ type }) => type === 'referral-started');
  const events = [started, ...facts.filter(({ type }) => type !== 'referral-started')].flatMap((fact, at): ReferralEvent[] =>
    fact === undefined
      ? []
      : [
          {
            sequence: at + 1,
            effectiveAt: '2026-11-20T10:00:00.000Z',
            recordedAt: '2026-11-20T10:00:00.000Z',
            actor: { kind: 'person', subject: PLANTED, fhirUser: `Practitioner/${PLANTED}`, sessionId: PLANTED },
            factKey: PLANTED,
            fact,
          },
        ],
  );
  const history = historyOf(`referral ${PLANTED}`, events, { patientId: PLANTED });

  test('every type of event is among what is planted', () => {
    expect(events.length).toBeGreaterThan(35);
    expect(JSON.stringify(events).split(PLANTED).length).toBeGreaterThan(100);
  });

  test('no row holds any of it, neither as it is nor in part', () => {
    const rows = JSON.stringify(flatten(history, createPseudonyms(TEST_KEY)));
    for (const part of PLANTED.split(' ')) expect(rows).not.toContain(part);
  });

  test('no file of the snapshot does', async () => {
    await withWarehouse(async (folder) => {
      const { snapshot } = await importAll(folder, [history]);
      for (const name of await readdir(snapshot.folder)) {
        const text = (await readFile(join(snapshot.folder, name))).toString('latin1');
        for (const part of PLANTED.split(' ')) expect({ name, found: text.includes(part) }).toEqual({ name, found: false });
      }
    });
  });

  test('a place is three digits of the ZIP code, 000 where few people have them', () => {
    expect(['946', '036', '94601', 'abc', ''].map(safeZip3)).toEqual(['946', '000', null, null, null]);
  });

  test('a pseudonym needs a key of 32 bytes, and another key makes another', () => {
    expect(() => createPseudonyms(Buffer.alloc(16))).toThrow('it needs 32');
    const scope = { tenant: 'north', issuer: 'i' };
    const [one, two] = [createPseudonyms(TEST_KEY), createPseudonyms(Buffer.alloc(32, 8))];
    expect(one.patient(scope, '1')).toMatch(/^p-[0-9a-f]{32}$/);
    expect(one.patient(scope, '1')).not.toBe(two.patient(scope, '1'));
    expect(one.patient(scope, '1').slice(2)).not.toBe(one.referral(scope, '1').slice(2));
  });
});

describe('the snapshot in force stays', () => {
  const whole = [seenHistory('r1'), openHistory('r2')];

  async function staysAfter(fails: (folder: string) => Promise<void>): Promise<void> {
    await withWarehouse(async (folder) => {
      const { snapshot } = await importAll(folder, whole);
      await fails(folder);
      expect((await currentSnapshot(folder))?.manifest.name).toBe(snapshot.manifest.name);
      expect(rowsOf(await completionOf(folder))).toEqual([{ n: 2, attended: 1 }]);
      expect(await readdir(join(folder, 'building'))).toEqual([]);
    });
  }

  test('when a history has a gap: the check is named', async () => {
    const holed = historyOf(
      'r9',
      seenHistory('r9').events.filter(({ sequence }) => sequence !== 5),
    );
    await staysAfter(async (folder) => {
      const failure = await importAll(folder, [...whole, holed]).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ChecksFailed);
      expect(String(failure)).toContain('input__event_missing: 1 rows. A history has a gap');
    });
  });

  test('when two sources disagree about one event', async () => {
    const { events } = seenHistory('r1');
    const differing = historyOf(
      'r1',
      events.map((event) => (event.sequence === 6 ? { ...event, effectiveAt: '2026-11-23T00:00:00.000Z' } : event)),
    );
    await staysAfter(async (folder) => {
      await expect(importAll(folder, [...whole, differing])).rejects.toThrow('input__event_twice');
    });
  });

  test('when something was recorded after the moment it is of', async () => {
    await staysAfter(async (folder) => {
      await expect(importAll(folder, whole, { now: '2026-11-21T00:00:00.000Z' })).rejects.toThrow('input__event_later_than_now');
    });
  });

  test('when it is cancelled', async () => {
    await staysAfter(async (folder) => {
      const controller = new AbortController();
      const onProgress = ({ stage }: { stage: string }): void => void (stage === 'modelling' && controller.abort(new Error('cancelled')));
      await expect(importAll(folder, whole, { signal: controller.signal, onProgress })).rejects.toThrow('cancelled');
    });
  });

  test('when the pairs cannot be kept: nobody could say who is behind a bar', async () => {
    await staysAfter(async (folder) => {
      await expect(importAll(folder, whole, { reidentify: async () => Promise.reject(new Error('database away')) })).rejects.toThrow(
        'database away',
      );
    });
  });

  test('when a newer one was put in force meanwhile', async () => {
    await staysAfter(async (folder) => {
      await expect(importAll(folder, [openHistory('r7')], { now: '2027-01-01T00:00:00.000Z' })).rejects.toThrow(NewerSnapshotInForce);
    });
  });

  test('when it is killed, at whatever stage; the next import clears up and completes', async () => {
    await withWarehouse(async (folder) => {
      const { snapshot } = await importAll(folder, whole);
      for (const stage of ['reading', 'modelling', 'checking', 'writing']) {
        const child = fork(new URL('./test-import-child.ts', import.meta.url), [folder, stage], {
          execArgv: ['--disable-warning=ExperimentalWarning'],
        });
        await new Promise<void>((done) => child.once('message', () => done()));
        child.kill('SIGKILL');
        await new Promise((done) => child.once('exit', done));
        expect(await readdir(join(folder, 'building'))).toHaveLength(1);
        expect((await currentSnapshot(folder))?.manifest.name).toBe(snapshot.manifest.name);
        expect(rowsOf(await completionOf(folder))).toEqual([{ n: 2, attended: 1 }]);
        await importAll(folder, whole, { reidentify: async () => Promise.reject(new Error('only to clear up')) }).catch(() => undefined);
        expect(await readdir(join(folder, 'building'))).toEqual([]);
      }
      const next = await importAll(folder, [...whole, seenHistory('r3')]);
      expect(next.snapshot.manifest.referrals).toBe(3);
      expect(rowsOf(await completionOf(folder))).toEqual([{ n: 3, attended: 2 }]);
    });
  });
});

test('a reader keeps to one snapshot for one question, and meets the new one with the next', async () => {
  await withWarehouse(async (folder) => {
    await importAll(folder, [seenHistory('r1')]);
    const warehouse = openWarehouse({ folder });
    const ask = () => warehouse.metric({ metric: 'completion', by: [], scope: null });
    const before = ask();
    await importAll(folder, [seenHistory('r1'), openHistory('r2')]);
    expect([rowsOf(await before), rowsOf(await ask())]).toEqual([[{ n: 1, attended: 1 }], [{ n: 2, attended: 1 }]]);
    await warehouse.close();
  });
});

test('of older snapshots the newest stay, one younger than an hour always', async () => {
  await withWarehouse(async (folder) => {
    const names: string[] = [];
    for (let month = 1; month <= 4; month += 1) {
      const now = `2027-0${month}-01T00:00:00.000Z`;
      names.push((await importAll(folder, [openHistory('r1')], { now, keep: 2 })).snapshot.manifest.name);
    }
    const snapshots = join(folder, 'snapshots');
    expect(await readdir(snapshots)).toHaveLength(4);
    const old = new Date(Date.now() - 2 * 3_600_000);
    for (const name of names) await utimes(join(snapshots, name), old, old);
    const { snapshot } = await importAll(folder, [openHistory('r1')], { now: '2027-05-01T00:00:00.000Z', keep: 2 });
    expect((await readdir(snapshots)).sort()).toEqual([names[3], snapshot.manifest.name]);
  });
});

test('a snapshot that other models made is not read as if it were of these', async () => {
  await withWarehouse(async (folder) => {
    const { snapshot } = await importAll(folder, [openHistory('r1')]);
    writeFileSync(join(snapshot.folder, 'manifest.json'), JSON.stringify({ ...snapshot.manifest, modelVersion: 0 }));
    await expect(completionOf(folder)).rejects.toThrow(SnapshotOfAnotherVersion);
  });
});

test('a folder whose current file names nothing of ours is refused', async () => {
  await withWarehouse(async (folder) => {
    await mkdir(folder, { recursive: true });
    writeFileSync(join(folder, 'current'), '../../etc\n');
    await expect(completionOf(folder)).rejects.toThrow('names no snapshot');
  });
});
