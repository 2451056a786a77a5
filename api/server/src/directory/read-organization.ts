import { CODE_SYSTEM, DIRECTORY_IDENTIFIER, PLAN_NET_CODES } from '@refloop/domain/network/plan-net';
import { ok } from '@refloop/domain/result';
import { codesOf, type Loose, objects, text } from './loose-json.ts';
import { periodOf, type ReadContext, type RowResult, refuseRow, rowOf, verifiedOnOf } from './read-common.ts';
import type { AffiliationRecord, OrganizationRecord, PlanRecord } from './records.ts';

const identifiersOf = (resource: Loose): string[] => [
  ...new Set(objects(resource['identifier']).flatMap((item) => text(item['value']) ?? [])),
];

/** A payer, a network (type `ntwk`, whose partOf is the payer) or a practice. */
export function readOrganization(resource: Loose, context: ReadContext): RowResult<OrganizationRecord> {
  if (resource['active'] === false) return refuseRow('not active', 'active is false');
  const name = text(resource['name']);
  if (name === undefined) return refuseRow('no name', 'name is missing');
  const network = codesOf(resource['type'], PLAN_NET_CODES.organizationType).includes('ntwk');
  const [partOfKey] = context.references(resource['partOf']);
  const payer = objects(resource['identifier']).find((item) => item['system'] === DIRECTORY_IDENTIFIER.payer);
  const payerIdentifier = text(payer?.['value']);
  return ok({
    ...rowOf(resource, context.place),
    kind: network ? 'network' : 'other',
    name,
    identifiers: identifiersOf(resource).sort(),
    ...(payerIdentifier && { payerIdentifier }),
    ...(partOfKey && { partOfKey }),
    endpointKeys: context.references(resource['endpoint']),
  });
}

/** Needs a name and an owner. Networks may stand on the product or on its plans; an own identifier is not required. */
export function readPlan(resource: Loose, context: ReadContext): RowResult<PlanRecord> {
  const status = text(resource['status']);
  if (status !== undefined && status !== 'active') return refuseRow('not active', `status is ${status}`);
  const name = text(resource['name']);
  if (name === undefined) return refuseRow('no name', 'name is missing');
  const [ownerKey] = context.references(resource['ownedBy'] ?? resource['administeredBy']);
  if (ownerKey === undefined) return refuseRow('no owner', 'ownedBy is missing; refer to the payer');
  const plans = objects(resource['plan']);
  const networkKeys = [resource, ...plans].flatMap((item) => context.references(item['network'] ?? []));
  const [productType] = codesOf(resource['type'], PLAN_NET_CODES.productType);
  return ok({
    ...rowOf(resource, context.place),
    id: context.place.id,
    name,
    identifiers: [...new Set([...identifiersOf(resource), ...plans.flatMap(identifiersOf)])].sort(),
    ownerKey,
    networkKeys: [...new Set(networkKeys)].sort(),
    coverageAreaKeys: context.references(resource['coverageArea'] ?? []),
    ...(productType && { productType }),
  });
}

/** A group's contract: its practitioners take part through it. Affiliations without a network say nothing of plans. */
export function readAffiliation(resource: Loose, context: ReadContext): RowResult<AffiliationRecord> {
  const [organizationKey] = context.references(resource['participatingOrganization'] ?? resource['organization']);
  if (organizationKey === undefined) return refuseRow('no organization', 'participatingOrganization is missing');
  const period = periodOf(resource);
  if (period === undefined) return refuseRow('period reversed', 'period.end lies before period.start');
  const verifiedOn = verifiedOnOf(resource, context.trustLastUpdated);
  return ok({
    ...rowOf(resource, context.place),
    active: resource['active'] !== false,
    organizationKey,
    networkKeys: context.references(resource['network'] ?? []),
    locationKeys: context.references(resource['location'] ?? []),
    nucc: codesOf(resource['specialty'], CODE_SYSTEM.nucc),
    period,
    ...(verifiedOn && { verifiedOn }),
  });
}
