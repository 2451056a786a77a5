/** What of a resource an EHR keeps when an app writes it: refused, reduced or changed, by its habits and by what is wrong with it. */
import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '@medplum/fhirtypes';
import { refusal } from './fhir-error.ts';
import type { FhirHabits, Soundness } from './habits.ts';
import { awaitingSignature } from './order-signature.ts';

/** From what came and what is stored so far to what will be stored; throws a FhirError for what is not taken. */
export type WrittenForm = (incoming: Resource, before: Resource | undefined) => Resource;

/** The elements that hold a resource's own business identifiers (R4 ServiceRequest, Task, DocumentReference and others). */
const identifierElements = ['identifier', 'masterIdentifier', 'groupIdentifier', 'requisition'];

function hasModifierExtension(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(hasModifierExtension);
  if (typeof node !== 'object' || node === null) return false;
  return Object.entries(node).some(([name, value]) => name === 'modifierExtension' || hasModifierExtension(value));
}

/** The resource without identifiers that were not stored before. */
function withoutNewIdentifiers(incoming: Resource, before: Resource | undefined): Resource {
  const old = (before ?? {}) as Record<string, unknown>;
  const entries = Object.entries(incoming).flatMap(([name, value]): [string, unknown][] => {
    if (!identifierElements.includes(name)) return [[name, value]];
    const known = [old[name] ?? []].flat();
    const isKnown = (one: unknown): boolean => known.some((other) => isDeepStrictEqual(one, other));
    if (!Array.isArray(value)) return isKnown(value) ? [[name, value]] : [];
    const kept = value.filter(isKnown);
    return kept.length > 0 ? [[name, kept]] : [];
  });
  return Object.fromEntries(entries) as unknown as Resource;
}

/** The form in which this EHR keeps what this caller writes; undefined where that is what came. */
export function writtenForm(habits: FhirHabits, soundness: Soundness): WrittenForm | undefined {
  if (habits.takesModifierExtensions && !habits.ordersAwaitSignature && soundness.identifiersKept) return undefined;
  return (incoming, before) => {
    if (!habits.takesModifierExtensions && hasModifierExtension(incoming)) {
      throw refusal(
        422,
        'not-supported',
        'This EHR takes no modifierExtension. Leave it out.',
        `${incoming.resourceType}.modifierExtension`,
      );
    }
    const kept = soundness.identifiersKept ? incoming : withoutNewIdentifiers(incoming, before);
    return habits.ordersAwaitSignature ? awaitingSignature(kept, before) : kept;
  };
}
