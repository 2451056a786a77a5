/** Where the ZIP codes that begin with the same three digits are: for a map, never for a distance. */
import zipcodes from 'zipcodes';

export type Zip3Place = { zip3: string; state: string; latitude: number; longitude: number };

/** Military post offices: Americas, Europe, Pacific. */
const MILITARY = new Set(['AA', 'AE', 'AP']);

let places: Map<string, Zip3Place> | undefined;

/**
 * The mean position in degrees of the listed ZIP codes, and the state that most of them lie in. Military post offices,
 * which stand anywhere or at 0°, 0°, do not count.
 */
function readPlaces(): Map<string, Zip3Place> {
  const listed = Object.values(zipcodes.codes).filter(({ state }) => !MILITARY.has(state));
  const groups = Map.groupBy(listed, ({ zip }) => zip.slice(0, 3));
  return new Map(
    [...groups].map(([zip3, codes]) => {
      const mean = (of: (code: (typeof codes)[number]) => number): number => codes.reduce((sum, code) => sum + of(code), 0) / codes.length;
      const states = [...Map.groupBy(codes, ({ state }) => state)].toSorted(([, one], [, other]) => other.length - one.length);
      return [
        zip3,
        { zip3, state: states[0]?.[0] ?? '', latitude: mean(({ latitude }) => latitude), longitude: mean(({ longitude }) => longitude) },
      ];
    }),
  );
}

/** Undefined where no ZIP code begins so: `000` stands for places that too few people live in, `unknown` for none. */
export function placeOfZip3(zip3: string): Zip3Place | undefined {
  places ??= readPlaces();
  return places.get(zip3);
}
