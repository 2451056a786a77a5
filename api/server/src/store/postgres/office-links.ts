import type pg from 'pg';
import type { OfficeLinkLookup, OfficeLinkStore, StoredOfficeLink } from '../office-links.ts';
import { key, type UnitContext } from './context.ts';
import { instant, inTransaction } from './database.ts';
import { following } from './statements.ts';

type Row = {
  id: string;
  token_hash: string;
  referral_id: string;
  attempt: number;
  npi: string;
  made_by: string;
  made_at: Date;
  expires_at: Date;
  wrong_tries: number;
  opened_hash: string | null;
  opened_until: Date | null;
  closed_at: Date | null;
};

const COLUMNS = 'id, token_hash, referral_id, attempt, npi, made_by, made_at, expires_at';

const linkOf = (row: Row): StoredOfficeLink => ({
  id: row.id,
  tokenHash: row.token_hash,
  referralId: row.referral_id,
  attempt: row.attempt,
  npi: row.npi,
  madeBy: row.made_by,
  madeAt: instant(row.made_at),
  expiresAt: instant(row.expires_at),
  wrongTries: row.wrong_tries,
  opened: row.opened_hash === null || row.opened_until === null ? null : { hash: row.opened_hash, until: instant(row.opened_until) },
  closedAt: row.closed_at === null ? null : instant(row.closed_at),
});

async function select(unit: UnitContext, condition: string, value: string): Promise<StoredOfficeLink[]> {
  const found = await unit.client.query<Row>(
    `select ${COLUMNS}, wrong_tries, opened_hash, opened_until, closed_at from office_link where tenant = $1 and issuer = $2 and ${condition}`,
    [...key(unit), value],
  );
  return found.rows.map(linkOf);
}

export const postgresOfficeLinks = (unit: UnitContext): OfficeLinkStore => ({
  insert: async ({ id, tokenHash, referralId, attempt, npi, madeBy, madeAt, expiresAt }) => {
    await unit.client.query(
      `insert into office_link (tenant, issuer, site, ${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [...key(unit), unit.scope.site, id, tokenHash, referralId, attempt, npi, madeBy, madeAt, expiresAt],
    );
  },
  take: async (id) => (await select(unit, 'id = $3 for update', id))[0],
  list: (referralId) => select(unit, 'referral_id = $3 order by made_at desc, id collate "C" desc', referralId),
  countWrongTry: async (id) => {
    await unit.client.query('update office_link set wrong_tries = wrong_tries + 1 where tenant = $1 and issuer = $2 and id = $3', [
      ...key(unit),
      id,
    ]);
  },
  open: async (id, { hash, until }) => {
    await unit.client.query('update office_link set opened_hash = $4, opened_until = $5 where tenant = $1 and issuer = $2 and id = $3', [
      ...key(unit),
      id,
      hash,
      until,
    ]);
  },
  close: async (referralId, at, attempt) => {
    const closed = await unit.client.query<{ id: string }>(
      `update office_link set closed_at = $4
         where tenant = $1 and issuer = $2 and referral_id = $3 and closed_at is null and attempt = coalesce($5, attempt) returning id`,
      [...key(unit), referralId, at, attempt ?? null],
    );
    return closed.rows.map(({ id }) => id).sort();
  },
});

export const postgresOfficeLinkLookup =
  (pool: pg.Pool): OfficeLinkLookup =>
  (hash) =>
    inTransaction(pool, async (client) => {
      const named = client.query(`select set_config('refloop.link', $1, true)`, [hash]);
      const found = await following(named, () =>
        client.query<{ tenant: string; issuer: string; site: string; id: string }>(
          'select tenant, issuer, site, id from office_link where token_hash = $1 or opened_hash = $1',
          [hash],
        ),
      );
      const [row] = found.rows;
      return row && { scope: { tenant: row.tenant, issuer: row.issuer, site: row.site }, id: row.id };
    });
