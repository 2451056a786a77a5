import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDuckDb, QueryTookTooLong, quoted } from './duckdb.ts';
import { withWarehouse } from './test-histories.ts';

const LONG = 'select count(*) from range(10000000) a, range(100000) b where (a.range * b.range) % 7 = 3';

const limits = (folders: string[], seconds = 30) => ({ folders, spillFolder: null, memoryMegabytes: 128, threads: 1, seconds });

test('the database sees its folders and nothing else, and nobody can tell it otherwise', async () => {
  await withWarehouse(async (folder) => {
    const [own, other] = [join(folder, 'own'), join(folder, 'other')];
    await Promise.all([mkdir(own), mkdir(other)]);
    await writeFile(join(other, 'x.csv'), 'a\n1\n');
    await writeFile(join(own, 'x.csv'), 'a\n1\n');
    const session = await openDuckDb(limits([own]));
    const query = await session.connect();
    expect(await query.run(`select * from read_csv(${quoted(join(own, 'x.csv'))})`)).toEqual([{ a: 1 }]);
    for (const sql of [
      `select * from read_csv(${quoted(join(other, 'x.csv'))})`,
      `select * from read_csv(${quoted(join(own, '..', 'other', 'x.csv'))})`,
      `copy (select 1) to ${quoted(join(other, 'y.parquet'))}`,
      `attach ${quoted(join(other, 'z.db'))}`,
      'install httpfs',
      'load httpfs',
      `select * from read_csv('https://example.org/x.csv')`,
      'set enable_external_access = true',
      `set allowed_directories = ['/']`,
      `set memory_limit = '64GB'`,
    ]) {
      await expect(query.run(sql), sql).rejects.toThrow(/Permission|configuration|Cannot/i);
    }
    session.close();
  });
});

describe('a query ends', () => {
  test('when its time is over, and the connection serves the next', async () => {
    const session = await openDuckDb(limits([], 0.2));
    const query = await session.connect();
    await expect(query.run(LONG)).rejects.toThrow(QueryTookTooLong);
    expect(await query.run('select 1 as one')).toEqual([{ one: 1 }]);
    session.close();
  });

  test('when it is no longer wanted, and nothing more is asked', async () => {
    const controller = new AbortController();
    const session = await openDuckDb({ ...limits([]), signal: controller.signal });
    const query = await session.connect();
    setTimeout(() => controller.abort(new Error('no longer wanted')), 200);
    await expect(query.run(LONG)).rejects.toThrow('no longer wanted');
    await expect(query.run('select 1')).rejects.toThrow('no longer wanted');
    session.close();
  });

  test('when it needs more memory than it may have', async () => {
    const session = await openDuckDb(limits([]));
    const query = await session.connect();
    await expect(query.run('create table big as select range as a, random() as b from range(100000000)')).rejects.toThrow(/memory/i);
    session.close();
  });
});
