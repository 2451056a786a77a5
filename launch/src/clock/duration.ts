/** Spans of time as ISO 8601 writes them, as far as a clock that is moved needs them: days, hours and minutes. */

const SPAN = /^P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?)?$/;
const MINUTE_MS = 60_000;

/** `P14D`, `PT6H` or `P1DT30M` in milliseconds; undefined for what is no such span, or none at all. */
export function millisecondsOf(span: string): number | undefined {
  const [, days = '0', hours = '0', minutes = '0'] = SPAN.exec(span) ?? [];
  const milliseconds = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * MINUTE_MS;
  return milliseconds > 0 ? milliseconds : undefined;
}
