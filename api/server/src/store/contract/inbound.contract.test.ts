/** The store's contract: what came in, and by what its patient is found. */
import { identity } from '@refloop/domain/patient-match/test-identity';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StoredInbound } from '../inbound-documents.ts';
import type { Scope, Store } from '../store.ts';
import { AT, after, implementations, newScope } from './test-contract.ts';

const FILE = Uint8Array.from({ length: 300 }, (_, at) => at % 256);

const document = (id: string, more: Partial<StoredInbound> = {}): StoredInbound => ({
  id,
  source: 'gateway',
  sha256: 'hash',
  receivedAt: AT,
  standing: { status: 'waiting' },
  linkKey: null,
  content: { words: `of ${id}` },
  ...more,
});

describe.each(implementations())('the store: $name', (implementation) => {
  let store: Store;
  let scope: Scope;

  beforeAll(async () => {
    store = await implementation.open();
  });
  afterAll(() => implementation.close());
  beforeEach(() => {
    scope = newScope();
  });

  test('inbound documents: kept once, oldest first while they wait or are held, and where they went', async () => {
    const found = await store.transaction(scope, async ({ inboundDocuments: inbound }) => {
      const inserted = [
        await inbound.insert(document('b'), FILE),
        await inbound.insert(document('a', { receivedAt: after(5), linkKey: 'r7/1' }), FILE),
        await inbound.insert(document('c', { receivedAt: after(9) }), FILE),
        await inbound.insert(document('b', { content: { words: 'another' } }), new Uint8Array([9])),
      ];
      await inbound.settle('a', { status: 'held' }, { words: 'held' });
      await inbound.settle('c', { status: 'placed', at: after(20), referralId: 'r1' }, { words: 'placed' });
      return {
        inserted,
        waiting: (await inbound.open({ status: 'waiting', limit: 9 })).map(({ id }) => id),
        held: await inbound.open({ status: 'held', limit: 9 }),
        placed: await inbound.take('c'),
        counts: [await inbound.count('waiting'), await inbound.count('held')],
        ids: await inbound.ids(),
        first: (await inbound.get('b'))?.content,
        files: [await inbound.file('b'), await inbound.file('a'), await inbound.file('c'), await inbound.file('none')],
        holds: [await inbound.holdsOf('r7/1'), await inbound.holdsOf('r7/2')],
      };
    });
    expect(found).toEqual({
      inserted: [true, true, true, false],
      waiting: ['b'],
      held: [document('a', { receivedAt: after(5), linkKey: 'r7/1', standing: { status: 'held' }, content: { words: 'held' } })],
      placed: document('c', {
        receivedAt: after(9),
        standing: { status: 'placed', at: after(20), referralId: 'r1' },
        content: { words: 'placed' },
      }),
      counts: [1, 1],
      ids: ['a', 'b', 'c'],
      first: { words: 'of b' },
      files: [FILE, FILE, undefined, undefined],
      holds: [true, false],
    });
    await store.transaction(scope, (unit) => unit.inboundDocuments.settle('b', { status: 'set-aside', at: after(30) }, {}));
    const after30 = await store.transaction(scope, async (unit) => [
      (await unit.inboundDocuments.get('b'))?.standing,
      await unit.inboundDocuments.open({ status: 'waiting', limit: 9 }),
    ]);
    expect(after30).toEqual([{ status: 'set-aside', at: after(30) }, []]);
    expect(await store.transaction(newScope(), (unit) => unit.inboundDocuments.get('a'))).toBeUndefined();
  });

  test('patients: found by any word they share, replaced whole, and of their own place alone', async () => {
    const [one, other] = ['p1', 'p2'].map((patientId) => ({ patientId, identity: identity({ line: patientId }), replacedBy: null }));
    if (!one || !other) throw new Error('two');
    const found = await store.transaction(scope, async ({ patientIdentities: patients }) => {
      await patients.put(one, ['born 1984-06-02', 'phone 1']);
      await patients.put(other, ['born 1984-06-02', 'phone 2']);
      const both = await patients.sharing(['born 1984-06-02', 'nothing'], 9);
      await patients.put({ ...one, identity: identity({ line: 'moved' }) }, ['phone 3']);
      return {
        both: both.map(({ patientId }) => patientId).sort(),
        limited: (await patients.sharing(['born 1984-06-02', 'phone 3'], 1)).length,
        moved: await patients.sharing(['phone 3', 'phone 1'], 9),
        known: (await patients.get('p2'))?.identity.line,
      };
    });
    expect(found).toEqual({
      both: ['p1', 'p2'],
      limited: 1,
      moved: [{ patientId: 'p1', identity: identity({ line: 'moved' }), replacedBy: null }],
      known: 'p2',
    });
    expect(await store.transaction(newScope(), (unit) => unit.patientIdentities.sharing(['phone 2'], 9))).toEqual([]);
  });
});
