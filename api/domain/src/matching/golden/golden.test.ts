import { expect, test } from 'vitest';
import type { Directory } from '../../network/directory.ts';
import { ENGINE } from '../engine.ts';
import { match } from '../match.ts';
import { policyOf } from '../policies.ts';
import type { MatchRequest } from '../request.ts';
import type { MatchResult } from '../result.ts';
import { snapshotOf } from '../snapshot.ts';
import cases from './engine-1.json' with { type: 'json' };

type Golden = {
  title: string;
  policy: { id: string; version: string };
  request: MatchRequest;
  directory: Directory;
  expect: MatchResult;
};
const golden = cases as unknown as readonly Golden[];

// A failure here means that stored answers can no longer be replayed: give the engine a new id (see engine.ts).
test.each(golden)('engine-1, $title', ({ policy: { id, version }, request, directory, expect: expected }) => {
  const policy = policyOf(id, version);
  if (!policy) throw new Error(`policy ${id} ${version} was removed from policies.ts; a superseded one stays`);
  expect(JSON.stringify(match(snapshotOf(directory, 'golden'), request, policy))).toBe(JSON.stringify(expected));
});

test('every case is of this engine', () => {
  expect(golden.length).toBeGreaterThan(7);
  expect(new Set(golden.map((one) => one.expect.engine))).toEqual(new Set([ENGINE]));
});
