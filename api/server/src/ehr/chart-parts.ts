/** Parts of one patient's chart, read by Refloop's own access: each bounded, nothing of another patient let through. */
import { entriesOf, nextPage } from '@refloop/domain/fhir/bundle';
import type { EhrFailure, EhrPort, Resource } from '@refloop/domain/fhir/ehr-port';
import { isOf } from '@refloop/domain/fhir/patient-of';
import type { FhirResource } from '@refloop/domain/fhir/read';
import type { ChartSearch } from '@refloop/domain/packet/look-again';
import { ok, type Result } from '@refloop/domain/result';
import { findSite, type Site } from '../sites.ts';
import type { Scope } from '../store/store.ts';
import type { OwnAccess } from './system-access.ts';

/** `unread`: what could not be read, or not whole, in words. */
export type ChartRead = { resources: FhirResource[]; unread: string[] };

/** Undefined where the site gives Refloop no access of its own to charts. */
export type ReadChartParts = (scope: Scope, patientId: string, searches: readonly ChartSearch[]) => Promise<ChartRead | undefined>;

/** Many servers send fewer than `_count` asks for. */
const MOST_PAGES = 10;

type Part = { resources: Resource[]; isWhole: boolean };

async function readPart(ehr: EhrPort, { path, plainPath }: ChartSearch): Promise<Result<Part, EhrFailure>> {
  let answer = await ehr.get(path);
  // Some refuse to narrow by the time of the last change.
  if (!answer.ok && answer.refusal.kind === 'http' && answer.refusal.status === 400 && plainPath !== path)
    answer = await ehr.get(plainPath);
  if (!answer.ok) return answer;
  if (answer.value.resourceType !== 'Bundle') return ok({ resources: [answer.value], isWhole: true });
  const resources = entriesOf(answer.value);
  let next = nextPage(answer.value);
  for (let page = 1; next !== undefined && page < MOST_PAGES; page += 1) {
    const further = await ehr.get(next);
    if (!further.ok) return ok({ resources, isWhole: false });
    resources.push(...entriesOf(further.value));
    next = nextPage(further.value);
  }
  return ok({ resources, isWhole: next === undefined });
}

const whyNot = (failure: EhrFailure): string =>
  failure.kind === 'http' && failure.status === 403 ? 'the EHR did not allow it' : 'the EHR did not answer';

export const chartPartsNow =
  ({ sites, access }: { sites: readonly Site[]; access: OwnAccess }): ReadChartParts =>
  async ({ issuer }, patientId, searches) => {
    const site = findSite(sites, issuer);
    if (!site?.system?.reads) return undefined;
    const own = await access(site);
    if (!own.ok) return { resources: [], unread: [`The chart could not be read: ${own.why}.`] };
    const resources: FhirResource[] = [];
    const unread: string[] = [];
    for (const search of searches) {
      const answer = await readPart(own.ehr, search);
      if (!answer.ok) {
        unread.push(`${search.words} could not be read: ${whyNot(answer.refusal)}.`);
        continue;
      }
      if (!answer.value.isWhole) unread.push(`${search.words} were read in part.`);
      const ofPatient = answer.value.resources.filter(
        (resource) => resource.resourceType === search.type && isOf(resource, patientId, site.iss),
      );
      resources.push(...(ofPatient as FhirResource[]));
    }
    return { resources, unread };
  };
