/** The chain without a database: what is linked how, and that no change of any row goes unseen. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ChainedRow, type ChainHead, GENESIS, leafOf, linkOf, type Sha256, verifyChain } from './chain.ts';
import type { AuditEntry } from './entry.ts';

const sha256: Sha256 = (bytes) => createHash('sha256').update(bytes).digest();

const entryOf = (number: number): AuditEntry => ({
  id: `entry-${number}`,
  tenant: 'north',
  issuer: 'https://ehr.example.org/fhir',
  site: 'North clinic',
  at: '2026-11-20T10:00:00.000Z',
  actor: { subject: 'clinician', fhirUser: null, sessionId: null },
  action: 'recommendation.made',
  purpose: 'TREAT',
  subjectRef: 'p-0123456789ab',
  recommendationId: null,
  referralId: null,
  payloadHash: null,
  commitment: null,
});

function chainOf(length: number): { rows: ChainedRow[]; heads: ChainHead[] } {
  const rows: ChainedRow[] = [];
  for (let number = 1; number <= length; number += 1) {
    const entry = entryOf(number);
    const bytes = new TextEncoder().encode(JSON.stringify(entry));
    const leaf = leafOf(sha256, bytes);
    const previous = rows.at(-1)?.hash ?? GENESIS;
    const { id, tenant, issuer, site, at, recommendationId, referralId } = entry;
    const columns = { id, tenant, issuer, site, at, recommendationId, referralId };
    rows.push({
      number,
      entryId: id,
      leaf,
      previous,
      hash: linkOf(sha256, previous, leaf),
      stored: { bytes, entry, columns, payloadHash: null },
    });
  }
  const last = rows.at(-1);
  return { rows, heads: last ? [{ number: length, hash: last.hash, at: '2026-11-20T10:00:01.000Z' }] : [] };
}

async function* stream<Item>(items: Item[]): AsyncIterable<Item> {
  yield* items;
}

const verdictOf = ({ rows, heads }: { rows: ChainedRow[]; heads: ChainHead[] }) => verifyChain(stream(rows), stream(heads), sha256);

test('leaf and link are hashed under different first bytes', () => {
  const bytes = new TextEncoder().encode('{}');
  const hash = (...parts: Uint8Array[]): string => createHash('sha256').update(Buffer.concat(parts)).digest('hex');
  const leaf = leafOf(sha256, bytes);
  expect(leaf).toBe(hash(Uint8Array.of(0), bytes));
  expect(linkOf(sha256, GENESIS, leaf)).toBe(hash(Uint8Array.of(1), Buffer.alloc(32), Buffer.from(leaf, 'hex')));
});

test('no rows are a whole chain that ends where every chain begins', async () => {
  expect(await verdictOf({ rows: [], heads: [] })).toEqual({ status: 'whole', rows: 0, head: GENESIS, headAt: null });
});

test('a chain is whole as it was made, whatever its length', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 30 }), async (length) => {
      const made = chainOf(length);
      expect(await verdictOf(made)).toMatchObject({ status: 'whole', rows: length, head: made.rows.at(-1)?.hash });
    }),
    { numRuns: 20 },
  );
});

test('one changed bit of one entry, a row taken out, two rows swapped or one put in: the row is named', async () => {
  const change = fc.record({
    length: fc.integer({ min: 2, max: 20 }),
    at: fc.nat(),
    kind: fc.constantFrom('bit', 'out', 'swap', 'in' as const),
    bit: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(change, async ({ length, at, kind, bit }) => {
      const { rows, heads } = chainOf(length);
      const index = at % (kind === 'swap' ? length - 1 : length);
      const row = rows[index];
      const next = rows[index + 1];
      if (!row?.stored) throw new Error('no such row');
      if (kind === 'bit') {
        const bytes = Uint8Array.from(row.stored.bytes);
        const place = bit % (bytes.length * 8);
        bytes[place >> 3] = (bytes[place >> 3] ?? 0) ^ (1 << (place & 7));
        rows[index] = { ...row, stored: { ...row.stored, bytes } };
      }
      if (kind === 'out') rows.splice(index, 1);
      if (kind === 'swap' && next) rows.splice(index, 2, { ...next, number: row.number }, { ...row, number: next.number });
      if (kind === 'in') rows.splice(index, 0, { ...row, hash: row.leaf });
      expect(await verdictOf({ rows, heads })).toMatchObject({ status: 'broken', row: index + 1 });
    }),
    { numRuns: 300 },
  );
});

test('a chain that was made anew in full does not meet a head that was kept', async () => {
  const { heads } = chainOf(5);
  const forged = chainOf(5);
  const first = forged.rows[0];
  if (!first) throw new Error('no row');
  // Every row after the forged one is linked correctly.
  let previous = linkOf(sha256, GENESIS, leafOf(sha256, new TextEncoder().encode('forged')));
  forged.rows = [{ ...first }];
  for (const row of chainOf(5).rows.slice(1)) {
    const hash = linkOf(sha256, previous, row.leaf);
    forged.rows.push({ ...row, previous, hash });
    previous = hash;
  }
  expect((await verdictOf({ rows: forged.rows, heads })).status).toBe('broken');
});
