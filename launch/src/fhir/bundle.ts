/** Batch and transaction: many interactions in one request, each judged as if it came alone. A transaction is one PostgreSQL transaction. */
import { randomUUID } from 'node:crypto';
import type { Bundle, BundleEntry, BundleEntryResponse, Resource } from '@medplum/fhirtypes';
import { FhirError, operationOutcome, refusal } from './fhir-error.ts';
import { parseReference, referencesOf, rewriteReferences } from './references.ts';
import type { Stored } from './repository.ts';
import { etagOf, type FhirRequest, type FhirResponse, refuseIdentifierSearch, respond, type Server } from './rest.ts';

const mostEntries = 500;

/** The order in which R4 has the entries of a transaction processed. */
const processingOrder = ['DELETE', 'POST', 'PUT', 'PATCH', 'GET'];

type Step = { index: number; request: FhirRequest; fullUrl: string | undefined };

/** @param onFault is told of errors that are not the caller's; the batch answers 500 for that entry and goes on. */
export async function respondToBundle(server: Server, body: unknown, onFault: (error: unknown) => void): Promise<Bundle> {
  const bundle = body as Bundle;
  if (bundle?.resourceType !== 'Bundle' || (bundle.type !== 'batch' && bundle.type !== 'transaction')) {
    throw refusal(400, 'invalid', 'A POST to the base takes a Bundle of type batch or transaction.', 'Bundle.type');
  }
  if (!server.habits.system.includes(bundle.type)) {
    throw refusal(405, 'not-supported', `This EHR takes no ${bundle.type}. Send each request by itself.`, 'Bundle.type');
  }
  const entries = bundle.entry ?? [];
  if (!Array.isArray(entries) || entries.length > mostEntries) {
    throw refusal(400, 'too-long', `A bundle may have at most ${mostEntries} entries. Send several.`, 'Bundle.entry');
  }
  return bundle.type === 'batch' ? batch(server, entries, onFault) : transaction(server, entries);
}

async function batch(server: Server, entries: BundleEntry[], onFault: (error: unknown) => void): Promise<Bundle> {
  const answers: BundleEntry[] = [];
  for (const [index, entry] of entries.entries()) {
    try {
      answers.push(responseEntry(await respond(server, stepOf(server, entry, index).request)));
    } catch (error) {
      if (!(error instanceof FhirError)) onFault(error);
      const { status, outcome } = error instanceof FhirError ? error : serverFault;
      answers.push({ response: { status: String(status), outcome } });
    }
  }
  return { resourceType: 'Bundle', type: 'batch-response', entry: answers };
}

const serverFault = {
  status: 500,
  outcome: operationOutcome([{ code: 'exception', text: 'The server failed on this entry. Try it again.' }]),
};

async function transaction(server: Server, entries: BundleEntry[]): Promise<Bundle> {
  const steps = entries.map((entry, index) => stepOf(server, structuredClone(entry), index));
  refuseTwiceNamed(steps);
  return server.repository.transaction(async (repository) => {
    const inside: Server = { ...server, repository };
    const answers: BundleEntry[] = entries.map(() => ({}));
    const names = new Map<string, string>();
    const pending: Step[] = [];
    for (const step of steps) {
      const existing = await atEntry(step, () => existingFor(inside, step));
      if (existing) answers[step.index] = responseEntry({ status: 200, body: existing, version: existing.meta });
      else pending.push(step);
      if (step.fullUrl) names.set(step.fullUrl, nameFor(step, existing));
    }
    for (const step of pending) await atEntry(step, () => resolveReferences(inside, step, names));
    const ordered = [...pending].sort((a, b) => processingOrder.indexOf(a.request.method) - processingOrder.indexOf(b.request.method));
    for (const step of ordered) {
      answers[step.index] = responseEntry(await atEntry(step, () => respond(inside, step.request)));
    }
    return { resourceType: 'Bundle', type: 'transaction-response', entry: answers } satisfies Bundle;
  });
}

function stepOf({ baseUrl }: Server, entry: BundleEntry, index: number): Step {
  const { request, resource, fullUrl } = entry ?? {};
  const at = `Bundle.entry[${index}]`;
  if (!request || typeof request.url !== 'string' || !processingOrder.includes(request.method)) {
    throw refusal(400, 'invalid', `${at} needs a request with a url and a method of GET, POST, PUT, PATCH or DELETE.`, `${at}.request`);
  }
  const relative = request.url.startsWith(`${baseUrl}/`) ? request.url.slice(baseUrl.length + 1) : request.url.replace(/^\//, '');
  const [path, query] = splitOnce(relative, '?');
  if (path === '')
    throw refusal(
      400,
      'not-supported',
      `${at} addresses the whole server; a bundle inside a bundle is not supported.`,
      `${at}.request.url`,
    );
  const isWrite = request.method === 'POST' || request.method === 'PUT';
  if (isWrite && !path.endsWith('/_search') && !resource)
    throw refusal(400, 'required', `${at} needs a resource to ${request.method}.`, `${at}.resource`);
  return {
    index,
    fullUrl,
    request: {
      method: request.method,
      path,
      query: new URLSearchParams(query),
      origin: `${at}.resource`,
      body: request.method === 'PATCH' ? patchIn(resource, at) : resource,
      ...(request.ifMatch === undefined ? {} : { ifMatch: request.ifMatch }),
      ...(request.ifNoneMatch === undefined ? {} : { ifNoneMatch: request.ifNoneMatch }),
      ...(request.ifNoneExist === undefined ? {} : { ifNoneExist: request.ifNoneExist }),
      ...(request.method === 'POST' && !path.includes('/') ? { assignedId: randomUUID() } : {}),
    },
  };
}

/** In a bundle a JSON Patch travels as a Binary (R4, http.html, patch in a transaction). */
function patchIn(resource: Resource | undefined, at: string): unknown {
  if (resource?.resourceType !== 'Binary' || typeof resource.data !== 'string') {
    throw refusal(400, 'invalid', `${at} needs a Binary whose data is the JSON Patch in base64.`, `${at}.resource`);
  }
  try {
    return JSON.parse(Buffer.from(resource.data, 'base64').toString('utf8')) as unknown;
  } catch {
    throw refusal(400, 'structure', `${at}: the data of the Binary is not JSON in base64.`, `${at}.resource.data`);
  }
}

function refuseTwiceNamed(steps: Step[]): void {
  const seen = new Set<string>();
  for (const { index, request, fullUrl } of steps) {
    for (const name of [
      request.method === 'GET' || request.method === 'POST' ? undefined : request.path,
      fullUrl && `fullUrl ${fullUrl}`,
    ]) {
      if (name === undefined || name === '') continue;
      if (seen.has(name))
        throw refusal(400, 'duplicate', `Bundle.entry[${index}] names ${name} a second time in one transaction.`, `Bundle.entry[${index}]`);
      seen.add(name);
    }
  }
}

async function existingFor(server: Server, { request }: Step): Promise<Stored | undefined> {
  if (request.method !== 'POST' || request.ifNoneExist === undefined || request.path.includes('/')) return undefined;
  refuseIdentifierSearch(server, new URLSearchParams(request.ifNoneExist.replace(/^.*\?/s, '')));
  const existing = await server.repository.findExisting(request.path as Resource['resourceType'], request.ifNoneExist);
  if (!existing) delete request.ifNoneExist;
  return existing;
}

function nameFor({ request }: Step, existing: Stored | undefined): string {
  if (existing) return `${existing.resourceType}/${existing.id}`;
  return request.assignedId === undefined ? request.path : `${request.path}/${request.assignedId}`;
}

async function resolveReferences({ repository }: Server, { request }: Step, names: Map<string, string>): Promise<void> {
  const resource = request.body as Resource | undefined;
  if (!resource || request.method === 'PATCH' || request.body instanceof URLSearchParams) return;
  const resolved = new Map(names);
  for (const { text } of referencesOf(resource)) {
    const target = parseReference(text);
    if (target.kind !== 'conditional' || resolved.has(text)) continue;
    const { matches } = await repository.search(target.resourceType as Resource['resourceType'], `${target.query}&_count=2&_total=none`);
    const [match] = matches;
    if (!match || matches.length > 1) {
      throw refusal(
        412,
        'multiple-matches',
        `The conditional reference "${text}" matches ${match ? 'several resources' : 'none'}. It must match exactly one.`,
      );
    }
    resolved.set(text, `${match.resourceType}/${match.id}`);
  }
  rewriteReferences(resource, (text) => resolved.get(text) ?? text);
}

/** Says which entry a refusal is about; the whole transaction falls with it. */
async function atEntry<Result>(step: Step, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof FhirError)) throw error;
    const at = `Bundle.entry[${step.index}]`;
    throw new FhirError(
      error.status,
      error.issues.map((issue) => ({
        ...issue,
        text: `${at} (${step.request.method} ${step.request.path}): ${issue.text}`,
        expression: issue.expression?.startsWith(at) ? issue.expression : at,
      })),
    );
  }
}

function responseEntry({ status, body, version, location }: FhirResponse): BundleEntry {
  const response: BundleEntryResponse = {
    status: String(status),
    ...(location ? { location } : {}),
    ...(version ? { etag: etagOf(version.versionId), lastModified: version.lastUpdated } : {}),
  };
  return body ? { resource: body, response } : { response };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
