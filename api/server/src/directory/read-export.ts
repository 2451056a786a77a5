/** Reads every row of an export into records; what cannot be used is refused with file, line and reason. */
import { type Loose, text } from './loose-json.ts';
import type { ReadContext, RowResult } from './read-common.ts';
import { readLocation } from './read-location.ts';
import { readAffiliation, readOrganization, readPlan } from './read-organization.ts';
import { readPractitioner } from './read-practitioner.ts';
import { readRole } from './read-role.ts';
import { readEndpoint, readService } from './read-service.ts';
import type {
  AffiliationRecord,
  EndpointRecord,
  LocationRecord,
  OrganizationRecord,
  PlanRecord,
  PractitionerRecord,
  RoleRecord,
  ServiceRecord,
} from './records.ts';
import { referenceReader } from './reference.ts';
import type { Place, Reporter } from './report.ts';
import { type Share, sharing } from './sharing.ts';
import { rowsOf, type SourceRow, sourceFiles } from './source-files.ts';

/** Records by `Type/id`. */
export type ExportRecords = {
  Practitioner: Map<string, PractitionerRecord>;
  Location: Map<string, LocationRecord>;
  Organization: Map<string, OrganizationRecord>;
  InsurancePlan: Map<string, PlanRecord>;
  HealthcareService: Map<string, ServiceRecord>;
  Endpoint: Map<string, EndpointRecord>;
  OrganizationAffiliation: Map<string, AffiliationRecord>;
  PractitionerRole: Map<string, RoleRecord>;
};

export const noRecords = (): ExportRecords => ({
  Practitioner: new Map(),
  Location: new Map(),
  Organization: new Map(),
  InsurancePlan: new Map(),
  HealthcareService: new Map(),
  Endpoint: new Map(),
  OrganizationAffiliation: new Map(),
  PractitionerRole: new Map(),
});

type Kept = { place: Place; lastUpdated: string };

const contentOf = ({ place: _place, ...content }: Kept): string => JSON.stringify(content);

/** Of two rows with one id the newer stands, then the one that sorts last: the order of the files decides nothing. */
function keep<Row extends Kept>(table: Map<string, Row>, row: Row, reporter: Reporter): void {
  const key = `${row.place.resourceType}/${row.place.id}`;
  const known = table.get(key);
  if (known === undefined) {
    table.set(key, row);
    return;
  }
  const [one, other] = [contentOf(known), contentOf(row)];
  const rowStands = row.lastUpdated > known.lastUpdated || (row.lastUpdated === known.lastUpdated && other > one);
  const lost = rowStands ? known : row;
  if (rowStands) table.set(key, row);
  const reason = one === other ? 'the same row came before' : 'another row with this id is newer or stands after it';
  reporter.refuse(lost.place, 'id twice', `id ${row.place.id} appears twice: ${reason}`);
}

type Reader = (resource: Loose, context: ReadContext, records: ExportRecords, reporter: Reporter, share: Share) => RowResult<unknown>;

/** Reads with `read` and files the record under `table`. */
const into =
  <Row extends Kept>(
    read: (resource: Loose, context: ReadContext) => RowResult<Row>,
    table: (records: ExportRecords) => Map<string, Row>,
  ): Reader =>
  (resource, context, records, reporter, share) => {
    const result = read(resource, context);
    if (result.ok) keep(table(records), share(result.value), reporter);
    return result;
  };

const readers: Readonly<Record<string, Reader>> = {
  Practitioner: into(readPractitioner, (records) => records.Practitioner),
  Location: into(readLocation, (records) => records.Location),
  Organization: into(readOrganization, (records) => records.Organization),
  InsurancePlan: into(readPlan, (records) => records.InsurancePlan),
  HealthcareService: into(readService, (records) => records.HealthcareService),
  Endpoint: into(readEndpoint, (records) => records.Endpoint),
  OrganizationAffiliation: into(readAffiliation, (records) => records.OrganizationAffiliation),
  PractitionerRole: into(readRole, (records) => records.PractitionerRole),
};

/** FHIR ids: up to 64 letters, digits, hyphens and dots. */
const isId = (id: string | undefined): id is string => id !== undefined && /^[A-Za-z0-9\-.]{1,64}$/.test(id);

function readRow(row: SourceRow, records: ExportRecords, reporter: Reporter, trustLastUpdated: boolean, share: Share): void {
  if (row.kind === 'unreadable') {
    reporter.read('unreadable');
    reporter.refuse({ file: row.file, line: row.line, resourceType: 'unreadable', id: '' }, 'not a resource', row.reason);
    return;
  }
  const resourceType = text(row.resource['resourceType']) ?? '';
  const id = text(row.resource['id']);
  const place: Place = { file: row.file, line: row.line, resourceType, id: id ?? '' };
  reporter.read(resourceType);
  const reader = readers[resourceType];
  if (reader === undefined) {
    reporter.refuse(place, 'not part of a directory', `${resourceType} is no resource of a Plan-Net directory`);
    return;
  }
  if (!isId(id)) {
    reporter.refuse(place, 'no id', 'id is missing or is not a FHIR id');
    return;
  }
  const context: ReadContext = {
    place,
    references: referenceReader(row.ofBundle),
    remark: (kind, reason) => reporter.remark(place, kind, reason),
    trustLastUpdated,
  };
  const result = reader(row.resource, context, records, reporter, share);
  if (!result.ok) reporter.refuse(place, result.refusal.kind, result.refusal.reason);
}

/** Reads all files of the folder, one row at a time. `progress` hears the number of rows after each file. */
export async function readExport(
  folder: string,
  reporter: Reporter,
  options: { trustLastUpdated: boolean; progress: (file: string, rows: number) => void },
): Promise<ExportRecords> {
  const records = noRecords();
  const share = sharing();
  let rows = 0;
  for (const path of await sourceFiles(folder)) {
    for await (const row of rowsOf(path, folder)) {
      readRow(row, records, reporter, options.trustLastUpdated, share);
      rows += 1;
    }
    options.progress(path, rows);
  }
  return records;
}
