/** What each specialty expects with a referral, as data; checklists.json says where every item was read. */

import type { Chart } from '../chart/chart.ts';
import { specialtyById } from '../clinical/specialty.ts';
import { earliestDay, onDate } from '../fhir/date.ts';
import { type Coding, type Concept, LOINC } from '../fhir/read.ts';
import type { ResourceRef } from '../fhir/reference.ts';
import { daysBetween } from '../instant.ts';
import rows from './checklists.json' with { type: 'json' };
import type { ChecklistResult } from './note.ts';
import { icd10, mentions, shortened } from './words.ts';

/** How an item is looked for in the chart. */
export const CHECKLIST_ITEM_KINDS = [
  'lab',
  'imaging',
  'document',
  'note',
  'problem-list',
  'medication-list',
  'allergy-list',
  'reason-code',
  'question',
] as const;
export type ChecklistItemKind = (typeof CHECKLIST_ITEM_KINDS)[number];

export type ChecklistItem = {
  readonly id: string;
  readonly label: string;
  readonly kind: ChecklistItemKind;
  readonly requirement: ChecklistResult['requirement'];
  /** Key into `citations`. */
  readonly citation: string;
  /** Ids of the conditions it is for; without any it is always asked. */
  readonly conditions?: readonly string[];
  readonly loinc?: readonly string[];
  /** Looked for in names of results, reports and documents (see words.ts for how). */
  readonly words?: readonly string[];
  readonly maximumAgeDays?: number;
  /** Completed years; an unknown age counts as old enough. */
  readonly minimumPatientAge?: number;
};

export type ChecklistCondition = {
  readonly id: string;
  readonly label: string;
  /** ICD-10-CM prefixes and words of the reason that make it apply. */
  readonly icd10: readonly string[];
  readonly words: readonly string[];
};

export type SpecialtyChecklist = {
  readonly specialty: string;
  /** ICD-10-CM prefixes of problems this specialty wants in the history; editorial. */
  readonly problems: readonly string[];
  /** Words that make a sentence or a report worth quoting to this specialty; editorial. */
  readonly words: readonly string[];
  /** LOINC codes of results this specialty reads; editorial. */
  readonly results: readonly string[];
  readonly conditions: readonly ChecklistCondition[];
  readonly items: readonly ChecklistItem[];
};

export type Checklists = {
  readonly version: string;
  readonly citations: Readonly<Record<string, { readonly title: string; readonly url: string }>>;
  readonly specialties: readonly SpecialtyChecklist[];
};

export const CHECKLISTS = rows as Checklists;

/** What a reason for referral consists of, for everything that has to recognise one. */
export type Reason = { readonly reasonText: string; readonly reasonCodes: readonly Coding[]; readonly question?: string };

export const reasonWords = (reason: Reason): string =>
  [reason.reasonText, ...reason.reasonCodes.map((code) => code.display ?? '')].filter((words) => words !== '').join('. ');

export const reasonIcd10 = (reason: Reason): readonly string[] =>
  reason.reasonCodes.filter((code) => /icd-?10/i.test(code.system ?? '')).map((code) => icd10(code.code ?? ''));

/** The specialty's own checklist with what its parent specialty asks; both where both exist. */
export function checklistsFor(specialty: string, checklists: Checklists): readonly SpecialtyChecklist[] {
  const wanted = [specialty, specialtyById(specialty)?.parent];
  return wanted.flatMap((id) => checklists.specialties.filter((one) => one.specialty === id));
}

function applies(item: ChecklistItem, checklist: SpecialtyChecklist, chart: Chart, reason: Reason): boolean {
  const age = chart.patient?.age;
  if (item.minimumPatientAge !== undefined && age !== undefined && age < item.minimumPatientAge) return false;
  if (!item.conditions) return true;
  const codes = reasonIcd10(reason);
  const words = reasonWords(reason);
  return checklist.conditions
    .filter((condition) => item.conditions?.includes(condition.id))
    .some(
      (condition) => condition.icd10.some((prefix) => codes.some((code) => code.startsWith(prefix))) || mentions(words, condition.words),
    );
}

type Evidence = { readonly ref: ResourceRef; readonly date: string; readonly summary: string };

const LONGEST_SUMMARY = 160;

const matches = (item: ChecklistItem, code: Concept, name: string): boolean =>
  code.codings.some((one) => one.system === LOINC && one.code !== undefined && (item.loinc ?? []).includes(one.code)) ||
  mentions(name, item.words ?? []);

/** Everything in the chart that answers the item, newest first. */
export function evidenceFor(item: ChecklistItem, chart: Chart): readonly Evidence[] {
  const results = () =>
    chart.results
      .filter((result) => matches(item, result.code, result.name))
      .map((result) => ({
        ref: result.ref,
        date: result.date,
        summary: [result.name, result.value || result.components.map((part) => `${part.name} ${part.words}`).join(', ')].join(' '),
      }));
  const reports = () =>
    chart.reports
      .filter((report) => matches(item, report.code, report.name))
      .map((report) => ({ ref: report.ref, date: report.date, summary: [report.name, ...report.sentences.slice(0, 1)].join(': ') }));
  const documents = () =>
    chart.documents
      .filter((document) => matches(item, document.code, document.name))
      .map((document) => ({ ref: document.ref, date: document.date, summary: document.name }));
  const procedures = () =>
    chart.procedures
      .filter((procedure) => mentions(procedure.name, item.words ?? []))
      .map((procedure) => ({ ref: procedure.ref, date: procedure.date, summary: procedure.name }));

  const found = ((): readonly Evidence[] => {
    switch (item.kind) {
      case 'lab':
        return [...results(), ...reports()];
      case 'imaging':
        return [...reports(), ...results(), ...documents(), ...procedures()];
      case 'document':
        return [...documents(), ...reports(), ...procedures(), ...results()];
      case 'note':
        return documents();
      case 'problem-list':
        return chart.problems.slice(0, 1).map((problem) => ({
          ref: problem.ref,
          date: problem.onset || problem.recorded,
          summary: counted(chart.problems.length, 'active problem'),
        }));
      case 'medication-list':
        return chart.medications.slice(0, 1).map((medication) => ({
          ref: medication.ref,
          date: medication.since,
          summary: counted(chart.medications.length, 'current medication'),
        }));
      case 'allergy-list':
        return [
          ...chart.allergies
            .slice(0, 1)
            .map((allergy) => ({ ref: allergy.ref, date: '', summary: counted(chart.allergies.length, 'allergy', 'allergies') })),
          ...chart.noKnownAllergies.map((statement) => ({ ref: statement.ref, date: statement.recorded, summary: statement.words })),
        ];
      case 'question':
        return [
          ...results(),
          ...chart.documents.flatMap((document) =>
            document.sentences
              .filter((sentence) => mentions(sentence, item.words ?? []))
              .slice(0, 1)
              .map((sentence) => ({ ref: document.ref, date: document.date, summary: sentence })),
          ),
        ];
      case 'reason-code':
        return [];
    }
  })();
  return [...found]
    .sort((one, other) => (one.date === other.date ? 0 : one.date > other.date ? -1 : 1))
    .map((one) => ({ ...one, summary: shortened(one.summary, LONGEST_SUMMARY) }));
}

const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** Resource types an item is looked for in; when none of them could be read, its absence means nothing. */
const READ_FROM: Readonly<Record<ChecklistItemKind, readonly string[]>> = {
  lab: ['Observation', 'DiagnosticReport'],
  imaging: ['DiagnosticReport', 'DocumentReference', 'Procedure', 'Observation'],
  document: ['DocumentReference', 'DiagnosticReport', 'Procedure'],
  note: ['DocumentReference'],
  'problem-list': ['Condition'],
  'medication-list': ['MedicationRequest'],
  'allergy-list': ['AllergyIntolerance'],
  'reason-code': [],
  question: [],
};

export const readFrom = (kind: ChecklistItemKind): readonly string[] => READ_FROM[kind];

// The app says in words what it could not read; these are the words for each type.
const TYPE_WORDS: readonly (readonly [type: string, words: readonly string[]])[] = [
  ['Observation', ['observation', 'result', 'vital', 'laborator']],
  ['DiagnosticReport', ['diagnosticreport', 'report', 'imaging']],
  ['DocumentReference', ['documentreference', 'document', 'note', 'notes']],
  ['Condition', ['condition', 'problem', 'diagnos']],
  ['MedicationRequest', ['medicationrequest', 'medication', 'medicine']],
  ['AllergyIntolerance', ['allergyintolerance', 'allerg']],
  ['Procedure', ['procedure']],
  ['Encounter', ['encounter', 'visit']],
];

/** Resource types that `notSeen` says could not be read. */
export const unreadTypes = (notSeen: readonly string[]): ReadonlySet<string> =>
  new Set(TYPE_WORDS.filter(([, words]) => notSeen.some((sentence) => mentions(sentence, words))).map(([type]) => type));

const answeredByReason = (item: ChecklistItem, reason: Reason): boolean =>
  (item.kind === 'reason-code' && reason.reasonCodes.length > 0) ||
  (item.kind === 'question' && mentions(`${reasonWords(reason)} ${reason.question ?? ''}`, item.words ?? []));

/**
 * The items that apply to this reason, in the order of the data, each with what the chart shows. Questions that the
 * reason itself answers are left out: nothing is asked twice.
 */
export function evaluateChecklist(
  chart: Chart,
  specialty: string,
  reason: Reason,
  checklists: Checklists,
  notSeen: readonly string[] = [],
): readonly { readonly item: ChecklistItem; readonly result: ChecklistResult }[] {
  const unread = unreadTypes(notSeen);
  return checklistsFor(specialty, checklists).flatMap((checklist) =>
    checklist.items
      .filter((item) => applies(item, checklist, chart, reason) && !answeredByReason(item, reason))
      .map((item) => {
        const citation = checklists.citations[item.citation];
        if (!citation) throw new Error(`checklists.json: item ${item.id} cites "${item.citation}", which is not among the citations`);
        return {
          item,
          result: { itemId: item.id, label: item.label, requirement: item.requirement, citation, status: statusOf(item, chart, unread) },
        };
      }),
  );
}

function statusOf(item: ChecklistItem, chart: Chart, unread: ReadonlySet<string>): ChecklistResult['status'] {
  const { maximumAgeDays } = item;
  const newest = evidenceFor(item, chart).find((one) => maximumAgeDays === undefined || one.date !== '');
  if (newest) {
    return maximumAgeDays !== undefined && daysBetween(earliestDay(newest.date), chart.today) > maximumAgeDays
      ? { kind: 'too-old', source: newest.ref, date: newest.date, maximumAgeDays }
      : { kind: 'found', source: newest.ref, date: newest.date, summary: newest.summary };
  }
  const places = READ_FROM[item.kind];
  if (places.some((type) => unread.has(type))) {
    return { kind: 'not-visible', why: `${placeWords(item.kind)} could not be read` };
  }
  return { kind: 'missing' };
}

/** How an item stands by what a chart holds, every part of it read. */
export const standingIn = (item: ChecklistItem, chart: Chart): ChecklistResult['status'] => statusOf(item, chart, new Set());

const placeWords = (kind: ChecklistItemKind): string =>
  ({
    lab: 'Results',
    imaging: 'Reports',
    document: 'Documents',
    note: 'Notes',
    'problem-list': 'Problems',
    'medication-list': 'Medications',
    'allergy-list': 'Allergies',
    'reason-code': 'The reason',
    question: 'The chart',
  })[kind];

/** "ECG · found · on 2 October 2026", for lists that have no room for more. */
export function checklistWords(result: ChecklistResult): string {
  const { status } = result;
  switch (status.kind) {
    case 'found':
      return [result.label, onDate(status.date)].filter((part) => part !== '').join(', ');
    case 'too-old':
      return `${result.label}: the last one, ${onDate(status.date)}, is older than ${status.maximumAgeDays} days`;
    case 'missing':
      return `${result.label}: not in the chart`;
    case 'not-visible':
      return `${result.label}: ${status.why}`;
  }
}
