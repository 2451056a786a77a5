/** One referral's history: read, decide, append and project, within the caller's transaction. */

import { visitsOf } from '@refloop/domain/referral/attempt';
import { isUntold } from '@refloop/domain/referral/care-event';
import { closedBy } from '@refloop/domain/referral/closure';
import { decide, type ReferralCommand, type ReferralRefusal } from '@refloop/domain/referral/command';
import type { Actor, Happening, ReferralEvent } from '@refloop/domain/referral/event';
import { evolve, FOLD_VERSION, type Referral } from '@refloop/domain/referral/referral';
import { statusOf } from '@refloop/domain/referral/status';
import { isOver } from '@refloop/domain/referral/still-booked';
import { readFact } from '@refloop/domain/referral/upcast';
import { ok, type Result } from '@refloop/domain/result';
import { addReportEffects } from '../outbox/report-effects.ts';
import { addTaskEffects } from '../outbox/task-effects.ts';
import { problem, Refused } from '../problem.ts';
import type { NewEvent, StoredEvent } from '../store/events.ts';
import { asKept } from '../store/kept-json.ts';
import type { ReferralRow } from '../store/referrals.ts';
import type { Unit } from '../store/store.ts';
import { openEngine } from './engine/engine.ts';
import { isEngaged } from './engine/reactions.ts';
import { requesterOf } from './own-referral.ts';
import type { WrittenBy } from './patient/outreach.ts';

/** Somebody changed the same referral or its row between our read and our write; the transaction is run again. */
export class AppendConflict extends Error {}

/** What it is told by is on record: of this referral by somebody who was faster, which the next try sees, or of another one. */
class FactOnRecord extends AppendConflict {}

/** Among the data of an event, since it names a resource of the EHR and is sealed with it. */
const FACT_KEY = 'factKey';

/** Of a record that comes a second time, as from the store in memory, what was made of it before. */
const events = new WeakMap<StoredEvent, ReferralEvent>();

export function eventOf(stored: StoredEvent): ReferralEvent {
  const known = events.get(stored);
  if (known) return known;
  const made = readEvent(stored);
  events.set(stored, made);
  return made;
}

function readEvent(stored: StoredEvent): ReferralEvent {
  const { [FACT_KEY]: factKey, ...data } = stored.data as Record<string, unknown>;
  return {
    sequence: stored.sequence,
    effectiveAt: stored.effectiveAt,
    recordedAt: stored.recordedAt,
    actor: stored.actor as unknown as Actor,
    factKey: typeof factKey === 'string' ? factKey : null,
    fact: readFact(stored.type, stored.version, data),
  };
}

/**
 * What a history comes to up to the event with this data. A store that keeps what it is given and gives the very same again, as the one in
 * memory does, is not read through a second time: what stands before an event never changes. Every event has data of its own.
 */
const states = new WeakMap<object, Referral>();
const dataOf = ({ data }: Pick<StoredEvent, 'data'>): object => data as object;

/** The events up to this one. */
const histories = new WeakMap<StoredEvent, readonly ReferralEvent[]>();

export const readReferral = async (unit: Unit, referralId: string): Promise<Referral | undefined> =>
  stateAfter(referralId, await unit.events.read(referralId));

/** Every event, and what they come to. */
export async function readHistory(
  unit: Unit,
  referralId: string,
): Promise<{ events: readonly ReferralEvent[]; referral: Referral | undefined }> {
  const stored = await unit.events.read(referralId);
  return { events: eventsUpTo(stored), referral: stateAfter(referralId, stored) };
}

function eventsUpTo(stored: readonly StoredEvent[]): readonly ReferralEvent[] {
  const last = stored.at(-1);
  if (!last) return [];
  const known = histories.get(last) ?? stored.map(eventOf);
  histories.set(last, known);
  return known;
}

function stateAfter(referralId: string, stored: readonly StoredEvent[]): Referral | undefined {
  const newest = stored.at(-1);
  const standing = newest && states.get(dataOf(newest));
  if (standing) return standing;
  const known = stored.findLastIndex((event) => states.has(dataOf(event)));
  let referral = known < 0 ? undefined : states.get(dataOf(stored[known] as StoredEvent));
  for (const event of stored.slice(known + 1)) referral = evolve(referralId, referral, eventOf(event));
  if (!newest || !referral) return undefined;
  // Kept as the rows are, so that of the state after the next event only what is new is copied.
  const kept = asKept(referral);
  states.set(dataOf(newest), kept);
  return kept;
}

/** The row of the projection for a referral's state; the rebuild command makes the same one from the events. */
export const projectionOf = (referral: Referral, updatedAt: string): ReferralRow => ({
  referralId: referral.id,
  patientId: referral.patientId,
  sequence: referral.lastSequence,
  status: statusOf(referral),
  updatedAt,
  requester: requesterOf(referral),
  ended: isOver(referral) || closedBy(referral) !== undefined,
  foldVersion: FOLD_VERSION,
  state: asKept(referral),
});

/** As the store keeps it. */
export function newEvent({ fact, effectiveAt, factKey }: Happening, actor: Actor, now: string): NewEvent {
  const { type, version, ...data } = fact;
  const event = { type, version, effectiveAt, recordedAt: now, actor: asKept(actor) };
  return factKey === null ? { ...event, data: asKept(data) } : { ...event, data: asKept({ ...data, [FACT_KEY]: factKey }), factKey };
}

/** Writes what happened to the referral as it was read, and its projection. Throws AppendConflict when somebody was faster. */
export async function applyHappenings(unit: Unit, before: Referral, actor: Actor, now: string, happenings: Happening[]): Promise<void> {
  await append(unit, before.id, before, actor, now, happenings);
}

async function append(
  unit: Unit,
  referralId: string,
  before: Referral | undefined,
  actor: Actor,
  now: string,
  happenings: Happening[],
): Promise<Referral | undefined> {
  const { written, between } = await write(unit, referralId, before, actor, now, happenings);
  if (!written || !(isEngaged(before) || isEngaged(written))) return written;
  const last = happenings.findLast(({ fact }) => !isUntold(fact));
  await addTaskEffects(unit, before, written, between, happenings, now);
  await addReportEffects(unit, before, written, happenings, now);
  return react(unit, written, now, {
    last: last && { type: last.fact.type, at: now },
    happenings,
    visitsBefore: visitsOf(before),
    byPatient: actor.kind === 'patient',
  });
}

/** What was just written, and how things stood before it. */
type Before = WrittenBy & { last: { type: string; at: string } | undefined; happenings: Happening[] };

/** What follows by itself; in the same transaction, so that no event is without its obligations. */
async function react(unit: Unit, referral: Referral, now: string, { last, happenings, ...by }: Before): Promise<Referral> {
  const engine = await openEngine(unit, now);
  const reactions = engine.reactions(referral);
  const after =
    reactions.length === 0 ? referral : ((await write(unit, referral.id, referral, engine.actor, now, reactions)).written ?? referral);
  const raised = reactions.at(-1);
  await engine.ask(after, [...happenings, ...reactions]);
  await engine.settle(after, last ?? (raised && { type: raised.fact.type, at: now }));
  await engine.tell(after, [...happenings, ...reactions], by);
  return after;
}

/** Looks at a referral whose time has come, though nothing was heard of it. */
export async function lookAgain(unit: Unit, referralId: string, now: string): Promise<void> {
  // Rows are written without an event to compare with: nobody may append between the reading and the writing.
  await unit.events.hold(referralId);
  const referral = await readReferral(unit, referralId);
  if (referral && isEngaged(referral))
    await react(unit, referral, now, { last: undefined, happenings: [], visitsBefore: visitsOf(referral), byPatient: false });
  else await unit.referralTimers.set(referralId, null);
}

/** `between`: as it stood after each of what happened, without the last. */
async function write(
  unit: Unit,
  referralId: string,
  before: Referral | undefined,
  actor: Actor,
  now: string,
  happenings: Happening[],
): Promise<{ written: Referral | undefined; between: Referral[] }> {
  const sequence = before?.lastSequence ?? 0;
  const made = happenings.map((each) => newEvent(each, actor, now));
  const answer = await unit.events.append(referralId, sequence, made);
  if (answer.status === 'conflict') throw new AppendConflict(`Referral ${referralId} moved on from event ${sequence}`);
  // A fact that somebody put on record meanwhile is no second event, and a row that counted it would be ahead of its history.
  if (answer.appended < happenings.length) throw new FactOnRecord(`A fact of referral ${referralId} is on record already`);
  const between: Referral[] = [];
  for (const [index, each] of happenings.entries())
    between.push(evolve(referralId, between.at(-1) ?? before, { ...each, sequence: sequence + index + 1, recordedAt: now, actor }));
  const after = asKept(between.pop() ?? before);
  const last = made.at(-1);
  if (after && last) states.set(dataOf(last), after);
  if (after) await unit.referrals.put(projectionOf(after, now));
  return { written: after, between };
}

/** As `applyCommand`, for any decision that the domain makes on a referral that exists. Undefined where there is none. */
export async function applyDecision<R>(
  unit: Unit,
  referralId: string,
  actor: Actor,
  now: string,
  decideOn: (referral: Referral) => Result<Happening[], R>,
): Promise<Result<Referral, R> | undefined> {
  const before = await readReferral(unit, referralId);
  if (!before) return undefined;
  const decided = decideOn(before);
  if (!decided.ok) return decided;
  if (decided.value.length === 0) return ok(before);
  return ok((await append(unit, referralId, before, actor, now, decided.value)) ?? before);
}

/** Decides on the state as it stands and writes what follows. Throws AppendConflict when somebody was faster. */
export async function applyCommand(
  unit: Unit,
  referralId: string,
  actor: Actor,
  now: string,
  command: ReferralCommand,
): Promise<Result<Referral | undefined, ReferralRefusal>> {
  const before = await readReferral(unit, referralId);
  const decided = decide(before, command);
  if (!decided.ok) return decided;
  if (decided.value.length === 0) return ok(before);
  const happenings = decided.value.map((fact): Happening => ({ effectiveAt: now, factKey: null, fact }));
  return ok(await append(unit, referralId, before, actor, now, happenings));
}

const ATTEMPTS = 4;

/** Runs a transaction again when another one got to the same referral first. */
export async function withRetry<Value>(work: () => Promise<Value>): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppendConflict) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** As `withRetry`, for a press whose key comes from a client: one that was pressed on another referral is refused in words. */
export async function withPress<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await withRetry(work);
  } catch (error) {
    if (!(error instanceof FactOnRecord)) throw error;
    throw new Refused(
      problem('conflict', 'This key is that of a press on another referral. Nothing was done. Press again with a key of its own.'),
    );
  }
}
