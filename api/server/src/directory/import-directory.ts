/**
 * From a payer's Plan-Net export to a published directory: reads every row, refuses what cannot be relied on and says why, joins
 * the rest into one entry for each practitioner, location and specialty, and gives the bytes that the store publishes.
 */
import type { Day } from '@refloop/domain/instant';
import type { Directory, DirectoryEntry } from '@refloop/domain/network/directory';
import { entryOf, withAddressDisputes } from './join-entries.ts';
import { networkLookup, resolvePlans } from './networks-and-plans.ts';
import { type Placed, placeOfPractice } from './place-of-practice.ts';
import { type ExportRecords, readExport } from './read-export.ts';
import type { LocationRecord, PractitionerRecord } from './records.ts';
import { type ImportReport, reporter as newReporter, type Reporter } from './report.ts';
import { type Lookups, placementsOf, type RolePlacement, specialtyShares } from './role-placement.ts';
import { type DirectoryBytes, directoryBytes } from './snapshot.ts';

export type ImportOptions = {
  /** Folder with NDJSON, JSON or Bundle files, plain or .gz. One export: ids are unique in it. */
  source: string;
  /**
   * Whether meta.lastUpdated counts as the day a row was verified where the payer states no such day (default true). Plan-Net has no
   * other date; a payer that touches every row each night makes it meaningless, then set this to false.
   */
  trustLastUpdated?: boolean;
  /** The day of the import (default: now, UTC). Dates after it are slips and do not become the directory's date. */
  importedOn?: Day;
  progress?: (file: string, rows: number) => void;
};

export type DirectoryCounts = { plans: number; networks: number; entries: number; practitioners: number; locations: number };

export type ImportedDirectory = DirectoryBytes & { directory: Directory; counts: DirectoryCounts; report: ImportReport };

function locationLookup(records: ExportRecords, reporter: Reporter): Lookups['location'] {
  const areas = new Set([...records.InsurancePlan.values()].flatMap((plan) => plan.coverageAreaKeys));
  const places = new Map<string, { record: LocationRecord; placed: Placed }>();
  for (const [key, record] of records.Location) {
    if (record.area || areas.has(key)) {
      reporter.taken('Location');
      continue;
    }
    const placed = placeOfPractice(record);
    if (!placed.ok) {
      reporter.refuse(record.place, placed.refusal.kind, placed.refusal.reason);
      continue;
    }
    if (placed.value.disagreement) reporter.remark(record.place, 'position and ZIP code disagree', placed.value.disagreement);
    reporter.taken('Location');
    places.set(key, { record, placed: placed.value });
  }
  return (key) => places.get(key);
}

function practitionerLookup(records: ExportRecords): Lookups['practitioner'] {
  const byNpi = new Map<string, PractitionerRecord>();
  for (const record of records.Practitioner.values()) {
    const known = byNpi.get(record.npi);
    if (known === undefined || record.place.id < known.place.id) byNpi.set(record.npi, record);
  }
  return (key) => (key.startsWith('npi:') ? byNpi.get(key.slice(4)) : records.Practitioner.get(key));
}

/** Places every role; refusals are reported. Roles come sorted by id, so the order of rows in the files decides nothing. */
function placeRoles(records: ExportRecords, lookups: Lookups, reporter: Reporter): Map<string, RolePlacement[]> {
  const groups = new Map<string, RolePlacement[]>();
  const roles = [...records.PractitionerRole.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const role of roles) {
    const placements = placementsOf(role, lookups, (kind, reason) => reporter.remark(role.place, kind, reason));
    if (!placements.ok) {
      reporter.refuse(role.place, placements.refusal.kind, placements.refusal.reason);
      continue;
    }
    reporter.taken('PractitionerRole');
    for (const placement of placements.value) {
      const key = `${placement.practitioner.npi}~${placement.location.place.id}`;
      const group = groups.get(key);
      if (group) group.push(placement);
      else groups.set(key, [placement]);
    }
  }
  return groups;
}

/** The newest day, up to the day of the import, that any row names as its update or verification; without any, that day itself. */
function newestDay(records: ExportRecords, importedOn: Day): Day {
  let newest = '';
  const consider = (day: Day): void => {
    if (day > newest && day <= importedOn) newest = day;
  };
  for (const table of Object.values(records)) for (const row of table.values()) consider(row.lastUpdated.slice(0, 10));
  for (const role of records.PractitionerRole.values()) if (role.verifiedOn !== undefined) consider(role.verifiedOn);
  return newest === '' ? importedOn : newest;
}

function joinDirectory(records: ExportRecords, reporter: Reporter, importedOn: Day): Directory {
  const network = networkLookup(records.Organization, reporter);
  const plans = resolvePlans(records.InsurancePlan.values(), records.Organization, network, reporter);
  const affiliations = Map.groupBy(
    [...records.OrganizationAffiliation.values()].sort((a, b) => (a.place.id < b.place.id ? -1 : 1)),
    (affiliation) => affiliation.organizationKey,
  );
  const lookups: Lookups = {
    practitioner: practitionerLookup(records),
    location: locationLookup(records, reporter),
    service: (key) => records.HealthcareService.get(key),
    network,
  };
  for (const affiliation of records.OrganizationAffiliation.values()) {
    const missing = affiliation.networkKeys.filter((key) => network(key) === undefined);
    if (missing.length > 0) {
      reporter.remark(
        affiliation.place,
        'network does not resolve',
        `network ${missing.join(', ')} is not in this directory and was left out`,
      );
    }
  }

  const asOf = newestDay(records, importedOn);
  const sources = {
    network,
    affiliationsOf: (key: string) => affiliations.get(key) ?? [],
    organization: (key: string) => records.Organization.get(key),
    endpoint: (key: string) => records.Endpoint.get(key),
  };
  const entries: DirectoryEntry[] = [];
  for (const group of placeRoles(records, lookups, reporter).values()) {
    for (const share of specialtyShares(group)) entries.push(entryOf(share, sources, asOf));
  }
  const named = new Set([
    ...plans.flatMap((plan) => plan.networkIds),
    ...entries.flatMap((entry) => entry.networks.map((row) => row.networkId)),
  ]);
  for (const type of ['Practitioner', 'Organization', 'HealthcareService', 'Endpoint', 'OrganizationAffiliation'] as const) {
    for (let count = records[type].size; count > 0; count -= 1) reporter.taken(type);
  }
  return {
    format: 'refloop-directory-1',
    asOf,
    synthetic: Object.values(records).some((table) => [...table.values()].some((row) => row.synthetic)),
    plans,
    networks: [...named].sort().flatMap((id) => {
      const known = network(`Organization/${id}`);
      return known === undefined ? [] : [{ id: known.id, name: known.name, payerId: known.payerId }];
    }),
    entries: withAddressDisputes(entries).sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

/** Imports one export. Throws only when the folder cannot be read at all or holds nothing to read. */
export async function importDirectory(options: ImportOptions): Promise<ImportedDirectory> {
  const reporter = newReporter();
  const records = await readExport(options.source, reporter, {
    trustLastUpdated: options.trustLastUpdated ?? true,
    progress: options.progress ?? (() => {}),
  });
  const directory = joinDirectory(records, reporter, options.importedOn ?? new Date().toISOString().slice(0, 10));
  const { hash, bytes } = await directoryBytes(directory);
  return {
    hash,
    bytes,
    directory,
    counts: {
      plans: directory.plans.length,
      networks: directory.networks.length,
      entries: directory.entries.length,
      practitioners: new Set(directory.entries.map((entry) => entry.npi)).size,
      locations: new Set(directory.entries.map((entry) => entry.location.id)).size,
    },
    report: reporter.report(),
  };
}
