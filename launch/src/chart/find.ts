/** Reading one resource of the chart where there may be none. */
import type { Resource } from '@medplum/fhirtypes';
import type { Repository, Stored } from '../fhir/repository.ts';

/** FHIR R4 §2.24.0.1: an id has 1 to 64 of these characters. */
const ID = /^[A-Za-z0-9.-]{1,64}$/;

/** The resource with this id, or undefined where there is none (or never can be). */
export async function findResource<T extends Resource>(
  repository: Repository,
  resourceType: T['resourceType'],
  id: string,
): Promise<Stored<T> | undefined> {
  if (!ID.test(id)) return undefined;
  const found = await repository.search<T>(resourceType, new URLSearchParams({ _id: id, _count: '1' }));
  return found.matches[0];
}

/** All matches of a search, page by page. `limit` bounds what is read. */
export async function searchAll<T extends Resource>(
  repository: Repository,
  resourceType: T['resourceType'],
  query: Record<string, string>,
  limit: number,
): Promise<Stored<T>[]> {
  const found: Stored<T>[] = [];
  let cursor: string | undefined;
  do {
    const parameters = new URLSearchParams({ ...query, _count: String(Math.min(limit - found.length, 200)), _total: 'none' });
    if (cursor !== undefined) parameters.set('_cursor', cursor);
    const page = await repository.search<T>(resourceType, parameters);
    found.push(...page.matches);
    cursor = page.nextCursor;
  } while (cursor !== undefined && found.length < limit);
  return found;
}
