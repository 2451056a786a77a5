/** One full chart for each specialty in full: the note as it is read, its checklist and what it leaves unsaid. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readChart } from '../chart/read-chart.ts';
import type { FhirResource } from '../fhir/read.ts';
import { CHECKLISTS, checklistWords } from './checklist.ts';
import { composeNote, type NoteRequest } from './compose.ts';
import { noteText } from './note-review.ts';

type Golden = { title: string; today: string; patientId: string; request: NoteRequest; resources: FhirResource[] };

const folder = fileURLToPath(new URL('./golden/', import.meta.url));
const cases = readdirSync(folder).filter((name) => name.endsWith('.json'));

test('the four specialties in full have a chart', () => {
  expect(cases.sort()).toEqual(['cardiology.json', 'dermatology.json', 'gastroenterology.json', 'orthopedic-surgery.json']);
});

test.each(cases)('%s', async (name) => {
  const golden = JSON.parse(readFileSync(`${folder}${name}`, 'utf8')) as Golden;
  const chart = readChart(golden.resources, { patientId: golden.patientId, today: golden.today });
  const draft = composeNote({ chart, request: golden.request, checklists: CHECKLISTS });
  const page = [
    `# ${golden.title}`,
    noteText(draft.sentences, draft.sources),
    'CHECKLIST',
    ...draft.checklist.map((item) => `${item.requirement} · ${checklistWords(item)}`),
    '',
    'EXCERPTS',
    ...draft.sources.map((source) => `${source.title} · ${source.excerpt}`),
    '',
    'NOT SEEN',
    ...draft.notSeen,
    '',
    `WITHHELD ${draft.withheld
      .map((one) => one.why)
      .sort()
      .join(', ')}`,
    '',
  ].join('\n');
  await expect(page).toMatchFileSnapshot(`${folder}${name.replace('.json', '.note.txt')}`);
});
