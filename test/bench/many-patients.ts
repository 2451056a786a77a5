/** More patients than the sandbox has: copies of its ordinary charts under other ids, as a folder for `npm start -- --data`. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '@medplum/fhirtypes';
import { builtInResources } from '@refloop/launch/synthetic/built-in-resources';

/** A patient's draft order, to launch from, and how many orders the chart has with it. */
export type Draft = { patient: string; order: string; orders: number };

/** The notable patients, each of whom shows one thing, have names; the ordinary ones are counted by specialty. */
const isOrdinary = (patient: string): boolean => /-\d+$/.test(patient);

function patientOf(resource: Resource): string | undefined {
  if (resource.resourceType === 'Patient') return resource.id;
  return /"Patient\/([a-z0-9-]+)"/.exec(JSON.stringify(resource))?.[1];
}

/** What is ordered for a patient in the chart. */
const ordersOf = (chart: readonly Resource[]): Resource[] => chart.filter(({ resourceType }) => resourceType === 'ServiceRequest');

/**
 * Writes practice, payers and `count` ordinary patients as NDJSON.
 * @param asOf the day the charts end on, as `2026-11-20`
 * @param notable ids of patients with a name who are written beside them, as they are
 * @returns the draft orders of the ordinary ones, then those of the notable
 */
export function writePatients(folder: string, count: number, asOf: string, notable: readonly string[] = []): Draft[] {
  mkdirSync(folder, { recursive: true });
  const charts = new Map<string, Resource[]>();
  const shared: Resource[] = [];
  for (const resource of builtInResources({ asOf })) {
    const patient = patientOf(resource);
    if (patient === undefined) shared.push(resource);
    else charts.set(patient, [...(charts.get(patient) ?? []), resource]);
  }
  const ordinary = [...charts].filter(([patient]) => isOrdinary(patient));
  const file = openSync(join(folder, 'resources.ndjson'), 'w');
  const write = (resources: readonly string[]): void => void writeSync(file, `${resources.join('\n')}\n`);
  write(shared.map((resource) => JSON.stringify(resource)));
  const drafts: Draft[] = [];
  const note = (patient: string, chart: readonly Resource[], idOf: (id: string) => string): void => {
    const order = ordersOf(chart).find((each) => 'status' in each && each.status === 'draft');
    if (order?.id) drafts.push({ patient, order: idOf(order.id), orders: ordersOf(chart).length });
  };
  for (let at = 0; at < count; at += 1) {
    const [patient, chart] = ordinary[at % ordinary.length] ?? ['', []];
    const suffix = `-${Math.floor(at / ordinary.length) + 1}`;
    // Every id of a chart begins with its patient's, so that one replacement makes a chart of its own.
    const copied = chart.map((resource) => JSON.stringify(resource).replaceAll(ofThisChart(patient), `$1${patient}${suffix}`));
    write(copied);
    note(`${patient}${suffix}`, chart, (id) => id.replace(patient, `${patient}${suffix}`));
  }
  for (const patient of notable) {
    const chart = charts.get(patient) ?? [];
    write(chart.map((resource) => JSON.stringify(resource)));
    note(patient, chart, (id) => id);
  }
  closeSync(file);
  return drafts;
}

/** The patient's id at the beginning of an id or of a reference's target. */
const ofThisChart = (patient: string): RegExp => new RegExp(`("id":"|"reference":"[A-Za-z]+/)${patient}(?=["-])`, 'g');
