import { describe, expect, test } from 'vitest';
import { officeTried, patientTried } from './reach-words.ts';

const at = (instant: string): string => instant.slice(0, 10);
const NOTHING = { sent: 0, failed: 0, unknown: 0, lastAt: null };
const patient = {
  phone: '510-555-0142',
  phoneFrom: 'chart',
  language: 'es',
  texts: 'given',
  messages: NOTHING,
  calls: { made: 0, lastAt: null },
  locked: false,
} as const;

describe('the patient', () => {
  test.each([
    [{}, ['from the chart', 'speaks Spanish', 'no text yet', 'not called yet']],
    [{ phoneFrom: 'patient' as const }, ['as they told us', 'speaks Spanish', 'no text yet', 'not called yet']],
    [
      { locked: true },
      [
        'from the chart',
        'speaks Spanish',
        'no text yet',
        'not called yet',
        'their link is locked after five wrong dates of birth: check the one in the chart, and give them a new handout',
      ],
    ],
    [{ phone: '' }, ['speaks Spanish', 'no text yet', 'not called yet']],
    [{ language: null, texts: 'unknown' as const }, ['from the chart', 'no texts: not asked yet whether they want any', 'not called yet']],
    [
      { messages: { sent: 2, failed: 1, unknown: 1, lastAt: '2026-11-24T10:00:00Z' }, calls: { made: 1, lastAt: '2026-11-25T10:00:00Z' } },
      [
        'from the chart',
        'speaks Spanish',
        'written to by Refloop 4 times, last 2026-11-24 (1 did not leave, of 1 nobody knows)',
        'called or written to by us once, last 2026-11-25',
      ],
    ],
    [
      { texts: 'withdrawn' as const, messages: { ...NOTHING, sent: 1 } },
      ['from the chart', 'speaks Spanish', 'written to by Refloop once; wants no more', 'not called yet'],
    ],
  ])('%o', (part, words) => expect(patientTried({ ...patient, ...part }, at)).toEqual(words));
});

describe('the office', () => {
  const office = {
    phone: '510-555-0100',
    fax: '510-555-0101',
    sendings: { made: 0, arrived: 0, failed: 0, lastAt: null },
    openedAt: null,
    locked: false,
  };
  test('before anything was sent', () => expect(officeTried(office, at)).toEqual(['fax 510-555-0101', 'nothing sent yet']));
  test('what became of it', () =>
    expect(officeTried({ ...office, fax: '', sendings: { made: 3, arrived: 1, failed: 1, lastAt: '2026-11-24T10:00:00Z' } }, at)).toEqual([
      'sent 3 times, last 2026-11-24 (arrived once, failed once)',
    ]));
  test('that its link opens nothing', () =>
    expect(officeTried({ ...office, locked: true }, at).at(-1)).toBe(
      'its link is locked after five wrong NPIs: call them, and send it anew',
    ));
  test('that they opened it', () =>
    expect(officeTried({ ...office, openedAt: '2026-11-25T10:00:00Z' }, at).at(-1)).toBe('opened by the office 2026-11-25'));
});
