/**
 * Reading FHIR R4 JSON that nobody promised is valid. A field of the wrong shape reads as absent; nothing throws.
 * Only the fields the chart uses have a type here.
 */
import type { ResourceRef } from './reference.ts';

/** A resource as it came over the wire: only its type is known. */
export type FhirResource = { readonly resourceType: string; readonly id?: string; readonly [field: string]: unknown };

export type Json = Readonly<Record<string, unknown>>;

export type Coding = { readonly system?: string; readonly code?: string; readonly display?: string };
/** A CodeableConcept; `text` is the best human reading of it and may be empty. */
export type Concept = { readonly codings: readonly Coding[]; readonly text: string };
export type Quantity = { readonly value: number; readonly unit?: string; readonly comparator?: string };

export const LOINC = 'http://loinc.org';
export const SNOMED = 'http://snomed.info/sct';
export const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';
export const ICD10CM = 'http://hl7.org/fhir/sid/icd-10-cm';

export const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
export const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(object) : []);
/** Trimmed text with single spaces; anything that is not a string reads as empty. */
export const text = (value: unknown): string => (typeof value === 'string' ? value.replace(/\s+/g, ' ').trim() : '');
export const number = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);

export function coding(value: unknown): Coding {
  const read = object(value);
  const [system, code, display] = [text(read['system']), text(read['code']), text(read['display'])];
  return { ...(system && { system }), ...(code && { code }), ...(display && { display }) };
}

// SNOMED fully specified names end in their hierarchy, "Otitis media (disorder)"; Synthea and some EHRs send them as display.
const SEMANTIC_TAG =
  / \((?:disorder|finding|procedure|situation|regime\/therapy|morphologic abnormality|observable entity|substance|product|event|person|qualifier value)\)$/;
const withoutTag = (words: string): string => words.replace(SEMANTIC_TAG, '');

/** `text` is CodeableConcept.text, else the first display, else the first code. */
export function concept(value: unknown): Concept {
  const read = object(value);
  const codings = list(read['coding']).map(coding);
  const words = text(read['text']) || (codings.find((one) => one.display)?.display ?? '') || (codings.find((one) => one.code)?.code ?? '');
  return { codings, text: withoutTag(words) };
}

export const hasCode = (read: Concept, system: string, codes: readonly string[]): boolean =>
  read.codings.some((one) => one.system === system && one.code !== undefined && codes.includes(one.code));

/** The first code of the concept, whatever its system; for status fields bound to one required code system. */
export const codeOf = (value: unknown): string => concept(value).codings.find((one) => one.code)?.code ?? '';

export function quantity(value: unknown): Quantity | undefined {
  const read = object(value);
  const amount = number(read['value']);
  if (amount === undefined) return undefined;
  // A unit that is all braces ("{score}") is a UCUM annotation and measures nothing.
  const unit = (text(read['unit']) || text(read['code'])).replace(/^\{[^}]*\}$/, '');
  const comparator = text(read['comparator']);
  return { value: amount, ...(unit && { unit }), ...(comparator && { comparator }) };
}

/** The resource's own reference; undefined when it has no usable id. */
export function refOf(resource: FhirResource): ResourceRef | undefined {
  const id = text(resource.id);
  if (!/^[A-Za-z0-9\-.]{1,64}$/.test(id)) return undefined;
  const versionId = text(object(resource['meta'])['versionId']);
  return /^[A-Za-z0-9\-.]{1,64}$/.test(versionId) ? { type: resource.resourceType, id, versionId } : { type: resource.resourceType, id };
}

/**
 * What a Reference points at: relative, absolute (its last two segments), or `urn:uuid:` as bundles that were never
 * posted to a server use, where the type is unknown.
 */
export function target(value: unknown): { readonly type?: string; readonly id: string } | undefined {
  const reference = text(object(value)['reference']);
  const uuid = /^urn:uuid:([A-Za-z0-9\-.]{1,64})$/.exec(reference);
  if (uuid?.[1]) return { id: uuid[1] };
  const found = /(?:^|\/)([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/.exec(reference);
  return found?.[1] && found[2] ? { type: found[1], id: found[2] } : undefined;
}

export const isTarget = (aim: { readonly type?: string; readonly id: string } | undefined, type: string, id: string): boolean =>
  aim !== undefined && aim.id === id && (aim.type === undefined || aim.type === type);
