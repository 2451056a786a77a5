import type { SlaPolicy } from '@refloop/domain/sla/policy';
import type { SlaPolicyStore } from '../sla-policies.ts';
import { key, type UnitContext } from './context.ts';
import { instant } from './database.ts';

type Row = { policy: SlaPolicy; made_by: string; made_at: Date; reason: string };

export const postgresSlaPolicies = (unit: UnitContext): SlaPolicyStore => ({
  inForce: async () => {
    const found = await unit.client.query<Row>(
      'select policy, made_by, made_at, reason from sla_policy where tenant = $1 and issuer = $2 order by version desc limit 1',
      key(unit),
    );
    const [row] = found.rows;
    return row && { policy: row.policy, madeBy: row.made_by, madeAt: instant(row.made_at), reason: row.reason };
  },
  add: async ({ policy, madeBy, madeAt, reason }) => {
    const added = await unit.client.query(
      `insert into sla_policy (tenant, issuer, site, version, policy, made_by, made_at, reason) values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (tenant, issuer, version) do nothing`,
      [...key(unit), unit.scope.site, policy.version, JSON.stringify(policy), madeBy, madeAt, reason],
    );
    return added.rowCount === 1;
  },
});
