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

/**
 * Turns conditional references to practitioners, organizations and locations that `isUnknown` into logical ones, which say
 * the same in a form that needs no target (FHIR R4, Reference.identifier); changes the value in place.
 * Returns how many. Other types stay as they are: without its patient or visit a record would be lost, not incomplete.
 */
export function nameByIdentifier(value: unknown, isUnknown: (key: string) => boolean): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + nameByIdentifier(item, isUnknown), 0);
  if (typeof value !== 'object' || value === null) return 0;
  const record = value as Record<string, unknown>;
  const { reference } = record;
  const key = typeof reference === 'string' ? conditionalKey(reference) : undefined;
  const [type = '', system = '', identifier = ''] = key?.split('\n') ?? [];
  if (key !== undefined && NAMED_BY_IDENTIFIER.has(type) && isUnknown(key)) {
    delete record['reference'];
    record['type'] = type;
    record['identifier'] ??= { system, value: identifier };
    return 1;
  }
  return Object.values(record).reduce<number>((sum, member) => sum + nameByIdentifier(member, isUnknown), 0);
}

/** The identifiers of a resource that have a system, each as one key with its type. */
export function identifierKeys(resource: Resource): string[] {
  const { identifier } = resource as { identifier?: Identifier | Identifier[] };
  const identifiers = identifier === undefined ? [] : Array.isArray(identifier) ? identifier : [identifier];
  return identifiers.flatMap(({ system, value }) => (system && value ? [`${resource.resourceType}\n${system}\n${value}`] : []));
}
