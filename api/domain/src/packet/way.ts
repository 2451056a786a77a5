/**
 * How a packet goes to this office (R109): the way the directory says it prefers, of those that are set up here; whoever sends may choose
 * another. The directory's Direct addresses are a way nobody has set up yet, and count as not there.
 */
import type { Channel as DirectoryChannel } from '../network/directory.ts';
import type { Channel } from '../referral/attempt.ts';
import { unreachable } from '../result.ts';

/** `mail`: the office's link by mail. `fax`: the pages. `link`: the office's link, handed over by whoever made it. `fhir`: the Task in the EHR. */
export const PACKET_WAYS = ['mail', 'fax', 'link', 'fhir'] as const;
export type PacketWay = (typeof PACKET_WAYS)[number];

/** Which channel of a transmission it is. */
export const channelOf = (way: PacketWay): Channel => (way === 'mail' ? 'link' : way);

export type WayOffered = { readonly way: PacketWay /** Why it cannot be taken; null where it can. */; readonly hindrance: string | null };

export type Office = {
  /** As the directory lists them, the preferred one first; empty of whom it does not know. */
  channels: readonly DirectoryChannel[];
  /** Whether its fax number can be dialled. */
  hasFax: boolean;
};

/** Which ways can be taken here; `fhir` where Refloop may move Tasks in the EHR. */
export type SetUp = { mail: boolean; fax: boolean; fhir: boolean };

export function waysOf(office: Office, setUp: SetUp): { preferred: PacketWay; ways: readonly WayOffered[] } {
  const ways = PACKET_WAYS.map((way) => ({ way, hindrance: hindranceOf(way, office, setUp) }));
  const open = (way: PacketWay): boolean => ways.some((each) => each.way === way && each.hindrance === null);
  const wanted = office.channels.flatMap(waysFor);
  // Paper reaches an office that has said nothing of itself; a link can always be handed over.
  const preferred = wanted.find(open) ?? (['fax', 'mail', 'link'] as const).find(open) ?? 'link';
  return { preferred, ways };
}

function waysFor(channel: DirectoryChannel): readonly PacketWay[] {
  switch (channel) {
    case 'fax':
      return ['fax'];
    case 'portal':
      return ['mail', 'link'];
    case 'phone':
      return ['link'];
    case 'fhir':
      return ['fhir'];
    case 'direct':
      return [];
    default:
      return unreachable(channel);
  }
}

function hindranceOf(way: PacketWay, { hasFax }: Office, setUp: SetUp): string | null {
  switch (way) {
    case 'mail':
      return setUp.mail ? null : 'Mail is not set up here.';
    case 'fax':
      if (!setUp.fax) return 'Faxing is not set up here.';
      return hasFax ? null : 'The directory has no fax number of this office.';
    case 'link':
      return null;
    case 'fhir':
      return setUp.fhir ? null : 'Refloop has no access to the Tasks of this EHR.';
    default:
      return unreachable(way);
  }
}
