/**
 * The few columns of five FHIR R4 types that CMS50 reads: an allow-list, never the resource with something removed. Whatever fills these
 * tables, the rules run over them.
 */
import { isObject, type JsonObject, listIn, objectIn, textIn } from './json.ts';

const CODINGS = [{ system: 'VARCHAR', code: 'VARCHAR' }];
/** When the server last changed it, and its version: which of two is the later one. */
const COMMON = { id: 'VARCHAR', updated: 'VARCHAR', version: 'VARCHAR' };

/** Columns with their DuckDB types, as `from_json` takes them. */
export const FHIR_TABLES = {
  patient: COMMON,
  service_request: { ...COMMON, patient: 'VARCHAR', status: 'VARCHAR', intent: 'VARCHAR', codes: CODINGS, authored_on: 'VARCHAR' },
  task: { ...COMMON, patient: 'VARCHAR', status: 'VARCHAR', codes: CODINGS, based_on: ['VARCHAR'], focus: 'VARCHAR', ended: 'VARCHAR' },
  encounter: { ...COMMON, patient: 'VARCHAR', status: 'VARCHAR', types: CODINGS, period_from: 'VARCHAR', period_to: 'VARCHAR' },
  procedure: { ...COMMON, patient: 'VARCHAR', status: 'VARCHAR', codes: CODINGS, performed_from: 'VARCHAR', performed_to: 'VARCHAR' },
} as const;

export type FhirTable = keyof typeof FHIR_TABLES;

type Coding = { system: string | null; code: string | null };
type Common = { id: string; updated: string | null; version: string | null };
type OfPatient = Common & { patient: string };

export type FhirRow =
  | { table: 'patient'; row: Common }
  | {
      table: 'service_request';
      row: OfPatient & { status: string | null; intent: string | null; codes: Coding[]; authored_on: string | null };
    }
  | {
      table: 'task';
      row: Common & {
        /** Null where the Task does not say for whom it is. */
        patient: string | null;
        status: string | null;
        codes: Coding[];
        /** Ids of the ServiceRequests. */
        based_on: string[];
        focus: string | null;
        ended: string | null;
      };
    }
  | {
      table: 'encounter';
      row: OfPatient & { status: string | null; types: Coding[]; period_from: string | null; period_to: string | null };
    }
  | {
      table: 'procedure';
      row: OfPatient & { status: string | null; codes: Coding[]; performed_from: string | null; performed_to: string | null };
    };

/** Of another type than these five: nothing is wrong with it. */
export type NotRead = { table: null };
export type Unreadable = { unreadable: string; resourceType: string | null; id: string | null };

const TYPES: Record<string, FhirTable> = {
  Patient: 'patient',
  ServiceRequest: 'service_request',
  Task: 'task',
  Encounter: 'encounter',
  Procedure: 'procedure',
};

/** `urn:uuid:…` of a Bundle's entry → the id of its resource. */
export type Renamed = ReadonlyMap<string, string>;

/** The id a reference of the given type names: relative, absolute, with a version, or the urn:uuid of a Bundle. */
function idIn(reference: unknown, type: string, renamed: Renamed): string | null {
  const text = textIn(objectIn(reference)['reference']);
  if (text === null) return null;
  if (text.startsWith('urn:uuid:')) return renamed.get(text) ?? text.slice('urn:uuid:'.length);
  const [, named, id] = /(?:^|\/)([A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]+)?$/.exec(text) ?? [];
  return named === type && id !== undefined ? id : null;
}

const codingsIn = (concept: unknown): Coding[] =>
  listIn(objectIn(concept)['coding'])
    .filter(isObject)
    .map(({ system, code }) => ({ system: textIn(system), code: textIn(code) }));

function performedIn(resource: JsonObject): { performed_from: string | null; performed_to: string | null } {
  const moment = textIn(resource['performedDateTime']);
  if (moment !== null) return { performed_from: moment, performed_to: moment };
  const { start, end } = objectIn(resource['performedPeriod']);
  return { performed_from: textIn(start), performed_to: textIn(end) };
}

/** What the rules need of a resource, or why it cannot be taken. */
export function rowOf(resource: unknown, renamed: Renamed = new Map()): FhirRow | NotRead | Unreadable {
  if (!isObject(resource)) return { unreadable: 'It is no resource.', resourceType: null, id: null };
  const resourceType = textIn(resource['resourceType']);
  if (resourceType === null) return { unreadable: 'resourceType is missing.', resourceType, id: null };
  const table = TYPES[resourceType];
  if (table === undefined) return { table: null };
  const id = textIn(resource['id']);
  if (id === null) return { unreadable: 'id is missing.', resourceType, id };
  const meta = objectIn(resource['meta']);
  const common = { id, updated: textIn(meta['lastUpdated']), version: textIn(meta['versionId']) };
  if (table === 'patient') return { table, row: common };
  const status = textIn(resource['status']);
  if (table === 'task') {
    return {
      table,
      row: {
        ...common,
        patient: idIn(resource['for'], 'Patient', renamed),
        status,
        codes: codingsIn(resource['code']),
        based_on: listIn(resource['basedOn']).flatMap((each) => idIn(each, 'ServiceRequest', renamed) ?? []),
        focus: idIn(resource['focus'], 'ServiceRequest', renamed),
        ended: textIn(objectIn(resource['executionPeriod'])['end']),
      },
    };
  }
  const patient = idIn(resource['subject'], 'Patient', renamed);
  if (patient === null) return { unreadable: 'subject names no Patient.', resourceType, id };
  const own = { ...common, patient, status };
  switch (table) {
    case 'service_request': {
      const [intent, authored_on] = [textIn(resource['intent']), textIn(resource['authoredOn'])];
      return { table, row: { ...own, intent, codes: codingsIn(resource['code']), authored_on } };
    }
    case 'encounter': {
      const { start, end } = objectIn(resource['period']);
      const types = listIn(resource['type']).flatMap(codingsIn);
      return { table, row: { ...own, types, period_from: textIn(start), period_to: textIn(end) } };
    }
    case 'procedure':
      return { table, row: { ...own, codes: codingsIn(resource['code']), ...performedIn(resource) } };
  }
}
