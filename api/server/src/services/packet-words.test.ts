import type { Requirement } from '@refloop/domain/packet/readiness';
import { expect, test } from 'vitest';
import { holdWords } from './packet-words.ts';

test.each([
  [['12-lead ECG'], 'Missing: 12-lead ECG. Add what is missing'],
  [['12-lead ECG', '300 units a day or more?'], 'Missing: 12-lead ECG; 300 units a day or more? Add what is missing'],
])('of %j the sentence ends once', (labels, words) => {
  const missing = labels.map((label): Requirement => ({ id: label, label, standing: 'missing' }));
  expect(holdWords({ kind: 'incomplete', missing }, (subject) => subject)).toContain(words);
});
