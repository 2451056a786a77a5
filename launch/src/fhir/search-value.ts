/** Search values as they are indexed and compared: dates as half-open ranges of instants, strings folded, numbers as ranges. */

/** [low, high): an instant belongs to the range when low <= instant < high. Bounds are ISO instants or ±infinity as PostgreSQL writes it. */
export type InstantRange = { low: string; high: string };
export type NumberRange = { low: number; high: number };

const partial = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;

/**
 * The range of instants a FHIR date, dateTime or instant covers at the precision it is given in: a year, a month, a day, a minute, a second
 * or a millisecond. Without a time zone it is read as UTC. Undefined when it is no date.
 */
export function instantRange(text: string): InstantRange | undefined {
  const match = partial.exec(text);
  if (!match?.[1]) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const start = Date.parse(
    `${year}-${month ?? '01'}-${day ?? '01'}T${hour ?? '00'}:${minute ?? '00'}:${second === '60' ? '59' : (second ?? '00')}${(fraction ?? '').slice(0, 4)}${zone ?? 'Z'}`,
  );
  if (Number.isNaN(start) || (day && !isDayOfMonth(Number(year), Number(month), Number(day)))) return undefined;
  const end = new Date(start);
  if (!month) end.setUTCFullYear(end.getUTCFullYear() + 1);
  else if (!day) end.setUTCMonth(end.getUTCMonth() + 1);
  else if (!hour) end.setUTCDate(end.getUTCDate() + 1);
  else if (!second) end.setTime(start + 60_000);
  else end.setTime(start + (fraction ? 1 : 1_000));
  // Past the year 9999 JavaScript writes years that PostgreSQL does not read.
  return { low: new Date(start).toISOString(), high: end.getUTCFullYear() > 9999 ? 'infinity' : end.toISOString() };
}

function isDayOfMonth(year: number, month: number, day: number): boolean {
  return day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** The range a number stands for at its precision: 5.4 is [5.35, 5.45), 100 is [99.5, 100.5). Undefined when it is no number. */
export function numberRange(text: string): NumberRange | undefined {
  const match = /^([+-]?\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!match) return undefined;
  const half = 0.5 * 10 ** (Number(match[3] ?? 0) - (match[2]?.length ?? 0));
  const value = Number(text);
  return Number.isFinite(value) ? { low: value - half, high: value + half } : undefined;
}

/** Lower case without accents, single spaces: what a string search compares. */
export function foldText(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ').trim();
}
