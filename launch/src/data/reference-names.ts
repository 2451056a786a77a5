/** How resources name each other inside a data folder, before they have a server. */
import type { Identifier, Resource } from '@medplum/fhirtypes';

/** Passes every `reference`, and every `url` that points into a Bundle, through `rewrite`; changes the value in place. */
export function rewriteNames(value: unknown, rewrite: (text: string) => string): void {
  if (Array.isArray(value)) {
    for (const item of value) rewriteNames(item, rewrite);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const record = value as Record<string, unknown>;
  for (const [key, member] of Object.entries(record)) {
    if (typeof member !== 'string') rewriteNames(member, rewrite);
    else if (key === 'reference' || (key === 'url' && member.startsWith('urn:uuid:'))) record[key] = rewrite(member);
  }
}

/** `Practitioner?identifier=system|value`, as transaction Bundles write it, as a key of {@link identifierKeys}; undefined for any other text. */
export function conditionalKey(text: string): string | undefined {
  const match = /^([A-Z][A-Za-z]+)\?(.+)$/s.exec(text);
  const query = new URLSearchParams(match?.[2] ?? '');
  const [system, value] = (query.get('identifier') ?? '').split('|');
  return match?.[1] && query.size === 1 && system && value ? `${match[1]}\n${system}\n${value}` : undefined;
}

/** Who and where: what an export may leave out, and a chart can still name by identifier. */
const NAMED_BY_IDENTIFIER = new Set(['Practitioner', 'PractitionerRole', 'Organization', 'Location']);

/** What a reference by `Type/id` becomes where the folder leaves its target out: the name it had, as an identifier. */
const NAME_IN_ITS_SOURCE = 'urn:refloop:sandbox:reference-of-the-export';

type Logical = { type: string; identifier: { system: string; value: string } };

export type Missing = {
  /** No resource of the load bears the identifier (a key of {@link identifierKeys}). */
  identifier: (key: string) => boolean;
  /** No resource of the load has the name `Type/id`. */
  name: (name: string) => boolean;
};

function logicalForm(reference: string, missing: Missing): Logical | undefined {
  const key = conditionalKey(reference);
  if (key !== undefined) {
    const [type = '', system = '', value = ''] = key.split('\n');
    return NAMED_BY_IDENTIFIER.has(type) && missing.identifier(key) ? { type, identifier: { system, value } } : undefined;
  }
  const [, name, type = ''] = /^(([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/.exec(reference) ?? [];
  if (name === undefined || !NAMED_BY_IDENTIFIER.has(type) || !missing.name(name)) return undefined;
  return { type, identifier: { system: NAME_IN_ITS_SOURCE, value: name } };
}

/**
 * Turns references to practitioners, organizations and locations that the load leaves out into logical ones, which need no
 * target (FHIR R4, Reference.identifier); changes the value in place. Exports often hold the patients and not the staff.
 * Returns how many. Other types stay as they are: without its patient or visit a record would be lost, not incomplete.
 */
export function nameByIdentifier(value: unknown, missing: Missing): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + nameByIdentifier(item, missing), 0);
  if (typeof value !== 'object' || value === null) return 0;
  const record = value as Record<string, unknown>;
  const { reference } = record;
  const logical = typeof reference === 'string' ? logicalForm(reference, missing) : undefined;
  if (logical) {
    delete record['reference'];
    record['type'] = logical.type;
    record['identifier'] ??= logical.identifier;
    return 1;
  }
  return Object.values(record).reduce<number>((sum, member) => sum + nameByIdentifier(member, missing), 0);
}

/** The identifiers of a resource that have a system, each as one key with its type. */
export function identifierKeys(resource: Resource): string[] {
  const { identifier } = resource as { identifier?: Identifier | Identifier[] };
  const identifiers = identifier === undefined ? [] : Array.isArray(identifier) ? identifier : [identifier];
  return identifiers.flatMap(({ system, value }) => (system && value ? [`${resource.resourceType}\n${system}\n${value}`] : []));
}
