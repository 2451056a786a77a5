import type { WarehousePseudonymStore } from '../warehouse-pseudonyms.ts';
import { key, type UnitContext } from './context.ts';

export const postgresWarehousePseudonyms = (unit: UnitContext): WarehousePseudonymStore => ({
  keep: async (pairs) => {
    await unit.client.query(
      `insert into warehouse_pseudonym (tenant, issuer, site, pseudonym, referral_id)
       select $1, $2, $3, pseudonym, referral_id from unnest($4::text[], $5::text[]) as given (pseudonym, referral_id)
       on conflict do nothing`,
      [...key(unit), unit.scope.site, pairs.map(({ pseudonym }) => pseudonym), pairs.map(({ referralId }) => referralId)],
    );
  },
  find: async (pseudonyms) => {
    const found = await unit.client.query<{ pseudonym: string; referral_id: string }>(
      `select pseudonym, referral_id from warehouse_pseudonym
       where tenant = $1 and issuer = $2 and pseudonym = any($3) order by pseudonym collate "C"`,
      [...key(unit), pseudonyms],
    );
    return found.rows.map((row) => ({ pseudonym: row.pseudonym, referralId: row.referral_id }));
  },
});
