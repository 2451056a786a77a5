/** Open obligations as the worklist shows them. */
import { type BusinessCalendar, businessMsBetween } from '@refloop/domain/sla/business-time';
import type { WorklistRow } from '../client/worklist.ts';
import type { StoredObligation } from '../store/obligations.ts';
import type { ObligationContent } from './engine/obligation-content.ts';
import { stepName } from './engine/step-names.ts';
import { eventName } from './thread-words.ts';

export type RowsFor = {
  /** Subject of who reads. */
  reader: string;
  /** Names by subject. */
  names: ReadonlyMap<string, string>;
  calendar: BusinessCalendar;
  now: string;
};

const HOUR_MS = 3_600_000;
const tenth = (milliseconds: number): number => Math.round(milliseconds / (HOUR_MS / 10)) / 10;

const named = (subject: string | null, names: ReadonlyMap<string, string>): WorklistRow['owner'] =>
  subject === null ? null : { subject, name: names.get(subject) ?? subject };

/** Opening hours until then, negative once it is over. Days without end ahead are not counted hour by hour. */
function leftHours(dueAt: string, now: string, calendar: BusinessCalendar): number {
  return tenth(dueAt >= now ? businessMsBetween(now, dueAt, calendar) : -businessMsBetween(dueAt, now, calendar));
}

/** What an obligation that was raised without the engine does not tell stays empty. */
export function worklistRow(stored: StoredObligation, { reader, names, calendar, now }: RowsFor): WorklistRow {
  const content = stored.content as Partial<ObligationContent>;
  const { id, referralId, kind, owner, raisedBy, escalatedTo, raisedAt, dueAt } = stored;
  // A clinician needs no grant: the name of the one whose referral it is stands with it.
  const known = raisedBy !== null && content.requesterName ? new Map([[raisedBy, content.requesterName], ...names]) : names;
  return {
    id,
    referralId,
    kind,
    next: stepName(kind),
    waitingOn: content.waitingOn ?? null,
    owner: named(owner, known),
    mine: owner === reader,
    escalatedTo: named(escalatedTo, known),
    escalatedToMe: escalatedTo === reader,
    since: raisedAt,
    dueAt,
    ageBusinessHours: tenth(businessMsBetween(raisedAt, now, calendar)),
    leftBusinessHours: leftHours(dueAt, now, calendar),
    patientName: content.patientName ?? '',
    performerName: content.performerName ?? null,
    specialtyName: content.specialtyName ?? '',
    urgency: content.urgency ?? null,
    authorization: content.authorization ?? null,
    exception: content.exception ?? null,
    status: content.status ?? null,
    attempts: content.attempts ?? null,
    channel: content.channel ?? null,
    lastEvent: content.lastEvent ? { name: eventName(content.lastEvent.type), at: content.lastEvent.at } : null,
    detail: content.detail ?? '',
    steps: (content.steps ?? []).map(({ rule, words, at, to }) => ({ rule, words, at, to: known.get(to) ?? to })),
  };
}
