import type { PacketItemView, PacketView } from '@refloop/server/client/packet';
import { expect, test } from 'vitest';
import { filesNote, fileWords, lookWords, sendWords, sentWords, standingWords, withheldWords } from './packet-words.ts';

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

const scan: PacketItemView = {
  id: 'DocumentReference/scan',
  section: 'documents',
  title: 'Letter',
  detail: '',
  date: '2026-11-10',
  because: 'last-90-days',
  foundOn: null,
  removed: false,
  file: { goes: true, sha256: 'a'.repeat(64), contentType: 'application/pdf', bytes: 1_210_000, asPage: false, unread: false },
};

test('what goes of an item by content is said with its kind and its size, and why a title goes alone', () => {
  expect(fileWords(scan, 'mail')).toBe('goes by content (PDF, 1.3 MB), as a file of its own');
  expect(fileWords(scan, 'fax')).toBe('goes by content (PDF, 1.3 MB), not among the pages: at the link on the first');
  expect(fileWords(scan, 'fhir')).toBe('its file does not go this way');
  expect(
    fileWords(
      { file: { goes: true, sha256: 'b'.repeat(64), contentType: 'image/jpeg', bytes: 33_100, asPage: true, unread: false } },
      'fax',
    ),
  ).toBe('goes by content (JPEG image, 34 kB), as a page');
  expect(fileWords({ file: { goes: false, why: 'the EHR did not answer' } }, 'link')).toBe('its title goes alone: the EHR did not answer');
  expect(fileWords({ file: null }, 'fhir')).toBe('');
});

test('where the packet stands: what went is not said to be ready any more, and what holds it is said before', () => {
  const packet = (sentAt: string | null, ...kinds: PacketView['holds'][number]['kind'][]) =>
    ({ sentAt, holds: kinds.map((kind) => ({ kind, words: '' })) }) as unknown as PacketView;
  expect(standingWords(packet(null))).toBe('ready to send');
  expect(standingWords(packet('2026-11-20T10:00:00.000Z'))).toMatch(/^sent 20 Nov 2026/);
  expect(standingWords(packet('2026-11-20T10:00:00.000Z', 'incomplete'))).toBe('held');
  expect(standingWords(packet(null, 'authorization-open'))).toBe('one answer to give');
});

test('that titles go alone is said once for all of them, and nothing where nothing of it is left out', () => {
  const alone: PacketItemView = { ...scan, file: { goes: false, why: 'the EHR did not answer' } };
  expect(filesNote({ filesGo: true, items: [scan] }, 'mail')).toBe('');
  expect(filesNote({ filesGo: true, items: [scan] }, 'fhir')).toMatch(/^No file goes with the Task/);
  expect(filesNote({ filesGo: true, items: [scan, alone, { ...alone, removed: true }] }, 'mail')).toMatch(
    /^Of one file the title goes alone/,
  );
  expect(filesNote({ filesGo: false, items: [{ ...scan, file: null }] }, 'fhir')).toMatch(/no access of its own/);
  expect(filesNote({ filesGo: false, items: [] }, 'fhir')).toBe('');
});
