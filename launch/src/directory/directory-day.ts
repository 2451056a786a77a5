const MILLISECONDS_A_DAY = 86_400_000;

/** Days counted back from the directory's date. */
export type DirectoryDay = {
  /** `2026-11-03` */
  daysAgo(days: number): string;
  /** The same as an instant, for meta.lastUpdated. */
  instantDaysAgo(days: number): string;
};

export function directoryDay(asOf: string): DirectoryDay {
  const noon = Date.parse(`${asOf}T12:00:00Z`);
  if (Number.isNaN(noon)) throw new Error(`as-of is "${asOf}"; write a day as 2026-11-20`);
  const known = new Map<number, string>();
  const daysAgo = (days: number): string => {
    let day = known.get(days);
    if (day === undefined) {
      day = new Date(noon - days * MILLISECONDS_A_DAY).toISOString().slice(0, 10);
      known.set(days, day);
    }
    return day;
  };
  return { daysAgo, instantDaysAgo: (days) => `${daysAgo(days)}T12:00:00.000Z` };
}
