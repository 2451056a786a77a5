import type { PatientIdentityStore, StoredIdentity } from '../patient-identities.ts';
import { key, type UnitContext } from './context.ts';

type Row = { patient_index: Buffer; content_sealed: Buffer };

const placeOf = (index: Buffer) => ({ table: 'patient_identity', id: index.toString('hex'), column: 'content' });
const ownerOf = (index: Buffer): string => `patient/${index.toString('hex')}`;

async function opened(unit: UnitContext, rows: readonly Row[]): Promise<StoredIdentity[]> {
  await unit.vault.readAhead(rows.map(({ patient_index: index }) => ownerOf(index)));
  const found: StoredIdentity[] = [];
  for (const { patient_index: index, content_sealed: sealed } of rows)
    found.push((await unit.vault.open(ownerOf(index), placeOf(index), sealed)) as StoredIdentity);
  return found;
}

export const postgresPatientIdentities = (unit: UnitContext): PatientIdentityStore => ({
  put: async (identity, blocks) => {
    const index = unit.index.patient(unit.scope, identity.patientId);
    const sealed = await unit.vault.seal(ownerOf(index), placeOf(index), identity);
    await unit.client.query(
      `insert into patient_identity (tenant, issuer, site, patient_index, blocks, content_sealed) values ($1, $2, $3, $4, $5, $6)
       on conflict (tenant, issuer, patient_index) do update set blocks = excluded.blocks, content_sealed = excluded.content_sealed`,
      [...key(unit), unit.scope.site, index, blocks.map((block) => unit.index.block(unit.scope, block)), sealed],
    );
  },
  sharing: async (blocks, limit) => {
    const found = await unit.client.query<Row>(
      'select patient_index, content_sealed from patient_identity where tenant = $1 and issuer = $2 and blocks && $3::bytea[] limit $4',
      [...key(unit), blocks.map((block) => unit.index.block(unit.scope, block)), limit],
    );
    return opened(unit, found.rows);
  },
  get: async (patientId) => {
    const found = await unit.client.query<Row>(
      'select patient_index, content_sealed from patient_identity where tenant = $1 and issuer = $2 and patient_index = $3',
      [...key(unit), unit.index.patient(unit.scope, patientId)],
    );
    return (await opened(unit, found.rows))[0];
  },
});
