/** A PostgreSQL that is killed, hangs, and comes back, under a store that stays open. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OwnPostgres, openOwnPostgres } from '../../../../../tools/own-postgres.ts';
import { createKeyRing } from '../../crypto/key-ring.ts';
import { DEVELOPMENT_KEY } from '../../environment/keys.ts';
import { migrate } from '../../migrations/migrate.ts';
import type { Scope, Store } from '../store.ts';
import { StoreUnavailable } from '../unavailable.ts';
import { openPostgresStore } from './store.ts';

const scope: Scope = { tenant: 'north', issuer: 'https://ehr.example.org/fhir', site: 'North' };

let postgres: OwnPostgres;
let store: Store;
let counter = 0;
const newId = (): string => `id-${(counter += 1)}`;

beforeAll(async () => {
  postgres = await openOwnPostgres();
  await migrate(postgres.url);
  store = await openPostgresStore({ url: postgres.url, keyRing: createKeyRing([DEVELOPMENT_KEY]), newId });
});
afterAll(async () => {
  await store.close();
  await postgres.close();
});

const grant = (subject: string) => ({
  subject,
  fhirUser: `Practitioner/${subject}`,
  name: null,
  roles: ['clinician' as const],
  grantedBy: 'test',
  grantedAt: '2026-11-20T10:00:00.000Z',
  reason: 'test',
});
const subjects = (): Promise<string[]> =>
  store.transaction(scope, async (unit) => (await unit.grants.list()).map(({ subject }) => subject));

/** What the work ends with: `kept`, or what a `StoreUnavailable` says of it. */
const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'kept',
    (error: unknown) => (error instanceof StoreUnavailable ? `unavailable, ${error.kept} kept` : `another error: ${String(error)}`),
  );

/** Writes one grant, waits for `meanwhile` inside the transaction, then writes another. */
const twoGrants = (name: string, meanwhile: () => Promise<void>): Promise<void> =>
  store.transaction(scope, async (unit) => {
    await unit.grants.put(grant(`${name}-1`));
    await meanwhile();
    await unit.grants.put(grant(`${name}-2`));
  });

describe('a PostgreSQL that is killed', () => {
  test('in the middle of transactions: none is half kept, the process goes on, and the next ones succeed once it is back', async () => {
    let arrived = 0;
    let killed: (() => void) | undefined;
    const death = new Promise<void>((done) => {
      killed = done;
    });
    const open = [1, 2, 3].map((number) =>
      outcome(
        twoGrants(`open-${number}`, async () => {
          arrived += 1;
          await death;
        }),
      ),
    );
    await expect.poll(() => arrived).toBe(3);
    await postgres.kill();
    killed?.();
    expect(await Promise.all(open)).toEqual(Array.from({ length: 3 }, () => 'unavailable, nothing kept'));
    expect(await outcome(twoGrants('down', async () => undefined))).toBe('unavailable, nothing kept');
    expect(await outcome(store.ping())).toBe('unavailable, nothing kept');
    expect(await outcome(store.scopes())).toBe('unavailable, nothing kept');

    await postgres.start();
    expect(await outcome(store.ping())).toBe('kept');
    expect(await outcome(twoGrants('back', async () => undefined))).toBe('kept');
    expect(await subjects()).toEqual(['back-1', 'back-2']);
  });

  test('while connections are idle, and is back: the next transaction does not notice', async () => {
    await Promise.all(Array.from({ length: 8 }, subjects));
    await postgres.kill();
    await postgres.start();
    expect(await outcome(twoGrants('idle', async () => undefined))).toBe('kept');
  });

  test('an error of the work itself stays that error', async () => {
    const work = store.transaction(scope, async () => {
      throw new TypeError('ours');
    });
    await expect(work).rejects.toThrow(new TypeError('ours'));
  });
});

test('a PostgreSQL that hangs is said to be away within two seconds, and used again afterwards', async () => {
  await store.ping();
  postgres.freeze();
  try {
    const started = performance.now();
    expect(await outcome(store.ping())).toBe('unavailable, nothing kept');
    expect(performance.now() - started).toBeLessThan(2000);
  } finally {
    postgres.thaw();
  }
  expect(await outcome(store.ping())).toBe('kept');
  expect(await outcome(twoGrants('thawed', async () => undefined))).toBe('kept');
});

test('another directory put in force while the listening connection was gone is told soon after', async () => {
  const publish = async (text: string): Promise<string> => {
    const bytes = Buffer.from(text);
    const hash = createHash('sha256').update(bytes).digest('hex');
    await store.directory.publish(
      { hash, asOf: '2026-11-18', counts: {}, synthetic: true, publishedAt: '2026-11-20T10:00:00.000Z' },
      bytes,
    );
    return hash;
  };
  const told: string[] = [];
  const stop = await store.directory.onChange((hash) => told.push(hash));
  await postgres.kill();
  await postgres.start();
  const first = await publish('first');
  await expect.poll(() => told).toEqual([first]);
  const second = await publish('second');
  await expect.poll(() => told).toEqual([first, second]);
  await stop();
});
