/** The chain over all scopes: the sequencer as the application, the reader as the auditor. */
import type { ChainedRow, ChainHead } from '@refloop/domain/audit/chain';
import { GENESIS, linkOf } from '@refloop/domain/audit/chain';
import type { AuditEntry } from '@refloop/domain/audit/entry';
import type pg from 'pg';
import { sha256 } from '../../audit/entry.ts';
import type { AuditTrail, AuditView } from '../audit.ts';
import { type Client, instant, inTransaction } from './database.ts';

/** One sequencer at a time over all processes (an arbitrary number of ours). */
const LOCK = 7_310_002;
const BATCH = 1000;

type Pending = { entry_id: string; leaf: Buffer };

/** Chains what waits. What is chained already is only taken off the queue: an entry has one number for good. */
async function sequenceBatch(client: Client, now: string): Promise<{ taken: number; chained: number }> {
  await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
  const pending = await client.query<Pending & { chained: boolean }>(
    `select pending.entry_id, pending.leaf, chain.number is not null as chained
     from audit_pending pending left join audit_chain chain on chain.entry_id = pending.entry_id
     order by pending.at, pending.entry_id collate "C" limit $1`,
    [BATCH],
  );
  if (pending.rows.length === 0) return { taken: 0, chained: 0 };
  const last = await client.query<{ number: string; hash: Buffer }>('select number, hash from audit_chain order by number desc limit 1');
  const newest = await client.query<{ number: string; hash: Buffer }>('select number, hash from audit_head order by number desc limit 1');
  const end = ({ rows: [row] }: typeof last): string => (row ? `${row.number} ${row.hash.toString('hex')}` : 'none');
  if (end(newest) !== end(last)) {
    throw new Error('The audit chain does not end at its newest head. Nothing was added to it; `npm run audit -- verify` names the row.');
  }
  let number = Number(last.rows[0]?.number ?? 0);
  let previous = last.rows[0]?.hash.toString('hex') ?? GENESIS;
  const fresh = pending.rows.filter(({ chained }) => !chained);
  const links = fresh.map(({ entry_id: entryId, leaf }) => {
    const link = { number: (number += 1), entryId, leaf, previous, hash: linkOf(sha256, previous, leaf.toString('hex')) };
    previous = link.hash;
    return link;
  });
  if (links.length > 0) {
    await client.query(
      `insert into audit_chain (number, entry_id, leaf, previous, hash)
       select * from unnest($1::bigint[], $2::text[], $3::bytea[], $4::bytea[], $5::bytea[])`,
      [
        links.map((link) => link.number),
        links.map((link) => link.entryId),
        links.map((link) => link.leaf),
        links.map((link) => Buffer.from(link.previous, 'hex')),
        links.map((link) => Buffer.from(link.hash, 'hex')),
      ],
    );
    await client.query('insert into audit_head (number, hash, at) values ($1, $2, $3)', [number, Buffer.from(previous, 'hex'), now]);
  }
  await client.query('delete from audit_pending where entry_id = any($1)', [pending.rows.map((row) => row.entry_id)]);
  return { taken: pending.rows.length, chained: links.length };
}

async function sequence(pool: pg.Pool, now: string): Promise<number> {
  let total = 0;
  for (;;) {
    const { taken, chained } = await inTransaction(pool, (client) => sequenceBatch(client, now));
    total += chained;
    if (taken < BATCH) return total;
  }
}

type StoredRow = {
  number: string;
  entry_id: string;
  leaf: Buffer;
  previous: Buffer;
  hash: Buffer;
  entry: Buffer | null;
  payload_hash: Buffer | null;
  id: string;
  tenant: string;
  issuer: string;
  site: string;
  at: Date;
  recommendation_id: string | null;
  referral_id: string | null;
};

/** Bytes that were changed may be no JSON any more; the leaf then says so, and nothing here needs to. */
function readEntry(bytes: Buffer): AuditEntry {
  try {
    return JSON.parse(bytes.toString('utf8')) as AuditEntry;
  } catch {
    return {} as AuditEntry;
  }
}

const toChained = (row: StoredRow): ChainedRow => ({
  number: Number(row.number),
  entryId: row.entry_id,
  leaf: row.leaf.toString('hex'),
  previous: row.previous.toString('hex'),
  hash: row.hash.toString('hex'),
  stored: row.entry && {
    bytes: row.entry,
    entry: readEntry(row.entry),
    columns: {
      id: row.id,
      tenant: row.tenant,
      issuer: row.issuer,
      site: row.site,
      at: instant(row.at),
      recommendationId: row.recommendation_id,
      referralId: row.referral_id,
    },
    payloadHash: row.payload_hash?.toString('hex') ?? null,
  },
});

/** Pages by number, so that a long chain is read in constant memory. */
async function* rows(client: Client): AsyncIterable<ChainedRow> {
  for (let after = 0; ; ) {
    const found = await client.query<StoredRow>(
      `select chain.number, chain.entry_id, chain.leaf, chain.previous, chain.hash, entry.entry, sha256(entry.payload_sealed) as payload_hash,
         entry.id, entry.tenant, entry.issuer, entry.site, entry.at, entry.recommendation_id, entry.referral_id
       from audit_chain chain left join audit_entry entry on entry.id = chain.entry_id
       where chain.number > $1 order by chain.number, entry.tenant, entry.issuer limit $2`,
      [after, BATCH],
    );
    for (const row of found.rows) yield toChained(row);
    const last = found.rows.at(-1);
    if (!last || found.rows.length < BATCH) return;
    after = Number(last.number);
  }
}

async function* heads(client: Client): AsyncIterable<ChainHead> {
  for (let after = 0; ; ) {
    const found = await client.query<{ number: string; hash: Buffer; at: Date }>(
      'select number, hash, at from audit_head where number > $1 order by number limit $2',
      [after, BATCH],
    );
    for (const row of found.rows) yield { number: Number(row.number), hash: row.hash.toString('hex'), at: instant(row.at) };
    const last = found.rows.at(-1);
    if (!last || found.rows.length < BATCH) return;
    after = Number(last.number);
  }
}

async function unsequencedBefore(client: Client, moment: string): Promise<string[]> {
  const found = await client.query<{ id: string }>(
    `select entry.id from audit_entry entry
     where entry.at < $1 and not exists (select from audit_chain chain where chain.entry_id = entry.id)
     order by entry.at, entry.id limit 100`,
    [moment],
  );
  return found.rows.map((row) => row.id);
}

/** The log as this client sees it: whole for the auditor, and for the owner who says that it wants the whole database. */
export const auditViewOf = (client: Client): AuditView => ({
  rows: () => rows(client),
  heads: () => heads(client),
  unsequencedBefore: (moment) => unsequencedBefore(client, moment),
});

/**
 * @param application chains; it may not read other scopes' entries
 * @param auditor reads every scope's entries and writes nothing
 */
export const postgresAuditTrail = (application: pg.Pool, auditor: pg.Pool): AuditTrail => ({
  sequence: (now) => sequence(application, now),
  view: (work) =>
    inTransaction(auditor, async (client) => {
      // Rows and heads of one moment: a sequencer that runs meanwhile must not look like a gap.
      await client.query('set transaction isolation level repeatable read, read only');
      return work(auditViewOf(client));
    }),
});
