/** Who is played, and what one that fails keeps the others from: nothing. */
import { expect, test } from 'vitest';
import { createPlayers, type Part } from './players.ts';

const NOW = new Date('2026-12-01T15:00:00.000Z');
const did =
  (act: string): Part =>
  async (seed, at) => [{ at, who: seed, act, by: 'task' }];
const failing: Part = async () => {
  throw new Error('away');
};

test('nobody until asked, the practice’s own people only where they are wanted, and nobody once it is over', async () => {
  const players = createPlayers([did('accept')], (error) => expect.fail(String(error)), did('review-note'));
  const acts = async (): Promise<string[]> => {
    const before = players.played().length;
    await players.act(NOW);
    return players
      .played()
      .slice(0, players.played().length - before)
      .map(({ act }) => act);
  };
  expect(await acts()).toEqual([]);
  players.play('a seed');
  expect([players.withStaff(), await acts()]).toEqual([false, ['accept']]);
  players.play('a seed', true);
  expect([players.withStaff(), await acts()]).toEqual([true, ['review-note', 'accept']]);
  players.play(undefined, true);
  expect([players.withStaff(), await acts()]).toEqual([false, []]);
});

test('one that fails is told of, and the others play', async () => {
  const failures: unknown[] = [];
  const players = createPlayers([failing, did('accept')], (error) => failures.push(error), did('review-note'));
  players.play('a seed', true);
  await players.act(NOW);
  expect(players.played().map(({ act }) => act)).toEqual(['review-note', 'accept']);
  expect(failures).toHaveLength(1);
});
