import { readChart } from '@refloop/domain/chart/read-chart';
import { expect, test } from 'vitest';
import { asKept } from '../store/kept-json.ts';
import { chartAsOf, contentsAsOf, type KeptInput, resourcesKept } from './chart-kept.ts';

const TODAY = '2026-06-01';
const of = { patientId: 'p1', today: TODAY };
const about = { reference: 'Patient/p1' };
const RESTRICTED = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'HIV' };

const condition = (id: string, name: string, labels: readonly object[] = []) => ({
  resourceType: 'Condition',
  id,
  subject: about,
  clinicalStatus: { coding: [{ code: 'active' }] },
  code: { text: name },
  meta: { security: labels },
});

const input = (): KeptInput =>
  ({
    chart: [
      { resourceType: 'Patient', id: 'p1', birthDate: '1980-06-02' },
      condition('c1', 'Asthma'),
      condition('c2', 'Something restricted', [RESTRICTED]),
    ],
    order: null,
  }) as unknown as KeptInput;

const kept = asKept(input());

test('a chart that is kept is read once for the same day and consent', () => {
  expect(chartAsOf(kept, of)).toBe(chartAsOf(kept, { ...of, consented: new Set() }));
  expect(chartAsOf(kept, of)).toEqual(readChart(resourcesKept(kept), of));
});

test('what was read with a consent is not given to whoever asks without it, in whichever order they ask', () => {
  const consented = new Set(['HIV']);
  const [first, withConsent, without] = [chartAsOf(kept, of), chartAsOf(kept, { ...of, consented }), chartAsOf(kept, of)];
  expect(withConsent).toEqual(readChart(resourcesKept(kept), { ...of, consented }));
  expect(withConsent.withheld).toHaveLength(0);
  expect(first.withheld).toHaveLength(1);
  expect(without.withheld).toHaveLength(1);
  expect(chartAsOf(kept, { ...of, consented: new Set(['ETH']) }).withheld).toHaveLength(1);
});

test('another day and another patient are read anew', () => {
  expect(chartAsOf(kept, of).patient?.age).toBe(45);
  expect(chartAsOf(kept, { ...of, today: '2026-06-02' }).patient?.age).toBe(46);
  expect(chartAsOf(kept, { ...of, patientId: 'p2' }).refused).toHaveLength(3);
  expect(chartAsOf(kept, of).refused).toHaveLength(0);
});

test('a record that may still change is never read from memory', () => {
  const open = input();
  const before = chartAsOf(open, of);
  (open.chart as object[]).push(condition('c3', 'Gout'));
  expect(before.problems).toHaveLength(1);
  expect(chartAsOf(open, of).problems).toHaveLength(2);
});

test('contents of one chart are put together anew for another specialty', () => {
  const chart = chartAsOf(kept, of);
  const wanted = { specialty: 'cardiology', variant: undefined, today: TODAY };
  expect(contentsAsOf(chart, wanted)).toBe(contentsAsOf(chart, { ...wanted }));
  const first = contentsAsOf(chart, wanted);
  expect(contentsAsOf(chart, { ...wanted, specialty: 'dermatology' })).not.toBe(first);
  expect(contentsAsOf(chart, { ...wanted, today: '2026-07-01' })).not.toBe(first);
});
