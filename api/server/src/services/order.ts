/** The launched order as the app hands it over: checked to be a ServiceRequest of this patient, with its version. */
import { isFhirId } from '@refloop/domain/fhir/reference';
import { isForAnotherDepartment } from '@refloop/domain/request/order-facts';
import { isOpenOrder } from '@refloop/domain/write-back/open-order';
import { problem, type Refusal } from '../problem.ts';
import type { PatientSession } from '../sessions/session.ts';

export type OrderInHand = { reference: string; id: string; versionId: string; status: string; resource: Record<string, unknown> };

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** Those of FHIR R4 (request-status) that end an order; another text may be anything. */
const toldStatus = (status: string): string => (['revoked', 'completed', 'entered-in-error'].includes(status) ? status : 'not open');

/** @param session whose patient the order must be of; EHRs name them relative or absolute below their own FHIR base */
export function orderInHand(
  order: Record<string, unknown> | null,
  { patientId, scope }: Pick<PatientSession, 'patientId' | 'scope'>,
): OrderInHand | null | Refusal {
  if (order === null) return null;
  const bad = (field: string, message: string, fix: string): Refusal =>
    problem('invalid-request', 'The order cannot be used as sent.', [{ field: `order.${field}`, message, fix }]);
  if (order['resourceType'] !== 'ServiceRequest')
    return bad('resourceType', 'Not a ServiceRequest', 'Send the launched ServiceRequest as read from the EHR.');
  const id = text(order['id']);
  const versionId = text(record(order['meta'])['versionId']);
  const status = text(order['status']);
  if (!id) return bad('id', 'Missing', 'Send the launched ServiceRequest as read from the EHR.');
  // Both go into addresses and headers of the EHR, also of Refloop's own requests, which reach every patient.
  if (!isFhirId(id)) return bad('id', 'Not an id of FHIR', 'Send the launched ServiceRequest as read from the EHR.');
  if (!versionId) return bad('meta.versionId', 'Missing', 'Read the order again; its version is what is approved.');
  if (!isFhirId(versionId)) return bad('meta.versionId', 'Not an id of FHIR', 'Send the launched ServiceRequest as read from the EHR.');
  if (!status) return bad('status', 'Missing', 'Read the order again.');
  const subject = text(record(order['subject'])['reference']);
  if (subject !== `Patient/${patientId}` && subject !== `${scope.issuer.replace(/\/$/, '')}/Patient/${patientId}`) {
    return problem(
      'another-patient',
      'The order is for another patient than the one this session was opened for. Nothing was read or written.',
    );
  }
  if (order['doNotPerform'] === true || isForAnotherDepartment(order)) {
    return problem(
      'order-not-open',
      'This is no order for a referral: it asks for a test, an image or for something not to be done. Open a referral order, or start a new referral.',
      [{ field: 'order.category', message: 'Not a referral' }],
    );
  }
  if (!isOpenOrder(status)) {
    return problem(
      'order-not-open',
      `The order is ${toldStatus(status)} in the EHR, so it can no longer be referred from. Open another order or start a new referral.`,
      [{ field: 'order.status', message: `The order is ${toldStatus(status)}` }],
    );
  }
  return { reference: `ServiceRequest/${id}`, id, versionId, status, resource: order };
}
