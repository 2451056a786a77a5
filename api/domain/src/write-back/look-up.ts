/**
 * Looking in the EHR for what a step may have written already. First by our identifier; where a write was sent and the identifier is
 * not found, through the patient's resources of the type, judged by what was written (recognition.ts).
 */
import { entriesOf, nextPage } from '../fhir/bundle.ts';
import type { EhrFailure, EhrPort, Resource } from '../fhir/ehr-port.ts';
import { patientOf } from '../fhir/patient-of.ts';
import { list, target, text } from '../fhir/read.ts';
import type { Instant } from '../instant.ts';
import type { Candidate } from '../referral/event.ts';
import { ok, type Result } from '../result.ts';
import type { StepInHand } from './plan-in-hand.ts';
import { contentAddresses, holdsApproved, type Likeness, likeness, withContent } from './recognition.ts';

/** Where a resource is and, of an order, how the EHR keeps it: some leave it unsigned. */
export type Where = { reference: string; versionId: string | null; orderStatus?: string };

export type Found =
  | { kind: 'found'; where: Where }
  /** Something is there that may be ours; nobody but a person can tell. */
  | { kind: 'perhaps'; candidates: Candidate[] }
  /** `byIdentifier`: the EHR searched by our identifier; some refuse that, and with it If-None-Exist. */
  | { kind: 'nothing'; byIdentifier: boolean }
  | { kind: 'signed-out' }
  /** The EHR answered that it does not let us look; asking again gives the same. */
  | { kind: 'not-allowed'; status: number }
  /** The order to update is no longer in the chart. */
  | { kind: 'gone'; status: number }
  /** The EHR did not answer, or holds more than was looked through. */
  | { kind: 'no-answer' };

export type LookUp = {
  ehr: Pick<EhrPort, 'base' | 'get'>;
  patient: string;
  approvedAt: Instant;
  now: Instant;
};

/** Pages looked through where a server cannot search by identifier, or keeps none. */
const MOST_PAGES = 20;
/** More than a person can tell apart is no choice. */
const MOST_CANDIDATES = 20;
/** Of the documents whose content lies elsewhere, so many are fetched. */
const MOST_FETCHED = 5;

const isRefused = (failure: EhrFailure): failure is Extract<EhrFailure, { kind: 'http' }> =>
  failure.kind === 'http' && failure.status >= 400 && failure.status < 500 && failure.status !== 429;

export const statusOf = (resource: Resource | undefined): { orderStatus?: string } =>
  resource?.resourceType === 'ServiceRequest' && typeof resource['status'] === 'string' ? { orderStatus: resource['status'] } : {};

export const whereIs = (resource: Resource): Where => ({
  reference: `${resource.resourceType}/${resource.id}`,
  versionId: resource.meta?.versionId ?? null,
  ...statusOf(resource),
});

type Searched = {
  found: Resource[];
  /** More follow than are looked through: nothing can be said of those. */
  more: boolean;
};

/** The resources of a search, page by page; `stop` ends it early. */
async function searchAll(ehr: LookUp['ehr'], start: string, stop: (found: Resource[]) => boolean): Promise<Result<Searched, EhrFailure>> {
  const found: Resource[] = [];
  let next: string | undefined = start;
  for (let page = 0; page < MOST_PAGES && next !== undefined; page += 1) {
    const answer = await ehr.get(next);
    if (!answer.ok) return answer;
    found.push(...entriesOf(answer.value));
    next = nextPage(answer.value);
    if (stop(found)) break;
  }
  return ok({ found, more: next !== undefined });
}

/** What the step's own resource replaces was there before it, however much it resembles it. */
const replaced = (planned: Resource): string[] =>
  list(planned['relatesTo']).flatMap((each) => {
    const found = each['code'] === 'replaces' ? target(each['target']) : undefined;
    return found ? [`${planned.resourceType}/${found.id}`] : [];
  });

const failed = (failure: EhrFailure): Found => {
  if (isRefused(failure)) return { kind: 'not-allowed', status: failure.status };
  return { kind: failure.kind === 'signed-out' ? 'signed-out' : 'no-answer' };
};

/** What a person tells an entry apart by; nothing of its content. */
function candidateOf(resource: Resource): Candidate {
  const author = [resource['author'], resource['requester']]
    .flatMap((each) => list(Array.isArray(each) ? each : [each]))
    .find((each) => text(each['display']) !== '');
  const filedAt = text(resource['date']) || text(resource['authoredOn']) || text(resource['recorded']) || text(resource.meta?.lastUpdated);
  const { reference, versionId } = whereIs(resource);
  return { reference, versionId, filedAt: filedAt || null, author: text(author?.['display']) || null };
}

/**
 * @param step with the references to earlier steps filled in, in `resource` and `lookUp`
 * @returns `nothing` only where the EHR answered and holds nothing that may be ours
 */
export async function lookUp(step: StepInHand, { ehr, patient, approvedAt, now }: LookUp): Promise<Found> {
  const isOfPatient = (resource: Resource): boolean =>
    resource.id !== undefined && resource.resourceType === step.name && patientOf(resource, patient, ehr.base) !== 'another';
  const notOurs = [...step.notOurs, ...replaced(step.resource as Resource)];
  const isMarked = (resource: Resource): boolean =>
    isOfPatient(resource) &&
    !notOurs.includes(whereIs(resource).reference) &&
    JSON.stringify(resource).includes(JSON.stringify(step.lookUp.businessKey));

  if (step.target) {
    // An update looks at its target alone: another order with our key is not the one that was approved.
    const read = await ehr.get(step.target.reference);
    if (!read.ok && read.refusal.kind === 'http' && (read.refusal.status === 404 || read.refusal.status === 410)) {
      return { kind: 'gone', status: read.refusal.status };
    }
    if (!read.ok) return failed(read.refusal);
    const held = read.value;
    const ours = isMarked(held) || (isOfPatient(held) && holdsApproved(held, step.resource as Resource, step.target.versionId));
    return ours ? { kind: 'found', where: whereIs(held) } : { kind: 'nothing', byIdentifier: false };
  }

  const { query } = step.lookUp;
  const byPatient = query.replace(/&identifier=[^&]*/, '');
  const asksByIdentifier = byPatient !== query;
  const first = await searchAll(ehr, query, (found) => found.some(isMarked));
  // Servers that cannot search this type by identifier refuse with 400: then all of this patient's are looked through.
  const cannotSearch = !first.ok && isRefused(first.refusal) && asksByIdentifier;
  if (!first.ok && !cannotSearch) return failed(first.refusal);
  const marked = first.ok ? first.value.found.find(isMarked) : undefined;
  if (marked) return { kind: 'found', where: whereIs(marked) };
  const byIdentifier = first.ok && asksByIdentifier;
  const mayBeThere = step.attemptedAt !== null;
  if (!cannotSearch && !mayBeThere) return { kind: 'nothing', byIdentifier };

  const all = first.ok && !asksByIdentifier ? first : await searchAll(ehr, byPatient, (found) => found.some(isMarked));
  if (!all.ok) return failed(all.refusal);
  const unmarked = all.value.found.filter((each) => isOfPatient(each) && !notOurs.includes(whereIs(each).reference));
  const hit = unmarked.find(isMarked);
  if (hit) return { kind: 'found', where: whereIs(hit) };
  // Never sent: whatever resembles it was written by others.
  if (!mayBeThere) return { kind: 'nothing', byIdentifier };

  const judge = (resource: Resource): Likeness =>
    likeness(resource, step.resource as Resource, step.name, { from: approvedAt, until: now });
  const candidates: Resource[] = [];
  let fetched = 0;
  for (const each of unmarked) {
    let verdict = judge(each);
    if (verdict === 'perhaps' && contentAddresses(each).length > 0 && fetched < MOST_FETCHED) {
      fetched += 1;
      verdict = judge(await withFetchedContent(ehr, each));
    }
    if (verdict === 'ours') return { kind: 'found', where: whereIs(each) };
    if (verdict === 'perhaps') candidates.push(each);
  }
  if (candidates.length > 0) return { kind: 'perhaps', candidates: candidates.slice(0, MOST_CANDIDATES).map(candidateOf) };
  return all.value.more ? { kind: 'no-answer' } : { kind: 'nothing', byIdentifier };
}

/** Content that the EHR moved into a Binary of its own; an address that cannot be read stays unread. */
async function withFetchedContent(ehr: LookUp['ehr'], document: Resource): Promise<Resource> {
  const data = new Map<string, string>();
  for (const address of contentAddresses(document)) {
    const read = await ehr.get(address);
    if (read.ok && read.value.resourceType === 'Binary' && typeof read.value['data'] === 'string') data.set(address, read.value['data']);
  }
  return withContent(document, data);
}
