/**
 * Where specialists are: about 340 towns that draw patients from around them. There is no population in ZIP codes, so
 * size is read from what there is: the postal service gives a city more codes the more it delivers there.
 * Metropolitan hubs are the cities with the most codes around them; regional hubs are then chosen one after the other, each
 * the town that brings the most ZIP codes not yet served within an hour's drive (greedy maximal covering, the textbook
 * model for siting regional hospitals). What no hub reaches stays thin, as the rural West is.
 */
import { milesBetween, usZipCodes, type ZipCode } from './zip-codes.ts';
import { zipGrid } from './zip-grid.ts';

export type Hub = {
  /** `hub-001` is the largest. */
  id: string;
  city: string;
  state: string;
  center: ZipCode;
  kind: 'metropolitan' | 'regional';
  /** ZIP codes within 20 miles: how many people it draws, in the only unit we have. */
  draw: number;
  /** States of the ZIP codes within 30 miles that hold at least a sixth of them: whose plans the practices contract with. */
  states: readonly string[];
};

type Town = ZipCode & { codes: number; nearby: number };

const METROPOLITAN_HUBS = 60;
const METROPOLITAN_SPACING = 35;
/** About an hour's drive, in straight-line miles. */
const SERVICE_MILES = 48;
const TOWN_SPACING = 15;

/** One point for each city: the code nearest the middle of all its codes. */
function towns(): Town[] {
  const byCity = new Map<string, ZipCode[]>();
  for (const code of usZipCodes) {
    const name = `${code.city}, ${code.state}`;
    const codes = byCity.get(name);
    if (codes) codes.push(code);
    else byCity.set(name, [code]);
  }
  const everyCode = zipGrid(usZipCodes);
  return [...byCity.values()].map((codes) => {
    const mean = (axis: 'latitude' | 'longitude') => codes.reduce((sum, code) => sum + code[axis], 0) / codes.length;
    const [latitude, longitude] = [mean('latitude'), mean('longitude')];
    const offCentre = (code: ZipCode) => Math.abs(code.latitude - latitude) + Math.abs(code.longitude - longitude);
    const center = codes.reduce((best, code) => (offCentre(code) < offCentre(best) ? code : best));
    return { ...center, codes: codes.length, nearby: everyCode.within(center, 8).length };
  });
}

const bySize = (a: Town, b: Town): number => b.codes * 4 + b.nearby - (a.codes * 4 + a.nearby) || (a.zip < b.zip ? -1 : 1);

/** The towns that outweigh their neighbours, and every city of three codes or more. */
function candidates(sorted: readonly Town[]): Town[] {
  const chosen: Town[] = [];
  const taken = new Map<number, Town[]>();
  const cell = (town: Town, row: number, column: number) =>
    (Math.floor(town.latitude * 2) + row) * 1_000 + Math.floor(town.longitude * 2) + column;
  const crowded = (town: Town): boolean => {
    for (let row = -1; row <= 1; row += 1) {
      for (let column = -1; column <= 1; column += 1) {
        if (taken.get(cell(town, row, column))?.some((other) => milesBetween(other, town) < TOWN_SPACING)) return true;
      }
    }
    return false;
  };
  for (const town of sorted) {
    if (town.codes < 3 && crowded(town)) continue;
    chosen.push(town);
    const at = cell(town, 0, 0);
    taken.set(at, [...(taken.get(at) ?? []), town]);
  }
  return chosen;
}

/** Chooses towns until there are `count`, starting from those given; each next one serves the most codes not yet served. */
function coverGreedily(start: readonly Town[], choices: readonly Town[], count: number): Town[] {
  const numbered = usZipCodes.map((code, index) => ({ ...code, index }));
  const grid = zipGrid(numbered);
  const servedBy = (town: Town) => grid.within(town, SERVICE_MILES).map((code) => code.index);
  const served = new Uint8Array(numbered.length);
  for (const town of start) for (const index of servedBy(town)) served[index] = 1;

  const chosen = [...start];
  const inUse = new Set(start.map((town) => town.zip));
  // A gain only shrinks as others are chosen, so the last known gain is an upper bound and most need no recount.
  let open = choices
    .filter((town) => !inUse.has(town.zip))
    .map((town) => ({ town, codes: servedBy(town), gain: Number.POSITIVE_INFINITY }));
  while (chosen.length < count) {
    let best: (typeof open)[number] | undefined;
    for (const choice of open) {
      if (best !== undefined && choice.gain <= best.gain) continue;
      let gain = 0;
      for (const index of choice.codes) gain += served[index] === 0 ? 1 : 0;
      choice.gain = gain;
      if (best === undefined || gain > best.gain) best = choice;
    }
    if (best === undefined || best.gain === 0) break;
    chosen.push(best.town);
    for (const index of best.codes) served[index] = 1;
    const taken = best;
    open = open
      .filter((choice) => choice !== taken && choice.gain > 0)
      .sort((a, b) => b.gain - a.gain || (a.town.zip < b.town.zip ? -1 : 1));
  }
  return chosen;
}

const known = new Map<number, readonly Hub[]>();

/** The hubs, largest first. They depend on the count alone, and choosing them takes a second, so they are kept. */
export function medicalHubs(count: number): readonly Hub[] {
  const hubs = known.get(count) ?? chooseHubs(count);
  known.set(count, hubs);
  return hubs;
}

function chooseHubs(count: number): Hub[] {
  const sorted = towns().sort(bySize);
  const metropolitan: Town[] = [];
  for (const town of sorted) {
    if (metropolitan.length >= Math.min(METROPOLITAN_HUBS, count)) break;
    if (metropolitan.every((other) => milesBetween(other, town) >= METROPOLITAN_SPACING)) metropolitan.push(town);
  }
  const chosen = coverGreedily(metropolitan, candidates(sorted), count);
  const grid = zipGrid(usZipCodes);
  return chosen
    .map((town, index) => {
      const around = grid.within(town, 30);
      const tally = new Map<string, number>();
      for (const code of around) tally.set(code.state, (tally.get(code.state) ?? 0) + 1);
      const states = [...tally].filter(([, codes]) => codes * 6 >= around.length).map(([state]) => state);
      return {
        town,
        kind: index < metropolitan.length ? ('metropolitan' as const) : ('regional' as const),
        draw: grid.within(town, 20).length,
        states: states.includes(town.state) ? states.sort() : [...states, town.state].sort(),
      };
    })
    .sort((a, b) => b.draw - a.draw || (a.town.zip < b.town.zip ? -1 : 1))
    .map(({ town, kind, draw, states }, index) => ({
      id: `hub-${String(index + 1).padStart(3, '0')}`,
      city: town.city,
      state: town.state,
      center: town,
      kind,
      draw,
      states,
    }));
}
