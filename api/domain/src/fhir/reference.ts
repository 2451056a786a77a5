/** Points at one resource in one EHR; `versionId` when the sentence rests on that very version. */
export type ResourceRef = { type: string; id: string; versionId?: string | undefined };

export const referenceText = (ref: ResourceRef): string => `${ref.type}/${ref.id}`;

/** Reads `Type/id` or `Type/id/_history/v`; anything else (absolute, contained, urn) is undefined. */
export function parseReference(text: string): ResourceRef | undefined {
  const found = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/([A-Za-z0-9\-.]{1,64}))?$/.exec(text);
  if (!found) return undefined;
  const [, type = '', id = '', versionId] = found;
  return versionId === undefined ? { type, id } : { type, id, versionId };
}
