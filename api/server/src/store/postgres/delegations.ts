import type { DelegationKind, DelegationStore, NewDelegation, StoredDelegation } from '../delegations.ts';
import { key, type UnitContext } from './context.ts';
import { instant } from './database.ts';

type Row = {
  id: string;
  kind: DelegationKind;
  delegate_subject: string;
  delegate_fhir_user: string;
  delegate_name: string;
  clinician_subject: string;
  clinician_fhir_user: string;
  clinician_name: string;
  reason: string;
  given_by: string;
  given_at: Date;
  until: Date | null;
  ended_at: Date | null;
  ended_by: string | null;
  ended_reason: string | null;
};

const COLUMNS = `id, kind, delegate_subject, delegate_fhir_user, delegate_name, clinician_subject, clinician_fhir_user, clinician_name,
  reason, given_by, given_at, until`;

const toDelegation = (row: Row): StoredDelegation => ({
  id: row.id,
  kind: row.kind,
  delegate: { subject: row.delegate_subject, fhirUser: row.delegate_fhir_user, name: row.delegate_name },
  clinician: { subject: row.clinician_subject, fhirUser: row.clinician_fhir_user, name: row.clinician_name },
  reason: row.reason,
  givenBy: row.given_by,
  givenAt: instant(row.given_at),
  until: row.until && instant(row.until),
  ended: row.ended_at && { at: instant(row.ended_at), by: row.ended_by ?? '', reason: row.ended_reason ?? '' },
});

async function select(unit: UnitContext, condition: string, order: 'asc' | 'desc', values: unknown[]): Promise<StoredDelegation[]> {
  const found = await unit.client.query<Row>(
    `select ${COLUMNS}, ended_at, ended_by, ended_reason from delegation
     where tenant = $1 and issuer = $2 ${condition} order by given_at ${order}, id collate "C" ${order}`,
    [...key(unit), ...values],
  );
  return found.rows.map(toDelegation);
}

async function insert(unit: UnitContext, { delegate, clinician, ...given }: NewDelegation): Promise<void> {
  await unit.client.query(
    `insert into delegation (tenant, issuer, site, ${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
     on conflict (tenant, issuer, id) do nothing`,
    [
      ...key(unit),
      unit.scope.site,
      given.id,
      given.kind,
      delegate.subject,
      delegate.fhirUser,
      delegate.name,
      clinician.subject,
      clinician.fhirUser,
      clinician.name,
      given.reason,
      given.givenBy,
      given.givenAt,
      given.until,
    ],
  );
}

export const postgresDelegations = (unit: UnitContext): DelegationStore => ({
  insert: (delegation) => insert(unit, delegation),
  get: async (id) => (await select(unit, 'and id = $3', 'asc', [id]))[0],
  list: () => select(unit, '', 'desc', []),
  inForce: ({ kind, delegate, now }) =>
    select(unit, 'and kind = $3 and delegate_subject = $4 and ended_at is null and (until is null or until > $5)', 'asc', [
      kind,
      delegate,
      now,
    ]),
  end: async (id, { at, by, reason }) => {
    const ended = await unit.client.query(
      `update delegation set ended_at = $4, ended_by = $5, ended_reason = $6
       where tenant = $1 and issuer = $2 and id = $3 and ended_at is null`,
      [...key(unit), id, at, by, reason],
    );
    return ended.rowCount === 1;
  },
});
