/** At a launch the chart is read anyway: what packets of this patient still lack is handed over of it, and nothing else. */
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import type { ChartFound, ChartWanted } from '@refloop/server/client/chart-look';
import type { Desk } from '../refer/desk.ts';

/** The most resources that are handed over. */
const MOST = 500;

/** Of these types, and changed since that day; what does not say when it was changed may be new. */
export const wantedOf = (resources: readonly Resource[], { wanted }: ChartWanted): Resource[] =>
  resources
    .filter(({ resourceType, meta }) => {
      const part = wanted.find(({ type }) => type === resourceType);
      return part !== undefined && (part.since === null || meta?.lastUpdated === undefined || meta.lastUpdated.slice(0, 10) >= part.since);
    })
    .slice(0, MOST);

/** Beside the page: what could not be asked is asked at the next launch. */
export async function lookForPackets(desk: Desk): Promise<void> {
  const { chart } = desk.store.get();
  const asked = chart && (await desk.api.call<ChartWanted>('/chart-looks'));
  if (!chart || !asked?.ok || asked.value.wanted.length === 0) return;
  const resources = wantedOf([...desk.headResources, ...chart.resources], asked.value);
  if (resources.length === 0) return;
  const given = await desk.api.call<ChartFound>('/chart-looks', { method: 'POST', body: { resources } });
  if (!given.ok || given.value.found.length === 0) return;
  const words = given.value.found.map(({ specialtyName, labels }) => `${specialtyName}: ${labels.join(', ')}`).join('; ');
  desk.store.set({ notice: `Found in the chart for a packet that lacked it. ${words}.` });
}
