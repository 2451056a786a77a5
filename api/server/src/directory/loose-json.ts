/**
 * Reading JSON that someone else wrote: a field of the wrong shape reads as absent, and nothing throws. The importer
 * then says which needed field is missing instead of stopping.
 */
export type Loose = Readonly<Record<string, unknown>>;

const EMPTY: Loose = {};

export const isObject = (value: unknown): value is Loose => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value as an object; `{}` when it is none. */
export const object = (value: unknown): Loose => (isObject(value) ? value : EMPTY);

/** The objects of a list; a single object counts as a list of one. */
export function objects(value: unknown): Loose[] {
  if (Array.isArray(value)) return value.filter(isObject);
  return isObject(value) ? [value] : [];
}

/** A text that is not blank, trimmed. */
export function text(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const trimmed = value.trim();
  return trimmed === '' ? undefined : trimmed;
}

export const texts = (value: unknown): string[] => (Array.isArray(value) ? value.flatMap((item) => text(item) ?? []) : []);

export const finite = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);

/** The first ten characters of a FHIR date, dateTime or instant when they are a whole calendar day. */
export function day(value: unknown): string | undefined {
  const found = /^\d{4}-\d{2}-\d{2}/.exec(text(value) ?? '')?.[0];
  return found !== undefined && !Number.isNaN(Date.parse(`${found}T00:00:00Z`)) ? found : undefined;
}

/** Codes of one system in a CodeableConcept or a list of them. */
export const codesOf = (concepts: unknown, system: string): string[] =>
  objects(concepts).flatMap((concept) =>
    objects(concept['coding']).flatMap((coding) => (coding['system'] === system ? (text(coding['code']) ?? []) : [])),
  );

export const extensions = (resource: Loose, url: string): Loose[] =>
  objects(resource['extension']).filter((extension) => extension['url'] === url);
