/**
 * What the specialist's office does through its link: the recipient's acts of the BSeR table, on the attempt the link was made for and no
 * other. The same key twice does it once.
 */
import type { ResourceRef } from '../fhir/reference.ts';
import type { Instant } from '../instant.ts';
import { ok, type Result, refuse, unreachable } from '../result.ts';
import { type Attempt, type DeclineReason, isEnded } from './attempt.ts';
import { type Act, MOVES } from './bser.ts';
import { type AttemptCommand, type CareCommand, type CareRefusal, decideCare } from './care-command.ts';
import { closedBy } from './closure.ts';
import type { Happening } from './event.ts';
import type { Referral } from './referral.ts';

export type OfficeAct =
  | { act: 'accept' | 'no-show' | 'seen' }
  | { act: 'decline'; reason: DeclineReason }
  | { act: 'ask'; text: string }
  | { act: 'offer-dates'; dates: Instant[] }
  | { act: 'book'; startsAt: Instant }
  | { act: 'note'; form: 'interim' | 'final'; document: ResourceRef };

export type OfficeRefusal = CareRefusal | { kind: 'asked-another' } | { kind: 'nothing-booked' } | { kind: 'date-is-past'; date: Instant };

const MOVE_OF: Record<Exclude<OfficeAct['act'], 'ask'>, Act> = {
  accept: 'accept',
  decline: 'decline',
  'offer-dates': 'schedule',
  book: 'schedule',
  'no-show': 'no-show',
  seen: 'interim',
  note: 'outcome',
};

const attemptOf = ({ attempts }: Referral, number: number): Attempt | undefined => attempts.find((each) => each.number === number);

/** How it is over for the office of an attempt. */
export const ENDS_FOR_OFFICE = ['declined', 'cancelled', 'asked-another', 'ended', 'closed'] as const;
export type EndForOffice = (typeof ENDS_FOR_OFFICE)[number];

/** So long the office still sees that its note was read. Ours. */
const SHOWN_AFTER_CLOSING_MS = 14 * 86_400_000;

/** How it is over for the office of this attempt: it is shown no more than that from then on. Undefined while it is not over. */
export function endForOffice(referral: Referral, attempt: number, now: Instant): EndForOffice | undefined {
  const asked = attemptOf(referral, attempt);
  if (asked?.work.status === 'declined' || asked?.work.status === 'cancelled') return asked.work.status;
  if (referral.attempts.at(-1)?.number !== attempt) return 'asked-another';
  if (referral.order.status !== 'active') return 'ended';
  const reviewedAt = closedBy(referral)?.reviewedAt;
  return reviewedAt && Date.parse(reviewedAt) + SHOWN_AFTER_CLOSING_MS <= Date.parse(now) ? 'closed' : undefined;
}

/** What the office can do now; its page offers these. */
export function officeActs(referral: Referral, attempt: number, all: readonly OfficeAct['act'][]): OfficeAct['act'][] {
  const asked = attemptOf(referral, attempt);
  if (referral.order.status !== 'active' || !asked || closedBy(referral) || referral.attempts.at(-1) !== asked) return [];
  const { status } = asked.work;
  return all.filter((act) => {
    if (act === 'ask') return !isEnded(asked);
    // A note is taken as long as one may come; what it proves besides is on record then without a time.
    if (act === 'note') return MOVES[status].outcome !== undefined || MOVES[status].interim !== undefined;
    if (act === 'decline' && asked.visits.length > 0) return false;
    if (act === 'seen') return status !== 'seen' && MOVES[status].interim !== undefined;
    return MOVES[status][MOVE_OF[act]] !== undefined;
  });
}

/** @param key of this press, unique among all of this referral @param attempt the one the link was made for */
export function decideOffice(
  referral: Referral,
  attempt: number,
  what: OfficeAct,
  key: string,
  now: Instant,
): Result<Happening[], OfficeRefusal> {
  if (referral.factKeys.includes(key)) return ok([]);
  const asked = attemptOf(referral, attempt);
  if (!asked) return refuse({ kind: 'no-such-attempt', attempt });
  if (referral.attempts.at(-1) !== asked) return refuse({ kind: 'asked-another' });
  const command = commandOf(asked, what, key, now);
  if ('kind' in command) return refuse(command);
  const decided = decideCare(referral, command, now);
  if (!decided.ok) return decided;
  const [first, ...others] = decided.value;
  return ok(first ? [{ ...first, factKey: key }, ...others] : []);
}

function commandOf(asked: Attempt, what: OfficeAct, key: string, now: Instant): CareCommand | OfficeRefusal {
  const { number: attempt, work, performer } = asked;
  const own = <Command extends object>(command: Command) => ({ ...command, attempt, at: now }) as unknown as AttemptCommand;
  switch (what.act) {
    case 'accept':
      return own({ type: 'accept' });
    case 'decline':
      return own({ type: 'decline', reason: what.reason });
    case 'ask':
      return { type: 'post-message', attempt, from: 'office', text: what.text };
    case 'offer-dates': {
      const past = what.dates.find((date) => date <= now);
      return past === undefined ? own({ type: 'offer-dates', dates: what.dates }) : { kind: 'date-is-past', date: past };
    }
    case 'book':
      return what.startsAt > now
        ? own({ type: 'schedule', appointmentId: key, startsAt: what.startsAt })
        : { kind: 'date-is-past', date: what.startsAt };
    case 'no-show':
      return work.status === 'scheduled' ? own({ type: 'no-show', appointmentId: work.appointmentId }) : { kind: 'nothing-booked' };
    case 'seen':
      return own({ type: 'mark-seen', appointmentId: work.status === 'scheduled' ? work.appointmentId : null });
    case 'note': {
      const report = { reportId: key, document: what.document, fromNpi: performer.npi };
      // After a visit that was missed or called off the table knows no outcome: what came is an interim word then.
      const type = what.form === 'final' && MOVES[work.status].outcome !== undefined ? 'give-outcome' : 'give-interim-note';
      return own({ type, ...report });
    }
    default:
      return unreachable(what);
  }
}
