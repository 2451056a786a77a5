/** The chart is read again by itself while something is lacking, and not oftener than it may. */
import type { FhirResource } from '@refloop/domain/fhir/read';
import { expect, test } from 'vitest';
import { type Site, sandboxSite } from '../../sites.ts';
import { fullChart, packetDesk, subject } from '../test-packet-desk.ts';
import { createChartLooks } from './chart-looks.ts';

const desk = packetDesk();
const holter = {
  resourceType: 'DiagnosticReport',
  id: 'holter-late',
  subject,
  status: 'final',
  code: { text: 'Holter monitor' },
  effectiveDateTime: '2026-11-19',
} as FhirResource;

test('what comes while a packet lacks it is found, once, and an EHR that is away is asked for one packet alone', async () => {
  const system = { clientId: 'refloop-system', reads: true } as unknown as NonNullable<Site['system']>;
  const id = await desk.written(fullChart().filter(({ id: each }) => each !== 'holter'));
  const other = await desk.written(fullChart().filter(({ id: each }) => each !== 'holter'));
  let asked = 0;
  let made = 0;
  let answers: FhirResource[] | 'away' = 'away';
  const make = (sites: Site[] = [{ ...sandboxSite(4010), system }]) =>
    createChartLooks({
      store: desk.api.store,
      sites,
      chart: async (_scope, _patient, searches) => {
        asked += 1;
        return answers === 'away' ? { resources: [], unread: searches.map(({ words }) => words) } : { resources: answers, unread: [] };
      },
      consents: async () => [],
      now: () => desk.api.clock.now,
      newId: () => `look-${(made += 1)}`,
      version: 'test',
      failed: (error) => {
        throw error;
      },
    });
  const looks = make();
  await looks.run();
  expect(asked).toBe(1);
  await looks.run();
  expect(asked, 'not before its time').toBe(1);
  await desk.later(15);
  answers = [];
  await looks.run();
  expect(asked).toBe(3);
  await desk.later(15);
  answers = [holter];
  await looks.run();
  expect(asked, 'each once an hour').toBe(3);
  await desk.later(45);
  expect(await looks.run()).toBe(2);
  for (const each of [id, other]) {
    expect((await desk.packetOf(each)).holds).toEqual([]);
    expect((await desk.threadOf(each)).entries.find(({ title }) => title === 'Found in the chart')).toMatchObject({
      by: 'Refloop',
      party: 'refloop',
    });
  }
  await desk.later(120);
  await looks.run();
  expect(asked, 'nothing is lacking any more').toBe(5);
  expect(await make([sandboxSite(4010)]).run(), 'a site without access').toBe(0);
});
