import { createHash } from 'node:crypto';
import { type ChainedRow, type ChainHead, GENESIS, linkOf } from '@refloop/domain/audit/chain';
import type { AuditEntry } from '@refloop/domain/audit/entry';
import { makeEntry, type SaltedPayload, sha256 } from '../../audit/entry.ts';
import type { AuditLog, AuditTrail } from '../audit.ts';
import type { AllTables, MemoryAuditEntry, MemoryContext, MemoryTables } from './context.ts';
import { ofRecommendation, ofReferral } from './row-names.ts';
import type { Tables } from './tables.ts';

/** Nothing here is encrypted. The details stand as text where they are sealed elsewhere, so that entry and hash are made alike. */
const asText = async (_owner: string, _id: string, value: SaltedPayload): Promise<Uint8Array> => Buffer.from(JSON.stringify(value), 'utf8');

const SALT_BYTES = 32;

type MadeRow = { text: string; leaf: string; details: string | null };

const made = new WeakMap<MemoryAuditEntry, Promise<MadeRow>>();

/** Entry and hash of a row, made when somebody asks for them: most are never asked for. */
function rowOf(row: MemoryAuditEntry): Promise<MadeRow> {
  const known = made.get(row) ?? makeRow(row);
  made.set(row, known);
  return known;
}

async function makeRow({ scope, id, subjectRef, given }: MemoryAuditEntry): Promise<MadeRow> {
  const { bytes, leaf, sealed } = await makeEntry(scope, given, {
    id,
    subjectRef,
    seal: asText,
    // Nothing is hidden here, and a simulation has the same entries each time.
    salt: () => Buffer.from(id.padEnd(SALT_BYTES).slice(0, SALT_BYTES)),
  });
  return { text: Buffer.from(bytes).toString('utf8'), leaf, details: sealed && Buffer.from(sealed).toString('utf8') };
}

export const memoryAudit = (unit: MemoryContext): AuditLog => ({
  append: async (given) => {
    const id = unit.newId();
    unit.tables.auditEntries.put(id, {
      scope: unit.scope,
      id,
      at: new Date(given.at).toISOString(),
      recommendationId: given.recommendationId ?? null,
      referralId: given.referralId ?? null,
      subjectRef: given.patientId === undefined ? null : unit.index.pseudonym(unit.scope, given.patientId),
      given,
    });
    return id;
  },
  list: async ({ recommendationId, referralId }) =>
    Promise.all(
      entriesOf(unit, recommendationId, referralId)
        .filter(
          (row) =>
            (recommendationId === undefined || row.recommendationId === recommendationId) &&
            (referralId === undefined || row.referralId === referralId),
        )
        .sort((left, right) => (left.at === right.at ? Number(left.id > right.id) * 2 - 1 : Number(left.at > right.at) * 2 - 1))
        .map(async (row) => {
          const { text, leaf, details } = await rowOf(row);
          const entry = JSON.parse(text) as AuditEntry;
          const number = unit.tables.auditNumbers.get(row.id)?.number ?? null;
          return {
            id: row.id,
            at: row.at,
            action: entry.action,
            actor: entry.actor,
            leafHash: leaf,
            row: number,
            payload: details === null ? undefined : (JSON.parse(details) as SaltedPayload).payload,
          };
        }),
    ),
});

const entriesOf = (unit: MemoryContext, recommendationId: string | undefined, referralId: string | undefined): MemoryAuditEntry[] => {
  if (referralId !== undefined) return unit.tables.auditEntries.named(ofReferral(referralId));
  return recommendationId === undefined ? [] : unit.tables.auditEntries.named(ofRecommendation(recommendationId));
};

const hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function toChained(link: Omit<ChainedRow, 'stored'>, row: MemoryAuditEntry): Promise<ChainedRow> {
  const { text, details } = await rowOf(row);
  const entry = JSON.parse(text) as AuditEntry;
  const { tenant, issuer, site } = row.scope;
  return {
    ...link,
    stored: {
      bytes: Buffer.from(text, 'utf8'),
      entry,
      columns: { id: row.id, tenant, issuer, site, at: row.at, recommendationId: row.recommendationId, referralId: row.referralId },
      payloadHash: details === null ? null : hex(Buffer.from(details, 'utf8')),
    },
  };
}

export function memoryAuditTrail(tables: Tables, of: Pick<AllTables, 'auditEntries'> & Pick<MemoryTables, 'auditNumbers'>): AuditTrail {
  const chain: { link: Omit<ChainedRow, 'stored'>; entryKey: MemoryAuditEntry }[] = [];
  const chainHeads: ChainHead[] = [];
  const waiting = (): MemoryAuditEntry[] =>
    of.auditEntries
      .everywhere()
      .filter((row) => of.auditNumbers.get(row.id) === undefined)
      .sort((left, right) => (`${left.at}${left.id}` < `${right.at}${right.id}` ? -1 : 1));

  const sequence = async (now: string): Promise<number> => {
    const pending = waiting();
    for (const row of pending) {
      const previous = chain.at(-1)?.link.hash ?? GENESIS;
      const number = chain.length + 1;
      const { leaf } = await rowOf(row);
      chain.push({ link: { number, entryId: row.id, leaf, previous, hash: linkOf(sha256, previous, leaf) }, entryKey: row });
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
            for (const { link, entryKey } of chain) yield await toChained(link, entryKey);
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
