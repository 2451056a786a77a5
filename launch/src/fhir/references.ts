/** The references a resource makes, and what each of them needs in order to resolve. */
import type { Resource } from '@medplum/fhirtypes';

export type LocalTarget = { kind: 'local'; resourceType: string; id: string; versionId?: string };

/** Where a reference string points. */
export type Target =
  /** A resource of this server. */
  | LocalTarget
  /** `#id`: inside the same resource. */
  | { kind: 'contained'; id: string }
  /** `Type?query`: to be resolved by a search inside a transaction or a load. */
  | { kind: 'conditional'; resourceType: string; query: string }
  /** `urn:uuid:…`, `urn:oid:…`: another entry of the same bundle. */
  | { kind: 'bundle' }
  /** A resource of another server, which this one cannot check. */
  | { kind: 'elsewhere' }
  | { kind: 'malformed' };

export type FoundReference = { target: Target; text: string; path: string };

const local = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/([A-Za-z0-9\-.]{1,64}))?$/;
const conditional = /^([A-Z][A-Za-z]+)\?(.+)$/s;

export function parseReference(text: string): Target {
  if (text.startsWith('#')) return { kind: 'contained', id: text.slice(1) };
  if (text.startsWith('urn:')) return { kind: 'bundle' };
  if (/^https?:\/\//.test(text)) return { kind: 'elsewhere' };
  const literal = local.exec(text);
  if (literal?.[1] && literal[2]) {
    return { kind: 'local', resourceType: literal[1], id: literal[2], ...(literal[3] ? { versionId: literal[3] } : {}) };
  }
  const search = conditional.exec(text);
  if (search?.[1] && search[2]) return { kind: 'conditional', resourceType: search[1], query: search[2] };
  return { kind: 'malformed' };
}

/** Every `Reference.reference` of the resource, those of its contained resources too, with its path. */
export function referencesOf(resource: Resource): FoundReference[] {
  const found: FoundReference[] = [];
  walk(resource, resource.resourceType, (text, path) => {
    found.push({ target: parseReference(text), text, path });
    return text;
  });
  return found;
}

/** The same resource with each reference passed through `rewrite`; the object given is changed in place. */
export function rewriteReferences<T extends Resource>(resource: T, rewrite: (text: string) => string): T {
  walk(resource, resource.resourceType, rewrite);
  return resource;
}

/** Turns absolute references to this server into relative ones, so that one resource has one name. */
export function relativeTo(baseUrl: string): (text: string) => string {
  const prefix = `${baseUrl.replace(/\/$/, '')}/`;
  return (text) => (text.startsWith(prefix) ? text.slice(prefix.length) : text);
}

/** Why a reference cannot be stored, as a sentence with the fix; undefined when it can. `resolves` says whether a resource of this server exists. */
export function referenceProblem(
  { target, text }: FoundReference,
  resource: Resource,
  resolves: (target: LocalTarget) => boolean,
): string | undefined {
  switch (target.kind) {
    case 'elsewhere':
      return undefined;
    case 'contained':
      return target.id === '' || containedIds(resource).includes(target.id)
        ? undefined
        : `The reference "${text}" names no contained resource. Add it to contained, or remove the reference.`;
    case 'local':
      return resolves(target)
        ? undefined
        : `The reference "${text}" does not resolve on this server. Create the resource first, or refer to it by identifier (type, identifier, display).`;
    case 'bundle':
      return `The reference "${text}" has no entry with that fullUrl in this bundle.`;
    case 'conditional':
      return `The reference "${text}" matches no resource, or is conditional outside a transaction. Use Type/id.`;
    case 'malformed':
      return `The reference "${text}" is none. Write Type/id, #id, an absolute URL, or refer by identifier.`;
    default:
      return target satisfies never;
  }
}

function containedIds(resource: Resource): string[] {
  const { contained } = resource as { contained?: { id?: string }[] };
  return (contained ?? []).flatMap(({ id }) => (id ? [id] : []));
}

function walk(node: unknown, path: string, visit: (text: string, path: string) => string): void {
  if (Array.isArray(node)) {
    node.forEach((item, index) => walk(item, `${path}[${index}]`, visit));
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const record = node as Record<string, unknown>;
  for (const [key, value] of Object.entries(record)) {
    if (key === 'reference' && typeof value === 'string') record[key] = visit(value, path);
    else walk(value, `${path}.${key}`, visit);
  }
}
