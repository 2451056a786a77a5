/** For tests: a PostgreSQL store on a database of its own. */
import pg from 'pg';
import { createMigratedDatabase } from '../../../../tools/test-database.ts';
import { createKeyRing } from '../crypto/key-ring.ts';
import { DEVELOPMENT_KEY, type KeyEncryptionKey } from '../environment/keys.ts';
import { openPostgresStore } from './postgres/store.ts';
import type { Store } from './store.ts';

export type TestStore = {
  store: Store;
  url: string;
  /** Runs SQL as the database's owner, who may do anything: for looking at what is stored, and for tampering with it. */
  asOwner: <Row extends pg.QueryResultRow>(sql: string, values?: unknown[]) => Promise<Row[]>;
  /** Another process on the same database, with these keys. */
  another: (keys: KeyEncryptionKey[]) => Promise<Store>;
  close: () => Promise<void>;
};

export async function openTestStore(): Promise<TestStore> {
  const database = await createMigratedDatabase();
  let counter = 0;
  const newId = (): string => `id-${(counter += 1).toString().padStart(8, '0')}`;
  const store = await openPostgresStore({ url: database.url, keyRing: createKeyRing([DEVELOPMENT_KEY]), newId, poolSize: 5 });
  const owner = new pg.Pool({ connectionString: database.url, max: 2 });
  return {
    store,
    url: database.url,
    asOwner: async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []) => (await owner.query<Row>(sql, values)).rows,
    another: (keys) => openPostgresStore({ url: database.url, keyRing: createKeyRing(keys), newId, poolSize: 2 }),
    close: async () => {
      await Promise.all([store.close(), owner.end()]);
      await database.drop();
    },
  };
}
