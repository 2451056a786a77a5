/**
 * What each payer's directory states of one listing: which network, whether new patients are taken, since when and
 * how lately verified. Directories are often wrong; about a fifth of the rows here are stale, ended, silent or disputed.
 */
import { type Random, randomFrom } from '../synthetic/random.ts';
import type { Hub } from './medical-hubs.ts';
import { networksOpenIn, type SyntheticNetwork } from './networks.ts';
import { COMMON_MINIMUM, type Listing } from './roster.ts';

export type AcceptingCode = 'newpt' | 'nopt' | 'existptonly' | 'existptfam';

/** One row of one payer's directory. */
export type ContractRow = {
  network: SyntheticNetwork;
  accepting: AcceptingCode | 'not-stated';
  /** Days before the directory's date. */
  verifiedDaysAgo: number;
  /** Some payers state no date of their own; then only the row's last update is known. */
  verification: 'stated' | 'last-updated';
  /** Days before the directory's date on which the contract began and, if it did, ended. */
  period?: { startedDaysAgo: number; endedDaysAgo?: number };
  phone: 'site' | 'other';
  /** Rows that an importer has to refuse: a network nobody describes, or a period that runs backwards. */
  broken?: 'network-missing' | 'period-reversed';
};

/**
 * Three of each common specialty in each hub are contracted, verified and open to new patients in every national network:
 * payers have to show adequate networks, so these are the rows they keep in order. Regional networks keep most of them.
 */
const isKept = (listing: Listing): boolean => listing.kind.reach === 'every' && listing.place < COMMON_MINIMUM;

const wellKept = (random: Random, network: SyntheticNetwork): ContractRow => ({
  network,
  accepting: 'newpt',
  verifiedDaysAgo: random.integer(1, 120),
  verification: random.next() < 0.9 ? 'stated' : 'last-updated',
  ...(random.next() < 0.3 && { period: { startedDaysAgo: random.integer(200, 2_500) } }),
  phone: 'site',
});

function anyRow(random: Random, network: SyntheticNetwork): ContractRow {
  const accepting = random.next();
  const period = random.next();
  return {
    network,
    accepting:
      accepting < 0.77
        ? 'newpt'
        : accepting < 0.88
          ? 'nopt'
          : accepting < 0.94
            ? 'existptonly'
            : accepting < 0.97
              ? 'existptfam'
              : 'not-stated',
    verifiedDaysAgo: random.next() < 0.13 ? random.integer(181, 900) : random.integer(1, 175),
    verification: random.next() < 0.85 ? 'stated' : 'last-updated',
    ...(period < 0.04
      ? { period: { startedDaysAgo: 1_400, endedDaysAgo: random.integer(1, 400) } }
      : period < 0.045
        ? { period: { startedDaysAgo: -random.integer(1, 60) } }
        : period < 0.35
          ? { period: { startedDaysAgo: random.integer(200, 2_500) } }
          : {}),
    phone: random.next() < 0.015 ? 'other' : 'site',
  };
}

/** A second row for a network that disagrees with the first: on new patients, or on whether the contract still runs. */
function disputing(random: Random, row: ContractRow): ContractRow {
  if (random.next() < 0.7) {
    return {
      ...row,
      accepting: row.accepting === 'newpt' ? 'nopt' : 'newpt',
      verifiedDaysAgo: row.verifiedDaysAgo + random.integer(0, 40),
    };
  }
  return {
    ...row,
    verifiedDaysAgo: Math.max(0, row.verifiedDaysAgo - 1),
    verification: 'stated',
    period: { startedDaysAgo: 1_400, endedDaysAgo: random.integer(row.verifiedDaysAgo + 1, row.verifiedDaysAgo + 90) },
  };
}

/** A regional payer is in every large city of its states and leaves some towns out altogether. */
const sellsIn = (network: SyntheticNetwork, hub: Hub, seed: string): boolean =>
  network.scope === 'national' || hub.kind === 'metropolitan' || randomFrom(`${seed}/sells/${network.id}/${hub.id}`).next() < 0.9;

function keptRows(listing: Listing, random: Random, seed: string): ContractRow[] {
  const { hub } = listing.site.group;
  return networksOpenIn(hub.states)
    .filter((network) => sellsIn(network, hub, seed))
    .map((network) => (network.scope === 'national' || random.next() < 0.92 ? wellKept(random, network) : anyRow(random, network)));
}

/** All rows of one listing. Of a practitioner who moved, half of the payers have the old address and half the new. */
export function contractRows(listing: Listing, seed: string): ContractRow[] {
  const random = randomFrom(`${seed}/contracts/${listing.number}`);
  if (isKept(listing)) return keptRows(listing, random, seed);
  const ofGroup = listing.site.group.networks;
  const rows: ContractRow[] = [];
  for (const [index, network] of ofGroup.entries()) {
    if (listing.address === (index % 2 === 0 ? 'new' : 'old')) continue;
    if (random.next() > 0.86) continue;
    const row = anyRow(random, network);
    rows.push(row);
    if (random.next() < 0.02) rows.push(disputing(random, row));
    const broken = random.next();
    if (broken < 0.002) rows.push({ ...row, broken: broken < 0.001 ? 'network-missing' : 'period-reversed' });
  }
  return rows;
}
