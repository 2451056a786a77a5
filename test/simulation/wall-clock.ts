/**
 * Deadlines on the calendar of a clinic, judged by other means than the product's: what the wall shows is asked of the platform, and the
 * holidays stand as days that somebody looked up (opm.gov, federal holidays 2026 to 2028, without the three on which clinics are open).
 */

const HOLIDAYS = new Set(
  [
    '2026-01-01 2026-01-19 2026-05-25 2026-06-19 2026-07-03 2026-09-07 2026-11-26 2026-12-25',
    '2027-01-01 2027-01-18 2027-05-31 2027-06-18 2027-07-05 2027-09-06 2027-11-25 2027-12-24 2027-12-31',
    '2028-01-17 2028-05-29 2028-06-19 2028-07-04 2028-09-04 2028-11-23 2028-12-25',
    // Beyond the two years in which worlds begin, as far as their deadlines reach.
    '2029-01-01 2029-01-15',
  ].flatMap((year) => year.split(' ')),
);

const formats = new Map<string, Intl.DateTimeFormat>();
function formatFor(timeZone: string): Intl.DateTimeFormat {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  formats.set(timeZone, format);
  return format;
}

/** `2026-11-20 10:57:14`, as the wall shows it. */
const wall = (moment: string, timeZone: string): { day: string; time: string } => {
  const [day = '', time = ''] = formatFor(timeZone).format(Date.parse(moment)).split(' ');
  return { day, time };
};

/** The hour that the wall shows, 0 to 23. */
export const hourOf = (moment: string, timeZone: string): number => Number(wall(moment, timeZone).time.slice(0, 2));

const isWorkday = (day: string): boolean => {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday > 0 && weekday < 6 && !HOLIDAYS.has(day);
};

/** Business days from one to another, the first not counted. */
function workdaysBetween(from: string, to: string): number {
  let count = 0;
  for (let day = Date.parse(from) + 86_400_000; day <= Date.parse(to); day += 86_400_000) {
    if (isWorkday(new Date(day).toISOString().slice(0, 10))) count += 1;
  }
  return count;
}

/** What is owed within so many business days where it is routine. */
const BUSINESS_DAYS: Readonly<Record<string, number>> = {
  'sign-in-ehr': 2,
  answer: 2,
  note: 5,
  'match-report': 1,
  review: 3,
  rebook: 1,
  reroute: 1,
  'approve-performer': 1,
  'payer-denial': 1,
  'confirm-cancellation': 2,
  reply: 1,
  reconcile: 2,
};

/** @param booked when the visit is that is not to be @returns what is wrong with the deadline of something routine, raised then */
export function wrongDeadline(kind: string, raisedAt: string, dueAt: string, timeZone: string, booked?: string): string | undefined {
  const wrong = wrongSpan(kind, raisedAt, dueAt, timeZone);
  if (kind !== 'confirm-cancellation' || booked === undefined || booked <= raisedAt) return wrong;
  const text = (moment: string): string => Object.values(wall(moment, timeZone)).join(' ');
  const closing = `${workdayBefore(wall(booked, timeZone).day)} 17:00:00`;
  if (text(raisedAt) >= closing)
    return dueAt <= booked && Date.parse(dueAt) - Date.parse(raisedAt) <= AT_ONCE_MS
      ? undefined
      : `the deadline of ${kind} is not at once, and the visit is about to begin`;
  return text(dueAt) === closing || (wrong === undefined && text(dueAt) < closing)
    ? undefined
    : `the deadline of ${kind} is at ${text(dueAt)}, and the clinic closes before the visit at ${closing}`;
}

/** The shortest time of the policy. */
const AT_ONCE_MS = 15 * 60_000;

function workdayBefore(day: string): string {
  let before = Date.parse(day) - 86_400_000;
  while (!isWorkday(new Date(before).toISOString().slice(0, 10))) before -= 86_400_000;
  return new Date(before).toISOString().slice(0, 10);
}

function wrongSpan(kind: string, raisedAt: string, dueAt: string, timeZone: string): string | undefined {
  const days = BUSINESS_DAYS[kind];
  if (days === undefined) return undefined;
  const [from, to] = [wall(raisedAt, timeZone), wall(dueAt, timeZone)];
  if (!isWorkday(to.day)) return `the deadline of ${kind} is on ${to.day}, when nobody works`;
  // What begins when nobody works begins when the clinic opens next.
  if (!isWorkday(from.day))
    return to.time === '08:00:00' ? undefined : `the deadline of ${kind} is at ${to.time}, and it began on a day off`;
  if (from.time !== to.time) return `the deadline of ${kind} is at ${to.time} on the wall, and it began at ${from.time}`;
  const between = workdaysBetween(from.day, to.day);
  return between === days ? undefined : `the deadline of ${kind} is ${between} business days ahead and not ${days}`;
}
