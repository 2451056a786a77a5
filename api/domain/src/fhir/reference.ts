/** Points at one resource in one EHR; `versionId` when the sentence rests on that very version. */
export type ResourceRef = { type: string; id: string; versionId?: string | undefined };

export const referenceText = (ref: ResourceRef): string => `${ref.type}/${ref.id}`;

/** FHIR R4 `id`, without the two that an address takes for a way up: what is put into an address leads nowhere else. */
export const isFhirId = (id: unknown): id is string =>
  typeof id === 'string' && /^[A-Za-z0-9\-.]{1,64}$/.test(id) && id !== '.' && id !== '..';

/** Reads `Type/id` or `Type/id/_history/v`; anything else (absolute, contained, urn) is undefined. */
export function parseReference(text: string): ResourceRef | undefined {
  const found = /^([A-Z][A-Za-z]+)\/([^/]+)(?:\/_history\/([^/]+))?$/.exec(text);
  if (!found) return undefined;
  const [, type = '', id = '', versionId] = found;
  if (!isFhirId(id)) return undefined;
  if (versionId === undefined) return { type, id };
  return isFhirId(versionId) ? { type, id, versionId } : undefined;
}
