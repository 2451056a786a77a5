/** Threshold alerts: leads keep rules, which are asked when they are made and with each refresh of the warehouse; owners acknowledge. Everything is put on record. */
import { headOf, metricIds, readMetric } from '@refloop/analytics/metric-definition';
import type { MetricRow } from '@refloop/analytics/metric-result';
import type { Warehouse } from '@refloop/analytics/warehouse';
import { alertStep } from '@refloop/domain/alerts/crossing';
import type { AlertRule, AlertsAnswer, NewAlertRule } from '../client/alerts.ts';
import type { Measure } from '../client/insights.ts';
import { problem, type Refusal } from '../problem.ts';
import { actorOf, type Session } from '../sessions/session.ts';
import type { AlertSegment, NewAlertRule as RuleToKeep } from '../store/alerts.ts';
import type { Scope, Store } from '../store/store.ts';
import { counted } from './insights.ts';

export type AlertService = {
  list: (session: Session) => Promise<AlertsAnswer>;
  addRule: (session: Session, asked: NewAlertRule, now: Date) => Promise<AlertsAnswer | Refusal>;
  endRule: (session: Session, id: string, now: Date) => Promise<AlertsAnswer | Refusal>;
  acknowledge: (session: Session, id: string, now: Date) => Promise<AlertsAnswer | Refusal>;
};

/** A metric that divides its denominator, or that is a range of assumptions, has no one number that a threshold could be about. */
function measures(): Measure[] {
  return metricIds().flatMap((id) => {
    const { title, unit, categories } = headOf(readMetric(id));
    return Object.keys(categories).length > 0 || unit === 'dollars' ? [] : [{ id, title, unit }];
  });
}

const segmentOf = ({ specialty, site, payer }: NewAlertRule['segment']): AlertSegment => ({
  ...(specialty === undefined ? {} : { specialty }),
  ...(site === undefined ? {} : { site }),
  ...(payer === undefined ? {} : { payer }),
});

/** Whether one would tell the same person of the same number at the same threshold as the other. */
const isSameRule = (one: RuleToKeep, other: RuleToKeep): boolean =>
  one.metric === other.metric &&
  one.direction === other.direction &&
  one.threshold === other.threshold &&
  one.owner.subject === other.owner.subject &&
  SEGMENTS.every((by) => one.segment[by] === other.segment[by]);
const SEGMENTS = ['specialty', 'site', 'payer'] as const satisfies readonly (keyof AlertSegment)[];

const HOPERAT = 'HOPERAT';
const noSuch = (what: string): Refusal => problem('not-found', `There is no such ${what}, or it is over.`);

export function createAlertService({ store, warehouse, newId }: Pick<Evaluation, 'store' | 'warehouse' | 'newId'>): AlertService {
  const list = (session: Session): Promise<AlertsAnswer> =>
    store.transaction(session.scope, async (unit) => {
      const known = new Map(measures().map((measure) => [measure.id, measure]));
      const open = new Map((await unit.alerts.open()).map((alert) => [alert.ruleId, alert]));
      const rules = (await unit.alerts.rules()).flatMap(({ id, metric, segment, direction, threshold, owner }): AlertRule[] => {
        const measure = known.get(metric);
        if (!measure) return [];
        const alert = open.get(id);
        const told = alert && {
          id: alert.id,
          raisedAt: alert.raisedAt,
          n: alert.n,
          value: alert.value,
          low: alert.low,
          high: alert.high,
          acknowledged: alert.acknowledged,
        };
        return [
          { id, metric: measure, segment, direction, threshold, owner, mine: owner.subject === session.subject, alert: told ?? null },
        ];
      });
      const owners = (await unit.grants.list())
        .filter(({ roles }) => roles.includes('lead') || roles.includes('coordinator'))
        .map(({ subject, name }) => ({ subject, name: name ?? subject }));
      return { rules, measures: [...known.values()], owners };
    });

  return {
    list,

    addRule: async (session, asked, now) => {
      const { owners, measures: known } = await list(session);
      if (!known.some(({ id }) => id === asked.metric)) return noSuch('metric');
      const owner = owners.find(({ subject }) => subject === asked.owner);
      if (!owner)
        return problem('invalid-request', 'Nobody of that name can own an alert.', [
          {
            field: 'owner',
            message: 'An owner is a lead or a coordinator here',
            fix: 'Choose one of the list, or ask an administrator to give the role.',
          },
        ]);
      const rule = {
        id: newId(),
        metric: asked.metric,
        segment: segmentOf(asked.segment),
        direction: asked.direction,
        threshold: asked.threshold,
        owner,
        madeBy: session.subject,
        madeAt: now.toISOString(),
      };
      // Asked before it is kept: what cannot be asked is refused whole. Before the first snapshot there is nothing to ask.
      const measured = await counted(() => measure(warehouse, session.scope, rule));
      const isNew = await store.transaction(session.scope, async (unit) => {
        if ((await unit.alerts.rules()).some((each) => isSameRule(each, rule))) return false;
        await unit.alerts.addRule(rule);
        await unit.audit.append({ at: rule.madeAt, actor: actorOf(session), action: 'alert.rule-made', purpose: HOPERAT, payload: rule });
        return true;
      });
      if (!isNew) return problem('conflict', 'This rule is in force already. It is in the list.');
      if (!('refused' in measured)) await settle({ store, newId, now: () => now }, session.scope, rule, measured);
      return list(session);
    },

    endRule: async (session, id, now) => {
      const at = now.toISOString();
      const ended = await store.transaction(session.scope, async (unit) => {
        if (!(await unit.alerts.endRule(id, { at, by: session.subject }))) return false;
        await unit.audit.append({ at, actor: actorOf(session), action: 'alert.rule-ended', purpose: HOPERAT, payload: { rule: id } });
        return true;
      });
      return ended ? list(session) : noSuch('rule');
    },

    acknowledge: async (session, id, now) => {
      const at = now.toISOString();
      const done = await store.transaction(session.scope, async (unit) => {
        if (!(await unit.alerts.acknowledge(id, { at, by: session.name }))) return false;
        await unit.audit.append({ at, actor: actorOf(session), action: 'alert.acknowledged', purpose: HOPERAT, payload: { alert: id } });
        return true;
      });
      return done ? list(session) : noSuch('alert');
    },
  };
}

const BY_REFLOOP = { subject: 'refloop', fhirUser: null, sessionId: null };

type Evaluation = { store: Store; warehouse: Warehouse; newId: () => string; now: () => Date };

type Found = { row: MetricRow | undefined; snapshot: string };

async function measure(warehouse: Warehouse, { tenant, issuer }: Scope, { metric, segment }: RuleToKeep): Promise<Found> {
  const { rows, snapshot } = await warehouse.metric({ metric, by: [], scope: { tenant, issuer }, filter: segment, curves: 0 });
  return { row: rows.find(({ category }) => category === null), snapshot };
}

/** Raises or clears what the figures say. @returns whether anything was */
async function settle(
  { store, newId, now }: Omit<Evaluation, 'warehouse'>,
  scope: Scope,
  rule: RuleToKeep,
  { row, snapshot }: Found,
): Promise<boolean> {
  const at = now().toISOString();
  return store.transaction(scope, async (unit) => {
    const record = (action: 'alert.raised' | 'alert.cleared') =>
      unit.audit.append({ at, actor: BY_REFLOOP, action, purpose: HOPERAT, payload: { rule: rule.id, snapshot } });
    const isOpen = (await unit.alerts.open()).some(({ ruleId }) => ruleId === rule.id);
    switch (alertStep(rule, row, isOpen)) {
      case 'raise':
        if (!row || row.n === null || row.value === null) return false;
        if (
          !(await unit.alerts.raise({
            id: newId(),
            ruleId: rule.id,
            raisedAt: at,
            snapshot,
            n: row.n,
            value: row.value,
            low: row.low,
            high: row.high,
          }))
        )
          return false;
        await record('alert.raised');
        return true;
      case 'clear':
        if (!(await unit.alerts.clear(rule.id, at))) return false;
        await record('alert.cleared');
        return true;
      case 'keep':
      case 'nothing':
        return false;
    }
  });
}

/** Asks every rule of every EHR of the snapshot in force. @returns how many alerts were raised or cleared */
export async function evaluateAlerts(deps: Evaluation): Promise<number> {
  const known = new Set(metricIds());
  let changed = 0;
  for (const scope of await deps.store.scopes()) {
    const rules = await deps.store.transaction(scope, (unit) => unit.alerts.rules());
    for (const rule of rules) {
      if (!known.has(rule.metric)) continue;
      if (await settle(deps, scope, rule, await measure(deps.warehouse, scope, rule))) changed += 1;
    }
  }
  return changed;
}
