/**
 * Who practises where: exactly `size` practitioner-locations over the hubs. Every hub has three of each common specialist,
 * because a town with fewer could not run a hospital; rarer ones stand in the larger hubs only; the rest gathers where
 * people gather, more than in proportion.
 */
import { type Random, randomFrom } from '../synthetic/random.ts';
import { type Hub, medicalHubs } from './medical-hubs.ts';
import { type HubPractices, practicesOf, type Site } from './practices.ts';
import { type SpecialistKind, specialtyMix } from './specialty-mix.ts';

/** One practitioner at one site. */
export type Listing = {
  /** Unique over the directory; the practitioner's first listing gives the practitioner's number. */
  number: number;
  practitioner: number;
  kind: SpecialistKind;
  site: Site;
  /** Place among the hub's listings of this kind: the first three are those every payer must contract with. */
  place: number;
  /** How many of this kind the hub has. */
  ofKind: number;
  /** Of a practitioner who moved: some payers list the old address, others the new one. */
  address: 'agreed' | 'old' | 'new';
};

export type HubRoster = { hub: Hub; practices: HubPractices; listings: readonly Listing[] };

/** The size for which the number of hubs and the reach of rare specialties are set. */
const FULL_SIZE = 25_000;
const FULL_HUBS = 338;
export const COMMON_MINIMUM = 3;

type Cell = { hub: number; kind: SpecialistKind; count: number; weight: number };

/**
 * Specialists gather in large centres, more than in proportion to the people. ZIP codes overstate the very largest (the government
 * alone has hundreds in Washington), hence the ceiling.
 */
const pull = (hub: Hub): number => Math.min(hub.draw, 300) ** 1.6;

/** The more frequent of the rarer kinds stand in the largest cities as the common ones do everywhere. */
const minimumOf = (kind: SpecialistKind, hubIndex: number): number =>
  kind.reach === 'every' || (kind.reach >= 100 && hubIndex < 25) ? COMMON_MINIMUM : 1;

/** How many of each kind each hub has; the counts add up to `size`. */
function cellsFor(hubs: readonly Hub[], size: number, seed: string): Cell[] {
  const scale = hubs.length / FULL_HUBS;
  const cells: Cell[] = [];
  let left = size;
  for (const [index, hub] of hubs.entries()) {
    for (const kind of specialtyMix) {
      if (kind.reach !== 'every' && index >= Math.ceil(kind.reach * scale)) continue;
      const count = Math.min(left, minimumOf(kind, index));
      left -= count;
      cells.push({ hub: index, kind, count, weight: kind.weight * pull(hub) });
    }
  }
  // Systematic sampling: equal steps over the running total of weights, from one random start.
  const total = cells.reduce((sum, cell) => sum + cell.weight, 0);
  const step = total / Math.max(1, left);
  let next = randomFrom(`${seed}/cells`).next() * step;
  let reached = 0;
  for (const cell of cells) {
    reached += cell.weight;
    while (left > 0 && next < reached) {
      cell.count += 1;
      left -= 1;
      next += step;
    }
  }
  const [first] = cells;
  if (first !== undefined) first.count += left;
  return cells;
}

/** Yields hub by hub, largest first. */
export function* roster({ seed, size }: { seed: string; size: number }): Generator<HubRoster> {
  const hubs = medicalHubs(Math.max(1, Math.min(FULL_HUBS, Math.round((FULL_HUBS * size) / FULL_SIZE))));
  const cells = Map.groupBy(cellsFor(hubs, size, seed), (cell) => cell.hub);
  let number = 0;
  for (const [index, hub] of hubs.entries()) {
    const ofHub = (cells.get(index) ?? []).filter((cell) => cell.count > 0);
    const practices = practicesOf(
      hub,
      ofHub.reduce((sum, cell) => sum + cell.count, 0),
      seed,
    );
    const random = randomFrom(`${seed}/roster/${hub.id}`);
    const listings: Listing[] = [];
    for (const { kind, count } of ofHub) {
      const colleagues: Listing[] = [];
      for (let place = 0; place < count; place += 1) {
        number += 1;
        colleagues.push(placed({ number, kind, place, ofKind: count }, practices, colleagues, random));
      }
      listings.push(...colleagues);
    }
    yield { hub, practices, listings };
  }
}

/** Chooses the site, and whether this is a colleague's second site; marks the colleague when the payers disagree on it. */
function placed(
  base: Pick<Listing, 'number' | 'kind' | 'place' | 'ofKind'>,
  { central, others }: HubPractices,
  colleagues: Listing[],
  random: Random,
): Listing {
  if (base.kind.reach === 'every' && base.place < COMMON_MINIMUM) {
    const nextDoor = others.find((group) => group.contracting === 'by-practitioner') ?? central;
    const group = base.place < 2 ? central : nextDoor;
    return { ...base, practitioner: base.number, site: random.pick(group.sites), address: 'agreed' };
  }
  const own: Listing = {
    ...base,
    practitioner: base.number,
    site: random.pick(random.pick([central, ...others]).sites),
    address: 'agreed',
  };
  if (random.next() > 0.2) return own;

  const colleague = colleagues.at(-1);
  const free = colleague !== undefined && colleague.place >= COMMON_MINIMUM && colleague.practitioner === colleague.number;
  if (!free) return own;
  const elsewhere = [...colleague.site.group.sites, own.site].find((site) => site.id !== colleague.site.id);
  if (elsewhere === undefined) return own;
  const second = { ...own, practitioner: colleague.practitioner, site: elsewhere };
  if (random.next() > 0.35 || elsewhere.group !== colleague.site.group || elsewhere.group.contracting === 'as-group') return second;
  colleagues[colleagues.length - 1] = { ...colleague, address: 'old' };
  return { ...second, address: 'new' };
}
