/** The foreign EHR's FHIR R4 server: a few interactions, scopes and patient compartment enforced, CORS as it is seldom asked for. */
import { randomUUID } from 'node:crypto';
import type { Access } from './authorization.ts';
import { chartOf, type Json, type Person, type Stored } from './chart.ts';
import type { Traits } from './traits.ts';

export type FhirRequest = { method: string; path: string; query: URLSearchParams; headers: Headers; body: string; access: Access };
export type FhirServer = {
  /** Type → id → resource; tests look into it and change it. */
  resources: Map<string, Stored>;
  /** Every request that reached the server, as `METHOD path?query`. */
  asked: string[];
  metadata: () => Response;
  answer: (request: FhirRequest) => Response;
};

const NOT_OF_A_PATIENT = new Set(['Practitioner', 'PractitionerRole', 'Organization', 'Location']);
const V1: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' };
const INTERACTIONS: Readonly<Record<string, string>> = { c: 'create', u: 'update', r: 'read', s: 'search-type' };

const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/fhir+json', ...headers } });
const outcome = (status: number, code: string, diagnostics: string): Response =>
  json({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, diagnostics }] }, status);

function allows(access: Access, type: string, interaction: string): boolean {
  return access.scopes.some((scope) => {
    const [, level, named, letters = ''] = /^(patient|user)\/([A-Za-z*]+)\.([a-z*]+)/.exec(scope) ?? [];
    if (level === undefined || (named !== type && named !== '*')) return false;
    return (V1[letters] ?? letters).includes(interaction);
  });
}

const records = (value: unknown): Json[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]) as Json[];

/** Each search parameter this server knows; anything else is ignored, as R4 allows a server to do. */
function matches(resource: Stored, name: string, value: string, base: string): boolean {
  const relative = (reference: unknown): string =>
    (typeof reference === 'string' ? reference : '').replace(`${base}/`, '').replace(/\/_history\/.*$/, '');
  switch (name) {
    case 'patient': {
      const named = ['subject', 'patient', 'beneficiary', 'for'].map((element) => resource[element] as Json | undefined).find(Boolean);
      return relative(named?.['reference']) === `Patient/${value.replace('Patient/', '')}`;
    }
    case 'category':
      return JSON.stringify(resource['category'] ?? '').includes(`"${value}"`);
    case 'identifier':
      return records(resource['identifier']).some((each) => `${String(each['system'])}|${String(each['value'])}` === value);
    case 'target':
      return records(resource['target']).some((each) => relative(each['reference']) === value);
    case 'practitioner':
      return relative((resource['practitioner'] as Json | undefined)?.['reference']) === value;
    case 'status':
      return resource['status'] === value;
    default:
      return true;
  }
}

export function openFhirServer(traits: Traits, base: string, people: readonly Person[]): FhirServer {
  const resources = new Map<string, Stored>();
  const pages = new Map<string, Stored[]>();
  const asked: string[] = [];
  const versions = new Map<string, number>();

  const keep = (resource: Stored): Stored => {
    const key = `${resource.resourceType}/${resource.id}`;
    const version = (versions.get(key) ?? 0) + 1;
    versions.set(key, version);
    const kept = { ...resource, ...(traits.versions ? { meta: { ...(resource['meta'] as Json), versionId: `v${version}` } } : {}) };
    resources.set(key, kept);
    return kept;
  };
  for (const person of people) {
    for (const each of chartOf(person, traits.absoluteReferences ? `${base}/Patient/${person.id}` : `Patient/${person.id}`)) keep(each);
  }

  const inReach = (resource: Stored, patient: string): boolean => {
    if (NOT_OF_A_PATIENT.has(resource.resourceType) || resource.resourceType === 'Provenance') return true;
    return resource.resourceType === 'Patient' ? resource.id === patient : matches(resource, 'patient', patient, base);
  };

  function page(found: Stored[], from: number, id: string): Response {
    const shown = found.slice(from, from + traits.pageSize);
    const rest = from + traits.pageSize < found.length;
    const query = `_getpages=${id}&_getpagesoffset=${from + traits.pageSize}`;
    const next = {
      'base-query': `${base}?${query}`,
      'same-type': `${base}/${found[0]?.resourceType ?? ''}?${query}`,
      'another-host': `http://127.0.0.1:9/elsewhere?${query}`,
    }[traits.next];
    return json({
      resourceType: 'Bundle',
      type: 'searchset',
      link: rest
        ? [
            { relation: 'self', url: base },
            { relation: 'next', url: next },
          ]
        : [],
      entry: [
        ...shown.map((resource) => ({ fullUrl: `${base}/${resource.resourceType}/${resource.id}`, resource, search: { mode: 'match' } })),
        {
          resource: {
            resourceType: 'OperationOutcome',
            issue: [{ severity: 'information', code: 'informational', diagnostics: 'Lenient search' }],
          },
          search: { mode: 'outcome' },
        },
      ],
    });
  }

  function search(type: string, { query, access }: FhirRequest): Response {
    if (query.has('identifier') && traits.searchByIdentifier === 'refused')
      return outcome(400, 'not-supported', 'Unknown search parameter identifier');
    const ignored = traits.searchByIdentifier === 'ignored' ? 'identifier' : '_';
    const criteria = [...query].filter(([name]) => !name.startsWith('_') && name !== ignored);
    const found = [...resources.values()].filter(
      (resource) =>
        resource.resourceType === type &&
        inReach(resource, access.patient) &&
        criteria.every(([name, value]) => matches(resource, name, value, base)),
    );
    const id = randomUUID();
    pages.set(id, found);
    return page(found, 0, id);
  }

  function write(type: string, id: string | undefined, request: FhirRequest): Response {
    const resource = JSON.parse(request.body) as Stored;
    const update = id !== undefined;
    const key = `${type}/${id}`;
    const now = resources.get(key);
    if (resource.resourceType !== type || (update && resource.id !== id))
      return outcome(400, 'invariant', 'Type or id do not fit the address');
    if (!inReach(resource, request.access.patient) || (now && !inReach(now, request.access.patient)))
      return outcome(403, 'forbidden', 'Another patient');
    const match = request.headers.get('if-match');
    if (update && traits.versions && match !== `W/"v${versions.get(key)}"`) return outcome(412, 'conflict', 'Not the newest version');
    const kept = keep({ ...resource, id: id ?? randomUUID() });
    const location = `${base}/${type}/${kept.id}${traits.versions ? `/_history/v${versions.get(`${type}/${kept.id}`)}` : ''}`;
    const headers = { location, etag: `W/"v${versions.get(`${type}/${kept.id}`)}"` };
    const status = update ? 200 : 201;
    return traits.writeAnswer === 'location' ? new Response(null, { status, headers }) : json(kept, status, headers);
  }

  function answer(request: FhirRequest): Response {
    const { method, path, query, access } = request;
    asked.push(`${method} ${path}?${query.toString()}`);
    if (path === '') {
      const kept = pages.get(query.get('_getpages') ?? '');
      return kept
        ? page(kept, Number(query.get('_getpagesoffset')), query.get('_getpages') ?? '')
        : outcome(404, 'not-found', 'No such page');
    }
    const [type = '', id] = path.split('/');
    const letter = method === 'POST' ? 'c' : method === 'PUT' ? 'u' : id === undefined ? 's' : 'r';
    if (!allows(access, type, letter)) return outcome(403, 'forbidden', `Not granted: ${type} ${INTERACTIONS[letter]}`);
    if (method === 'POST' || method === 'PUT') return write(type, id, request);
    if (id === undefined)
      return query.has('_getpages')
        ? page(pages.get(query.get('_getpages') ?? '') ?? [], Number(query.get('_getpagesoffset')), query.get('_getpages') ?? '')
        : search(type, request);
    const found = resources.get(`${type}/${id}`);
    return found && inReach(found, access.patient) ? json(found) : outcome(404, 'not-found', 'Not found');
  }

  function metadata(): Response {
    if (traits.metadata === 'fails') return new Response('Internal error', { status: 500 });
    const orders = { full: 'rsuc', 'no-order-update': 'rsc', 'no-order-write': 'rs' }[traits.metadata];
    const resource = (type: string, letters: string): Json => ({
      type,
      interaction: letters.split('').map((each) => ({ code: INTERACTIONS[each] })),
    });
    return json({
      resourceType: 'CapabilityStatement',
      status: 'active',
      kind: 'instance',
      fhirVersion: '4.0.1',
      format: ['json'],
      // The mode of `rest` is given, and a client mode stands before it: only the server's counts.
      rest: [
        { mode: 'client', resource: [resource('ServiceRequest', 'rsuc')] },
        {
          mode: 'server',
          resource: [
            resource('Patient', 'rs'),
            resource('ServiceRequest', orders),
            resource('DocumentReference', 'rsc'),
            resource('Task', 'rsc'),
            resource('Provenance', 'rsc'),
          ],
        },
      ],
    });
  }

  return { resources, asked, metadata, answer };
}
