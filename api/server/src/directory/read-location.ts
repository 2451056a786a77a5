import { ok } from '@refloop/domain/result';
import { codesOf, extensions, finite, type Loose, object, objects, text, texts } from './loose-json.ts';
import { newPatientsOf, type ReadContext, type RowResult, refuseRow, rowOf, telecomOf } from './read-common.ts';
import type { LocationRecord } from './records.ts';

const PHYSICAL_TYPE = 'http://terminology.hl7.org/CodeSystem/location-physical-type';
const BOUNDARY = 'http://hl7.org/fhir/StructureDefinition/location-boundary-geojson';

/** A jurisdiction (`jdn`), an area (`area`), or anything with a boundary. */
const isArea = (resource: Loose): boolean =>
  codesOf(resource['physicalType'], PHYSICAL_TYPE).some((code) => code === 'jdn' || code === 'area') ||
  extensions(resource, BOUNDARY).length > 0;

function positionOf(resource: Loose): LocationRecord['position'] | undefined {
  const position = object(resource['position']);
  const [latitude, longitude] = [finite(position['latitude']), finite(position['longitude'])];
  if (latitude === undefined || longitude === undefined || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return undefined;
  return { latitude, longitude };
}

/** Whether it is a place at all is judged when everything has been read: plans name areas as locations too. */
export function readLocation(resource: Loose, context: ReadContext): RowResult<LocationRecord> {
  const status = text(resource['status']);
  if (status === 'inactive' || status === 'suspended') return refuseRow('not active', `status is ${status}`);
  const [address = {}] = objects(resource['address']);
  const zip = /^\d{5}/.exec(text(address['postalCode']) ?? '')?.[0];
  const position = positionOf(resource);
  const area = isArea(resource);
  const name = text(resource['name']);
  const line = texts(address['line']).join(', ');
  const city = text(address['city']);
  const state = text(address['state']);
  const phone = telecomOf(resource, 'phone');
  const fax = telecomOf(resource, 'fax');
  const [organizationKey] = context.references(resource['managingOrganization']);
  return ok({
    ...rowOf(resource, context.place),
    ...(name && { name }),
    ...(line !== '' && { line }),
    ...(city && { city }),
    ...(state && { state }),
    ...(zip && { zip }),
    ...(position && { position }),
    ...(phone && { phone }),
    ...(fax && { fax }),
    ...(organizationKey && { organizationKey }),
    area,
    endpointKeys: context.references(resource['endpoint']),
    newPatients: newPatientsOf(resource, context),
  });
}
