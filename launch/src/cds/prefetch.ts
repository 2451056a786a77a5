/** Prefetch templates of a CDS service, answered from the chart (CDS Hooks 2.0, "Prefetch Template"). */
import type { Bundle, Resource } from '@medplum/fhirtypes';
import { findResource, searchAll } from '../chart/find.ts';
import { definitions } from '../fhir/definitions.ts';
import { FhirError } from '../fhir/fhir-error.ts';
import type { Repository } from '../fhir/repository.ts';

/** More than any chart has of what is asked here; a next page must not be left to the service. */
const MOST = 500;

/** The query with the context's own words in it; undefined where a token names nothing that the context has. */
export function queryOf(template: string, context: Readonly<Record<string, unknown>>): string | undefined {
  let missing = false;
  const query = template.replaceAll(/\{\{context\.([A-Za-z]+)\}\}/g, (_whole, name: string) => {
    const value = context[name];
    if (typeof value !== 'string' || !/^[A-Za-z0-9\-./]{1,130}$/.test(value)) missing = true;
    return String(value);
  });
  return missing || query.includes('{{') ? undefined : query;
}

const isType = (name: string): name is Resource['resourceType'] => definitions().resourceTypes.has(name as Resource['resourceType']);

/** The resource or searchset, null where the chart has nothing, undefined where it cannot be answered: then the key is left out. */
async function answerTo(repository: Repository, query: string): Promise<Resource | null | undefined> {
  const [path = '', search] = query.split('?', 2);
  const [type = '', id, ...rest] = path.split('/');
  if (!isType(type) || rest.length > 0) return undefined;
  if (id !== undefined) return search === undefined ? ((await findResource(repository, type, id)) ?? null) : undefined;
  if (search === undefined) return undefined;
  try {
    const found = await searchAll(repository, type, Object.fromEntries(new URLSearchParams(search)), MOST);
    if (found.length === 0) return null;
    const bundle: Bundle = {
      resourceType: 'Bundle',
      type: 'searchset',
      total: found.length,
      entry: found.map((resource) => ({ resource })),
    };
    return bundle;
  } catch (error) {
    if (error instanceof FhirError) return undefined;
    throw error;
  }
}

/** What goes under `prefetch`: each template that can be answered, under its key. */
export async function prefetched(
  repository: Repository,
  templates: Readonly<Record<string, string>>,
  context: Readonly<Record<string, unknown>>,
): Promise<Record<string, Resource | null>> {
  const answers = await Promise.all(
    Object.entries(templates).map(async ([key, template]): Promise<[string, Resource | null | undefined]> => {
      const query = queryOf(template, context);
      return [key, query === undefined ? undefined : await answerTo(repository, query)];
    }),
  );
  return Object.fromEntries(answers.filter((answer): answer is [string, Resource | null] => answer[1] !== undefined));
}
