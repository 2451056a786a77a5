/** What is compared, as the form has it, and its address. */
import type { Filter } from './filter.ts';

/** Months as `2026-11`; an empty site is none. */
export type Compared = {
  metric: string;
  beforeFrom: string;
  beforeTo: string;
  afterFrom: string;
  afterTo: string;
  site: string;
  against: string;
};

type Periods = Pick<Compared, 'beforeFrom' | 'beforeTo' | 'afterFrom' | 'afterTo'>;

/** Orders of the last six months are too young for most numbers. */
const YOUNG = 6;
const LENGTH = 3;

/** Two neighbouring quarters, the latest that are old enough to judge; as far back as there are months. */
export function firstPeriods(months: readonly string[]): Periods {
  const at = (back: number): string => months[Math.max(0, months.length - 1 - back)] ?? '';
  return {
    beforeFrom: at(YOUNG + 2 * LENGTH - 1),
    beforeTo: at(YOUNG + LENGTH),
    afterFrom: at(YOUNG + LENGTH - 1),
    afterTo: at(YOUNG),
  };
}

/** With the filter's specialty and payer; its months and site are chosen here. */
export function comparisonPath(compared: Compared, { specialty, payer }: Filter): string {
  const given = Object.entries({ ...compared, specialty: specialty ?? '', payer: payer ?? '' }).filter(([, value]) => value !== '');
  return `/insights/comparison?${new URLSearchParams(Object.fromEntries(given)).toString()}`;
}
