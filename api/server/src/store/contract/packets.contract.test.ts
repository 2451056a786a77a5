/** The store's contract: what was made of a packet, and to whom what was disclosed. */
import { UNPREPARED } from '@refloop/domain/packet/readiness';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StoredDisclosure } from '../disclosures.ts';
import type { Scope, Store } from '../store.ts';
import { AT, after, implementations, newScope } from './test-contract.ts';

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

  test('preparations: one an attempt, each revision once, and of its own place alone', async () => {
    const made = (revision: number, callback: string, attempt = 1) => ({
      referralId: 'r1',
      attempt,
      revision,
      content: { ...UNPREPARED, callback },
      updatedAt: AT,
    });
    const found = await store.transaction(scope, async ({ packetPreparations: kept }) => [
      await kept.get('r1', 1),
      await kept.put(made(2, 'too early')),
      await kept.put(made(1, 'first')),
      await kept.put(made(1, 'again')),
      await kept.put(made(2, 'second')),
      await kept.put(made(2, 'late')),
      await kept.put(made(1, 'other', 2)),
      (await kept.get('r1', 1))?.content.callback,
      (await kept.get('r1', 2))?.content.callback,
      await kept.ids(),
    ]);
    const ids = [1, 2].map((attempt) => ({ referralId: 'r1', attempt }));
    expect(found).toEqual([undefined, false, true, false, true, false, true, 'second', 'other', ids]);
    expect(await store.transaction(newScope(), (unit) => unit.packetPreparations.get('r1', 1))).toBeUndefined();
  });

  test('disclosures: of one patient, oldest first; each once; of its own place alone', async () => {
    const disclosure = (id: string, patientId: string, at: string, way = 'fax'): StoredDisclosure => ({
      id,
      referralId: 'r1',
      patientId,
      at,
      content: {
        to: { name: 'Ana Muñoz, MD', npi: '1234567893', organization: 'Bay Heart', address: '+15105550101' },
        what: ['Referral note'],
        purpose: 'treatment',
        way,
        by: 'kim',
        transmissionId: 't1',
        sha256: null,
      },
    });
    const found = await store.transaction(scope, async ({ disclosures }) => {
      await disclosures.add(disclosure('b', 'p1', after(2)));
      await disclosures.add(disclosure('a', 'p1', after(1)));
      await disclosures.add(disclosure('c', 'p2', after(1)));
      await disclosures.add(disclosure('a', 'p1', after(9), 'otherwise'));
      return [await disclosures.ofPatient('p1'), await disclosures.ids(), await disclosures.get('c'), await disclosures.get('d')];
    });
    expect(found).toEqual([
      [disclosure('a', 'p1', after(1)), disclosure('b', 'p1', after(2))],
      ['a', 'b', 'c'],
      disclosure('c', 'p2', after(1)),
      undefined,
    ]);
    expect(await store.transaction(newScope(), (unit) => unit.disclosures.ofPatient('p1'))).toEqual([]);
  });
});
