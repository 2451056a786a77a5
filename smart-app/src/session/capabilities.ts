/** The EHR's CapabilityStatement, asked for once a page: it says the same for every launch. */
import type { EhrPort, Resource } from '@refloop/domain/fhir/ehr-port';

const cache = new Map<string, Promise<Resource | undefined>>();

/** @returns undefined when the EHR does not say what it can do */
export function capabilities(ehr: EhrPort): Promise<Resource | undefined> {
  const there = cache.get(ehr.base);
  if (there) return there;
  const asked = ehr.get('metadata').then((answer) => {
    if (answer.ok && answer.value.resourceType === 'CapabilityStatement') return answer.value;
    cache.delete(ehr.base);
    return undefined;
  });
  cache.set(ehr.base, asked);
  return asked;
}
