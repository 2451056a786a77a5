import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadOrder } from './load-order.ts';

const graphs = fc
  .integer({ min: 1, max: 30 })
  .chain((count) => fc.array(fc.array(fc.integer({ min: 0, max: count - 1 }), { maxLength: 4 }), { minLength: count, maxLength: count }));

function reaches(graph: readonly (readonly number[])[], from: number, to: number): boolean {
  const seen = new Set([from]);
  const waiting = [from];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node === to) return true;
    for (const next of graph[node] ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(next);
    }
  }
  return false;
}

it('names every resource once, targets first, and groups only what refers to itself in a circle', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const groups = [...loadOrder(graph.length, (node) => graph[node] ?? [])];
      expect(groups.flat().sort((a, b) => a - b)).toEqual(graph.map((_, node) => node));
      const stored = new Set<number>();
      for (const group of groups) {
        for (const node of group) stored.add(node);
        for (const node of group) {
          for (const target of graph[node] ?? []) expect(stored.has(target)).toBe(true);
          for (const other of group) expect(reaches(graph, node, other)).toBe(true);
        }
      }
    }),
  );
});

it('follows a chain of 200,000 references', () => {
  const length = 200_000;
  const groups = [...loadOrder(length, (node) => (node + 1 < length ? [node + 1] : []))];
  expect(groups[0]).toEqual([length - 1]);
  expect(groups).toHaveLength(length);
});
