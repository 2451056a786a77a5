/** An EHR that keeps no identifiers of others: what of a resource is left when an app writes it. */
import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '@medplum/fhirtypes';

/** The elements that hold business identifiers: a resource's own (R4 ServiceRequest, Task, DocumentReference and others), and those of references. */
const identifierElements = new Set(['identifier', 'masterIdentifier', 'groupIdentifier', 'requisition', 'valueIdentifier']);

/** Identifiers that are issued to everybody, such as the NPI (R4, identifier registry): by these an EHR knows people itself. */
const PUBLISHED = 'http://hl7.org/fhir/sid/';

/** Elements that are none without this child (1..1 in R4: Provenance.entity, Task.input and Task.output). */
const neededIn: Record<string, string> = { entity: 'what', input: 'valueIdentifier', output: 'valueIdentifier' };

type Node = Record<string, unknown>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every identifier in a resource, however deep. */
function identifiersIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(identifiersIn);
  if (!isNode(value)) return [];
  return Object.entries(value).flatMap(([name, child]) => (identifierElements.has(name) ? [child].flat() : identifiersIn(child)));
}

/**
 * The resource without identifiers that were not stored before, in it or in what it refers to. A logical reference that was nothing
 * but such an identifier is gone, and so is an element that must have it, such as the entity of a Provenance.
 */
export function withoutNewIdentifiers(incoming: Resource, before: Resource | undefined): Resource {
  const stored = identifiersIn(before);
  const isKept = (one: unknown): boolean =>
    (isNode(one) && typeof one['system'] === 'string' && one['system'].startsWith(PUBLISHED)) ||
    stored.some((other) => isDeepStrictEqual(one, other));
  const strip = (value: unknown, name: string): unknown => {
    if (Array.isArray(value)) {
      const kept = identifierElements.has(name) ? value.filter(isKept) : value.flatMap((item: unknown) => strip(item, name) ?? []);
      return kept.length > 0 ? kept : undefined;
    }
    if (!isNode(value)) return value;
    if (identifierElements.has(name)) return isKept(value) ? value : undefined;
    const children = Object.entries(value).flatMap(([key, child]): [string, unknown][] => {
      const kept = strip(child, key);
      return kept === undefined ? [] : [[key, kept]];
    });
    const needed = neededIn[name];
    const isLost = needed !== undefined && needed in value && !children.some(([key]) => key === needed);
    return isLost || children.length === 0 ? undefined : Object.fromEntries(children);
  };
  return strip(incoming, '') as Resource;
}
