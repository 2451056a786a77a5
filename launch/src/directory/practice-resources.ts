/** The practices' part of the directory: groups, their sites, electronic ways in, telehealth and group contracts. */
import type { Endpoint, HealthcareService, Location, Organization, OrganizationAffiliation, Reference } from '@medplum/fhirtypes';
import { CODE_SYSTEM, DIRECTORY_EXTENSION, PLAN_NET_CODES, PLAN_NET_EXTENSION } from '@refloop/domain/network/plan-net';
import { randomFrom } from '../synthetic/random.ts';
import type { DirectoryDay } from './directory-day.ts';
import { metaOf, networkOrganizationId } from './payer-resources.ts';
import { syntheticNpi } from './person.ts';
import type { Group, Site } from './practices.ts';

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');

/** Hosts under `.example` (RFC 2606) can never be anybody's. */
const hostOf = (group: Group): string => `${slug(group.name)}.${group.hub.id}.example`;

const endpointKinds = {
  direct: {
    system: CODE_SYSTEM.endpointConnection,
    code: 'direct-project',
    address: (group: Group) => `referrals@direct.${hostOf(group)}`,
  },
  fhir: { system: CODE_SYSTEM.endpointConnection, code: 'hl7-fhir-rest', address: (group: Group) => `https://fhir.${hostOf(group)}/r4` },
  // Plan-Net 1.1.0 EndpointConnectionTypeCS: "Should be used for web portals".
  portal: {
    system: 'http://hl7.org/fhir/us/davinci-pdex-plan-net/CodeSystem/EndpointConnectionTypeCS',
    code: 'rest-non-fhir',
    address: (group: Group) => `https://referrals.${hostOf(group)}`,
  },
} as const;

const endpointId = (group: Group, kind: keyof typeof endpointKinds): string => `${group.id}-${kind}`;

function endpoint(group: Group, kind: keyof typeof endpointKinds, lastUpdated: string): Endpoint {
  const { system, code, address } = endpointKinds[kind];
  return {
    resourceType: 'Endpoint',
    id: endpointId(group, kind),
    meta: metaOf('Endpoint', lastUpdated),
    status: 'active',
    connectionType: { system, code },
    name: `${group.name}, referrals`,
    managingOrganization: { reference: `Organization/${group.id}` },
    payloadType: [{ coding: [{ system: PLAN_NET_CODES.endpointPayload, code: 'NA' }] }],
    address: address(group),
  };
}

function organization(group: Group, lastUpdated: string): Organization {
  const [main] = group.sites;
  const endpoints: Reference<Endpoint>[] = group.endpoints.map((kind) => ({ reference: `Endpoint/${endpointId(group, kind)}` }));
  return {
    resourceType: 'Organization',
    id: group.id,
    meta: metaOf('Organization', lastUpdated),
    identifier: [{ system: CODE_SYSTEM.npi, value: syntheticNpi(group.number) }],
    active: true,
    type: [{ coding: [{ system: PLAN_NET_CODES.organizationType, code: 'prvgrp' }] }],
    name: group.name,
    ...(main && { address: [addressOf(main)] }),
    ...(endpoints.length > 0 && { endpoint: endpoints }),
  };
}

const addressOf = (site: Site) => ({
  line: [site.line],
  city: site.zip.city,
  state: site.zip.state,
  postalCode: site.zip.zip,
  country: 'US',
});

function location(site: Site, lastUpdated: string): Location {
  return {
    resourceType: 'Location',
    id: site.id,
    meta: metaOf('Location', lastUpdated),
    ...(site.accessible && {
      extension: [
        {
          url: PLAN_NET_EXTENSION.accessibility,
          valueCodeableConcept: { coding: [{ system: PLAN_NET_CODES.accessibility, code: 'adacomp' }] },
        },
      ],
    }),
    status: 'active',
    name: site.name,
    telecom: [
      { system: 'phone', value: site.phone },
      { system: 'fax', value: site.fax },
    ],
    address: addressOf(site),
    ...(site.position.kind !== 'none' && { position: { longitude: site.position.longitude, latitude: site.position.latitude } }),
    managingOrganization: { reference: `Organization/${site.group.id}` },
  };
}

export const telehealthServiceId = (group: Group): string => `${group.id}-telehealth`;

function telehealth(group: Group, lastUpdated: string): HealthcareService {
  return {
    resourceType: 'HealthcareService',
    id: telehealthServiceId(group),
    meta: metaOf('HealthcareService', lastUpdated),
    extension: [
      {
        url: PLAN_NET_EXTENSION.deliveryMethod,
        extension: [{ url: 'type', valueCodeableConcept: { coding: [{ system: PLAN_NET_CODES.deliveryMethod, code: 'virtual' }] } }],
      },
    ],
    active: true,
    providedBy: { reference: `Organization/${group.id}` },
    category: [{ coding: [{ system: PLAN_NET_CODES.serviceCategory, code: 'group' }] }],
    name: `${group.name}, video visits`,
  };
}

/** One contract for the whole group: its practitioners' roles then name no network of their own. */
function affiliation(group: Group, day: DirectoryDay, seed: string): OrganizationAffiliation {
  const random = randomFrom(`${seed}/affiliation/${group.id}`);
  const verifiedDaysAgo = random.integer(1, 200);
  return {
    resourceType: 'OrganizationAffiliation',
    id: `${group.id}-networks`,
    meta: metaOf('OrganizationAffiliation', day.instantDaysAgo(verifiedDaysAgo)),
    extension: [{ url: DIRECTORY_EXTENSION.verifiedOn, valueDate: day.daysAgo(verifiedDaysAgo) }],
    active: true,
    period: { start: day.daysAgo(random.integer(300, 2_000)) },
    participatingOrganization: { reference: `Organization/${group.id}` },
    network: group.networks.map((network) => ({ reference: `Organization/${networkOrganizationId(network.id)}` })),
    location: group.sites.map((site) => ({ reference: `Location/${site.id}` })),
  };
}

export function* practiceResources(
  groups: Iterable<Group>,
  day: DirectoryDay,
  seed: string,
): Generator<Endpoint | Organization | Location | HealthcareService | OrganizationAffiliation> {
  for (const group of groups) {
    const lastUpdated = day.instantDaysAgo(randomFrom(`${seed}/updated/${group.id}`).integer(0, 60));
    for (const kind of group.endpoints) yield endpoint(group, kind, lastUpdated);
    yield organization(group, lastUpdated);
    for (const site of group.sites) yield location(site, lastUpdated);
    if (group.telehealth) yield telehealth(group, lastUpdated);
    if (group.contracting === 'as-group') yield affiliation(group, day, seed);
  }
}
