import type { DisclosureStore, StoredDisclosure } from '../disclosures.ts';
import { key, referralOwner, type UnitContext } from './context.ts';
import { instant } from './database.ts';

type Row = { id: string; referral_id: string; disclosed_at: Date; content_sealed: Buffer };

const COLUMNS = 'id, referral_id, disclosed_at, content_sealed';
const at = (id: string) => ({ table: 'disclosure', id, column: 'content' });

async function toDisclosure(unit: UnitContext, row: Row): Promise<StoredDisclosure> {
  const opened = await unit.vault.open(referralOwner(row.referral_id), at(row.id), row.content_sealed);
  const { patientId, content } = opened as Pick<StoredDisclosure, 'patientId' | 'content'>;
  return { id: row.id, referralId: row.referral_id, patientId, at: instant(row.disclosed_at), content };
}

export const postgresDisclosures = (unit: UnitContext): DisclosureStore => ({
  add: async ({ id, referralId, patientId, at: disclosedAt, content }) => {
    const sealed = await unit.vault.seal(referralOwner(referralId), at(id), { patientId, content });
    await unit.client.query(
      `insert into disclosure (tenant, issuer, site, id, referral_id, patient_index, disclosed_at, content_sealed)
       values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (tenant, issuer, id) do nothing`,
      [...key(unit), unit.scope.site, id, referralId, unit.index.patient(unit.scope, patientId), disclosedAt, sealed],
    );
  },
  ids: async () => {
    const found = await unit.client.query<{ id: string }>(
      'select id from disclosure where tenant = $1 and issuer = $2 order by id collate "C"',
      key(unit),
    );
    return found.rows.map(({ id }) => id);
  },
  get: async (id) => {
    const found = await unit.client.query<Row>(`select ${COLUMNS} from disclosure where tenant = $1 and issuer = $2 and id = $3`, [
      ...key(unit),
      id,
    ]);
    const [row] = found.rows;
    return row && toDisclosure(unit, row);
  },
  ofPatient: async (patientId) => {
    const found = await unit.client.query<Row>(
      `select ${COLUMNS} from disclosure where tenant = $1 and issuer = $2 and patient_index = $3 order by disclosed_at, id collate "C"`,
      [...key(unit), unit.index.patient(unit.scope, patientId)],
    );
    const disclosures: StoredDisclosure[] = [];
    for (const row of found.rows) disclosures.push(await toDisclosure(unit, row));
    return disclosures;
  },
});
