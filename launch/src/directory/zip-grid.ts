import { milesBetween, type ZipCode } from './zip-codes.ts';

const MILES_PER_DEGREE = 69.1;
const RADIANS = Math.PI / 180;

const key = (row: number, column: number): number => row * 1_000 + column;

/** Points filed by whole degree, so that a neighbourhood is found without looking at the whole country. */
export type ZipGrid<Point extends ZipCode> = { within(center: ZipCode, miles: number): Point[] };

export function zipGrid<Point extends ZipCode>(points: readonly Point[]): ZipGrid<Point> {
  const cells = new Map<number, Point[]>();
  for (const point of points) {
    const at = key(Math.floor(point.latitude), Math.floor(point.longitude));
    const cell = cells.get(at);
    if (cell) cell.push(point);
    else cells.set(at, [point]);
  }
  return {
    within: (center, miles) => {
      const rows = Math.ceil(miles / MILES_PER_DEGREE);
      const columns = Math.ceil(miles / (MILES_PER_DEGREE * Math.cos((Math.abs(center.latitude) + rows) * RADIANS)));
      const found: Point[] = [];
      for (let row = -rows; row <= rows; row += 1) {
        for (let column = -columns; column <= columns; column += 1) {
          const cell = cells.get(key(Math.floor(center.latitude) + row, Math.floor(center.longitude) + column));
          for (const point of cell ?? []) if (milesBetween(center, point) <= miles) found.push(point);
        }
      }
      return found;
    },
  };
}
