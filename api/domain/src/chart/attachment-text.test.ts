import { describe, expect, test } from 'vitest';
import { growth } from '../../../../tools/growth.ts';
import { attachmentText } from './attachment-text.ts';
import { readChart } from './read-chart.ts';

const html = (words: string) => ({ contentType: 'text/html', data: Buffer.from(words).toString('base64') });

test.each([
  ['<p>Chest pain.</p><p>No fever.</p>', 'Chest pain.\n No fever.'],
  ['<STYLE>p { color: red }</style >Seen today.', 'Seen today.'],
  ['Seen.<script>if (a < b) alert("x")</script> Well.', 'Seen.  Well.'],
  ['Before.<script>never closed <p>hidden</p>', 'Before.'],
  ['Grade 2/6 &amp; stable; HR &lt; 60', 'Grade 2/6 & stable; HR < 60'],
])('%s reads as its words', (source, words) => {
  expect(attachmentText(html(source))?.trim()).toBe(words);
});

describe('a document made of broken tags takes as long as it is, not its square', () => {
  // 290 kB is the most that is read; by the square of its length each of these took between 30 seconds and minutes.
  test.each(['<', '<!--', '<script>', '<br ', '</p', '<style '])('%s over and over', async (unit) => {
    const read = (bytes: number) => {
      const document = {
        resourceType: 'DocumentReference',
        id: 'd1',
        status: 'current',
        subject: { reference: 'Patient/p' },
        content: [{ attachment: html(unit.repeat(bytes / unit.length)) }],
      };
      const sensitive = {
        resourceType: 'Condition',
        id: 'c1',
        subject: { reference: 'Patient/p' },
        code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'F11.20', display: 'Opioid dependence, uncomplicated' }] },
        note: [{ text: unit.repeat(bytes / unit.length) }],
      };
      return readChart([{ resourceType: 'Patient', id: 'p' }, document, sensitive], { patientId: 'p', today: '2026-11-20' });
    };
    expect(await growth(36_250, 290_000, read)).toBeLessThan(3);
  });
});
