/** What a reader sees who asks where a sentence comes from. */
import type { Chart } from '../chart/chart.ts';
import { dateWords, shortDateWords } from '../fhir/date.ts';
import { type ResourceRef, referenceText } from '../fhir/reference.ts';
import { resultName } from './findings.ts';
import type { Sentence, SourceExcerpt } from './note.ts';
import { shortened } from './words.ts';

const LONGEST_EXCERPT = 400;

type Entry = { readonly what: string; readonly date: string; readonly who?: string; readonly words: readonly string[] };

/** Sentences around what the note quotes, else the beginning. */
function around(sentences: readonly string[], quotes: string): readonly string[] {
  const at = sentences.findIndex((sentence) => quotes.includes(sentence.replace(/["“”]/g, "'").slice(0, 40)));
  return at < 0 ? sentences.slice(0, 3) : sentences.slice(Math.max(0, at - 1), at + 3);
}

function entries(chart: Chart, quotes: string): ReadonlyMap<string, Entry> {
  const found = new Map<string, Entry>();
  const add = (ref: ResourceRef, entry: Entry) => found.set(referenceText(ref), entry);
  const { patient } = chart;
  if (patient) {
    add(patient.ref, {
      what: 'Patient',
      date: '',
      words: [
        [patient.prefix, patient.family].filter((part) => part !== '').join(' '),
        patient.birthDate ? `born ${dateWords(patient.birthDate)}` : '',
        patient.sex,
        patient.language ? `language ${patient.language}` : '',
        patient.needsInterpreter ? 'interpreter needed' : '',
      ],
    });
  }
  for (const problem of [...chart.problems, ...chart.pastProblems]) {
    add(problem.ref, {
      what: 'Problem',
      date: problem.onset || problem.recorded,
      words: [
        problem.name,
        problem.severity,
        problem.certainty === 'unconfirmed' ? 'not confirmed' : '',
        problem.onset ? `onset ${dateWords(problem.onset)}` : '',
        problem.abated ? `until ${dateWords(problem.abated)}` : '',
        problem.recorded ? `recorded ${dateWords(problem.recorded)}` : '',
        problem.note,
      ],
    });
  }
  for (const medication of chart.medications) {
    add(medication.ref, {
      what: medication.reportedBy === 'order' ? 'Medication order' : 'Medication statement',
      date: medication.since,
      words: [medication.name, medication.dosage],
    });
  }
  for (const allergy of chart.allergies) {
    add(allergy.ref, {
      what: 'Allergy',
      date: '',
      words: [allergy.name, ...allergy.reactions, allergy.severity, allergy.highRisk ? 'high risk' : ''],
    });
  }
  for (const statement of chart.noKnownAllergies)
    add(statement.ref, { what: 'Allergy', date: statement.recorded, words: [statement.words] });
  for (const result of chart.results) {
    add(result.ref, {
      what: 'Result',
      date: result.date,
      words: [
        `${resultName(result)} ${result.value}`.trim(),
        ...result.components.map((part) => `${part.name} ${part.words}`),
        result.flag,
      ],
    });
  }
  for (const report of chart.reports) {
    add(report.ref, { what: 'Report', date: report.date, words: [report.name, around(report.sentences, quotes).join(' ')] });
  }
  for (const document of chart.documents) {
    add(document.ref, {
      what: document.name,
      date: document.date,
      who: document.author,
      words: [around(document.sentences, quotes).join(' ') || document.name],
    });
  }
  for (const procedure of chart.procedures) add(procedure.ref, { what: 'Procedure', date: procedure.date, words: [procedure.name] });
  for (const visit of chart.visits) {
    add(visit.ref, { what: 'Encounter', date: visit.date, who: visit.participants[0] ?? '', words: [visit.name, ...visit.reasons] });
  }
  for (const order of chart.orders) add(order.ref, { what: 'Order', date: order.authored, words: [order.name, ...order.words] });
  return found;
}

/** One excerpt per cited resource, in the order they are first cited. */
export function sourceExcerpts(chart: Chart, sentences: readonly Sentence[]): readonly SourceExcerpt[] {
  const known = entries(chart, sentences.map((sentence) => sentence.text).join('\n'));
  const seen = new Set<string>();
  return sentences
    .flatMap((sentence) => sentence.sources)
    .filter((ref) => !seen.has(referenceText(ref)) && seen.add(referenceText(ref)))
    .map((ref) => {
      const entry = known.get(referenceText(ref)) ?? { what: ref.type, date: '', words: [] };
      const title = [entry.what, shortDateWords(entry.date), entry.who ?? ''].filter((part) => part !== '').join(' · ');
      const excerpt = shortened(entry.words.filter((part) => part !== '').join('; '), LONGEST_EXCERPT);
      return { ref, title, ...(entry.date !== '' && { date: entry.date }), excerpt };
    });
}
