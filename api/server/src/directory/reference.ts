import { type Loose, object, text } from './loose-json.ts';

/**
 * Brings a reference down to `Type/id`: relative, absolute (`https://payer.example/fhir/Location/7`), with a version
 * (`…/_history/2`), or a urn:uuid of a Bundle entry, which `ofBundle` resolves. Undefined for contained and unreadable ones.
 */
export function referenceKey(reference: unknown, ofBundle: ReadonlyMap<string, string>): string | undefined {
  const literal = text(object(reference)['reference']);
  if (literal === undefined) return undefined;
  const inBundle = ofBundle.get(literal);
  if (inBundle !== undefined) return inBundle;
  const found = /(?:^|\/)([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/.exec(literal);
  return found === null ? undefined : `${found[1]}/${found[2]}`;
}

export type ReadReferences = (value: unknown) => string[];

/** Keys of a list of references, unreadable ones left out. */
export const referenceReader =
  (ofBundle: ReadonlyMap<string, string>): ReadReferences =>
  (value) =>
    (Array.isArray(value) ? value : [value]).flatMap((item) => referenceKey(item, ofBundle) ?? []);

/** How a resource's own text names a reference that could not be read, for a reason. */
export const referenceText = (reference: unknown): string => {
  const target: Loose = object(reference);
  return text(target['reference']) ?? text(target['display']) ?? 'without a reference';
};
