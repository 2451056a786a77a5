/** The RESTful interactions of FHIR R4 (http.html) on a repository: what a request means and what is answered, without any HTTP. */
import type { Bundle, BundleEntry, Resource } from '@medplum/fhirtypes';
import { definitions } from './definitions.ts';
import { FhirError, refusal } from './fhir-error.ts';
import type { FhirHabits, RestInteraction, Soundness } from './habits.ts';
import type { PostgresRepository } from './postgres-repository.ts';
import type { Stored, Version } from './repository.ts';

export type FhirRequest = {
  method: string;
  /** Below the base, without a slash at either end: `Patient/1/_history`. */
  path: string;
  query: URLSearchParams;
  ifMatch?: string;
  ifNoneMatch?: string;
  ifNoneExist?: string;
  /** Parsed JSON; for `_search` by POST the form's parameters. */
  body?: unknown;
  /** For an entry of a transaction: the id reserved for it, and where it stands. */
  assignedId?: string;
  origin?: string;
};

export type FhirResponse = {
  status: number;
  body?: Resource;
  /** The resource the answer is about, from which ETag and Last-Modified come. */
  version?: { versionId: string; lastUpdated: string };
  /** Absolute URL of the created version. */
  location?: string;
};

export type Server = { repository: PostgresRepository; baseUrl: string; habits: FhirHabits; soundness: Soundness };

export async function respond(server: Server, request: FhirRequest): Promise<FhirResponse> {
  const [resourceType = '', second, third, fourth, ...rest] = request.path.split('/');
  if (!definitions().resourceTypes.has(resourceType)) {
    throw refusal(404, 'not-supported', `"${request.path}" is not an address of this server. /metadata lists the resource types it holds.`);
  }
  if (server.habits.interactions(resourceType).length === 0) {
    throw refusal(404, 'not-supported', `This EHR has no ${resourceType}. /metadata lists the resource types it holds.`);
  }
  if (rest.length > 0 || second?.startsWith('$') || third?.startsWith('$')) throw unknownAddress(request.path);
  if (second === undefined) return onType(server, request, resourceType);
  if (second === '_search' && third === undefined) {
    if (request.method !== 'POST') throw wrongMethod(request, 'POST');
    return search(server, request, resourceType);
  }
  if (!/^[A-Za-z0-9\-.]{1,64}$/.test(second)) throw unknownAddress(request.path);
  if (third === undefined) return onInstance(server, request, resourceType, second);
  if (third !== '_history') throw unknownAddress(request.path);
  if (request.method !== 'GET') throw wrongMethod(request, 'GET');
  offers(server, resourceType, fourth === undefined ? 'history-instance' : 'vread');
  if (fourth === undefined) return history(server, request, resourceType, second);
  return found(request, await server.repository.readVersion(resourceType as Resource['resourceType'], second, fourth));
}

function offers({ habits }: Server, resourceType: string, interaction: RestInteraction): void {
  const offered = habits.interactions(resourceType);
  if (offered.includes(interaction)) return;
  throw refusal(405, 'not-supported', `This EHR does not offer ${interaction} on ${resourceType}; it offers ${offered.join(', ')}.`);
}

/** An EHR without search by identifier says so rather than answer that there is none. */
export function refuseIdentifierSearch({ soundness }: Server, parameters: URLSearchParams): void {
  if (soundness.identifiersSearchable) return;
  const name = [...parameters.keys()].find((key) => /^identifier(:|$)/.test(key));
  if (name === undefined) return;
  throw refusal(
    400,
    'not-supported',
    `Search parameter "${name}": this EHR does not search by identifier. Search by patient and date.`,
    name,
  );
}

async function onType(server: Server, request: FhirRequest, resourceType: string): Promise<FhirResponse> {
  switch (request.method) {
    case 'GET':
      return search(server, request, resourceType);
    case 'POST': {
      offers(server, resourceType, 'create');
      const resource = resourceIn(request, resourceType);
      const condition = server.habits.conditionalCreate ? request.ifNoneExist : undefined;
      if (condition !== undefined) refuseIdentifierSearch(server, new URLSearchParams(condition.replace(/^.*\?/s, '')));
      const { resource: stored, created } = await server.repository.create(resource, {
        ...(condition === undefined ? {} : { ifNoneExist: condition }),
        ...(request.assignedId === undefined ? {} : { assignedId: request.assignedId }),
        ...(request.origin === undefined ? {} : { origin: request.origin }),
      });
      return { status: created ? 201 : 200, body: stored, version: stored.meta, location: versionUrl(server, stored) };
    }
    default:
      throw refusal(
        405,
        'not-supported',
        `${request.method} on ${resourceType} without an id is not supported: conditional update, patch and delete are not. Search, then use the id.`,
      );
  }
}

const instanceInteractions: Record<string, RestInteraction> = { GET: 'read', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

async function onInstance(server: Server, request: FhirRequest, resourceType: string, id: string): Promise<FhirResponse> {
  const interaction = instanceInteractions[request.method];
  if (interaction === undefined) throw wrongMethod(request, 'GET, PUT, PATCH, DELETE');
  offers(server, resourceType, interaction);
  const { required, staleStatus } = server.habits.ifMatch;
  if (required && interaction !== 'read' && request.ifMatch === undefined) {
    throw refusal(
      428,
      'required',
      'A change needs If-Match with the version it is made on. Read the resource and send W/"its versionId".',
      'If-Match',
    );
  }
  try {
    return await instanceAnswer(server, request, resourceType, id);
  } catch (error) {
    throw error instanceof FhirError && error.status === 412 && staleStatus !== 412 ? new FhirError(staleStatus, error.issues) : error;
  }
}

async function instanceAnswer(server: Server, request: FhirRequest, resourceType: string, id: string): Promise<FhirResponse> {
  const { repository } = server;
  const type = resourceType as Resource['resourceType'];
  const options = {
    ...(request.ifMatch === undefined ? {} : { ifMatch: versionIn(request.ifMatch) }),
    ...(request.origin === undefined ? {} : { origin: request.origin }),
  };
  if (request.method !== 'GET' && request.query.size > 0) {
    throw refusal(400, 'not-supported', `Parameter "${[...request.query.keys()][0]}" has no meaning here. Remove it.`);
  }
  switch (request.method) {
    case 'GET': {
      onlyFormat(request.query);
      const stored = await repository.read(type, id);
      return server.habits.conditionalRead ? found(request, stored) : { status: 200, body: stored, version: stored.meta };
    }
    case 'PUT': {
      const resource = resourceIn(request, resourceType);
      if (resource.id !== id) throw refusal(400, 'invalid', `The id in the body must be "${id}", as in the URL.`, `${resourceType}.id`);
      const stored = await repository.update({ ...resource, id }, options);
      return { status: 200, body: stored, version: stored.meta };
    }
    case 'PATCH': {
      const stored = await repository.patch(type, id, request.body, options);
      // Who may change but not read gets the new version's number only.
      const isReadable = repository.permissions.alternatives(resourceType, 'r').length > 0;
      return { status: 200, ...(isReadable ? { body: stored } : {}), version: stored.meta };
    }
    case 'DELETE':
      await repository.delete(type, id, options);
      return { status: 204 };
    default:
      throw wrongMethod(request, 'GET, PUT, PATCH, DELETE');
  }
}

function found(request: FhirRequest, resource: Stored): FhirResponse {
  const isSame =
    request.ifNoneMatch !== undefined && request.ifNoneMatch.split(',').some((tag) => versionIn(tag.trim()) === resource.meta.versionId);
  return isSame ? { status: 304, version: resource.meta } : { status: 200, body: resource, version: resource.meta };
}

async function search(server: Server, request: FhirRequest, resourceType: string): Promise<FhirResponse> {
  offers(server, resourceType, 'search-type');
  const parameters = new URLSearchParams(request.query);
  if (request.method === 'POST' && request.body instanceof URLSearchParams) {
    for (const [name, value] of request.body) parameters.append(name, value);
  }
  refuseIdentifierSearch(server, parameters);
  const result = await server.repository.search(resourceType as Resource['resourceType'], parameters);
  const link = [{ relation: 'self', url: `${server.baseUrl}/${resourceType}${queryString(parameters)}` }];
  if (result.nextCursor !== undefined) {
    const next = new URLSearchParams(parameters);
    next.set('_cursor', result.nextCursor);
    link.push({ relation: 'next', url: `${server.baseUrl}/${resourceType}${queryString(next)}` });
  }
  const entry = (resource: Stored, mode: 'match' | 'include'): BundleEntry => ({
    fullUrl: urlOf(server, resource),
    resource: resource as Resource,
    search: { mode },
  });
  const entries = [
    ...result.matches.map((resource) => entry(resource, 'match')),
    ...result.included.map((resource) => entry(resource, 'include')),
  ];
  const bundle: Bundle = {
    resourceType: 'Bundle',
    type: 'searchset',
    ...(result.total === undefined ? {} : { total: result.total }),
    link,
    ...(entries.length > 0 ? { entry: entries } : {}),
  };
  return { status: 200, body: bundle };
}

async function history(server: Server, request: FhirRequest, resourceType: string, id: string): Promise<FhirResponse> {
  onlyFormat(request.query);
  const versions = await server.repository.history(resourceType as Resource['resourceType'], id);
  const bundle: Bundle = {
    resourceType: 'Bundle',
    type: 'history',
    total: versions.length,
    link: [{ relation: 'self', url: `${server.baseUrl}/${resourceType}/${id}/_history` }],
    ...(versions.length > 0 ? { entry: versions.map((version) => historyEntry(server, resourceType, id, version)) } : {}),
  };
  return { status: 200, body: bundle };
}

function historyEntry(server: Server, resourceType: string, id: string, version: Version): BundleEntry {
  const { versionId, lastUpdated } = version.kind === 'content' ? version.resource.meta : version;
  const isCreation = versionId === '1';
  const method = version.kind === 'deleted' ? 'DELETE' : isCreation ? 'POST' : 'PUT';
  return {
    fullUrl: `${server.baseUrl}/${resourceType}/${id}`,
    ...(version.kind === 'content' ? { resource: version.resource as Resource } : {}),
    request: { method, url: method === 'POST' ? resourceType : `${resourceType}/${id}` },
    response: {
      status: isCreation ? '201' : version.kind === 'deleted' ? '204' : '200',
      etag: etagOf(versionId),
      lastModified: lastUpdated,
    },
  };
}

function resourceIn({ body }: FhirRequest, resourceType: string): Resource {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw refusal(400, 'structure', `The body must be a ${resourceType} as a JSON object, sent as application/fhir+json.`);
  }
  const given = (body as { resourceType?: unknown }).resourceType;
  if (given !== resourceType) {
    throw refusal(
      400,
      'invalid',
      `The body must be a ${resourceType}, as the URL says; its resourceType is ${JSON.stringify(given) ?? 'missing'}.`,
      'resourceType',
    );
  }
  return body as Resource;
}

/** Reads and histories take no parameter but the format. */
function onlyFormat(query: URLSearchParams): void {
  for (const [name, value] of query) {
    if (name === '_pretty' || (name === '_format' && ['json', 'application/json', 'application/fhir+json'].includes(value))) continue;
    throw refusal(400, 'not-supported', `Parameter "${name}" is not supported here. Remove it.`, name);
  }
}

export const etagOf = (versionId: string): string => `W/"${versionId}"`;

/** The version in `W/"3"` or `"3"`. */
function versionIn(tag: string): string {
  const versionId = /^(?:W\/)?"([^"]+)"$/.exec(tag)?.[1];
  if (versionId === undefined)
    throw refusal(400, 'invalid', `"${tag}" is not an entity tag. Write W/"3", the ETag of the version that was read.`, 'If-Match');
  return versionId;
}

const urlOf = (server: Server, resource: Stored): string => `${server.baseUrl}/${resource.resourceType}/${resource.id}`;
const versionUrl = (server: Server, resource: Stored): string => `${urlOf(server, resource)}/_history/${resource.meta.versionId}`;
const queryString = (parameters: URLSearchParams): string => (parameters.size > 0 ? `?${parameters.toString()}` : '');

const unknownAddress = (path: string): Error =>
  refusal(404, 'not-supported', `"${path}" is not an address of this server; operations ($…) are not offered.`);
const wrongMethod = ({ method, path }: FhirRequest, allowed: string): Error =>
  refusal(405, 'not-supported', `${method} is not supported on "${path}"; use ${allowed}.`);
