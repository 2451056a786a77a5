import type { AlertDirection } from '@refloop/domain/alerts/crossing';
import type { AlertSegment, AlertStore, StoredAlert, StoredAlertRule } from '../alerts.ts';
import { key, type UnitContext } from './context.ts';
import { instant } from './database.ts';

type RuleRow = {
  id: string;
  metric: string;
  segment: AlertSegment;
  direction: AlertDirection;
  threshold: number;
  owner_subject: string;
  owner_name: string;
  made_by: string;
  made_at: Date;
};
type AlertRow = {
  id: string;
  rule_id: string;
  raised_at: Date;
  snapshot: string;
  n: number;
  value: number;
  low: number | null;
  high: number | null;
  acknowledged_at: Date | null;
  acknowledged_by: string | null;
};

const RULE = 'id, metric, segment, direction, threshold, owner_subject, owner_name, made_by, made_at';
const ALERT = 'id, rule_id, raised_at, snapshot, n, value, low, high';

const toRule = (row: RuleRow): StoredAlertRule => ({
  id: row.id,
  metric: row.metric,
  segment: row.segment,
  direction: row.direction,
  threshold: row.threshold,
  owner: { subject: row.owner_subject, name: row.owner_name },
  madeBy: row.made_by,
  madeAt: instant(row.made_at),
  ended: null,
});

const toAlert = (row: AlertRow): StoredAlert => ({
  id: row.id,
  ruleId: row.rule_id,
  raisedAt: instant(row.raised_at),
  snapshot: row.snapshot,
  n: row.n,
  value: row.value,
  low: row.low,
  high: row.high,
  acknowledged: row.acknowledged_at && { at: instant(row.acknowledged_at), by: row.acknowledged_by ?? '' },
  clearedAt: null,
});

async function changed(unit: UnitContext, sql: string, values: unknown[]): Promise<boolean> {
  return (await unit.client.query(sql, [...key(unit), ...values])).rowCount === 1;
}

const clear = (unit: UnitContext, ruleId: string, at: string): Promise<boolean> =>
  changed(unit, 'update alert set cleared_at = $4 where tenant = $1 and issuer = $2 and rule_id = $3 and cleared_at is null', [ruleId, at]);

export const postgresAlerts = (unit: UnitContext): AlertStore => ({
  addRule: async ({ id, metric, segment, direction, threshold, owner, madeBy, madeAt }) => {
    await unit.client.query(
      `insert into alert_rule (tenant, issuer, site, ${RULE}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [...key(unit), unit.scope.site, id, metric, JSON.stringify(segment), direction, threshold, owner.subject, owner.name, madeBy, madeAt],
    );
  },
  rules: async () => {
    const found = await unit.client.query<RuleRow>(
      `select ${RULE} from alert_rule where tenant = $1 and issuer = $2 and ended_at is null order by made_at, id collate "C"`,
      key(unit),
    );
    return found.rows.map(toRule);
  },
  endRule: async (id, { at, by }) => {
    const ended = await changed(
      unit,
      'update alert_rule set ended_at = $4, ended_by = $5 where tenant = $1 and issuer = $2 and id = $3 and ended_at is null',
      [id, at, by],
    );
    if (ended) await clear(unit, id, at);
    return ended;
  },
  raise: (alert) =>
    changed(
      unit,
      `insert into alert (tenant, issuer, site, ${ALERT}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
       on conflict (tenant, issuer, rule_id) where cleared_at is null do nothing`,
      [unit.scope.site, alert.id, alert.ruleId, alert.raisedAt, alert.snapshot, alert.n, alert.value, alert.low, alert.high],
    ),
  open: async () => {
    const found = await unit.client.query<AlertRow>(
      `select ${ALERT}, acknowledged_at, acknowledged_by from alert
       where tenant = $1 and issuer = $2 and cleared_at is null order by raised_at desc, id collate "C" desc`,
      key(unit),
    );
    return found.rows.map(toAlert);
  },
  acknowledge: (id, { at, by }) =>
    changed(
      unit,
      `update alert set acknowledged_at = $4, acknowledged_by = $5
       where tenant = $1 and issuer = $2 and id = $3 and cleared_at is null and acknowledged_at is null`,
      [id, at, by],
    ),
  clear: (ruleId, at) => clear(unit, ruleId, at),
});
