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

/** The identifiers of a resource that have a system, each as one key with its type. */
export function identifierKeys(resource: Resource): string[] {
  const { identifier } = resource as { identifier?: Identifier | Identifier[] };
  const identifiers = identifier === undefined ? [] : Array.isArray(identifier) ? identifier : [identifier];
  return identifiers.flatMap(({ system, value }) => (system && value ? [`${resource.resourceType}\n${system}\n${value}`] : []));
}
