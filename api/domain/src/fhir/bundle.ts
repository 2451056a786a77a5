/** Searchsets: what was found, and where the next page is. */
import type { Resource } from './ehr-port.ts';

/** The resources of a searchset, without outcomes. */
export function entriesOf(bundle: Resource): Resource[] {
  const entries = bundle['entry'];
  if (!Array.isArray(entries)) return [];
  return (entries as { resource?: Resource; search?: { mode?: string } }[])
    .filter((entry) => entry.resource && entry.search?.mode !== 'outcome' && entry.resource.resourceType !== 'OperationOutcome')
    .map((entry) => entry.resource as Resource);
}

export function nextPage(bundle: Resource): string | undefined {
  const links = bundle['link'];
  if (!Array.isArray(links)) return undefined;
  return (links as { relation?: string; url?: string }[]).find((link) => link.relation === 'next')?.url;
}
