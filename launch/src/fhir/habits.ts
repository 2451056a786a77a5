/**
 * What one EHR offers over the same resources, and how it takes writes. The server, its CapabilityStatement and the scopes it
 * grants are all made from this, so that they cannot differ.
 */

/** The interactions of FHIR R4's type-restful-interaction and of an instance. */
export type RestInteraction = 'read' | 'vread' | 'update' | 'patch' | 'delete' | 'history-instance' | 'create' | 'search-type';

export type FhirHabits = {
  /** What is offered for a resource type; nothing where the EHR does not have the type at all. */
  interactions: (resourceType: string) => readonly RestInteraction[];
  /** What may be posted to the base. */
  system: readonly ('transaction' | 'batch')[];
  /** False: If-None-Exist is ignored, so that the same create twice makes two resources. */
  conditionalCreate: boolean;
  /** False: If-None-Match is ignored. */
  conditionalRead: boolean;
  /** Whether a change must name the version it is made on (428 without), and what is answered when that version is not the current one. */
  ifMatch: { required: boolean; staleStatus: 412 | 409 };
  /** The answer's headers that a page of another origin may read. */
  exposedHeaders: readonly string[];
  /** False: what carries a modifierExtension anywhere is refused with 422. */
  takesModifierExtensions: boolean;
  /** True: an order written as active stays a draft until a clinician signs it in the EHR (order-signature.ts). */
  ordersAwaitSignature: boolean;
};

/** What is wrong with the EHR for this caller alone. */
export type Soundness = {
  /** False: identifiers that a writer brings along are left out of what is stored (kept-identifiers.ts). */
  identifiersKept: boolean;
  /** False: the search parameter `identifier` is refused. */
  identifiersSearchable: boolean;
  /** False: a token bound to a patient has no Task, as in R4's own patient compartment. */
  taskInCompartment: boolean;
  /** False: what is written is kept in words and a form of the EHR's own (rewritten-content.ts). */
  contentKept: boolean;
  /** How far searches lag behind what was written; reads never do, and neither do conditions. */
  searchLagMilliseconds: number;
};

export const sound: Soundness = {
  identifiersKept: true,
  identifiersSearchable: true,
  taskInCompartment: true,
  contentKept: true,
  searchLagMilliseconds: 0,
};

const everything: readonly RestInteraction[] = ['read', 'vread', 'update', 'patch', 'delete', 'history-instance', 'create', 'search-type'];

export const fullHabits: FhirHabits = {
  interactions: () => everything,
  system: ['transaction', 'batch'],
  conditionalCreate: true,
  conditionalRead: true,
  ifMatch: { required: false, staleStatus: 412 },
  exposedHeaders: ['ETag', 'Location', 'Content-Location', 'Last-Modified', 'WWW-Authenticate', 'Retry-After'],
  takesModifierExtensions: true,
  ordersAwaitSignature: false,
};

/** The letter of SMART scopes v2 that each interaction needs (SMART App Launch 2.2, "Scopes for requesting FHIR Resources"). */
const letterOf: Record<RestInteraction, 'c' | 'r' | 'u' | 'd' | 's'> = {
  create: 'c',
  read: 'r',
  vread: 'r',
  'history-instance': 'r',
  update: 'u',
  patch: 'u',
  delete: 'd',
  'search-type': 's',
};

/** The scope letters that mean something for this type, in the order `cruds`. */
export function scopeLetters(habits: FhirHabits, resourceType: string): string {
  const letters = new Set(habits.interactions(resourceType).map((interaction) => letterOf[interaction]));
  return Array.from('cruds')
    .filter((letter) => letters.has(letter as 'c'))
    .join('');
}
