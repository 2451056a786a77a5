import type { PatientSide } from '@refloop/domain/referral/event';
import type pg from 'pg';
import type { PatientLinkLookup, PatientLinkStore, StoredPatientLink } from '../patient-links.ts';
import { key, type UnitContext } from './context.ts';
import { instant, inTransaction } from './database.ts';
import { following } from './statements.ts';

type Row = {
  id: string;
  token_hash: string;
  referral_id: string;
  made_by: string;
  made_at: Date;
  expires_at: Date;
  wrong_tries: number;
  opened_hash: string | null;
  opened_until: Date | null;
  opened_as: PatientSide | null;
  closed_at: Date | null;
};

const COLUMNS = 'id, token_hash, referral_id, made_by, made_at, expires_at';

function openedOf({ opened_hash: hash, opened_until: until, opened_as: as }: Row): StoredPatientLink['opened'] {
  return hash === null || until === null || as === null ? null : { hash, until: instant(until), as };
}

const linkOf = (row: Row): StoredPatientLink => ({
  id: row.id,
  tokenHash: row.token_hash,
  referralId: row.referral_id,
  madeBy: row.made_by,
  madeAt: instant(row.made_at),
  expiresAt: instant(row.expires_at),
  wrongTries: row.wrong_tries,
  opened: openedOf(row),
  closedAt: row.closed_at === null ? null : instant(row.closed_at),
});

async function linksOf(unit: UnitContext, referralId: string, lock: 'for update' | '' = ''): Promise<StoredPatientLink[]> {
  const found = await unit.client.query<Row>(
    `select ${COLUMNS}, wrong_tries, opened_hash, opened_until, opened_as, closed_at from patient_link
     where tenant = $1 and issuer = $2 and referral_id = $3 order by made_at, id collate "C" ${lock}`,
    [...key(unit), referralId],
  );
  return found.rows.map(linkOf);
}

export const postgresPatientLinks = (unit: UnitContext): PatientLinkStore => ({
  insert: async ({ id, tokenHash, referralId, madeBy, madeAt, expiresAt }) => {
    await unit.client.query(`insert into patient_link (tenant, issuer, site, ${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, [
      ...key(unit),
      unit.scope.site,
      id,
      tokenHash,
      referralId,
      madeBy,
      madeAt,
      expiresAt,
    ]);
  },
  takeAll: (referralId) => linksOf(unit, referralId, 'for update'),
  list: (referralId) => linksOf(unit, referralId),
  countWrongTry: async (id) => {
    await unit.client.query('update patient_link set wrong_tries = wrong_tries + 1 where tenant = $1 and issuer = $2 and id = $3', [
      ...key(unit),
      id,
    ]);
  },
  open: async (id, { hash, until, as }) => {
    await unit.client.query(
      'update patient_link set opened_hash = $4, opened_until = $5, opened_as = $6 where tenant = $1 and issuer = $2 and id = $3',
      [...key(unit), id, hash, until, as],
    );
  },
  close: async (referralId, at, kept = []) => {
    const closed = await unit.client.query<{ id: string }>(
      `update patient_link set closed_at = $4 where tenant = $1 and issuer = $2 and referral_id = $3 and closed_at is null
       and id <> all($5::text[]) returning id`,
      [...key(unit), referralId, at, kept],
    );
    return closed.rows.map(({ id }) => id).sort();
  },
});

export const postgresPatientLinkLookup =
  (pool: pg.Pool): PatientLinkLookup =>
  (hash) =>
    inTransaction(pool, async (client) => {
      const named = client.query(`select set_config('refloop.link', $1, true)`, [hash]);
      const found = await following(named, () =>
        client.query<{ tenant: string; issuer: string; site: string; id: string; referral_id: string }>(
          'select tenant, issuer, site, id, referral_id from patient_link where token_hash = $1 or opened_hash = $1',
          [hash],
        ),
      );
      const [row] = found.rows;
      return row && { scope: { tenant: row.tenant, issuer: row.issuer, site: row.site }, id: row.id, referralId: row.referral_id };
    });
