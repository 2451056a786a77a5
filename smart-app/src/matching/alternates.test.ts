import { expect, test } from 'vitest';
import { offeredIn, type Ticking, tickedIn, toggled } from './alternates.ts';

const card = (number: number, more: object = {}) => ({
  entryId: `e${number}`,
  npi: `n${number}`,
  network: { status: 'in' },
  ...more,
});
const state = (more: Partial<Ticking> = {}, ranked: object[] = [1, 2, 3, 4, 5, 6].map((number) => card(number))): Ticking =>
  ({
    choice: { entryId: 'e1' },
    alternates: [],
    match: { kind: 'ready', answer: { ranked, networkUnknown: { cards: [] }, outOfNetwork: { cards: [] } } },
    more: [],
    named: [],
    ...more,
  }) as unknown as Ticking;

const offered = (asked: Ticking) => offeredIn(asked).map(({ entryId }) => entryId);

test('the next of the ranking are offered, not who is chosen', () => {
  expect(offered(state())).toEqual(['e2', 'e3', 'e4', 'e5']);
  expect(offered(state({ choice: { entryId: 'e2' } }))).toEqual(['e1', 'e3', 'e4', 'e5']);
});

test('nobody is offered while none is chosen, nor whom the network is not known of, nor one person at two places', () => {
  expect(offered(state({ choice: { entryId: null } }))).toEqual([]);
  const ranked = [card(1), card(2, { network: { status: 'unknown' } }), card(3, { npi: 'n1' }), card(4), card(5, { npi: 'n4' })];
  expect(offered(state({}, ranked))).toEqual(['e4']);
});

test.each(['more', 'named'] as const)('who is chosen from “%s” is not offered at another place where they are ranked', (list) => {
  const elsewhere = card(9, { npi: 'n2' });
  const chosen = state({ choice: { entryId: 'e9' }, alternates: ['e2', 'e3'], [list]: [elsewhere] });
  expect(offered(chosen)).toEqual(['e1', 'e3', 'e4', 'e5']);
  expect(tickedIn(chosen)).toEqual(['e3']);
});

test('nor one who is out of network where they are chosen', () => {
  const answer = { ranked: [card(1), card(2)], networkUnknown: { cards: [] }, outOfNetwork: { cards: [card(9, { npi: 'n2' })] } };
  expect(offered(state({ choice: { entryId: 'e9' }, match: { kind: 'ready', answer } as never }))).toEqual(['e1']);
});

test('two are ticked at most, and a tick goes away again', () => {
  const one = toggled(state(), 'e3');
  const two = toggled(state({ alternates: one }), 'e2');
  expect([one, two]).toEqual([['e3'], ['e3', 'e2']]);
  expect(toggled(state({ alternates: two }), 'e4')).toEqual(['e2', 'e3']);
  expect(toggled(state({ alternates: two }), 'e3')).toEqual(['e2']);
});

test('a tick counts no more once that one is chosen or is not listed', () => {
  expect(tickedIn(state({ alternates: ['e2', 'e3'], choice: { entryId: 'e2' } }))).toEqual(['e3']);
  expect(tickedIn(state({ alternates: ['e2', 'gone'] }))).toEqual(['e2']);
});
