/** What people of the practice did for a referral, and how long they certainly were at it. */
import type { Actor, ReferralEvent } from '@refloop/domain/referral/event';

export type Side = 'staff' | 'software' | 'office' | 'patient';

/** On whose side somebody acts. */
export function sideOf({ kind }: Actor): Side {
  return kind === 'person' || kind === 'covering' ? 'staff' : kind;
}

export type StaffAct = {
  fhirUser: string;
  /** 1, 2, 3 … within one referral. */
  number: number;
  /** Since the same person's act before on this referral, in the same session. Null at the first, after a longer pause, and on all but the first event of the act. */
  seconds: number | null;
};

/** Between two acts that lie farther apart somebody may have done anything: none of it is taken to be work. Ours. */
const LONGEST_PAUSE_MS = 15 * 60_000;

/**
 * The acts by the sequence of their events, whatever the order in which the events come; none where no person of the practice acted. Events
 * of one person that were recorded at one moment are one act. Two acts of one person, on one referral and in one session, are taken to be
 * one piece of work where they lie close enough together.
 */
export function staffActsOf(events: readonly ReferralEvent[]): Map<number, StaffAct> {
  const acts = new Map<number, StaffAct>();
  const lastOf = new Map<string, number>();
  let [number, moment] = [0, ''];
  for (const { actor, recordedAt, sequence, fact } of events.toSorted((one, other) => one.sequence - other.sequence)) {
    // To say how they find their work is none of it.
    if ((actor.kind !== 'person' && actor.kind !== 'covering') || fact.type === 'clinician-rated') continue;
    const { fhirUser, sessionId } = actor;
    const who = JSON.stringify([fhirUser, sessionId]);
    if (`${who} ${recordedAt}` === moment) {
      acts.set(sequence, { fhirUser, number, seconds: null });
      continue;
    }
    [number, moment] = [number + 1, `${who} ${recordedAt}`];
    const at = Date.parse(recordedAt);
    const since = at - (lastOf.get(who) ?? Number.NEGATIVE_INFINITY);
    lastOf.set(who, at);
    acts.set(sequence, { fhirUser, number, seconds: since <= LONGEST_PAUSE_MS ? since / 1000 : null });
  }
  return acts;
}
