import { PLAN_NET_CODES, PLAN_NET_EXTENSION } from '@refloop/domain/network/plan-net';
import { ok } from '@refloop/domain/result';
import { codesOf, extensions, type Loose, object, objects, text } from './loose-json.ts';
import { newPatientsOf, type ReadContext, type RowResult, refuseRow, rowOf } from './read-common.ts';
import type { EndpointRecord, ServiceRecord } from './records.ts';

/** Read for two things: whether visits are virtual, and what it says about new patients. */
export function readService(resource: Loose, context: ReadContext): RowResult<ServiceRecord> {
  if (resource['active'] === false) return refuseRow('not active', 'active is false');
  const methods = extensions(resource, PLAN_NET_EXTENSION.deliveryMethod).flatMap((extension) =>
    objects(extension['extension'])
      .filter((part) => part['url'] === 'type')
      .flatMap((part) => codesOf(part['valueCodeableConcept'], PLAN_NET_CODES.deliveryMethod)),
  );
  return ok({
    ...rowOf(resource, context.place),
    ...(methods.length > 0 && { virtual: methods.includes('virtual') }),
    locationKeys: context.references(resource['location'] ?? []),
    newPatients: newPatientsOf(resource, context),
  });
}

/** HL7 endpoint-connection-type, and Plan-Net's own `rest-non-fhir`, which it says to use for web portals. */
const channels: Readonly<Record<string, EndpointRecord['channel']>> = {
  'hl7-fhir-rest': 'fhir',
  'hl7-fhir-msg': 'fhir',
  'direct-project': 'direct',
  'rest-non-fhir': 'portal',
};

/**
 * A way to send a referral electronically. A Direct address is taken from here alone: an e-mail address in telecom may be
 * an ordinary one, and chart data sent there would be disclosed.
 */
export function readEndpoint(resource: Loose, context: ReadContext): RowResult<EndpointRecord> {
  const status = text(resource['status']);
  if (status !== undefined && status !== 'active') return refuseRow('not active', `status is ${status}`);
  const code = text(object(resource['connectionType'])['code']);
  const channel = code === undefined ? undefined : channels[code];
  if (channel === undefined)
    return refuseRow('connection not usable', `connectionType is ${code ?? 'missing'}; referrals go by FHIR, Direct or a portal`);
  const address = text(resource['address']);
  if (address === undefined) return refuseRow('no address', 'address is missing');
  return ok({ ...rowOf(resource, context.place), channel, address: address.replace(/^mailto:/, '') });
}
