/** Which row a caller finds under a name, whether it is theirs to see, and what is answered where it is not. */
import type { Resource } from '@medplum/fhirtypes';
import type { Pool, PoolClient } from 'pg';
import { type FhirError, notFound, refusal } from './fhir-error.ts';
import { type Alternative, permitsReading } from './permission.ts';
import type { Stored } from './repository.ts';
import { prepare, type ResourceRow, resourceColumns } from './rows.ts';

/** The row of a resource, locked as the clause says. */
export async function findRow(
  queryable: Pool | PoolClient,
  resourceType: string,
  id: string,
  lock: string,
): Promise<ResourceRow | undefined> {
  const { rows } = await queryable.query<ResourceRow>(
    `select ${resourceColumns} from ehr.resource r where r.resource_type = $1 and r.id = $2 ${lock}`,
    [resourceType, id],
  );
  return rows[0];
}

/** Whether one of these lets the caller see what is in the row. */
export function isVisible(row: ResourceRow, alternatives: readonly Alternative[]): boolean {
  if (!row.deleted) return permitsReading(alternatives, JSON.parse(row.content) as Resource, row.patients);
  // What is deleted has no content left to satisfy a constraint with.
  return alternatives.some(
    ({ patient, constraints }) => constraints.length === 0 && (patient === undefined || row.patients.includes(patient)),
  );
}

/** A Provenance names its patients by its targets only, so each of its versions is in the compartments those are in. */
export function patientsOfVersion(resource: Stored, about: ReadonlyMap<string, string[]>): string[] {
  const { index, patients } = prepare(resource);
  const targets = index.references.filter(({ code }) => resource.resourceType === 'Provenance' && code === 'target');
  return [...patients, ...targets.flatMap(({ targetType, target }) => about.get(`${targetType}/${target}`) ?? [])];
}

/** Whether a resource outside the compartment exists is nobody's business: the answer is the one for a resource that does not. */
export function hidden(resourceType: string, id: string, alternatives: readonly Alternative[]): FhirError {
  if (resourceType === 'Patient' && alternatives.every(({ patient }) => patient !== undefined)) {
    return refusal(403, 'forbidden', 'This token is bound to one patient, and this is another. Launch the app from that patient’s chart.');
  }
  return notFound(resourceType, id);
}
