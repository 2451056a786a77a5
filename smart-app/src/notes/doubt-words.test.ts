import type { Doubt } from '@refloop/server/client/inbound';
import { expect, test } from 'vitest';
import { doubtWords } from './doubt-words.ts';

test.each<[Doubt[], string]>([
  [['name'], 'The note says another name than the chart.'],
  [['name', 'born'], 'The note says another name and date of birth than the chart.'],
  [['name', 'born', 'record number'], 'The note says another name, date of birth and record number than the chart.'],
  [['several', 'born'], 'The note names more than one patient. The note says another date of birth than the chart.'],
  [['nothing to compare'], 'Refloop has nothing of this chart to compare the note with.'],
  [[], ''],
])('%j: %s', (doubts, words) => {
  expect(doubtWords(doubts)).toBe(words);
});
