/** Which ZIP3 dots a map shows, and what of the numbers it does not show and why. */

import type { MetricAnswer, MetricRow, PlacesAnswer } from '@refloop/server/client/insights';
import { sizeOf } from './figures.ts';

/** Fewer are not shown by place: a small cell in a small area can be a person. */
export const FEWEST_ON_MAP = 11;

export type Place = PlacesAnswer['places'][number];
export type Dot = { place: Place; row: MetricRow };
export type Shown = {
  dots: Dot[];
  /** Referrals of places with too few. */
  tooFew: { places: number; n: number };
  /** Referrals whose place is not told, or stands for places that too few people live in. */
  nowhere: number;
};

export function dotsOf({ rows }: MetricAnswer, places: readonly Place[]): Shown {
  const placeOf = new Map(places.map((place) => [place.zip3, place]));
  const shown: Shown = { dots: [], tooFew: { places: 0, n: 0 }, nowhere: 0 };
  for (const row of rows) {
    const place = placeOf.get(row.segment.zip3 ?? '');
    if (!place) shown.nowhere += sizeOf(row);
    else if (sizeOf(row) >= FEWEST_ON_MAP) shown.dots.push({ place, row });
    else if (sizeOf(row) > 0) {
      shown.tooFew.places += 1;
      shown.tooFew.n += sizeOf(row);
    }
  }
  return shown;
}

/** West, north and east, south of the dots in degrees, with room around them and never so close that no border of a state is seen. */
export function boundsOf(dots: readonly Dot[]): [[number, number], [number, number]] {
  const longitudes = dots.map(({ place }) => place.longitude);
  const latitudes = dots.map(({ place }) => place.latitude);
  const middle = (values: number[]): number => (Math.min(...values) + Math.max(...values)) / 2;
  const reach = (values: number[], least: number): number => Math.max(least, 0.7 * (Math.max(...values) - Math.min(...values)));
  const [east, north] = [middle(longitudes), middle(latitudes)];
  const [wide, high] = [reach(longitudes, 1.1), reach(latitudes, 0.7)];
  return [
    [east - wide, north + high],
    [east + wide, north - high],
  ];
}
