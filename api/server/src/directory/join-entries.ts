/** Merges the roles of one practitioner at one location in one specialty into the line that the picker shows. */
import type { Day } from '@refloop/domain/instant';
import type { Channel, Contradiction, DirectoryEntry, NetworkParticipation } from '@refloop/domain/network/directory';
import { networkContradictions, phoneContradiction, specialtyContradiction } from './contradictions.ts';
import { type ParticipationRow, type ParticipationSources, participationRows } from './participation.ts';
import type { Dated, EndpointRecord, ListingStatements, OrganizationRecord } from './records.ts';
import type { RolePlacement, SpecialtyShare } from './role-placement.ts';

export type EntrySources = ParticipationSources & {
  organization: (key: string) => OrganizationRecord | undefined;
  endpoint: (key: string) => EndpointRecord | undefined;
};

/** Same bytes whatever the order of rows: compares by the text of the values. */
const byText = (a: unknown, b: unknown): number => {
  const [left, right] = [JSON.stringify(a) ?? '', JSON.stringify(b) ?? ''];
  return left < right ? -1 : left > right ? 1 : 0;
};

/** The newest statement; on the same day the last in text order, so that the order of rows never decides. */
function newest<Value>(statements: readonly (Dated<Value> | undefined)[]): Value | undefined {
  let best: Dated<Value> | undefined;
  for (const statement of statements) {
    if (statement === undefined) continue;
    if (best === undefined || statement.on > best.on || (statement.on === best.on && byText(statement.value, best.value) > 0))
      best = statement;
  }
  return best?.value;
}

const CHILDREN_ONLY = /^(pediatric-|child-|developmental-behavioral-pediatrics$)/;

/** Where the directory does not say: specialists for children see children, of all others nothing is excluded. */
const agesOf = (specialtyId: string, stated: DirectoryEntry['ages'] | undefined): DirectoryEntry['ages'] =>
  stated ?? (CHILDREN_ONLY.test(specialtyId) ? 'children' : 'all');

/** The number most rows give; among equals the smallest. */
function commonest(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))[0]?.[0];
}

const CHANNEL_ORDER: readonly Channel[] = ['fhir', 'direct', 'fax', 'portal', 'phone'];

/** Identical rows of one network are one statement. */
function distinctRows(rows: readonly ParticipationRow[]): NetworkParticipation[] {
  const distinct = new Map<string, NetworkParticipation>();
  for (const { networkId, accepting, from, until, verifiedOn, source, active } of rows) {
    if (!active) continue;
    const row: NetworkParticipation = {
      networkId,
      accepting,
      ...(from && { from }),
      ...(until && { until }),
      ...(verifiedOn && { verifiedOn }),
      source,
    };
    distinct.set(JSON.stringify(row), row);
  }
  return [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function endpointsOf(placements: readonly RolePlacement[], sources: EntrySources): EndpointRecord[] {
  const keys = placements.flatMap(({ role, location }) => [
    ...role.endpointKeys,
    ...location.endpointKeys,
    ...(role.organizationKey === undefined ? [] : (sources.organization(role.organizationKey)?.endpointKeys ?? [])),
  ]);
  return [...new Set(keys)].sort().flatMap((key) => sources.endpoint(key) ?? []);
}

/** `placements` are all of one practitioner at one location; `today` is the directory's date. */
export function entryOf(share: SpecialtyShare, sources: EntrySources, today: Day): DirectoryEntry {
  const placements = [...share.placements].sort((a, b) => (a.role.id < b.role.id ? -1 : 1));
  const [first] = placements;
  if (first === undefined) throw new Error('A specialty without a role cannot become an entry.');
  const { location, placed } = first;
  // Two rows for one NPI may carry different ids and spellings: the row updated last names the person.
  const practitioner = placements
    .map((placement) => placement.practitioner)
    .reduce((best, other) =>
      other.lastUpdated > best.lastUpdated || (other.lastUpdated === best.lastUpdated && other.place.id < best.place.id) ? other : best,
    );

  const rows = placements.flatMap(({ role, services }) => participationRows(role, location, services, sources));
  const organizationKey = commonest(placements.flatMap(({ role }) => role.organizationKey ?? [])) ?? location.organizationKey;
  const organization = organizationKey === undefined ? undefined : sources.organization(organizationKey);
  const endpoints = endpointsOf(placements, sources);
  const direct = endpoints.find((endpoint) => endpoint.channel === 'direct')?.address;
  const phones = placements.flatMap(({ role }) => role.phone ?? []);
  const phone = commonest(phones) ?? location.phone;
  const fax = commonest(placements.flatMap(({ role }) => role.fax ?? [])) ?? location.fax;
  const open = new Set<Channel>([
    ...endpoints.map((endpoint) => endpoint.channel),
    ...(fax ? ['fax' as const] : []),
    ...(phone ? ['phone' as const] : []),
  ]);
  const virtual = placements.flatMap(({ services }) => services.flatMap((service) => service.virtual ?? []));

  const said = <Key extends keyof ListingStatements>(key: Key) => placements.map(({ role }) => role.statements[key]);
  const wait = newest(said('wait') as (ListingStatements['wait'] | undefined)[]);
  const rating = newest(said('rating') as (ListingStatements['rating'] | undefined)[]);
  const flag = (key: 'acceptsEmergencies' | 'slidingScale' | 'paymentPlan' | 'selfScheduling' | 'interpreterOnSite') => {
    const value = newest(placements.map(({ role }) => role.statements[key]));
    return value === undefined ? {} : { [key]: value };
  };
  const contradictions: Contradiction[] = [
    ...networkContradictions(rows, today),
    ...(placed.disagreement === undefined ? [] : [{ about: 'address' as const, detail: placed.disagreement }]),
    ...phoneContradiction(phones),
    ...specialtyContradiction(share.specialty.id, practitioner.certificates),
  ];

  return {
    id: `${practitioner.npi}~${location.place.id}~${share.specialty.id}`,
    npi: practitioner.npi,
    practitionerId: practitioner.place.id,
    roleIds: placements.map(({ role }) => role.id),
    name: practitioner.name,
    ...(practitioner.gender && { gender: practitioner.gender }),
    nucc: share.nucc,
    specialty: share.specialty.id,
    ...(organization && { organization: { id: organization.place.id, name: organization.name } }),
    location: placed.location,
    ...(phone && { phone }),
    ...(fax && { fax }),
    ...(direct && { direct }),
    channels: CHANNEL_ORDER.filter((channel) => open.has(channel)),
    languages: practitioner.languages,
    ...flag('interpreterOnSite'),
    ages: agesOf(share.specialty.id, newest(placements.map(({ role }) => role.statements.ages))),
    ...flag('acceptsEmergencies'),
    ...(virtual.length > 0 && { telehealth: virtual.includes(true) }),
    ...flag('slidingScale'),
    ...flag('paymentPlan'),
    ...flag('selfScheduling'),
    ...(wait && { wait }),
    ...(rating && { rating }),
    networks: distinctRows(rows),
    contradictions: contradictions.sort(byText),
  };
}

/**
 * One group, one specialty, two addresses, and no network that lists both: the payers do not agree where the practitioner
 * sees patients (they list whole groups at every site, so an honest second site appears under both).
 */
export function withAddressDisputes(entries: readonly DirectoryEntry[]): DirectoryEntry[] {
  const networksAt = (entry: DirectoryEntry) => new Set(entry.networks.map((row) => row.networkId));
  const groups = Map.groupBy(entries, (entry) => `${entry.npi}~${entry.organization?.id ?? ''}~${entry.specialty}`);
  return entries.map((entry) => {
    if (entry.organization === undefined || entry.networks.length === 0) return entry;
    const siblings = groups.get(`${entry.npi}~${entry.organization.id}~${entry.specialty}`) ?? [];
    const here = networksAt(entry);
    const disputed = siblings.filter(
      (other) =>
        other !== entry &&
        other.networks.length > 0 &&
        other.location.line !== entry.location.line &&
        other.networks.every((row) => !here.has(row.networkId)),
    );
    if (disputed.length === 0) return entry;
    const elsewhere = disputed.map((other) => `${other.location.line ?? 'no street'}, ${other.location.city}`).sort();
    const detail = `Some payers list this practitioner at ${elsewhere.join(' and ')} instead.`;
    return { ...entry, contradictions: [...entry.contradictions, { about: 'address' as const, detail }].sort(byText) };
  });
}
