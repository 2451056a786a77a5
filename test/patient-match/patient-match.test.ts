/** A sample of `npm run campaign -- patient-matching`: who is taken for whom, and that those who made the pairs knew nothing of the rules. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FIELDS, LEVELS } from '@refloop/domain/patient-match/compare';
import { weightsOf } from '@refloop/domain/patient-match/estimate';
import { THRESHOLDS } from '@refloop/domain/patient-match/match-patient';
import { WEIGHTS } from '@refloop/domain/patient-match/weights';
import { expect, test } from 'vitest';
import { judgePairs, learnt } from './judge-pairs.ts';
import { pairsOf } from './people.ts';

test('nobody is taken for somebody else, and most are found', () => {
  const { accepted, wrong, found, same, verdicts } = judgePairs(pairsOf(11, 3000, 'hard'), WEIGHTS, THRESHOLDS);
  expect(wrong).toEqual([]);
  expect(accepted).toBeGreaterThan(900);
  expect(found / same).toBeGreaterThan(0.8);
  expect(verdicts.twins.review + verdicts.twins.nobody).toBeGreaterThan(300);
  expect(verdicts.namesakes.review).toBeGreaterThan(150);
});

test('a smaller sample of another seed, without labels, says much the same as the weights in service', () => {
  const bits = weightsOf(learnt(5, 4000));
  for (const field of FIELDS) {
    const last = LEVELS[field].length - 1;
    expect(Math.abs((bits[field][0] ?? 0) - (WEIGHTS.bits[field][0] ?? 0)), field).toBeLessThan(2.5);
    expect(bits[field][last], field).toBeLessThan(0);
  }
});

test('whoever makes the pairs does not know how they are compared, nor the other way about', () => {
  for (const file of ['people.ts', 'slips.ts'])
    expect(readFileSync(join(import.meta.dirname, file), 'utf8'), file).not.toContain('@refloop/domain');
  const rules = resolve(import.meta.dirname, '../../api/domain/src/patient-match');
  for (const file of readdirSync(rules)) expect(readFileSync(join(rules, file), 'utf8'), file).not.toMatch(/\/names\.json'|people\.ts/);
});
