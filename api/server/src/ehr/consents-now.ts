/**
 * What patients consent to have disclosed, as their EHR has it at this moment, by Refloop's own access. A consent that was read when the order
 * was approved may have been withdrawn since (42 CFR 2.31(a)(6), 45 CFR 164.508(b)(5)); one that cannot be read covers nothing.
 */
import { entriesOf, nextPage } from '@refloop/domain/fhir/bundle';
import type { FhirResource } from '@refloop/domain/fhir/read';
import { findSite, type Site } from '../sites.ts';
import type { Scope } from '../store/store.ts';
import type { OwnAccess } from './system-access.ts';

/** Nothing where the EHR cannot be asked, does not answer, or does not answer whole. */
export type ReadConsents = (scope: Scope, patientId: string) => Promise<readonly FhirResource[]>;

const PAGE = 100;
const MOST_PAGES = 5;

export const consentsNow =
  ({ sites, access }: { sites: readonly Site[]; access: OwnAccess }): ReadConsents =>
  async ({ issuer }, patientId) => {
    const site = findSite(sites, issuer);
    if (!site?.system) return [];
    const own = await access(site);
    if (!own.ok) return [];
    const found: FhirResource[] = [];
    let next: string | undefined = `Consent?patient=${encodeURIComponent(patientId)}&status=active&_count=${PAGE}`;
    for (let page = 0; next !== undefined; page += 1) {
      const answer = page < MOST_PAGES ? await own.ehr.get(next) : undefined;
      // A part of them is none: what denies may be in the rest.
      if (!answer?.ok || answer.value.resourceType !== 'Bundle') return [];
      found.push(...(entriesOf(answer.value) as FhirResource[]));
      next = nextPage(answer.value);
    }
    return found;
  };
