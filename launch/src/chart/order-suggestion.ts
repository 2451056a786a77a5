/**
 * A clinician takes what a card suggests for a draft order (CDS Hooks 2.0, an action of type `update`): this EHR changes its own order, in
 * a version of its own. A suggestion can name, add or leave out; it can neither sign an order nor move it to another patient.
 */
import type { ServiceRequest } from '@medplum/fhirtypes';
import { practitionerReference, type SandboxUser } from '../auth/users.ts';
import { FhirError } from '../fhir/fhir-error.ts';
import type { Repository } from '../fhir/repository.ts';
import { findResource } from './find.ts';
import { maySign } from './order-signing.ts';

export type Taking = 'taken' | 'no-such-order' | 'not-a-draft' | 'not-allowed' | 'not-of-this-order' | 'changed-meanwhile';

/** @param suggested the whole order as the service would have it, with the version it was asked about */
export async function takeSuggestion(
  repository: Repository,
  user: SandboxUser,
  patientId: string,
  orderId: string,
  suggested: Partial<ServiceRequest>,
): Promise<Taking> {
  const order = await findResource<ServiceRequest>(repository, 'ServiceRequest', orderId);
  if (order?.subject.reference !== `Patient/${patientId}`) return 'no-such-order';
  if (order.status !== 'draft') return 'not-a-draft';
  if (!maySign(user)) return 'not-allowed';
  const { resourceType, id, status, subject, meta } = suggested;
  const isOfIt =
    resourceType === 'ServiceRequest' && id === order.id && status === 'draft' && subject?.reference === order.subject.reference;
  if (!isOfIt) return 'not-of-this-order';
  if (meta?.versionId !== order.meta.versionId) return 'changed-meanwhile';
  try {
    const asUser = repository.writingAs({ kind: 'user', user: practitionerReference(user) });
    await asUser.update<ServiceRequest>({ ...order, ...suggested, meta: order.meta }, { ifMatch: order.meta.versionId });
    return 'taken';
  } catch (error) {
    if (!(error instanceof FhirError)) throw error;
    if (error.status === 412) return 'changed-meanwhile';
    // What the service suggests may be no valid order at all.
    if (error.status === 400 || error.status === 422) return 'not-of-this-order';
    throw error;
  }
}
