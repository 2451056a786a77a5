/** What Refloop writes to a chart, looked at as it takes effect: approved by whom it is said to be, announced before, and there once. */
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import type { BookedAttempt } from './attempt-book.ts';
import type { Book } from './book.ts';
import { stageIn } from './fhir-office.ts';
import type { Practice } from './practice.ts';
import { ordersWritten, type World } from './world.ts';

const SYSTEMS = 'https://refloop.health/id/';

type Identified = { system?: string; value?: string };

const identifiers = (resource: Resource): Identified[] =>
  (Array.isArray(resource['identifier']) ? resource['identifier'] : []).filter(({ system }: Identified) =>
    system?.startsWith(SYSTEMS),
  ) as Identified[];

const valueOf = (resource: Resource, name: string): string | undefined =>
  identifiers(resource).find(({ system }) => system === `${SYSTEMS}${name}`)?.value;

/** Every `value` that is a text, however deep. */
function valuesIn(part: unknown, found: string[] = []): string[] {
  if (typeof part !== 'object' || part === null) return found;
  if (Array.isArray(part)) {
    for (const each of part) valuesIn(each, found);
    return found;
  }
  for (const name of Object.keys(part)) {
    const each = (part as Record<string, unknown>)[name];
    if (name === 'value' && typeof each === 'string') found.push(each);
    else valuesIn(each, found);
  }
  return found;
}

/** Referral and report of a note that came back, and of its receipt. */
export const returned = (resource: Resource): string | undefined => valueOf(resource, 'consult-note') ?? valueOf(resource, 'note-receipt');

/** Which note is meant by our number of it, and how often it had been taken off when that was written. */
export function noteOf({ referralId }: Book, key: string): { reportId: string; linkedFor: number } {
  const [, reportId = '', again] = /^(.*?)(?:\/(\d+))?$/.exec(key.slice(referralId.length + 1)) ?? [];
  return { reportId, linkedFor: again === undefined ? 0 : Number(again) - 1 };
}

/** What was begun when a note is taken off may be written so much later: the lease of who writes it. */
const UNDER_WAY_MS = 5 * 60_000;

export const isInError = (resource: Resource | undefined): boolean => resource?.['status'] === 'entered-in-error';

function wrongOfNote(
  { reports, takenOff }: Book,
  { reportId, linkedFor }: ReturnType<typeof noteOf>,
  resource: Resource,
  replaced: Resource | undefined,
  trueNow: number,
): { rule: string; words: string } | undefined {
  const { times, at } = takenOff.get(reportId) ?? { times: 0, at: 0 };
  const isLinked = reports.get(reportId)?.attempt !== undefined && linkedFor === times;
  if (isInError(resource)) {
    if (isInError(replaced)) return { rule: 'duplicate', words: 'was entered in error twice' };
    return isLinked ? { rule: 'lost', words: 'of a note that is linked was entered in error' } : undefined;
  }
  const isUnderWay = linkedFor < times && trueNow - at < UNDER_WAY_MS;
  return isLinked || isUnderWay ? undefined : { rule: 'unapproved', words: 'was written of a note that answers nothing' };
}

/** By what each type is known to be one and the same thing. */
function nameOf(resource: Resource): string | undefined {
  switch (resource.resourceType) {
    case 'ServiceRequest':
      return valueOf(resource, 'referral');
    case 'Task':
      return valueOf(resource, 'referral-task') ?? returned(resource);
    case 'DocumentReference':
      return valueOf(resource, 'referral-note') ?? returned(resource);
    case 'Provenance':
      return valuesIn(resource['entity'] ?? resource)[0];
    default:
      return undefined;
  }
}

const noteIn = (order: Resource): string | undefined =>
  ((order['supportingInfo'] ?? []) as { reference?: string }[]).find(({ reference }) => reference?.startsWith('DocumentReference/'))
    ?.reference;

/** Which attempt a fulfilment Task is of, by our number of it. */
const attemptOf = ({ attempts }: Book, task: Resource): Book['attempts'][number] | undefined =>
  attempts[Number(valueOf(task, 'referral-task')?.split('-').at(-1)) - 1];

/** By which event it becomes known that it stands there. */
const TOLD_BY = { booked: 'appointment-booked', missed: 'appointment-missed', seen: 'patient-seen' } as const;

/** By so much a clock may be off without anybody’s noticing. */
const CLOCKS_APART_MS = 2 * 60_000;

/** Each of these stages follows from each other: which is the newer is told by when it was told, as far as clocks go right. */
function isTakenBack({ toldAt }: BookedAttempt, replaced: Resource, resource: Resource, broughtAt: number): boolean {
  const [from, to] = [stageIn(replaced), stageIn(resource)];
  const told = to && toldAt.get(TOLD_BY[to]);
  if (!from || !told || Math.abs(told.byClock - told.at) > CLOCKS_APART_MS) return false;
  return toldAt.has(TOLD_BY[from]) ? broughtAt > told.at + 2 * CLOCKS_APART_MS : broughtAt > told.at;
}

export const onEhrWrite = (world: World, practice: Practice) => {
  const there = new Map<string, string>();
  const { watch } = world;

  /** The referral and the approval it was written for. */
  function basisOf(resource: Resource): { book: Book; approvalId: string } | undefined {
    const note = resource.resourceType === 'ServiceRequest' ? noteIn(resource) : undefined;
    const filed = note === undefined ? undefined : world.ehrs.get(practice.scope.tenant)?.read(note);
    for (const value of valuesIn(filed ?? resource)) {
      const book = watch.bookOf(value);
      if (book) return { book, approvalId: value };
    }
    const referralId = valueOf(resource, 'referral');
    const book = referralId === undefined ? undefined : watch.book(practice.scope, referralId);
    return book && { book, approvalId: book.approvalId };
  }

  return (resource: Resource, replaced: Resource | undefined): void => {
    const reference = `${resource.resourceType}/${resource.id}`;
    const name = `${resource.resourceType} ${nameOf(resource) ?? reference}`;
    const before = there.get(name);
    const basis = basisOf(resource);
    const referralId = basis?.book.referralId ?? '-';
    const at = world.now().toISOString();
    world.remember(() => `${at} ${practice.scope.tenant} the EHR keeps ${reference} for ${referralId}`);
    if (before !== undefined && before !== reference)
      watch.tell('duplicate', `${resource.resourceType} stands in the chart twice`, referralId);
    there.set(name, reference);
    if (!basis) return watch.tell('unapproved', `${resource.resourceType} was written without an approval`, referralId);
    const { book, approvalId } = basis;
    const approval = book.approvals.get(approvalId);
    if (!approval || book.patientId !== (resource['subject'] as { reference?: string } | undefined)?.reference?.replace('Patient/', '')) {
      if (resource['subject'] !== undefined)
        watch.tell('unauthorized', `${resource.resourceType} was written to another chart`, referralId);
    }
    const came = returned(resource);
    if (came !== undefined) {
      const wrong = wrongOfNote(book, noteOf(book, came), resource, replaced, world.time.now());
      if (wrong) watch.tell(wrong.rule, `${resource.resourceType} ${wrong.words}`, referralId);
      return;
    }
    const attempt = attemptOf(book, resource);
    const broughtAt = replaced && world.people.fhirOffices.broughtAt(practice, replaced);
    if (replaced && attempt && broughtAt !== undefined && isTakenBack(attempt, replaced, resource, broughtAt))
      watch.tell('taken-back', `a Task was taken back from where its office has brought it to ${stageIn(resource)}`, referralId);
    // The Task of a write-back is kept up to date afterwards, and one of a later attempt is made as it is sent.
    const follows = resource.resourceType === 'Task' && (replaced !== undefined || !name.endsWith('-1') || book.placedByHand);
    if (approval && !follows && !book.announced.has(`${approval.planId} ${resource.resourceType}`))
      watch.tell('unapproved', `${resource.resourceType} was written before it was put on record that it is`, referralId);
    if (resource.resourceType !== 'ServiceRequest') return;
    if (approval && !approval.standing)
      watch.tell('unapproved', 'an order was written for an approval that was taken back or lapsed', referralId);
    if (approval && replaced && approval.orderVersion !== replaced.meta?.versionId)
      watch.tell('unapproved', 'an order was written over a version that nobody approved', referralId);
    if (approval) ordersWritten(world).add(approvalId);
  };
};
