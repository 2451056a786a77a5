/** More patients than the sandbox has: copies of its ordinary charts under other ids, as a folder for `npm start -- --data`. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '@medplum/fhirtypes';
import { builtInResources } from '@refloop/launch/synthetic/built-in-resources';

/** A patient's draft order, to launch from. */
export type Draft = { patient: string; order: string };

/** The notable patients, each of whom shows one thing, have names; the ordinary ones are counted by specialty. */
const isOrdinary = (patient: string): boolean => /-\d+$/.test(patient);

function patientOf(resource: Resource): string | undefined {
  if (resource.resourceType === 'Patient') return resource.id;
  return /"Patient\/([a-z0-9-]+)"/.exec(JSON.stringify(resource))?.[1];
}

/**
 * Writes practice, payers and `count` patients as NDJSON.
 * @param asOf the day the charts end on, as `2026-11-20`
 * @returns their draft orders
 */
export function writePatients(folder: string, count: number, asOf: string): Draft[] {
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
  for (let at = 0; at < count; at += 1) {
    const [patient, chart] = ordinary[at % ordinary.length] ?? ['', []];
    const suffix = `-${Math.floor(at / ordinary.length) + 1}`;
    // Every id of a chart begins with its patient's, so that one replacement makes a chart of its own.
    const copied = chart.map((resource) => JSON.stringify(resource).replaceAll(ofThisChart(patient), `$1${patient}${suffix}`));
    write(copied);
    const order = chart.find((resource) => resource.resourceType === 'ServiceRequest' && resource.status === 'draft');
    if (order?.id) drafts.push({ patient: `${patient}${suffix}`, order: order.id.replace(patient, `${patient}${suffix}`) });
  }
  closeSync(file);
  return drafts;
}

/** The patient's id at the beginning of an id or of a reference's target. */
const ofThisChart = (patient: string): RegExp => new RegExp(`("id":"|"reference":"[A-Za-z]+/)${patient}(?=["-])`, 'g');
