/** What of a resource an EHR keeps when an app writes it: refused, reduced or changed, by its habits and by what is wrong with it. */
import type { Resource } from '@medplum/fhirtypes';
import { refusal } from './fhir-error.ts';
import type { FhirHabits, Soundness } from './habits.ts';
import { withoutNewIdentifiers } from './kept-identifiers.ts';
import { awaitingSignature } from './order-signature.ts';
import { type Keep, rewrittenContent } from './rewritten-content.ts';

/** From what came and what is stored so far to what will be stored; throws a FhirError for what is not taken. */
export type WrittenForm = (incoming: Resource, before: Resource | undefined, keep: Keep) => Resource;

function hasModifierExtension(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(hasModifierExtension);
  if (typeof node !== 'object' || node === null) return false;
  return Object.entries(node).some(([name, value]) => name === 'modifierExtension' || hasModifierExtension(value));
}

/** The form in which this EHR keeps what this caller writes; undefined where that is what came. */
export function writtenForm(habits: FhirHabits, soundness: Soundness): WrittenForm | undefined {
  if (habits.takesModifierExtensions && !habits.ordersAwaitSignature && soundness.identifiersKept && soundness.contentKept)
    return undefined;
  return (incoming, before, keep) => {
    if (!habits.takesModifierExtensions && hasModifierExtension(incoming)) {
      throw refusal(
        422,
        'not-supported',
        'This EHR takes no modifierExtension. Leave it out.',
        `${incoming.resourceType}.modifierExtension`,
      );
    }
    const identified = soundness.identifiersKept ? incoming : withoutNewIdentifiers(incoming, before);
    const worded = soundness.contentKept ? identified : rewrittenContent(identified, keep);
    return habits.ordersAwaitSignature ? awaitingSignature(worded, before) : worded;
  };
}
