import { expect, test } from 'vitest';
import type { Channel } from '../network/directory.ts';
import { channelOf, PACKET_WAYS, type PacketWay, waysOf } from './way.ts';

const both = { mail: true, fax: true, fhir: false };
const all = { ...both, fhir: true };

test.each<[Channel[], boolean, typeof both, PacketWay]>([
  [['fax', 'portal'], true, both, 'fax'],
  [['portal', 'fax'], true, both, 'mail'],
  [['portal', 'fax'], true, { ...both, mail: false }, 'link'],
  [['fax', 'portal'], false, both, 'mail'],
  [['fax', 'portal'], true, { ...both, fax: false }, 'mail'],
  [['direct', 'fhir', 'fax'], true, both, 'fax'],
  [['direct', 'fhir', 'fax'], true, all, 'fhir'],
  [['fax', 'fhir'], true, all, 'fax'],
  [[], true, all, 'fax'],
  [['phone'], true, both, 'link'],
  [[], true, both, 'fax'],
  [[], false, both, 'mail'],
  [[], false, { mail: false, fax: false, fhir: false }, 'link'],
])('an office with %j, a fax number: %s, and %j set up here: %s', (channels, hasFax, setUp, preferred) =>
  expect(waysOf({ channels, hasFax }, setUp).preferred).toBe(preferred),
);

test('each way says why it cannot be taken; a link can always be handed over', () => {
  const { ways } = waysOf({ channels: [], hasFax: false }, { mail: false, fax: true, fhir: false });
  expect(ways).toEqual([
    { way: 'mail', hindrance: 'Mail is not set up here.' },
    { way: 'fax', hindrance: 'The directory has no fax number of this office.' },
    { way: 'link', hindrance: null },
    { way: 'fhir', hindrance: 'Refloop has no access to the Tasks of this EHR.' },
  ]);
});

test('a link is a link, whoever carries it', () => expect(PACKET_WAYS.map(channelOf)).toEqual(['link', 'fax', 'link', 'fhir']));
