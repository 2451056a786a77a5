/** The day of a visit as a field asks for it, and the moment that is meant by it. */

/** A local date and time of an input as an instant; undefined where it is none. */
export function instantOf(local: string): string | undefined {
  const at = new Date(local);
  return local === '' || Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** The reader's own day of an instant, as an input takes it: `2026-12-08`. */
export const localDay = (instant: string): string => new Date(instant).toLocaleDateString('sv-SE');

/**
 * The moment of a visit of which the day alone is asked: the appointment's where it is that day, now where it is today, else noon.
 * Undefined where it is no day.
 */
export function visitOn(day: string, appointment: string | undefined, now: string): string | undefined {
  if (appointment !== undefined && day === localDay(appointment)) return appointment;
  return day === localDay(now) ? now : instantOf(day === '' ? '' : `${day}T12:00`);
}
