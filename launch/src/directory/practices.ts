/** The practices of one hub: the groups that employ its specialists and the sites where they see patients. */
import { randomFrom } from '../synthetic/random.ts';
import type { Hub } from './medical-hubs.ts';
import names from './names.json' with { type: 'json' };
import { networksOpenIn, type SyntheticNetwork } from './networks.ts';
import { areaCodeOf } from './states.ts';
import { usZipCodes, type ZipCode } from './zip-codes.ts';
import { zipGrid } from './zip-grid.ts';

export type Site = {
  id: string;
  group: Group;
  name: string;
  line: string;
  zip: ZipCode;
  /** The directory's own position; `wrong` ones lie far from the ZIP code, as mistyped coordinates do. */
  position: { kind: 'stated' | 'wrong'; latitude: number; longitude: number } | { kind: 'none' };
  phone: string;
  fax: string;
  accessible: boolean;
};

export type Group = {
  id: string;
  name: string;
  hub: Hub;
  sites: readonly Site[];
  /** Contracts for each practitioner by name, or once for the whole group (OrganizationAffiliation). */
  contracting: 'by-practitioner' | 'as-group';
  networks: readonly SyntheticNetwork[];
  /** Electronic ways in, besides telephone and fax. */
  endpoints: readonly ('direct' | 'fhir' | 'portal')[];
  telehealth: boolean;
  /** For its NPI; far from the numbers of people. */
  number: number;
};

export type HubPractices = {
  /** The town's own medical group, in the middle of it. */
  central: Group;
  others: readonly Group[];
};

const GROUP_KINDS = ['Medical Group', 'Specialists', 'Clinic', 'Health Partners', 'Physicians', 'Medical Associates'] as const;
const grid = zipGrid(usZipCodes);

/** 555-0100 … 555-0199, the block kept for fiction. */
const telephone = (state: string, line: number): string => `${areaCodeOf(state)}-555-01${String(line % 100).padStart(2, '0')}`;

/** One practice group has eight or so specialists, so that large hubs have many groups. */
export function practicesOf(hub: Hub, practitioners: number, seed: string): HubPractices {
  const random = randomFrom(`${seed}/practices/${hub.id}`);
  const around = grid.within(hub.center, hub.kind === 'metropolitan' ? 18 : 4);
  const open = networksOpenIn(hub.states);
  const usedNames = new Set<string>();

  const site = (group: Group, index: number, zip: ZipCode): Site => {
    const drawn = random.next();
    const jitter = () => (random.next() - 0.5) * 0.02;
    const near = { latitude: Number((zip.latitude + jitter()).toFixed(5)), longitude: Number((zip.longitude + jitter()).toFixed(5)) };
    return {
      id: `${group.id}-site-${index + 1}`,
      group,
      name: index === 0 ? group.name : `${group.name}, ${zip.city}`,
      line: `${random.integer(1, 1999)} ${random.pick(names.street)}`,
      zip,
      position:
        drawn < 0.12
          ? { kind: 'none' }
          : drawn < 0.13 && group.contracting === 'by-practitioner' && index > 0
            ? { kind: 'wrong', latitude: Number((near.latitude + 3).toFixed(5)), longitude: near.longitude }
            : { kind: 'stated', ...near },
      phone: telephone(zip.state, random.integer(0, 99)),
      fax: telephone(zip.state, random.integer(0, 99)),
      accessible: random.next() < 0.8,
    };
  };

  const group = (index: number): Group => {
    const central = index === 0;
    const plain = central ? `${hub.city} Regional Medical Group` : `${random.pick(names.practice)} ${random.pick(GROUP_KINDS)}`;
    const local = `${plain} of ${hub.city}`;
    const name = [plain, local].find((candidate) => !usedNames.has(candidate)) ?? `${local} ${index + 1}`;
    usedNames.add(name);
    const sites: Site[] = [];
    const made: Group = {
      id: `${hub.id}-group-${index + 1}`,
      name,
      hub,
      sites,
      contracting: !central && random.next() < 0.12 ? 'as-group' : 'by-practitioner',
      // The town's own group takes every national network: where few practise, payers cannot do without it.
      networks: open.filter((network) => (central && network.scope === 'national') || random.next() < 0.25 + network.breadth * 0.7),
      endpoints: (['direct', 'fhir', 'portal'] as const).filter((kind) => random.next() < { direct: 0.45, fhir: 0.15, portal: 0.2 }[kind]),
      telehealth: random.next() < 0.35,
      number: 50_000_000 + Number(hub.id.slice(4)) * 10_000 + index,
    };
    const count = central ? 2 : 1 + random.integer(0, 1);
    for (let at = 0; at < count; at += 1) sites.push(site(made, at, central || around.length === 0 ? hub.center : random.pick(around)));
    return made;
  };

  const groups = Math.max(2, Math.round(practitioners / 9));
  return { central: group(0), others: Array.from({ length: groups - 1 }, (_, index) => group(index + 1)) };
}
