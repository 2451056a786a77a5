/** One referral's history: read, decide, append and project, within the caller's transaction. */

import { decide, type ReferralCommand, type ReferralRefusal } from '@refloop/domain/referral/command';
import type { Actor, ReferralEvent, ReferralFact } from '@refloop/domain/referral/event';
import { evolve, FOLD_VERSION, fold, type Referral, statusOf } from '@refloop/domain/referral/referral';
import { readFact } from '@refloop/domain/referral/upcast';
import { ok, type Result } from '@refloop/domain/result';
import type { NewEvent, StoredEvent } from '../store/events.ts';
import type { ReferralRow } from '../store/referrals.ts';
import type { Json, Unit } from '../store/store.ts';

/** Somebody changed the same referral or its row between our read and our write; the transaction is run again. */
export class AppendConflict extends Error {}

const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

export function eventOf(stored: StoredEvent): ReferralEvent {
  return {
    sequence: stored.sequence,
    effectiveAt: stored.effectiveAt,
    recordedAt: stored.recordedAt,
    actor: stored.actor as unknown as Actor,
    fact: readFact(stored.type, stored.version, stored.data as Record<string, unknown>),
  };
}

export async function readReferral(unit: Unit, referralId: string): Promise<Referral | undefined> {
  return fold(referralId, (await unit.events.read(referralId)).map(eventOf));
}

/** The row of the projection for a referral's state; the rebuild command makes the same one from the events. */
export const projectionOf = (referral: Referral, updatedAt: string): ReferralRow => ({
  referralId: referral.id,
  patientId: referral.patientId,
  sequence: referral.lastSequence,
  status: statusOf(referral),
  updatedAt,
  foldVersion: FOLD_VERSION,
  state: asJson(referral),
});

function newEvent(fact: ReferralFact, actor: Actor, now: string): NewEvent {
  const { type, version, ...data } = fact;
  return { type, version, effectiveAt: now, recordedAt: now, actor: asJson(actor), data: asJson(data) };
}

/** Writes what happened to the referral as it was read, and its projection. Throws AppendConflict when somebody was faster. */
export async function applyFacts(unit: Unit, before: Referral, actor: Actor, now: string, facts: ReferralFact[]): Promise<void> {
  await append(unit, before.id, before, actor, now, facts);
}

async function append(
  unit: Unit,
  referralId: string,
  before: Referral | undefined,
  actor: Actor,
  now: string,
  facts: ReferralFact[],
): Promise<Referral | undefined> {
  const sequence = before?.lastSequence ?? 0;
  const answer = await unit.events.append(
    referralId,
    sequence,
    facts.map((fact) => newEvent(fact, actor, now)),
  );
  if (answer.status === 'conflict') throw new AppendConflict(`Referral ${referralId} moved on from event ${sequence}`);
  const after = facts.reduce<Referral | undefined>(
    (referral, fact, index) =>
      evolve(referralId, referral, { sequence: sequence + index + 1, effectiveAt: now, recordedAt: now, actor, fact }),
    before,
  );
  if (after) await unit.referrals.put(projectionOf(after, now));
  return after;
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
  return ok(await append(unit, referralId, before, actor, now, decided.value));
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
