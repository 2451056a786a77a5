import { expect, test } from 'vitest';
import { lookWords, sendWords, sentWords, withheldWords } from './packet-words.ts';

test.each([
  [0, ''],
  [1, 'One record stays out: it needs the patient’s own consent. The packet says so without saying what.'],
  [3, '3 records stay out: they need the patient’s own consent. The packet says so without saying what.'],
])('%i withheld', (count, words) => expect(withheldWords(count)).toBe(words));

test('each way says what it does', () => {
  expect([sendWords('mail'), sendWords('fax'), sendWords('link'), sendWords('fhir')]).toEqual([
    'Send by mail, as a link',
    'Send by fax',
    'Send by a link you hand over',
    'Send by FHIR, as a Task in the EHR',
  ]);
  const about = { to: 'desk@office.example.org', specialist: 'Ana Rivera, MD' };
  for (const way of ['mail', 'fax', 'link', 'fhir'] as const) expect(sentWords(way, about)).not.toContain('accepted');
});

test.each<[Parameters<typeof lookWords>[0], string]>([
  [
    {
      standing: 'looked',
      found: [
        { label: 'HbA1c', date: '2026-11-27' },
        { label: 'ECG', date: '' },
      ],
      unread: [],
    },
    'Found in the chart: HbA1c, of',
  ],
  [{ standing: 'looked', found: [], unread: ['Results could not be read: the EHR did not answer.'] }, 'Results could not be read'],
  [{ standing: 'not-read', found: [], unread: ['The chart could not be read: it refused.'] }, 'The chart could not be read: it refused.'],
  [{ standing: 'nothing-lacks', found: [], unread: [] }, 'Nothing is missing'],
  [{ standing: 'no-access', found: [], unread: [] }, 'The next time the clinician opens Refloop'],
])('what reading the chart again came to: %o', (looked, words) => expect(lookWords(looked)).toContain(words));

test('of a chart that could not be read nothing is said to be not there', () =>
  expect(lookWords({ standing: 'not-read', found: [], unread: ['The chart could not be read: it refused.'] })).not.toContain('was read'));
