/** Signing an order that an app prepared (fhir/order-signature.ts): who may, and what comes of it. */
import type { ServiceRequest } from '@medplum/fhirtypes';
import { practitionerReference, type SandboxUser } from '../auth/users.ts';
import { FhirError } from '../fhir/fhir-error.ts';
import { isUnsigned, signed } from '../fhir/order-signature.ts';
import type { Repository } from '../fhir/repository.ts';
import { findResource } from './find.ts';

/** Physicians and the nurse practitioner sign; the coordinator and the medical assistant do not. */
export const maySign = (user: SandboxUser): boolean => user.role !== 'coordinator' && user.role !== 'preparer';

export type Signing = 'signed' | 'no-such-order' | 'not-waiting' | 'not-allowed' | 'changed-meanwhile';

/** Signs the order as it stands now: draft becomes active, in a version of its own. */
export async function signOrder(repository: Repository, user: SandboxUser, patientId: string, orderId: string): Promise<Signing> {
  const order = await findResource<ServiceRequest>(repository, 'ServiceRequest', orderId);
  if (order?.subject.reference !== `Patient/${patientId}`) return 'no-such-order';
  if (!isUnsigned(order)) return 'not-waiting';
  if (!maySign(user)) return 'not-allowed';
  try {
    const asUser = repository.writingAs({ kind: 'user', user: practitionerReference(user) });
    await asUser.update<ServiceRequest>(signed(order), { ifMatch: order.meta.versionId });
    return 'signed';
  } catch (error) {
    if (error instanceof FhirError && error.status === 412) return 'changed-meanwhile';
    throw error;
  }
}
