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

export type ChartRead =
  /** `types`: those that were read, be it in part. `unread`: what could not be read, or not whole, in words. */
  | { kind: 'read'; resources: FhirResource[]; types: string[]; unread: string[] }
  /** Nothing was read; `why` in words. `away`: nor would anything of another patient be now. */
  | { kind: 'failed'; why: string[]; away: boolean };

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

/** It lets nobody in, is silent, or has no time: not of this patient, nor of this search. */
const NOT_NOW = new Set([429, 502, 503, 504]);
const isAway = (failure: EhrFailure): boolean =>
  failure.kind === 'no-answer' || failure.kind === 'signed-out' || (failure.kind === 'http' && NOT_NOW.has(failure.status));

export const chartPartsNow =
  ({ sites, access }: { sites: readonly Site[]; access: OwnAccess }): ReadChartParts =>
  async ({ issuer }, patientId, searches) => {
    const site = findSite(sites, issuer);
    if (!site?.system?.reads) return undefined;
    const own = await access(site);
    if (!own.ok) return { kind: 'failed', why: [`The chart could not be read: ${own.why}.`], away: true };
    const resources: FhirResource[] = [];
    const types: string[] = [];
    const unread: string[] = [];
    let away = true;
    for (const search of searches) {
      const answer = await readPart(own.ehr, search);
      if (!answer.ok) {
        unread.push(`${search.words} could not be read: ${whyNot(answer.refusal)}.`);
        away &&= isAway(answer.refusal);
        continue;
      }
      types.push(search.type);
      if (!answer.value.isWhole) unread.push(`${search.words} were read in part.`);
      const ofPatient = answer.value.resources.filter(
        (resource) => resource.resourceType === search.type && isOf(resource, patientId, site.iss),
      );
      resources.push(...(ofPatient as FhirResource[]));
    }
    if (searches.length > 0 && types.length === 0) return { kind: 'failed', why: unread, away };
    return { kind: 'read', resources, types, unread };
  };
