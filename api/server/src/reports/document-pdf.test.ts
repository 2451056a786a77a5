import { expect, test } from 'vitest';
import { readPdf } from '../packet/test-read-pdf.ts';
import type { ReportDocument } from './document.ts';
import { documentPdf } from './document-pdf.ts';

const report: ReportDocument = {
  title: 'Referrals, 2026-10',
  asOf: '2026-11-28T06:00:00.000Z',
  lines: ['As of 2026-11-28.'],
  sections: [
    {
      heading: 'Headline numbers',
      paragraphs: ['Target ≥ 80 %.'],
      tables: [
        {
          caption: 'By specialty',
          columns: ['Specialty', 'Value'],
          rows: Array.from({ length: 80 }, (_, index) => [`Row ${index}`, `${index} %`]),
        },
      ],
    },
  ],
};

test('every word can be read back, over as many pages as it takes, with the language and the structure told; the same report is the same bytes', async () => {
  const bytes = await documentPdf(report);
  expect(Buffer.from(await documentPdf(report)).equals(Buffer.from(bytes))).toBe(true);
  const read = await readPdf(bytes);
  expect(read.pages.length).toBeGreaterThan(1);
  expect([read.title, read.language, read.tagged]).toEqual(['Referrals, 2026-10', 'en-US', true]);
  expect(read.pages[0]?.roles).toEqual(expect.arrayContaining(['H1', 'H2', 'Table', 'TR', 'TH', 'TD']));
  for (const words of ['Referrals, 2026-10', 'Target ≥ 80 %.', 'Row 79', '79 %', 'Page 1 of']) expect(read.text).toContain(words);
});
