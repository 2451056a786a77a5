/** Open obligations as the worklist shows them. */
import type { BusinessCalendar } from '@refloop/domain/sla/business-time';
import { openingHours } from '@refloop/domain/sla/opening-hours';
import type { WorklistLine, WorklistRow } from '../client/worklist.ts';
import type { StoredObligation } from '../store/obligations.ts';
import type { ObligationContent } from './engine/obligation-content.ts';
import { stepName } from './engine/step-names.ts';
import { eventName } from './thread-words.ts';
import { isTold } from './told.ts';

export type RowsFor = {
  /** Subject of who reads. */
  reader: string;
  /** Names by subject. */
  names: ReadonlyMap<string, string>;
  calendar: BusinessCalendar;
  now: string;
};

const named = (subject: string | null, names: ReadonlyMap<string, string>): WorklistRow['owner'] =>
  subject === null ? null : { subject, name: names.get(subject) ?? subject };

/** What an obligation that was raised without the engine does not tell stays empty. */
export function worklistLine(stored: StoredObligation): WorklistLine {
  const content = stored.content as Partial<ObligationContent>;
  const { id, referralId, kind, owner, escalatedTo, raisedAt, dueAt } = stored;
  return {
    id,
    referralId,
    kind,
    next: stepName(kind),
    waitingOn: content.waitingOn ?? null,
    owner,
    escalatedTo,
    since: raisedAt,
    dueAt,
    patientName: content.patientName ?? '',
    performerName: content.performerName ?? null,
    specialtyName: content.specialtyName ?? '',
    urgency: content.urgency ?? null,
    authorization: content.authorization ?? null,
    // What keeps the referral from going on comes first; else what its packet lacks, which somebody has to get (R107).
    exception: content.exception ?? ((content.lacking?.items.length ?? 0) > 0 ? 'missing-information' : null),
    risks: content.risks ?? [],
    status: content.status ?? null,
    attempts: content.attempts ?? null,
    channel: content.channel ?? null,
    lastEvent: content.lastEvent ? { name: eventName(content.lastEvent.type), at: content.lastEvent.at } : null,
    detail: content.detail ?? '',
  };
}

/** A clinician needs no grant: the name of the one whose referral it is stands with it. */
const requesterOf = ({ raisedBy, content }: StoredObligation): [string, string] | undefined => {
  const { requesterName } = content as Partial<ObligationContent>;
  return raisedBy !== null && requesterName ? [raisedBy, requesterName] : undefined;
};

/** Of everybody whom these rows name, and of nobody else. */
export function namesIn(rows: readonly StoredObligation[], names: ReadonlyMap<string, string>): Record<string, string> {
  const found = new Map<string, string>();
  for (const row of rows) {
    const requester = requesterOf(row);
    for (const subject of [row.owner, row.escalatedTo]) {
      if (subject === null || found.has(subject)) continue;
      const name = names.get(subject) ?? (requester?.[0] === subject ? requester[1] : undefined);
      if (name !== undefined) found.set(subject, name);
    }
  }
  return Object.fromEntries(found);
}

export function worklistRow(stored: StoredObligation, { reader, names, calendar, now }: RowsFor): WorklistRow {
  const content = stored.content as Partial<ObligationContent>;
  const requester = requesterOf(stored);
  const known = requester ? new Map([requester, ...names]) : names;
  const line = worklistLine(stored);
  return {
    ...line,
    owner: named(line.owner, known),
    mine: line.owner === reader,
    escalatedTo: named(line.escalatedTo, known),
    escalatedToMe: isTold(stored, [reader]),
    ...openingHours(line, now, calendar),
    steps: (content.steps ?? []).map(({ rule, words, at, to }) => ({ rule, words, at, to: known.get(to) ?? to })),
  };
}
