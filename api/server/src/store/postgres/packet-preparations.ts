import type { Preparation } from '@refloop/domain/packet/readiness';
import type { PacketPreparationStore } from '../packet-preparations.ts';
import { key, referralOwner, type UnitContext } from './context.ts';

type Row = { referral_id: string; attempt: number; revision: number; content_sealed: Buffer };

const at = (referralId: string, attempt: number) => ({ table: 'packet_preparation', id: `${referralId}/${attempt}`, column: 'content' });

export const postgresPacketPreparations = (unit: UnitContext): PacketPreparationStore => ({
  ids: async () => {
    const found = await unit.client.query<Row>(
      'select referral_id, attempt from packet_preparation where tenant = $1 and issuer = $2 order by referral_id collate "C", attempt',
      key(unit),
    );
    return found.rows.map(({ referral_id: referralId, attempt }) => ({ referralId, attempt }));
  },
  get: async (referralId, attempt) => {
    const found = await unit.client.query<Row>(
      'select referral_id, attempt, revision, content_sealed from packet_preparation where tenant = $1 and issuer = $2 and referral_id = $3 and attempt = $4',
      [...key(unit), referralId, attempt],
    );
    const [row] = found.rows;
    if (!row) return undefined;
    const content = (await unit.vault.open(referralOwner(referralId), at(referralId, attempt), row.content_sealed)) as Preparation;
    return { referralId, attempt, revision: row.revision, content };
  },
  put: async ({ referralId, attempt, revision, content, updatedAt }) => {
    const sealed = await unit.vault.seal(referralOwner(referralId), at(referralId, attempt), content);
    const values = [...key(unit), referralId, attempt, revision, updatedAt, sealed];
    const kept =
      revision === 1
        ? await unit.client.query(
            `insert into packet_preparation (tenant, issuer, referral_id, attempt, revision, updated_at, content_sealed, site)
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (tenant, issuer, referral_id, attempt) do nothing`,
            [...values, unit.scope.site],
          )
        : await unit.client.query(
            `update packet_preparation set revision = $5, updated_at = $6, content_sealed = $7
             where tenant = $1 and issuer = $2 and referral_id = $3 and attempt = $4 and revision = $5::integer - 1`,
            values,
          );
    return kept.rowCount === 1;
  },
});
