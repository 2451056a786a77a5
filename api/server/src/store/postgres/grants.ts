import type { Role } from '../../client/session.ts';
import type { GrantStore, StoredGrant } from '../grants.ts';
import { key, type UnitContext } from './context.ts';
import { instant } from './database.ts';

type Row = {
  subject: string;
  fhir_user: string;
  name: string | null;
  roles: Role[];
  granted_by: string;
  granted_at: Date;
  reason: string;
};

async function select(unit: UnitContext, condition: string, values: unknown[]): Promise<StoredGrant[]> {
  const found = await unit.client.query<Row>(
    `select subject, fhir_user, name, roles, granted_by, granted_at, reason from role_grant
     where tenant = $1 and issuer = $2 ${condition} order by subject collate "C"`,
    [...key(unit), ...values],
  );
  return found.rows.map((row) => ({
    subject: row.subject,
    fhirUser: row.fhir_user,
    name: row.name,
    roles: row.roles,
    grantedBy: row.granted_by,
    grantedAt: instant(row.granted_at),
    reason: row.reason,
  }));
}

async function put(unit: UnitContext, grant: StoredGrant): Promise<void> {
  await unit.client.query(
    `insert into role_grant (tenant, issuer, subject, site, fhir_user, name, roles, granted_by, granted_at, reason)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (tenant, issuer, subject) do update set fhir_user = excluded.fhir_user, name = excluded.name, roles = excluded.roles,
       granted_by = excluded.granted_by, granted_at = excluded.granted_at, reason = excluded.reason`,
    [...key(unit), grant.subject, unit.scope.site, grant.fhirUser, grant.name, grant.roles, grant.grantedBy, grant.grantedAt, grant.reason],
  );
}

export const postgresGrants = (unit: UnitContext): GrantStore => ({
  get: async (subject) => (await select(unit, 'and subject = $3', [subject]))[0],
  put: (grant) => put(unit, grant),
  list: () => select(unit, '', []),
});
