/** What must have been although nobody told of it: stages without a time, on which no duration rests. */
import type { Instant } from '../instant.ts';
import { unreachable } from '../result.ts';
import { type Attempt, isEnded, type ProvedStage, type WorkStatus } from './attempt.ts';
import type { AttemptFact } from './care-event.ts';
import type { Happening } from './event.ts';
import type { Referral } from './referral.ts';
import { isLinked, type Report } from './report.ts';

const inferred = (...facts: AttemptFact[]): Happening[] => facts.map((fact) => ({ effectiveAt: null, factKey: null, fact }));

/** Where the work stands before each stage that an office comes to by itself; from anywhere else it is past. */
const STANDS_BEFORE = {
  'attempt-received': ['draft', 'sent'],
  'attempt-accepted': ['draft', 'sent', 'received'],
  'work-begun': ['draft', 'sent', 'received', 'accepted'],
} as const satisfies Partial<Record<AttemptFact['type'], readonly WorkStatus[]>>;

export type OwnStage = keyof typeof STANDS_BEFORE;

/** Whether the office has yet to come to this stage, as far as is known. */
export const isAhead = ({ work }: Pick<Attempt, 'work'>, stage: OwnStage): boolean =>
  (STANDS_BEFORE[stage] as readonly WorkStatus[]).includes(work.status);

/** The stages that come before `until`. An acknowledgement is none: nothing that follows rests on it. */
export function stagesProved({ number, work }: Attempt, until: 'sent' | 'accepted'): Happening[] {
  const base = { version: 1, attempt: number } as const;
  const facts: AttemptFact[] = [];
  if (work.status === 'draft') facts.push({ type: 'attempt-sent', ...base, transmissionId: `outside-${number}`, channel: 'by-hand' });
  if (until === 'accepted' && isAhead({ work }, 'attempt-accepted')) facts.push({ type: 'attempt-accepted', ...base });
  return inferred(...facts);
}

/** What a fact of an attempt that is told proves of it: an office says no to what reached it, and books what it took. */
export function factProves(attempt: Attempt, fact: AttemptFact): Happening[] {
  switch (fact.type) {
    case 'attempt-received':
    case 'attempt-accepted':
    case 'attempt-declined':
    case 'cancellation-confirmed':
      return stagesProved(attempt, 'sent');
    case 'work-begun':
    case 'appointment-booked':
    case 'appointment-missed':
    case 'appointment-cancelled':
    case 'patient-seen':
      return stagesProved(attempt, 'accepted');
    case 'attempt-opened':
    case 'attempt-withdrawn':
    case 'attempt-sent':
    case 'transmission-delivered':
    case 'transmission-failed':
    case 'dates-offered':
    case 'cancellation-requested':
      return [];
    default:
      return unreachable(fact);
  }
}

/** The final report on a visit proves that the patient was seen, and nobody knows when. */
export function visitProved({ service }: Referral, attempt: Attempt, form: Report['form']): Happening[] {
  if (service !== 'visit' || form !== 'final' || attempt.visits.length > 0) return [];
  const stages = isEnded(attempt) ? [] : stagesProved(attempt, 'accepted');
  return [...stages, ...inferred({ type: 'patient-seen', version: 1, attempt: attempt.number, appointmentId: null })];
}

/** What a report that answers this attempt proves of it, whether that was known at once or a person said so. */
export function reportProves(referral: Referral, attempt: Attempt, form: Report['form']): Happening[] {
  const visit = visitProved(referral, attempt, form);
  return visit.length > 0 || isEnded(attempt) ? visit : stagesProved(attempt, 'accepted');
}

/**
 * The events of stages that a note proved, by sequence: since when one that is linked proves it, or since when something was on record that
 * proves it too. Null where the note was taken off and nothing else proves it: it counts as not having been, until it is told or proved
 * anew. A stage that somebody told of is never among them.
 */
export function stagesOfNotes({ attempts, reports }: Referral): ReadonlyMap<number, Instant | null> {
  const linkedAt = new Map(reports.filter(isLinked).map((report) => [report.id, report.linkedAt]));
  const since = (by: ProvedStage['by']): Instant | null => {
    if (by === null) return null;
    return 'toldAt' in by ? by.toldAt : (linkedAt.get(by.reportId) ?? null);
  };
  return new Map(attempts.flatMap(({ proved }) => proved.map(({ sequence, by }) => [sequence, since(by)] as const)));
}
