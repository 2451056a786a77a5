/** What this referral is about, as a measure of what in the chart is worth telling. */
import type { ChartResult, Problem } from '../chart/chart.ts';
import { type Concept, LOINC } from '../fhir/read.ts';
import { type Checklists, checklistsFor, type Reason, reasonWords } from './checklist.ts';
import { icd10, stemsIn, tellingStems } from './words.ts';

export type Focus = {
  /** How strongly a text speaks of the reason (2 a word) and of the specialty (1 a word); 0 = not at all. */
  readonly score: (text: string) => number;
  readonly aboutReason: (text: string) => boolean;
  readonly problem: (problem: Problem) => 'reason' | 'specialty' | 'other';
  /** Position of a result in what the specialty reads; undefined when it reads no such result. */
  readonly rank: (result: ChartResult) => number | undefined;
};

const ICD10 = /icd-?10/i;

const icd10Of = (code: Concept): readonly string[] =>
  code.codings.filter((one) => ICD10.test(one.system ?? '') && one.code !== undefined).map((one) => icd10(one.code ?? ''));

const CATEGORY = 3;

export function focusOf(specialty: string, reason: Reason, checklists: Checklists): Focus {
  const own = checklistsFor(specialty, checklists);
  const specialtyStems = own.flatMap((checklist) => checklist.words);
  const prefixes = own.flatMap((checklist) => checklist.problems);
  const order = [...new Set(own.flatMap((checklist) => checklist.results))];
  const reasonStems = tellingStems([reasonWords(reason), reason.question ?? ''].join(' '));
  const reasonCategories = reason.reasonCodes
    .filter((code) => ICD10.test(code.system ?? ''))
    .map((code) => icd10(code.code ?? '').slice(0, CATEGORY));
  const sameCode = (code: Concept): boolean =>
    code.codings.some((one) => reason.reasonCodes.some((asked) => asked.code === one.code && asked.system === one.system)) ||
    icd10Of(code).some((one) => reasonCategories.includes(one.slice(0, CATEGORY)));
  const aboutReason = (text: string): boolean => stemsIn(text, reasonStems).length > 0;

  return {
    aboutReason,
    score: (text) => 2 * stemsIn(text, reasonStems).length + stemsIn(text, specialtyStems).length,
    problem: (problem) => {
      if (sameCode(problem.code) || aboutReason(problem.name)) return 'reason';
      const coded = icd10Of(problem.code).some((code) => prefixes.some((prefix) => code.startsWith(prefix)));
      return coded || stemsIn(problem.name, specialtyStems).length > 0 ? 'specialty' : 'other';
    },
    rank: (result) => {
      const at = result.code.codings.filter((one) => one.system === LOINC).map((one) => order.indexOf(one.code ?? ''));
      const found = at.filter((position) => position >= 0);
      return found.length > 0 ? Math.min(...found) : undefined;
    },
  };
}
