import { isNpi } from '@refloop/domain/network/npi';
import { CODE_SYSTEM, DIRECTORY_EXTENSION, PLAN_NET_EXTENSION } from '@refloop/domain/network/plan-net';
import { ok } from '@refloop/domain/result';
import { codesOf, day, extensions, finite, type Loose, object, objects, text } from './loose-json.ts';
import { newPatientsOf, periodOf, type ReadContext, type RowResult, refuseRow, rowOf, telecomOf, verifiedOnOf } from './read-common.ts';
import type { Dated, ListingStatements, RoleRecord } from './records.ts';
import { referenceText } from './reference.ts';

/** A reference to a Practitioner, or one by NPI alone. */
function practitionerKeyOf(reference: unknown, context: ReadContext): string | undefined {
  const [key] = context.references(reference);
  if (key !== undefined) return key;
  const identifier = object(object(reference)['identifier']);
  const npi = text(identifier['value']);
  return identifier['system'] === CODE_SYSTEM.npi && npi !== undefined && isNpi(npi) ? `npi:${npi}` : undefined;
}

/** Extensions of ours that are out of their range are left out with a remark; the row itself stands. */
function statementsOf(resource: Loose, on: string, context: ReadContext): ListingStatements {
  const dated = <Value>(value: Value): Dated<Value> => ({ value, on });
  const one = (url: string): Loose | undefined => extensions(resource, url)[0];
  const part = (extension: Loose, url: string): Loose => objects(extension['extension']).find((item) => item['url'] === url) ?? {};
  const flag = (url: string): Dated<boolean> | undefined => {
    const value = one(url)?.['valueBoolean'];
    return typeof value === 'boolean' ? dated(value) : undefined;
  };

  const statements: ListingStatements = {};
  const wait = one(DIRECTORY_EXTENSION.averageWait);
  if (wait !== undefined) {
    const days = finite(part(wait, 'days')['valueInteger']);
    const asOf = day(part(wait, 'asOf')['valueDate']);
    if (days === undefined || asOf === undefined || days < 0 || days > 3_650 || !Number.isInteger(days)) {
      context.remark('wait out of range', 'average-wait: days is a whole number from 0 to 3650 and asOf a date');
    } else statements.wait = { value: { days, asOf }, on: asOf };
  }
  const rating = one(DIRECTORY_EXTENSION.patientRating);
  if (rating !== undefined) {
    const stars = finite(part(rating, 'stars')['valueDecimal']);
    const count = finite(part(rating, 'count')['valueInteger']);
    if (stars === undefined || stars < 0 || stars > 5 || count === undefined || count < 1 || !Number.isInteger(count)) {
      context.remark('rating out of range', 'patient-rating: stars lies from 0 to 5 and count is at least 1');
    } else statements.rating = dated({ stars, count });
  }
  const ages = (['adults', 'children', 'all'] as const).find((value) => value === one(DIRECTORY_EXTENSION.agesServed)?.['valueCode']);
  if (ages !== undefined) statements.ages = dated(ages);
  const acceptsEmergencies = flag(DIRECTORY_EXTENSION.acceptsEmergencies);
  if (acceptsEmergencies) statements.acceptsEmergencies = acceptsEmergencies;
  const slidingScale = flag(DIRECTORY_EXTENSION.slidingScale);
  if (slidingScale) statements.slidingScale = slidingScale;
  const paymentPlan = flag(DIRECTORY_EXTENSION.paymentPlan);
  if (paymentPlan) statements.paymentPlan = paymentPlan;
  const selfScheduling = flag(DIRECTORY_EXTENSION.selfScheduling);
  if (selfScheduling) statements.selfScheduling = selfScheduling;
  const interpreterOnSite = flag(DIRECTORY_EXTENSION.interpreterOnSite);
  if (interpreterOnSite) statements.interpreterOnSite = interpreterOnSite;
  return statements;
}

/** Needs a practitioner and a NUCC specialty. What it refers to is looked up when everything has been read. */
export function readRole(resource: Loose, context: ReadContext): RowResult<RoleRecord> {
  const practitionerKey = practitionerKeyOf(resource['practitioner'], context);
  if (practitionerKey === undefined) {
    return refuseRow('no practitioner', `practitioner is ${referenceText(resource['practitioner'])}; a referral needs a named person`);
  }
  const nucc = [...new Set(codesOf(resource['specialty'], CODE_SYSTEM.nucc))];
  if (nucc.length === 0) return refuseRow('no specialty', `specialty: no code of ${CODE_SYSTEM.nucc}`);
  const period = periodOf(resource);
  if (period === undefined) return refuseRow('period reversed', 'period.end lies before period.start');
  const networkReferences = extensions(resource, PLAN_NET_EXTENSION.networkReference).map((extension) => extension['valueReference']);
  const networkKeys = context.references(networkReferences);
  if (networkKeys.length < networkReferences.length) {
    const unreadable = networkReferences.find((reference) => context.references(reference).length === 0);
    return refuseRow('network unreadable', `network-reference is ${referenceText(unreadable)}; refer to Organization/id`);
  }
  const row = rowOf(resource, context.place);
  const verifiedOn = verifiedOnOf(resource, context.trustLastUpdated);
  const [organizationKey] = context.references(resource['organization']);
  const phone = telecomOf(resource, 'phone');
  const fax = telecomOf(resource, 'fax');
  return ok({
    ...row,
    id: context.place.id,
    active: resource['active'] !== false,
    practitionerKey,
    ...(organizationKey && { organizationKey }),
    locationKeys: context.references(resource['location'] ?? []),
    serviceKeys: context.references(resource['healthcareService'] ?? []),
    endpointKeys: context.references(resource['endpoint'] ?? []),
    nucc,
    networkKeys,
    newPatients: newPatientsOf(resource, context),
    period,
    ...(verifiedOn && { verifiedOn }),
    ...(phone && { phone }),
    ...(fax && { fax }),
    statements: statementsOf(resource, verifiedOn ?? row.lastUpdated.slice(0, 10), context),
  });
}
