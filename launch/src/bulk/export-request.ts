/**
 * A kick-off request of FHIR Bulk Data, read and judged.
 * See: https://hl7.org/fhir/uv/bulkdata/STU2/export.html
 */
import { definitions } from '../fhir/definitions.ts';
import { refusal } from '../fhir/fhir-error.ts';

export type ExportRequest = {
  level: 'system' | 'patient';
  /** What is asked for; null for everything that the caller may read. */
  types: string[] | null;
  /** Only what changed after; null for all. */
  since: Date | null;
};

const FORMATS = new Set(['application/fhir+ndjson', 'application/ndjson', 'ndjson']);
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

type Parameter = { name?: unknown } & Record<string, unknown>;

/** The parameters of a POST as they would stand in the query of a GET. */
export function parametersOf(body: unknown): URLSearchParams {
  const { resourceType, parameter } = (typeof body === 'object' && body !== null ? body : {}) as {
    resourceType?: unknown;
    parameter?: unknown;
  };
  if (resourceType !== 'Parameters') throw refusal(400, 'structure', 'The body of a kick-off is a Parameters resource.');
  const query = new URLSearchParams();
  for (const each of Array.isArray(parameter) ? (parameter as Parameter[]) : []) {
    const value = Object.entries(each).find(([key]) => key.startsWith('value'))?.[1];
    if (typeof each.name === 'string' && typeof value === 'string') query.append(each.name, value);
  }
  return query;
}

function typesIn(query: URLSearchParams): string[] | null {
  const named = query.getAll('_type').flatMap((value) => value.split(','));
  if (named.length === 0) return null;
  const unknown = named.find((type) => !definitions().resourceTypes.has(type));
  if (unknown !== undefined) throw refusal(400, 'value', `_type: "${unknown}" is no resource type of R4.`, '_type');
  return [...new Set(named)];
}

function sinceIn(query: URLSearchParams): Date | null {
  const since = query.get('_since');
  if (since === null) return null;
  if (!INSTANT.test(since) || Number.isNaN(Date.parse(since)))
    throw refusal(400, 'value', '_since is an instant such as 2026-11-28T10:00:00Z.', '_since');
  return new Date(since);
}

/** Throws 400 naming the header or the parameter. */
export function readExportRequest(level: ExportRequest['level'], query: URLSearchParams, prefer: string | undefined): ExportRequest {
  if (!/(^|[,;\s])respond-async($|[,;\s])/.test(prefer ?? ''))
    throw refusal(400, 'required', 'An export needs the header Prefer: respond-async.');
  const unknown = [...query.keys()].find((name) => !['_type', '_since', '_outputFormat'].includes(name));
  if (unknown !== undefined) throw refusal(400, 'not-supported', `The parameter ${unknown} is not supported here. Leave it out.`, unknown);
  const format = query.get('_outputFormat');
  if (format !== null && !FORMATS.has(format))
    throw refusal(400, 'not-supported', '_outputFormat is application/fhir+ndjson.', '_outputFormat');
  return { level, types: typesIn(query), since: sinceIn(query) };
}
