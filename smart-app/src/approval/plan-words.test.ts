import type { Plan } from '@refloop/server/client/approval';
import { describe, expect, test } from 'vitest';
import { withdrawnText } from './plan-words.ts';

type Outcome = Plan['steps'][number]['outcome'];

const planWith = (note: Outcome): Pick<Plan, 'steps'> => ({
  steps: [
    {
      name: 'DocumentReference',
      action: 'create',
      target: null,
      lookUp: { query: '', businessKey: '' },
      resource: {},
      outcome: note,
      attemptedAt: null,
      notOurs: [],
    },
  ],
});

describe('what is said of an approval that was taken back', () => {
  test.each<[string, Outcome, string]>([
    ['nothing was written', { status: 'waiting' }, 'The approval was withdrawn. Nothing of it is in the chart.'],
    [
      'its note was filed before',
      { status: 'done', reference: 'DocumentReference/1', versionId: '1', at: '2026-11-20T10:00:00Z' },
      'The approval was withdrawn. No order of it is in the chart; its note was filed and is there.',
    ],
    [
      'nobody knows about the note',
      { status: 'unknown', detail: '', at: '2026-11-20T10:00:00Z' },
      'The approval was withdrawn. No order of it is in the chart; its note may be.',
    ],
  ])('%s', (_what, note, words) => {
    expect(withdrawnText(planWith(note))).toBe(words);
  });
});
