/** Exports this project did not write: what comes of them, what cannot, and that the report says which and why (fixtures/README.md). */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importExports } from '@refloop/analytics/fhir/import-exports';
import { measurable } from '@refloop/analytics/fhir/measurable';
import { metricIds } from '@refloop/analytics/metric-definition';
import { openWarehouse } from '@refloop/analytics/warehouse';
import { expect, test } from 'vitest';

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

async function imported(name: string, views: string | null) {
  const warehouse = await mkdtemp(join(tmpdir(), 'refloop-foreign-'));
  try {
    const { report } = await importExports({
      sources: [fixture(name)],
      warehouse,
      scope: { tenant: 'imported', issuer: 'https://other.example.org/fhir', site: 'Imported' },
      views,
      keepPairs: false,
      pseudonymKey: Buffer.alloc(32, 1),
      now: '2026-11-28T00:00:00.000Z',
      reidentify: async () => undefined,
    });
    const opened = openWarehouse({ folder: warehouse });
    const metrics = new Map((await measurable(opened, report.referrals)).map((each) => [each.metric, each]));
    const ask = async (metric: string) => (await opened.metric({ metric, by: ['specialty'], scope: null })).rows;
    const rows = { completion: await ask('completion'), appointment: await ask('time_to_appointment') };
    await opened.close();
    return { report, metrics, rows };
  } finally {
    await rm(warehouse, { recursive: true, force: true });
  }
}

test('Synthea’s export is read whole; its orders are of the laboratory, and every metric says that orders to a specialist are missing', async () => {
  const { report, metrics } = await imported('synthea', null);
  expect(report).toMatchObject({ rejectedCount: 0, referrals: { orders: 6, referrals: 0, leftOut: {} } });
  expect(report.resources.filter(({ read }) => read > 0)).toEqual([
    { resource: 'Patient', read: 1, superseded: 0, deleted: 0 },
    { resource: 'ServiceRequest', read: 6, superseded: 0, deleted: 0 },
  ]);
  expect([...metrics.keys()]).toEqual(metricIds());
  for (const { n, missing } of metrics.values())
    expect({ n, missing }).toEqual({ n: 0, missing: expect.arrayContaining([expect.any(String)]) });
  expect(metrics.get('completion')?.missing[0]).toContain('ServiceRequest with the category 3457005');
});

test('an EHR that says "referral" by codes of its own is read by a view of the site’s; what it tells is measured, the rest is named', async () => {
  expect((await imported('handwritten', null)).report.referrals.referrals).toBe(0);
  const { report, metrics, rows } = await imported('handwritten', fixture('handwritten/views'));
  expect(report.rejected).toEqual([{ file: 'ServiceRequest-1.ndjson', line: 5, why: 'is not JSON' }]);
  expect(report.referrals).toMatchObject({
    orders: 4,
    referrals: 3,
    events: { 'appointment-booked': 2, 'appointment-missed': 1, 'patient-seen': 1, 'report-received': 1, 'specialty known': 3 },
  });
  expect(rows.completion.map(({ segment, n, parts }) => [segment, n, parts['attended'], parts['cancelled']])).toEqual([
    [{ specialty: 'cardiology' }, 3, 1, 1],
  ]);
  expect(rows.appointment.map(({ n }) => n)).toEqual([3]);
  expect(metrics.get('completion')).toMatchObject({ n: 3, missing: [] });
  expect(metrics.get('network_leakage')?.missing).toEqual([expect.stringContaining('ExplanationOfBenefit with referral')]);
});
