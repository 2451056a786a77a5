/** Finds the chosen performer in the EHR by NPI, so that the order's reference resolves there. */
import type { Practitioner, PractitionerRole } from '@medplum/fhirtypes';
import { entriesOf } from '@refloop/domain/fhir/bundle';
import type { EhrPort, Resource } from '@refloop/domain/fhir/ehr-port';
import { NPI_SYSTEM } from '@refloop/domain/write-back/identifiers';
import { grants } from './granted-scopes.ts';

export type PerformerInEhr = { reference: string; display: string };

/** A server may ignore what it cannot search by and answer with anybody: whom it found is looked at. */
function hasNpi(resource: Resource, npi: string): boolean {
  if (resource.resourceType !== 'Practitioner') return false;
  const { identifier = [] } = resource as unknown as Practitioner;
  return identifier.some((each) => each.system === NPI_SYSTEM && each.value === npi);
}

const isOfPractitioner = (role: PractitionerRole, reference: string, base: string): boolean =>
  role.practitioner?.reference === reference || role.practitioner?.reference === `${base.replace(/\/$/, '')}/${reference}`;

/**
 * @param nucc taxonomy codes of the specialty asked for: of several roles the one in this specialty is taken
 * @returns PractitionerRole before Practitioner; null when the EHR does not know the NPI or may not be asked
 */
export async function findPerformer(
  ehr: EhrPort,
  scopes: readonly string[],
  npi: string,
  display: string,
  nucc: readonly string[],
): Promise<PerformerInEhr | null> {
  if (!grants(scopes, 'Practitioner', 's')) return null;
  const practitioners = await ehr.get(`Practitioner?identifier=${encodeURIComponent(`${NPI_SYSTEM}|${npi}`)}`);
  if (!practitioners.ok) return null;
  const practitioner = entriesOf(practitioners.value).find((each) => each.id && hasNpi(each, npi));
  if (!practitioner) return null;
  const asPractitioner = { reference: `Practitioner/${practitioner.id}`, display };
  if (!grants(scopes, 'PractitionerRole', 's')) return asPractitioner;
  const roles = await ehr.get(`PractitionerRole?practitioner=${encodeURIComponent(`Practitioner/${practitioner.id}`)}`);
  if (!roles.ok) return asPractitioner;
  const active = entriesOf(roles.value)
    .map((each) => each as unknown as PractitionerRole)
    .filter((role) => role.id && role.active !== false && isOfPractitioner(role, asPractitioner.reference, ehr.base));
  const fitting = active.find((role) =>
    role.specialty?.some((concept) => concept.coding?.some((coding) => coding.code !== undefined && nucc.includes(coding.code))),
  );
  return fitting ? { reference: `PractitionerRole/${fitting.id}`, display } : asPractitioner;
}
