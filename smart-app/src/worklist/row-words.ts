/** The cells of the worklist in words. Times in a cell are opening hours; the clock on the wall stands beside them on request. */
import { RISK_WORDS } from '@refloop/domain/sla/risk';
import type { WorklistRow } from '@refloop/server/client/worklist';
import { counted } from '../words/counted.ts';
import { plainTime } from '../words/plain-date.ts';

const WAITING: Record<NonNullable<WorklistRow['waitingOn']>, string> = {
  coordinator: 'Us',
  specialist: 'Specialist',
  patient: 'Patient',
  payer: 'Payer',
  clinician: 'Clinician',
};

/** What is owed before an order is in force waits within the practice. */
export const waitingWords = ({ waitingOn }: Pick<WorklistRow, 'waitingOn'>): string =>
  waitingOn === null ? 'Practice' : WAITING[waitingOn];

/** Opening hours: "25 min", "3.5 h", "41 h", "4,387 h". */
export function hoursWords(hours: number): string {
  const length = Math.abs(hours);
  if (length < 1) return `${Math.round(length * 60)} min`;
  return length < 10 ? `${Number(length.toFixed(1))} h` : `${Math.round(length).toLocaleString('en-US')} h`;
}

type Moments = Pick<WorklistRow, 'dueAt' | 'since'>;
type Clocks = Moments & Pick<WorklistRow, 'ageBusinessHours' | 'leftBusinessHours'>;

const NOW_MS = 10 * 60_000;
/** From so many opening hours on a time is told in days by the clock on the wall: nobody reckons in thousands of hours. */
const LONG_HOURS = 100;
const DAY_MS = 86_400_000;

const daysSince = (moment: string, at: Date): string =>
  `${Math.floor((at.getTime() - Date.parse(moment)) / DAY_MS).toLocaleString('en-US')} d`;

/** @param at the moment of the list */
export function leftWords({ dueAt, leftBusinessHours }: Clocks, at: Date): string {
  const over = Date.parse(dueAt) < at.getTime();
  // Over, or to come, while the practice is closed: no opening hour lies between.
  if (leftBusinessHours === 0) return over ? 'just over' : Date.parse(dueAt) - at.getTime() > NOW_MS ? 'due before opening' : 'due now';
  if (over && -leftBusinessHours >= LONG_HOURS) return `${daysSince(dueAt, at)} over`;
  return over ? `${hoursWords(leftBusinessHours)} over` : `${hoursWords(leftBusinessHours)} left`;
}

/** Opening hours, or from a hundred on days by the clock on the wall: "41 h", "726 d". @param at the moment of the list */
export function ageWords({ since, ageBusinessHours }: Clocks, at: Date): string {
  if (ageBusinessHours < LONG_HOURS) return hoursWords(ageBusinessHours);
  return daysSince(since, at);
}

export type LeftTone = 'over' | 'soon' | 'calm';

/** @returns how much of the time is used, from 0 to 1, and how that is drawn */
export function leftBar({ dueAt, ageBusinessHours, leftBusinessHours }: Clocks, at: Date): { used: number; tone: LeftTone } {
  if (Date.parse(dueAt) < at.getTime()) return { used: 1, tone: 'over' };
  const whole = ageBusinessHours + leftBusinessHours;
  const used = whole > 0 ? Math.min(1, ageBusinessHours / whole) : 1;
  return { used, tone: used >= 0.7 ? 'soon' : 'calm' };
}

/** Both moments by the clock on the wall. Of what is only to come, such as a visit, the clock begins when it is due. */
export const wallMoments = ({ dueAt, since }: Moments, at: Date): string[] => [
  `due ${plainTime(dueAt, at)}`,
  ...(Date.parse(since) > at.getTime() ? [] : [`open since ${plainTime(since, at)}`]),
];

/** The same as a sentence begins. */
export const wallClock = (moments: Moments, at: Date): string => wallMoments(moments, at).join(', ').replace('due', 'Due');

export const codeWords = (code: string | null): string => (code === null ? '–' : code.replaceAll('-', ' '));

/** What an empty view says: that nothing is there, and where the rest is. */
export function emptyWords(view: string, mine: number, open: number, narrowed: boolean): string {
  if (narrowed) return 'Nothing matches. Take a filter away to see more.';
  if (open === 0)
    return 'Nothing waits here. Coordinators and leads see every referral whose order is in force; a clinician sees what waits for them.';
  const others = open - mine;
  if (view === 'mine') return `Nothing waits for you. ${counted(others, 'referral waits', 'referrals wait')} for others.`;
  return `Nothing in this view. ${counted(open, 'referral is', 'referrals are')} open in all.`;
}

/** What makes it worse that it waits: "missed a visit, could not be reached". */
export const riskWords = ({ risks }: Pick<WorklistRow, 'risks'>): string => risks.map((risk) => RISK_WORDS[risk]).join(', ');
