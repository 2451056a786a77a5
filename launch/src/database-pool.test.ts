import { expect, test } from 'vitest';
import { openOwnPostgres } from '../../tools/own-postgres.ts';
import { inTransaction } from './auth/transaction.ts';
import { openPool } from './database-pool.ts';

test('PostgreSQL killed in the middle of a transaction ends that transaction and no more; back again, it is used', async () => {
  const postgres = await openOwnPostgres();
  const ended: Error[] = [];
  const pool = openPool(postgres.url, (error) => ended.push(error));
  try {
    await pool.query('create table kept (n int)');
    const half = inTransaction(pool, async (client) => {
      await client.query('insert into kept values (1)');
      await postgres.kill();
      await expect.poll(() => ended.length).toBeGreaterThan(0);
      await client.query('insert into kept values (2)');
    });
    await expect(half).rejects.toThrow(/connection|terminat/i);
    await postgres.start();
    await inTransaction(pool, (client) => client.query('insert into kept values (3)'));
    expect((await pool.query('select n from kept')).rows).toEqual([{ n: 3 }]);
  } finally {
    await pool.end();
    await postgres.close();
  }
});
