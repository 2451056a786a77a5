import { numbersOf, type PatientContact, type PatientContactStore } from '../patient-contacts.ts';
import { key, type UnitContext } from './context.ts';

type Row = { patient_index: Buffer; content_sealed: Buffer };

const ownerOf = (index: Buffer): string => `patient/${index.toString('hex')}`;
const at = (index: Buffer) => ({ table: 'patient_contact', id: index.toString('hex'), column: 'content' });

export const postgresPatientContacts = (unit: UnitContext): PatientContactStore => {
  const indexOf = (patientId: string): Buffer => unit.index.patient(unit.scope, patientId);
  const opened = async (row: Row): Promise<PatientContact> =>
    (await unit.vault.open(ownerOf(row.patient_index), at(row.patient_index), row.content_sealed)) as PatientContact;
  const select = async (condition: string, values: unknown[]): Promise<PatientContact[]> => {
    const found = await unit.client.query<Row>(
      `select patient_index, content_sealed from patient_contact where tenant = $1 and issuer = $2 ${condition}`,
      [...key(unit), ...values],
    );
    const contacts: PatientContact[] = [];
    for (const row of found.rows) contacts.push(await opened(row));
    return contacts.sort((left, right) => (left.patientId < right.patientId ? -1 : 1));
  };
  return {
    take: async (patientId) => (await select('and patient_index = $3 for update', [indexOf(patientId)]))[0],
    get: async (patientId) => (await select('and patient_index = $3', [indexOf(patientId)]))[0],
    byNumber: (number) =>
      select('and (text_index = $3 or proxy_text_indexes @> array[$3::bytea])', [unit.index.number(unit.scope, number)]),
    all: () => select('', []),
    put: async (contact) => {
      const index = indexOf(contact.patientId);
      const { own, ofProxies } = numbersOf(contact);
      const number = own === null ? null : unit.index.number(unit.scope, own);
      const numbers = ofProxies.map((each) => unit.index.number(unit.scope, each));
      const sealed = await unit.vault.seal(ownerOf(index), at(index), contact);
      await unit.client.query(
        `insert into patient_contact (tenant, issuer, site, patient_index, text_index, updated_at, content_sealed, proxy_text_indexes)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (tenant, issuer, patient_index) do update set site = excluded.site, text_index = excluded.text_index,
           updated_at = excluded.updated_at, content_sealed = excluded.content_sealed,
           proxy_text_indexes = excluded.proxy_text_indexes`,
        [...key(unit), unit.scope.site, index, number, contact.updatedAt, sealed, numbers],
      );
    },
  };
};
