/**
 * Reads the chart for the note with the clinician's own token: all types in parallel, each bounded, nothing of another
 * patient let through. What could not be read is said in words, because the note says what it could not see.
 */

import { entriesOf, nextPage } from '@refloop/domain/fhir/bundle';
import type { EhrFailure, Resource } from '@refloop/domain/fhir/ehr-port';
import { isOf } from '@refloop/domain/fhir/patient-of';
import type { Result } from '@refloop/domain/result';
import { ok, refuse } from '@refloop/domain/result';
import { grants } from './granted-scopes.ts';

type Reader = { base: string; get(path: string): Promise<Result<Resource, EhrFailure>> };

/** `most` resources are asked for; where an older rest does not belong in a referral note anyhow, it is not spoken of. */
type Part = { type: string; words: string; query: string; most: number; rest: 'said' | 'older' };

/** The most resources a recommendation may carry, and their size as JSON in characters (the server takes 6 MiB). */
const MAXIMUM = 2000;
const MAXIMUM_CHARACTERS = 4_500_000;

/** Laboratory and vital signs: the newest 200 each; older ones do not belong in a referral note. */
const PARTS: readonly Part[] = [
  { type: 'Condition', words: 'Problems', query: '_count=200', most: 400, rest: 'said' },
  { type: 'MedicationRequest', words: 'Medications', query: '_count=200', most: 400, rest: 'said' },
  { type: 'AllergyIntolerance', words: 'Allergies', query: '_count=100', most: 100, rest: 'said' },
  { type: 'Observation', words: 'Laboratory results', query: 'category=laboratory&_sort=-date&_count=200', most: 200, rest: 'older' },
  { type: 'Observation', words: 'Vital signs', query: 'category=vital-signs&_sort=-date&_count=200', most: 200, rest: 'older' },
  { type: 'DiagnosticReport', words: 'Diagnostic reports', query: '_sort=-date&_count=100', most: 100, rest: 'older' },
  { type: 'DocumentReference', words: 'Documents', query: '_sort=-date&_count=50', most: 50, rest: 'older' },
  { type: 'Procedure', words: 'Procedures', query: '_count=100', most: 100, rest: 'older' },
  { type: 'Encounter', words: 'Visits', query: '_sort=-date&_count=100', most: 100, rest: 'older' },
  { type: 'ServiceRequest', words: 'Orders', query: '_count=100', most: 100, rest: 'said' },
  { type: 'RelatedPerson', words: 'Related persons', query: '_count=20', most: 20, rest: 'older' },
];

export type ChartReading = { resources: Resource[]; notSeen: string[] };

/** A resource of another patient in an answer ends the work: the page must not guess which of the two is right. */
export type ForeignResource = { kind: 'wrong-patient'; where: string };

/** Many servers send far fewer than `_count` asks for, so pages are followed until there are enough. */
const MOST_PAGES = 25;

type PartRead = { resources: Resource[]; rest: { kind: 'none' } | { kind: 'more' } | { kind: 'broken-off'; failure: EhrFailure } };

async function readPart(ehr: Reader, patient: string, part: Part): Promise<Result<PartRead, EhrFailure>> {
  const start = `${part.type}?patient=${encodeURIComponent(patient)}`;
  let answer = await ehr.get(`${start}&${part.query}`);
  if (!answer.ok && answer.refusal.kind === 'http' && answer.refusal.status === 400) {
    // Some EHRs refuse _sort; the newest are then picked from what comes.
    answer = await ehr.get(`${start}&${part.query.replace(/_sort=-date&/, '')}`);
  }
  if (!answer.ok) return answer;
  const resources = entriesOf(answer.value);
  let next = nextPage(answer.value);
  for (let page = 1; page < MOST_PAGES && next && resources.length < part.most; page += 1) {
    const further = await ehr.get(next);
    // A part that breaks off is a part not seen whole; what came is still of use.
    if (!further.ok) return ok({ resources, rest: { kind: 'broken-off', failure: further.refusal } });
    resources.push(...entriesOf(further.value));
    next = nextPage(further.value);
  }
  const unsaid = part.rest === 'older' && resources.length >= part.most;
  return ok({ resources, rest: { kind: next === undefined || unsaid ? 'none' : 'more' } });
}

function reasonText(failure: EhrFailure): string {
  switch (failure.kind) {
    case 'http':
      return failure.status === 403 ? 'the EHR did not allow it' : `the EHR answered with an error (${failure.status})`;
    case 'no-answer':
      return 'the EHR did not answer in time';
    case 'signed-out':
      return 'the EHR session has ended';
    case 'elsewhere':
      return 'the EHR pointed to another server';
  }
}

/**
 * @param already resources read before (patient, coverage, order); counted into the bound, not read again
 * @returns resources of this patient only, at most 2,000 with `already`
 */
export async function readChart(
  ehr: Reader,
  patient: string,
  scopes: readonly string[],
  already: readonly Resource[],
): Promise<Result<ChartReading, ForeignResource>> {
  const notSeen: string[] = [];
  const found = await Promise.all(
    PARTS.map(async (part) => {
      if (!grants(scopes, part.type, 's')) {
        notSeen.push(`${part.words} could not be read: not granted to Refloop.`);
        return { part, resources: [] };
      }
      const answer = await readPart(ehr, patient, part);
      if (!answer.ok) {
        notSeen.push(`${part.words} could not be read: ${reasonText(answer.refusal)}.`);
        return { part, resources: [] };
      }
      const { rest } = answer.value;
      if (rest.kind === 'more') notSeen.push(`${part.words} were read in part: there are more than fit.`);
      if (rest.kind === 'broken-off') notSeen.push(`${part.words} were read in part: ${reasonText(rest.failure)}.`);
      return { part, resources: answer.value.resources.filter((resource) => resource.resourceType === part.type) };
    }),
  );
  const seen = new Map<string, Resource>();
  const key = (resource: Resource) => `${resource.resourceType}/${resource.id}`;
  let characters = 0;
  for (const resource of already) {
    seen.set(key(resource), resource);
    characters += JSON.stringify(resource).length;
  }
  for (const { part, resources } of found) {
    for (const resource of resources) {
      if (!isOf(resource, patient, ehr.base)) return refuse({ kind: 'wrong-patient', where: `One of the ${part.words.toLowerCase()}` });
      characters += JSON.stringify(resource).length;
      if (seen.size >= MAXIMUM || characters > MAXIMUM_CHARACTERS) {
        notSeen.push(`${part.words} were read in part: the chart is larger than one recommendation carries.`);
        break;
      }
      seen.set(key(resource), resource);
    }
  }
  return ok({ resources: [...seen.values()], notSeen: [...new Set(notSeen)].sort() });
}
