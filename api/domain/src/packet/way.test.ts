import { expect, test } from 'vitest';
import type { Channel } from '../network/directory.ts';
import { channelOf, type PacketWay, waysOf } from './way.ts';

const both = { mail: true, fax: true };

test.each<[Channel[], boolean, typeof both, PacketWay]>([
  [['fax', 'portal'], true, both, 'fax'],
  [['portal', 'fax'], true, both, 'mail'],
  [['portal', 'fax'], true, { mail: false, fax: true }, 'link'],
  [['fax', 'portal'], false, both, 'mail'],
  [['fax', 'portal'], true, { mail: true, fax: false }, 'mail'],
  [['direct', 'fhir', 'fax'], true, both, 'fax'],
  [['phone'], true, both, 'link'],
  [[], true, both, 'fax'],
  [[], false, both, 'mail'],
  [[], false, { mail: false, fax: false }, 'link'],
])('an office with %j, a fax number: %s, and %j set up here: %s', (channels, hasFax, setUp, preferred) =>
  expect(waysOf({ channels, hasFax }, setUp).preferred).toBe(preferred),
);

test('each way says why it cannot be taken; a link can always be handed over', () => {
  const { ways } = waysOf({ channels: [], hasFax: false }, { mail: false, fax: true });
  expect(ways).toEqual([
    { way: 'mail', hindrance: 'Mail is not set up here.' },
    { way: 'fax', hindrance: 'The directory has no fax number of this office.' },
    { way: 'link', hindrance: null },
  ]);
});

test('a link is a link, whoever carries it', () =>
  expect([channelOf('mail'), channelOf('link'), channelOf('fax')]).toEqual(['link', 'link', 'fax']));
