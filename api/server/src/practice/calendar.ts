/** The days and hours on which the simulated practice works: one time zone, weekdays, the federal holidays of the United States. */
import { addBusinessDays, addBusinessHours, type BusinessCalendar } from '@refloop/domain/sla/business-time';
import { clinicHolidaysOf } from '@refloop/domain/sla/clinic-holidays';

/** Where the simulated practice is, and so the sandbox EHR. */
export const PRACTICE_TIME_ZONE = 'America/Chicago';

export type PracticeTime = {
  calendar: BusinessCalendar;
  /** Milliseconds since 1970, so many hours of opening time after another moment. */
  afterHours: (from: number, hours: number) => number;
  afterDays: (from: number, days: number) => number;
};

/** @param firstYear @param lastYear whose holidays are known, both included */
export function practiceTime(firstYear: number, lastYear: number): PracticeTime {
  const years = Array.from({ length: lastYear - firstYear + 1 }, (_, at) => firstYear + at);
  const calendar: BusinessCalendar = { timeZone: PRACTICE_TIME_ZONE, opens: 8, closes: 17, holidays: years.flatMap(clinicHolidaysOf) };
  const text = (ms: number): string => new Date(ms).toISOString();
  return {
    calendar,
    afterHours: (from, hours) => Date.parse(addBusinessHours(text(from), hours, calendar)),
    afterDays: (from, days) => Date.parse(addBusinessDays(text(from), days, calendar)),
  };
}
