import { createHash } from 'node:crypto';
import { type ChainedRow, type ChainHead, GENESIS, linkOf } from '@refloop/domain/audit/chain';
import type { AuditEntry } from '@refloop/domain/audit/entry';
import { makeEntry, type SaltedPayload, sha256 } from '../../audit/entry.ts';
import type { AuditLog, AuditTrail } from '../audit.ts';
import { keyIn, type MemoryAuditEntry, type MemoryContext, type MemoryTables } from './context.ts';
import { ofRecommendation, ofReferral } from './row-names.ts';
import type { Tables } from './tables.ts';

/** Nothing here is encrypted. The details stand as text where they are sealed elsewhere, so that entry and hash are made alike. */
const asText = async (_owner: string, _id: string, value: SaltedPayload): Promise<Uint8Array> => Buffer.from(JSON.stringify(value), 'utf8');

const SALT_BYTES = 32;

export const memoryAudit = (unit: MemoryContext): AuditLog => ({
  append: async (given) => {
    const id = unit.newId();
    const made = await makeEntry(unit.scope, given, {
      id,
      subjectRef: given.patientId === undefined ? null : unit.index.pseudonym(unit.scope, given.patientId),
      seal: asText,
      // Nothing is hidden here, and a simulation has the same entries each time.
      salt: () => Buffer.from(id.padEnd(SALT_BYTES).slice(0, SALT_BYTES)),
    });
    const { at, recommendationId, referralId } = made.entry;
    unit.tables.auditEntries.put(keyIn(unit, id), {
      scope: unit.scope,
      id,
      at,
      recommendationId,
      referralId,
      text: Buffer.from(made.bytes).toString('utf8'),
      leaf: made.leaf,
      details: made.sealed && Buffer.from(made.sealed).toString('utf8'),
    });
    return id;
  },
  list: async ({ recommendationId, referralId }) =>
    entriesOf(unit, recommendationId, referralId)
      .filter(
        (row) =>
          (recommendationId === undefined || row.recommendationId === recommendationId) &&
          (referralId === undefined || row.referralId === referralId),
      )
      .sort((left, right) => (left.at === right.at ? Number(left.id > right.id) * 2 - 1 : Number(left.at > right.at) * 2 - 1))
      .map((row) => {
        const entry = JSON.parse(row.text) as AuditEntry;
        const number = unit.tables.auditNumbers.get(row.id)?.number ?? null;
        return {
          id: row.id,
          at: row.at,
          action: entry.action,
          actor: entry.actor,
          leafHash: row.leaf,
          row: number,
          payload: row.details === null ? undefined : (JSON.parse(row.details) as SaltedPayload).payload,
        };
      }),
});

const entriesOf = (unit: MemoryContext, recommendationId: string | undefined, referralId: string | undefined): MemoryAuditEntry[] => {
  if (referralId !== undefined) return unit.tables.auditEntries.named(keyIn(unit), ofReferral(referralId));
  return recommendationId === undefined ? [] : unit.tables.auditEntries.named(keyIn(unit), ofRecommendation(recommendationId));
};

const hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function toChained(link: Omit<ChainedRow, 'stored'>, row: MemoryAuditEntry): ChainedRow {
  const entry = JSON.parse(row.text) as AuditEntry;
  const { tenant, issuer, site } = row.scope;
  return {
    ...link,
    stored: {
      bytes: Buffer.from(row.text, 'utf8'),
      entry,
      columns: { id: row.id, tenant, issuer, site, at: row.at, recommendationId: row.recommendationId, referralId: row.referralId },
      payloadHash: row.details === null ? null : hex(Buffer.from(row.details, 'utf8')),
    },
  };
}

export function memoryAuditTrail(tables: Tables, of: MemoryTables): AuditTrail {
  const chain: { link: Omit<ChainedRow, 'stored'>; entryKey: MemoryAuditEntry }[] = [];
  const chainHeads: ChainHead[] = [];
  const waiting = (): MemoryAuditEntry[] =>
    of.auditEntries
      .rows('')
      .filter((row) => of.auditNumbers.get(row.id) === undefined)
      .sort((left, right) => (`${left.at}${left.id}` < `${right.at}${right.id}` ? -1 : 1));

  const sequence = async (now: string): Promise<number> => {
    const pending = waiting();
    for (const row of pending) {
      const previous = chain.at(-1)?.link.hash ?? GENESIS;
      const number = chain.length + 1;
      chain.push({ link: { number, entryId: row.id, leaf: row.leaf, previous, hash: linkOf(sha256, previous, row.leaf) }, entryKey: row });
      of.auditNumbers.put(row.id, { number });
    }
    const newest = chain.at(-1);
    if (pending.length > 0 && newest) chainHeads.push({ number: newest.link.number, hash: newest.link.hash, at: now });
    return pending.length;
  };

  return {
    sequence: (now) => tables.transaction(() => sequence(now)),
    view: (work) =>
      tables.transaction(() =>
        work({
          rows: async function* () {
            for (const { link, entryKey } of chain) yield toChained(link, entryKey);
          },
          heads: async function* () {
            yield* chainHeads;
          },
          unsequencedBefore: async (moment) =>
            waiting()
              .filter((row) => row.at < moment)
              .map((row) => row.id),
        }),
      ),
  };
}
