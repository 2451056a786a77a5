import type { AuditEntry } from '@refloop/domain/audit/entry';
import { makeEntry, payloadOwner, type SaltedPayload } from '../../audit/entry.ts';
import type { AuditEntryRow, AuditLog, NewAuditEntry } from '../audit.ts';
import { key, type UnitContext } from './context.ts';

const at = (id: string) => ({ table: 'audit_entry', id, column: 'payload' });

async function append(unit: UnitContext, given: NewAuditEntry): Promise<string> {
  const made = await makeEntry(unit.scope, given, {
    id: unit.newId(),
    subjectRef: given.patientId === undefined ? null : unit.index.pseudonym(unit.scope, given.patientId),
    seal: (owner, id, value) => unit.vault.seal(owner, at(id), value),
  });
  const { entry } = made;
  await unit.client.query(
    `insert into audit_entry (tenant, issuer, id, site, at, recommendation_id, referral_id, entry, payload_sealed)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [...key(unit), entry.id, unit.scope.site, entry.at, entry.recommendationId, entry.referralId, made.bytes, made.sealed],
  );
  await unit.client.query('insert into audit_pending (entry_id, leaf, at) values ($1, $2, $3)', [
    entry.id,
    Buffer.from(made.leaf, 'hex'),
    entry.at,
  ]);
  return entry.id;
}

type Row = { id: string; entry: Buffer; payload_sealed: Buffer | null; number: string | null; leaf: Buffer | null };

async function list(unit: UnitContext, question: { recommendationId?: string; referralId?: string }): Promise<AuditEntryRow[]> {
  const found = await unit.client.query<Row>(
    `select entry.id, entry.entry, entry.payload_sealed, chain.number, coalesce(chain.leaf, pending.leaf) as leaf
     from audit_entry entry
     left join audit_chain chain on chain.entry_id = entry.id
     left join audit_pending pending on pending.entry_id = entry.id
     where entry.tenant = $1 and entry.issuer = $2 and ($3::text is not null or $4::text is not null)
       and ($3::text is null or entry.recommendation_id = $3) and ($4::text is null or entry.referral_id = $4)
     order by entry.at, entry.id collate "C"`,
    [...key(unit), question.recommendationId ?? null, question.referralId ?? null],
  );
  const rows: AuditEntryRow[] = [];
  for (const row of found.rows) {
    const entry = JSON.parse(row.entry.toString('utf8')) as AuditEntry;
    const opened = row.payload_sealed && ((await unit.vault.open(payloadOwner(entry), at(row.id), row.payload_sealed)) as SaltedPayload);
    rows.push({
      id: row.id,
      at: entry.at,
      action: entry.action,
      actor: entry.actor,
      leafHash: row.leaf?.toString('hex') ?? '',
      row: row.number === null ? null : Number(row.number),
      payload: opened?.payload,
    });
  }
  return rows;
}

export const postgresAudit = (unit: UnitContext): AuditLog => ({
  append: (entry) => append(unit, entry),
  list: (question) => list(unit, question),
});
