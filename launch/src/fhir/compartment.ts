/** Whose chart a resource belongs to, by R4's patient compartment (see definitions.ts for the two places where this server is stricter). */
import type { Resource } from '@medplum/fhirtypes';
import { definitions } from './definitions.ts';
import { type IndexRows, indexRows } from './search-index.ts';

/**
 * Ids of the patients whose compartment the resource itself names. A Provenance also belongs to the patients of its targets, which only the
 * store knows (see repository).
 */
export function patientsOf(resource: Resource, rows: IndexRows = indexRows(resource)): string[] {
  // R4 Binary.securityContext stands for what the bytes are about; a Binary has no search parameters of its own.
  if (resource.resourceType === 'Binary') return [/^Patient\/([^/]+)$/.exec(resource.securityContext?.reference ?? '')?.[1] ?? []].flat();
  if (resource.resourceType === 'Patient') return resource.id ? [resource.id] : [];
  const parameters = definitions().compartmentParameters(resource.resourceType);
  const patients = rows.references.filter((row) => row.targetType === 'Patient' && parameters.includes(row.code)).map((row) => row.target);
  return [...new Set(patients)];
}
