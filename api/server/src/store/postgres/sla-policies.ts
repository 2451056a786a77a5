import type { SlaPolicy } from '@refloop/domain/sla/policy';
import type { SlaPolicyStore } from '../sla-policies.ts';
import { key, type UnitContext } from './context.ts';
import { instant } from './database.ts';

type Made = { version: number; made_by: string; made_by_name: string | null; made_at: Date; reason: string };
type Row = { policy: SlaPolicy; made_by: string; made_by_name: string | null; made_at: Date; reason: string };

const stored = (row: Row | undefined) =>
  row && { policy: row.policy, madeBy: row.made_by, madeByName: row.made_by_name, madeAt: instant(row.made_at), reason: row.reason };

export const postgresSlaPolicies = (unit: UnitContext): SlaPolicyStore => ({
  inForce: async () => {
    const found = await unit.client.query<Row>(
      'select policy, made_by, made_by_name, made_at, reason from sla_policy where tenant = $1 and issuer = $2 order by version desc limit 1',
      key(unit),
    );
    return stored(found.rows[0]);
  },
  get: async (version) => {
    const found = await unit.client.query<Row>(
      'select policy, made_by, made_by_name, made_at, reason from sla_policy where tenant = $1 and issuer = $2 and version = $3',
      [...key(unit), version],
    );
    return stored(found.rows[0]);
  },
  versions: async () => {
    const found = await unit.client.query<Made>(
      'select version, made_by, made_by_name, made_at, reason from sla_policy where tenant = $1 and issuer = $2 order by version desc',
      key(unit),
    );
    return found.rows.map((row) => ({
      version: row.version,
      madeBy: row.made_by,
      madeByName: row.made_by_name,
      madeAt: instant(row.made_at),
      reason: row.reason,
    }));
  },
  add: async ({ policy, madeBy, madeByName, madeAt, reason }) => {
    const added = await unit.client.query(
      `insert into sla_policy (tenant, issuer, site, version, policy, made_by, made_at, reason, made_by_name)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       on conflict (tenant, issuer, version) do nothing`,
      [...key(unit), unit.scope.site, policy.version, JSON.stringify(policy), madeBy, madeAt, reason, madeByName],
    );
    return added.rowCount === 1;
  },
});
