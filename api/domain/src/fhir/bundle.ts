/** Searchsets: what was found, and where the next page is. */
import type { Resource } from './ehr-port.ts';
import { list, object } from './read.ts';

/** The resources of a searchset, without outcomes; an entry that is none reads as absent. */
export function entriesOf(bundle: Resource): Resource[] {
  return list(bundle['entry'])
    .filter((entry) => object(entry['search'])['mode'] !== 'outcome')
    .map((entry) => object(entry['resource']))
    .filter(
      (resource): resource is Resource => typeof resource['resourceType'] === 'string' && resource['resourceType'] !== 'OperationOutcome',
    );
}

export function nextPage(bundle: Resource): string | undefined {
  const links = bundle['link'];
  if (!Array.isArray(links)) return undefined;
  return (links as { relation?: string; url?: string }[]).find((link) => link.relation === 'next')?.url;
}
