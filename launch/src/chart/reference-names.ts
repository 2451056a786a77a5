/** What the things a chart refers to are called: their display, else the name of the resource itself. */
import type { Reference, Resource } from '@medplum/fhirtypes';
import type { Repository } from '../fhir/repository.ts';
import { conceptText, nameText, professionalName } from './wording.ts';

export type NameOf = (reference: Reference | undefined) => string;

/** Types whose own name can stand for a reference to them. */
const NAMED_TYPES = [
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Location',
  'HealthcareService',
  'Patient',
  'RelatedPerson',
  'Device',
] as const;
type NamedType = (typeof NAMED_TYPES)[number];
const RELATIVE = new RegExp(`^(${NAMED_TYPES.join('|')})/([A-Za-z0-9.-]{1,64})$`);

function ownName(resource: Resource): string | undefined {
  if (resource.resourceType === 'Practitioner') return professionalName(resource.name);
  if (resource.resourceType === 'PractitionerRole') return resource.practitioner?.display ?? resource.organization?.display;
  if (resource.resourceType === 'Patient' || resource.resourceType === 'RelatedPerson') return nameText(resource.name);
  if (resource.resourceType === 'Device') return resource.deviceName?.[0]?.name ?? conceptText(resource.type);
  return 'name' in resource && typeof resource.name === 'string' ? resource.name : undefined;
}

/** A logical reference by what it says: a display, else the identifier it is known by. */
function saidName(reference: Reference): string | undefined {
  const { value, system } = reference.identifier ?? {};
  if (reference.display !== undefined) return reference.display;
  if (value === undefined) return undefined;
  return system === 'http://hl7.org/fhir/sid/us-npi' ? `NPI ${value}` : value;
}

/** Reads, one search a type, the names of all these references; a PractitionerRole without a display goes by its practitioner. */
export async function loadReferenceNames(repository: Repository, references: (Reference | undefined)[]): Promise<NameOf> {
  const names = new Map<string, string>();
  const wanted = new Map<NamedType, Set<string>>();
  const want = (reference: Reference | undefined): void => {
    const match = reference && reference.display === undefined ? RELATIVE.exec(reference.reference ?? '') : null;
    if (!match || names.has(match[0])) return;
    const type = match[1] as NamedType;
    wanted.set(type, (wanted.get(type) ?? new Set()).add(match[2] ?? ''));
  };
  const readWanted = async (): Promise<Resource[]> => {
    const pages = [...wanted].map(async ([type, ids]) => {
      const query = new URLSearchParams({ _id: [...ids].join(','), _count: String(ids.size), _total: 'none' });
      return (await repository.search(type, query)).matches;
    });
    wanted.clear();
    return (await Promise.all(pages)).flat();
  };

  for (const reference of references) want(reference);
  const roles: { reference: string; practitioner: Reference }[] = [];
  for (const resource of await readWanted()) {
    const reference = `${resource.resourceType}/${resource.id}`;
    const name = ownName(resource);
    if (name !== undefined) names.set(reference, name);
    else if (resource.resourceType === 'PractitionerRole' && resource.practitioner)
      roles.push({ reference, practitioner: resource.practitioner });
  }
  for (const role of roles) want(role.practitioner);
  for (const resource of await readWanted()) {
    const name = ownName(resource);
    if (name !== undefined) names.set(`${resource.resourceType}/${resource.id}`, name);
  }
  for (const role of roles) {
    const name = names.get(role.practitioner.reference ?? '');
    if (name !== undefined) names.set(role.reference, name);
  }
  return (reference) => (reference ? (saidName(reference) ?? names.get(reference.reference ?? '') ?? reference.reference ?? '') : '');
}
