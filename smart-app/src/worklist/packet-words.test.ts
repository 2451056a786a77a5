import { expect, test } from 'vitest';
import { sendWords, sentWords, withheldWords } from './packet-words.ts';

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
