/**
 * The hash chain over audit entries, and how it is checked. Pure: SHA-256 is handed in.
 * Leaf and link are hashed under different first bytes, so that one can never pass for the other (RFC 6962 §2.1).
 *
 * Found: a row or an entry that was changed, taken out, put in between or moved; a chain cut short while its heads remain;
 * rows that no head covers. Not found: a chain rebuilt together with all its heads by somebody who may write everything.
 * Against that, keep a head outside (export, or publish it).
 */
import type { Instant } from '../instant.ts';
import type { AuditEntry } from './entry.ts';

export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** One row of the chain together with the entry it points to, as read from storage. Hashes are lower-case hex. */
export type ChainedRow = {
  number: number;
  entryId: string;
  leaf: string;
  previous: string;
  hash: string;
  /** The entry it points to; null where that is gone. */
  stored: {
    /** Canonical bytes, and what they say. */
    bytes: Uint8Array;
    entry: AuditEntry;
    /** The same facts as they stand in columns beside the bytes; null where the source has no columns (an export). */
    columns: Pick<AuditEntry, 'id' | 'tenant' | 'issuer' | 'site' | 'at' | 'recommendationId' | 'referralId'> | null;
    /** SHA-256 of the encrypted details as stored, hex; null where there are none. */
    payloadHash: string | null;
  } | null;
};

/** What the chain ended with at some moment: kept apart from the chain, so that a shortened chain does not meet it. */
export type ChainHead = { number: number; hash: string; at: Instant };

/** `previous` of the first row. */
export const GENESIS = '0'.repeat(64);

const LEAF = 0x00;
const LINK = 0x01;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX[byte] ?? '';
  return text;
}

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

function joined(first: number, ...parts: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(1 + parts.reduce((sum, part) => sum + part.length, 0));
  bytes[0] = first;
  let at = 1;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** SHA-256(0x00 ‖ bytes of the entry), hex. */
export const leafOf = (sha256: Sha256, entry: Uint8Array): string => hexOf(sha256(joined(LEAF, entry)));

/** SHA-256(0x01 ‖ previous ‖ leaf), hex. */
export const linkOf = (sha256: Sha256, previous: string, leaf: string): string =>
  hexOf(sha256(joined(LINK, bytesOf(previous), bytesOf(leaf))));

export type Verdict =
  | { status: 'whole'; rows: number; head: string; headAt: Instant | null }
  /** `row` is the first bad one; `rows` before it are good. */
  | { status: 'broken'; row: number; what: string };

const COLUMNS = ['id', 'tenant', 'issuer', 'site', 'at', 'recommendationId', 'referralId'] as const;

/** What is wrong with a row, given the hash of the row before it; undefined where it is as it was written. */
function faultOf(row: ChainedRow, expected: { number: number; previous: string }, sha256: Sha256): string | undefined {
  if (row.number > expected.number) return `the row is missing; the next one is ${row.number}`;
  if (row.number < expected.number) return `number ${row.number} comes twice`;
  if (row.previous !== expected.previous) return 'it does not continue the row before it (taken out, put in between, moved or changed)';
  if (!row.stored) return `its entry ${row.entryId} is missing`;
  const { bytes, entry, columns, payloadHash } = row.stored;
  if (leafOf(sha256, bytes) !== row.leaf) return `its entry ${row.entryId} was changed`;
  if (linkOf(sha256, row.previous, row.leaf) !== row.hash) return 'its hash was changed';
  if (entry.id !== row.entryId) return `it names entry ${row.entryId}, the entry names itself ${entry.id}`;
  if (entry.payloadHash !== payloadHash) return 'the encrypted details beside its entry were changed';
  const changed = columns === null ? undefined : COLUMNS.find((name) => columns[name] !== entry[name]);
  return changed === undefined ? undefined : `${changed} beside its entry was changed`;
}

/**
 * Walks the chain once, in constant memory.
 * @param rows in order of number
 * @param heads in order of number
 */
export async function verifyChain(rows: AsyncIterable<ChainedRow>, heads: AsyncIterable<ChainHead>, sha256: Sha256): Promise<Verdict> {
  const waiting = heads[Symbol.asyncIterator]();
  let head = (await waiting.next()).value as ChainHead | undefined;
  let newest: ChainHead | undefined;
  let count = 0;
  let previous = GENESIS;
  const broken = (row: number, what: string): Verdict => ({ status: 'broken', row, what });
  for await (const row of rows) {
    const number = count + 1;
    const fault = faultOf(row, { number, previous }, sha256);
    if (fault !== undefined) return broken(number, fault);
    while (head !== undefined && head.number <= number) {
      if (head.number === number && head.hash !== row.hash) return broken(number, `it does not meet the head recorded at ${head.at}`);
      newest = head;
      head = (await waiting.next()).value as ChainHead | undefined;
    }
    count = number;
    previous = row.hash;
  }
  if (head !== undefined)
    return broken(count + 1, `the row is missing; a head recorded at ${head.at} says that there are ${head.number} rows`);
  if (count > 0 && newest?.number !== count) return broken((newest?.number ?? 0) + 1, 'no recorded head covers it');
  return { status: 'whole', rows: count, head: previous, headAt: newest?.at ?? null };
}
