/** Whose a note is that came in and is held until it is known whose it is: a named person's from the first moment, and a lead's too once it is late. */
import type { Instant } from '../instant.ts';
import type { SlaPolicy } from './policy.ts';
import { after } from './span.ts';
import { inTurn, type Reached, reached, type StaffPerson } from './staff.ts';

export type HeldNoteDuty = {
  /** A coordinator in turn, or who stands in for them; a lead where nobody coordinates; null where nobody has either role. */
  owner: Reached | null;
  dueAt: Instant;
  isOverdue: boolean;
  /** A lead in turn who is told of it once it is overdue. */
  escalatedTo: Reached | null;
};

/** By the time for matching a report: its referral, and so its urgency and its clinic, are what is not known. */
export const heldNoteDueAt = (receivedAt: Instant, { levels, calendar }: Pick<SlaPolicy, 'levels' | 'calendar'>): Instant =>
  after(receivedAt, levels['match-report'].within.routine, calendar);

/** @param note.id spreads notes over people, and the same one always to the same */
export function heldNoteDuty(
  note: { id: string; receivedAt: Instant },
  policy: Pick<SlaPolicy, 'levels' | 'calendar'>,
  staff: readonly StaffPerson[],
  now: Instant,
): HeldNoteDuty {
  const dueAt = heldNoteDueAt(note.receivedAt, policy);
  const isOverdue = now > dueAt;
  const [coordinator, lead] = [inTurn('coordinator', note.id, staff), inTurn('lead', note.id, staff)];
  const answers = (subject: string | undefined): Reached | null => (subject === undefined ? null : reached(staff, subject));
  return { owner: answers(coordinator ?? lead), dueAt, isOverdue, escalatedTo: isOverdue ? answers(lead) : null };
}
