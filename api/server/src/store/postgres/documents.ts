import type { DocumentStore } from '../documents.ts';
import { key, referralOwner, type UnitContext } from './context.ts';
import { instant } from './database.ts';

type Row = { id: string; referral_id: string; content_type: string; sha256: string; received_at: Date; content_sealed: Buffer };

const at = (id: string) => ({ table: 'document', id, column: 'content' });

export const postgresDocuments = (unit: UnitContext): DocumentStore => ({
  insert: async ({ id, referralId, contentType, sha256, receivedAt, bytes }) => {
    const sealed = await unit.vault.seal(referralOwner(referralId), at(id), { base64: Buffer.from(bytes).toString('base64') });
    await unit.client.query(
      `insert into document (tenant, issuer, site, id, referral_id, content_type, sha256, bytes, received_at, content_sealed)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (tenant, issuer, id) do nothing`,
      [...key(unit), unit.scope.site, id, referralId, contentType, sha256, bytes.byteLength, receivedAt, sealed],
    );
  },
  ids: async () => {
    const found = await unit.client.query<{ id: string }>(
      'select id from document where tenant = $1 and issuer = $2 order by id collate "C"',
      key(unit),
    );
    return found.rows.map(({ id }) => id);
  },
  get: async (id) => {
    const found = await unit.client.query<Row>(
      'select id, referral_id, content_type, sha256, received_at, content_sealed from document where tenant = $1 and issuer = $2 and id = $3',
      [...key(unit), id],
    );
    const [row] = found.rows;
    if (!row) return undefined;
    const { base64 } = (await unit.vault.open(referralOwner(row.referral_id), at(id), row.content_sealed)) as { base64: string };
    return {
      id: row.id,
      referralId: row.referral_id,
      contentType: row.content_type,
      sha256: row.sha256,
      receivedAt: instant(row.received_at),
      bytes: new Uint8Array(Buffer.from(base64, 'base64')),
    };
  },
});
