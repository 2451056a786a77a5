import type { MetricRow } from '@refloop/analytics/metric-result';
import { NoSnapshot, type Warehouse } from '@refloop/analytics/warehouse';
import { beforeEach, expect, test } from 'vitest';
import type { NewAlertRule } from '../client/alerts.ts';
import type { Session } from '../sessions/session.ts';
import type { NewAuditEntry } from '../store/audit.ts';
import { openMemoryStore } from '../store/memory/store.ts';
import type { Scope, Store } from '../store/store.ts';
import { type AlertService, createAlertService, evaluateAlerts } from './alerts.ts';

const scope: Scope = { tenant: 'north', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };
const NOW = new Date('2026-11-28T10:00:00.000Z');
const lead = { scope, subject: 'lead', fhirUser: 'Practitioner/lead', name: 'Priya Castellan', roles: ['lead'] } as unknown as Session;

/** The figures that the next refresh finds, by specialty. */
let figures: Partial<MetricRow>;
let asked: unknown[];
const warehouse = {
  metric: async (question: { metric: string; filter?: unknown }) => {
    asked.push([question.metric, question.filter]);
    return { snapshot: 'snap', rows: [{ segment: {}, category: null, parts: {}, note: null, level: 0.95, ...figures }] };
  },
} as unknown as Warehouse;

/** What the transactions put on record. */
let recorded: NewAuditEntry[];
const recording = (inner: Store): Store => ({
  ...inner,
  transaction: (at, work) =>
    inner.transaction(at, (unit) =>
      work({
        ...unit,
        audit: {
          ...unit.audit,
          append: (entry) => {
            recorded.push(entry);
            return unit.audit.append(entry);
          },
        },
      }),
    ),
});

let store: Store;
let alerts: AlertService;
let count = 0;
const newId = (): string => `id-${(count += 1)}`;
const refresh = (): Promise<number> => evaluateAlerts({ store, warehouse, newId, now: () => NOW });

beforeEach(async () => {
  asked = [];
  figures = {};
  recorded = [];
  store = recording(openMemoryStore({ newId }));
  alerts = createAlertService({ store, warehouse, newId });
  await store.enrol(scope);
  await store.transaction(scope, (unit) =>
    unit.grants.put({
      subject: 'ortiz',
      fhirUser: 'Practitioner/ortiz',
      name: 'Ana Ortiz',
      roles: ['coordinator'],
      grantedBy: 'a',
      grantedAt: NOW.toISOString(),
      reason: 'r',
    }),
  );
});

const rule: NewAlertRule = {
  metric: 'network_leakage',
  segment: { specialty: 'cardiology' },
  direction: 'above',
  threshold: 0.1,
  owner: 'ortiz',
};
async function listed(work: Promise<Awaited<ReturnType<AlertService['addRule']>>>) {
  const answer = await work;
  if ('refused' in answer) throw new Error(answer.detail);
  return answer;
}

test('an alert is raised once when the whole interval lies beyond, stays while it does, and is cleared when it does not', async () => {
  await listed(alerts.addRule(lead, rule, NOW));
  asked = [];
  figures = { n: 300, value: 0.12, low: 0.09, high: 0.16 };
  expect(await refresh(), 'the point alone tells nobody').toBe(0);
  expect(asked).toEqual([['network_leakage', { specialty: 'cardiology' }]]);
  figures = { n: 400, value: 0.3, low: 0.26, high: 0.35 };
  expect([await refresh(), await refresh()]).toEqual([1, 0]);
  const [told] = (await alerts.list(lead)).rules;
  expect(told).toMatchObject({ owner: { name: 'Ana Ortiz' }, mine: false, alert: { n: 400, value: 0.3, acknowledged: null } });
  const seen = await listed(alerts.acknowledge(lead, told?.alert?.id ?? '', NOW));
  expect(seen.rules[0]?.alert?.acknowledged).toEqual({ at: NOW.toISOString(), by: 'Priya Castellan' });
  expect(await alerts.acknowledge(lead, told?.alert?.id ?? '', NOW)).toMatchObject({ refused: 'not-found' });
  figures = { n: 400, value: 0.11, low: 0.09, high: 0.14 };
  expect([await refresh(), await refresh()]).toEqual([1, 0]);
  expect((await alerts.list(lead)).rules[0]?.alert).toBeNull();
});

test('what is raised and cleared is on record once, by Refloop, with the rule and the snapshot', async () => {
  const made = await listed(alerts.addRule(lead, rule, NOW));
  recorded = [];
  figures = { n: 400, value: 0.3, low: 0.26, high: 0.35 };
  await refresh();
  await refresh();
  figures = { n: 400, value: 0.11, low: 0.09, high: 0.14 };
  await refresh();
  await refresh();
  const entry = (action: string) => ({
    at: NOW.toISOString(),
    actor: { subject: 'refloop', fhirUser: null, sessionId: null },
    action,
    purpose: 'HOPERAT',
    payload: { rule: made.rules[0]?.id, snapshot: 'snap' },
  });
  expect(recorded).toEqual([entry('alert.raised'), entry('alert.cleared')]);
});

test('a rule is about one number and has an owner who may act on it; ended, it asks nothing', async () => {
  expect(await alerts.addRule(lead, { ...rule, metric: 'nothing' }, NOW)).toMatchObject({ refused: 'not-found' });
  expect(await alerts.addRule(lead, { ...rule, metric: 'lost_causes' }, NOW), 'it divides').toMatchObject({ refused: 'not-found' });
  expect(await alerts.addRule(lead, { ...rule, owner: 'stranger' }, NOW)).toMatchObject({ refused: 'invalid-request' });
  const made = await listed(alerts.addRule(lead, rule, NOW));
  const id = made.rules[0]?.id ?? '';
  expect((await listed(alerts.endRule(lead, id, NOW))).rules).toEqual([]);
  expect(await alerts.endRule(lead, id, NOW)).toMatchObject({ refused: 'not-found' });
  figures = { n: 400, value: 0.3, low: 0.26, high: 0.35 };
  asked = [];
  expect([await refresh(), asked]).toEqual([0, []]);
});

test('the same rule is not kept twice, so that a press that nobody answered may be made again; another one is', async () => {
  await listed(alerts.addRule(lead, rule, NOW));
  expect(await alerts.addRule(lead, { ...rule, segment: { specialty: 'cardiology' } }, NOW)).toMatchObject({ refused: 'conflict' });
  expect(recorded.filter(({ action }) => action === 'alert.rule-made')).toHaveLength(1);
  const others: Partial<NewAlertRule>[] = [
    { threshold: 0.2 },
    { direction: 'below' },
    { segment: {} },
    { segment: { specialty: 'urology' } },
  ];
  for (const other of others) await listed(alerts.addRule(lead, { ...rule, ...other }, NOW));
  const { rules } = await listed(alerts.list(lead));
  expect(rules).toHaveLength(1 + others.length);
  await listed(alerts.endRule(lead, rules[0]?.id ?? '', NOW));
  await listed(alerts.addRule(lead, rule, NOW));
});

test('a rule that is crossed when it is made is told at once; before the first snapshot it is kept, and waits for one', async () => {
  figures = { n: 400, value: 0.3, low: 0.26, high: 0.35 };
  const made = await listed(alerts.addRule(lead, rule, NOW));
  expect(made.rules[0]?.alert).toMatchObject({ n: 400, value: 0.3, acknowledged: null });
  expect(recorded.map(({ action }) => action)).toEqual(['alert.rule-made', 'alert.raised']);
  expect(await refresh(), 'told once').toBe(0);
  const early = createAlertService({
    store,
    warehouse: { ...warehouse, metric: () => Promise.reject(new NoSnapshot('nowhere')) },
    newId,
  });
  const waiting = await listed(early.addRule(lead, { ...rule, threshold: 0.2 }, NOW));
  expect(waiting.rules.map(({ alert }) => alert !== null)).toEqual([true, false]);
  expect(await refresh()).toBe(1);
});
