/** What of the chart goes along, in words: the same on paper, in FHIR and in C-CDA. */
import { shortDateWords } from '@refloop/domain/fhir/date';
import type { PacketItem, PacketSection } from '@refloop/domain/packet/contents';

export const SECTION_WORDS: Readonly<Record<PacketSection, string>> = {
  problems: 'Problems',
  medications: 'Medications',
  allergies: 'Allergies',
  results: 'Results',
  imaging: 'Images and their reports',
  documents: 'Documents',
};

/** "Potassium: 4.2 mmol/L · 5 Oct 2026", with what it says in words behind it. */
export const itemWords = ({ title, detail, date, text, foundOn }: PacketItem): string =>
  [
    [[title, detail].filter(Boolean).join(': '), shortDateWords(date), foundOn && `read in the chart on ${shortDateWords(foundOn)}`]
      .filter(Boolean)
      .join(' · '),
    text.join(' '),
  ]
    .filter(Boolean)
    .join('. ');
