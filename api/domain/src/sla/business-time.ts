/** Hours and days on which a practice works, in its own time zone. */
import type { Day, Instant } from '../instant.ts';

export type BusinessCalendar = {
  /** IANA name, such as `America/Chicago`. */
  timeZone: string;
  /** Local hours, 0 to 24; `closes` is later than `opens`. */
  opens: number;
  closes: number;
  /** Local days on which nobody works, besides Saturdays and Sundays. */
  holidays: readonly Day[];
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const formats = new Map<string, Intl.DateTimeFormat>();
/** Making one costs more than using it a thousand times. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formats.set(timeZone, made);
  return made;
}

/** Time zones keep one offset from UTC for at least a quarter of an hour, and change it on one (tz database). */
const QUARTER_MS = 15 * 60_000;
const MOST_KNOWN = 50_000;
const offsets = new Map<string, Offsets>();

/** Of one time zone: by day of UTC where it keeps one offset from its first quarter to its last, else by quarter. */
type Offsets = { ofDay: Map<number, number | null>; ofQuarter: Map<number, number> };

/**
 * Milliseconds by which the wall is ahead of UTC. Reading it off a format costs a hundred times more than remembering it; of a day that begins
 * and ends with one offset it is read twice. Since 1970 a week has lain between two changes of
 * every zone (tz database 2025, looked through for this).
 */
function offsetOf(ms: number, timeZone: string): number {
  const known = offsets.get(timeZone) ?? { ofDay: new Map(), ofQuarter: new Map() };
  offsets.set(timeZone, known);
  const day = Math.floor(ms / DAY_MS);
  let ofDay = known.ofDay.get(day);
  if (ofDay === undefined) {
    if (known.ofDay.size >= MOST_KNOWN) known.ofDay.clear();
    const first = readOffset(day * DAY_MS, timeZone);
    ofDay = first === readOffset((day + 1) * DAY_MS - QUARTER_MS, timeZone) ? first : null;
    known.ofDay.set(day, ofDay);
  }
  if (ofDay !== null) return ofDay;
  const quarter = Math.floor(ms / QUARTER_MS);
  const found = known.ofQuarter.get(quarter);
  if (found !== undefined) return found;
  if (known.ofQuarter.size >= MOST_KNOWN) known.ofQuarter.clear();
  const offset = readOffset(quarter * QUARTER_MS, timeZone);
  known.ofQuarter.set(quarter, offset);
  return offset;
}

function readOffset(start: number, timeZone: string): number {
  const parts: Record<string, string> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(start)) parts[type] = value;
  const { year, month, day, hour, minute, second } = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) - start;
}

/** What the clock on the wall of the practice shows, as milliseconds of a clock without zones. */
export const wallOf = (ms: number, timeZone: string): number => ms + offsetOf(ms, timeZone);

/** The moment at which the wall shows this; of an hour that comes twice, or never, one that is next to it. */
export function momentOf(wall: number, timeZone: string): number {
  const guess = wall - (wallOf(wall, timeZone) - wall);
  return guess - (wallOf(guess, timeZone) - wall);
}

const startOfDay = (wall: number): number => Math.floor(wall / DAY_MS) * DAY_MS;

/** Neither a Saturday nor a Sunday nor a holiday. */
export function isBusinessDay(day: Day, { holidays }: Pick<BusinessCalendar, 'holidays'>): boolean {
  const weekday = new Date(day).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !holidays.includes(day);
}

/** As `isBusinessDay`, for those who ask of many days. */
const worksAt = (wall: number, calendar: BusinessCalendar): boolean =>
  isWeekday(startOfDay(wall)) && !holidaysOnWeekdays(calendar).has(startOfDay(wall));

/** The same time of the day so many business days later; from a day off it counts as from the next business day's opening. */
export function addBusinessDays(from: Instant, days: number, calendar: BusinessCalendar): Instant {
  let wall = wallOf(Date.parse(from), calendar.timeZone);
  if (!worksAt(wall, calendar)) {
    while (!worksAt(wall, calendar)) wall = startOfDay(wall) + DAY_MS;
    wall += calendar.opens * HOUR_MS;
  }
  for (let left = days; left > 0; ) {
    wall += DAY_MS;
    if (worksAt(wall, calendar)) left -= 1;
  }
  return new Date(momentOf(wall, calendar.timeZone)).toISOString();
}

/** When the clinic closes on the last business day before the day of this moment. */
export function lastClosingBefore(at: Instant, calendar: BusinessCalendar): Instant {
  let day = startOfDay(wallOf(Date.parse(at), calendar.timeZone)) - DAY_MS;
  while (!worksAt(day, calendar)) day -= DAY_MS;
  return new Date(momentOf(day + calendar.closes * HOUR_MS, calendar.timeZone)).toISOString();
}

/** So many hours of opening time later. */
export function addBusinessHours(from: Instant, hours: number, calendar: BusinessCalendar): Instant {
  let wall = wallOf(Date.parse(from), calendar.timeZone);
  for (let left = hours * HOUR_MS; ; ) {
    const start = startOfDay(wall);
    const [opens, closes] = [start + calendar.opens * HOUR_MS, start + calendar.closes * HOUR_MS];
    wall = Math.max(wall, opens);
    if (worksAt(wall, calendar) && wall < closes) {
      if (wall + left <= closes) return new Date(momentOf(wall + left, calendar.timeZone)).toISOString();
      left -= closes - wall;
    }
    wall = start + DAY_MS;
  }
}

/** Opening time of one day of the wall, up to a time of it. */
function openUntil(wall: number, calendar: BusinessCalendar): number {
  if (!worksAt(wall, calendar)) return 0;
  const opens = startOfDay(wall) + calendar.opens * HOUR_MS;
  return Math.max(0, Math.min(wall - opens, (calendar.closes - calendar.opens) * HOUR_MS));
}

/** The first of January 1970 was a Thursday. */
function isWeekday(midnight: number): boolean {
  const weekday = (((midnight / DAY_MS + 4) % 7) + 7) % 7;
  return weekday !== 0 && weekday !== 6;
}

const missing = new WeakMap<readonly Day[], ReadonlySet<number>>();
/** Midnights of the holidays that would be business days, each once. A worklist asks for thousands of rows with one calendar. */
function holidaysOnWeekdays({ holidays }: BusinessCalendar): ReadonlySet<number> {
  const known = missing.get(holidays);
  if (known) return known;
  const found = new Set(holidays.map((day) => Date.parse(day)).filter(isWeekday));
  missing.set(holidays, found);
  return found;
}

/** Business days from one midnight of the wall up to another: weeks are counted and not walked through. */
function businessDays(from: number, to: number, calendar: BusinessCalendar): number {
  const weeks = Math.floor((to - from) / (7 * DAY_MS));
  let count = weeks * 5;
  for (let wall = from + weeks * 7 * DAY_MS; wall < to; wall += DAY_MS) if (isWeekday(wall)) count += 1;
  for (const midnight of holidaysOnWeekdays(calendar)) if (midnight >= from && midnight < to) count -= 1;
  return count;
}

/** Milliseconds of opening time from one moment to a later one; 0 where it is not later. */
export function businessMsBetween(from: Instant, to: Instant, calendar: BusinessCalendar): number {
  const [start, end] = [wallOf(Date.parse(from), calendar.timeZone), wallOf(Date.parse(to), calendar.timeZone)];
  if (end <= start) return 0;
  const days = businessDays(startOfDay(start), startOfDay(end), calendar);
  return days * (calendar.closes - calendar.opens) * HOUR_MS + openUntil(end, calendar) - openUntil(start, calendar);
}
