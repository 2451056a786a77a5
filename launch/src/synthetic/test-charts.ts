/** For tests: the built-in resources of one day, and ways to look things up in them. */
import type { Patient, Resource, ServiceRequest } from '@medplum/fhirtypes';
import { builtInResources } from './built-in-resources.ts';

export const asOf = '2026-11-20';
export const resources: readonly Resource[] = builtInResources({ asOf });

export const nameOf = (resource: Resource): string => `${resource.resourceType}/${resource.id ?? ''}`;
export const byName: ReadonlyMap<string, Resource> = new Map(resources.map((resource) => [nameOf(resource), resource]));

export const ofType = <T extends Resource>(type: T['resourceType'], from: readonly Resource[] = resources): T[] =>
  from.filter((resource): resource is T => resource.resourceType === type);

export const patients: readonly Patient[] = ofType<Patient>('Patient');

/** Longest first, so that `merged-into-referral` is not of `merged`. */
const patientIds = patients.map(({ id = '' }) => id).toSorted((one, other) => other.length - one.length);
const charts = Map.groupBy(resources, ({ id }) => patientIds.find((patientId) => id === patientId || id?.startsWith(`${patientId}-`)));

/** Every resource of one patient: those whose id begins with the patient's. */
export const chartOf = (patientId: string): Resource[] => {
  const chart = charts.get(patientId) ?? [];
  if (!chart.some(({ resourceType, id }) => resourceType === 'Patient' && id === patientId)) throw new Error(`No patient ${patientId}.`);
  return chart;
};

export const draftOf = (patientId: string): ServiceRequest => {
  const [draft, second] = ofType<ServiceRequest>('ServiceRequest', chartOf(patientId)).filter(({ status }) => status === 'draft');
  if (!draft || second) throw new Error(`${patientId} has not exactly one draft order.`);
  return draft;
};
