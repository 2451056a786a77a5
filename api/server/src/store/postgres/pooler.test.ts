/** A pooler in between that leaves out what it does not know of a start-up message, as some are set up to do. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMigratedDatabase, type TestDatabase } from '../../../../../tools/test-database.ts';
import { createKeyRing } from '../../crypto/key-ring.ts';
import { DEVELOPMENT_KEY } from '../../environment/keys.ts';
import { openPostgresStore } from './store.ts';

let database: TestDatabase;
let folder: string;
let pooler: Server;

/** A start-up message: length, version, names and values, each ended by a zero, and one more. */
function withoutOptions(message: Buffer): Buffer {
  const words = message.subarray(8, -1).toString('utf8').split('\0').slice(0, -1);
  const at = words.findIndex((word, index) => index % 2 === 0 && word === 'options');
  const body = Buffer.from([...words.toSpliced(at, 2), '', ''].join('\0'), 'utf8');
  const head = Buffer.from(message.subarray(0, 8));
  head.writeInt32BE(head.length + body.length);
  return Buffer.concat([head, body]);
}

beforeAll(async () => {
  database = await createMigratedDatabase();
  folder = mkdtempSync(join(tmpdir(), 'refloop-pooler-'));
  const { host, port } = new pg.Client({ connectionString: database.url });
  pooler = createServer((near) => {
    const far = connect(join(host, `.s.PGSQL.${port}`));
    near.once('data', (message) => {
      far.write(withoutOptions(message as Buffer));
      near.pipe(far).pipe(near);
    });
    for (const socket of [near, far]) socket.on('error', () => undefined);
  });
  await new Promise<void>((done) => pooler.listen(join(folder, `.s.PGSQL.${port}`), done));
});
afterAll(async () => {
  await new Promise((done) => pooler.close(done));
  rmSync(folder, { recursive: true, force: true });
  await database.drop();
});

test('is refused at once and in words, since its connections would have the login’s rights', async () => {
  const { host } = new pg.Client({ connectionString: database.url });
  const url = new URL(database.url.replace('@/', '@none/'));
  expect(url.searchParams.get('host')).toBe(host);
  url.searchParams.set('host', folder);
  const opened = openPostgresStore({
    url: url.href.replace('@none/', '@/'),
    keyRing: createKeyRing([DEVELOPMENT_KEY]),
    newId: () => 'id',
  });
  await expect(opened).rejects.toThrow(/act as postgres and not as refloop_app.*pooler/);
});
