/** The composer: a referral note from chart facts, without a model. Same chart and request, same note, to the byte. */
import type { Chart } from '../chart/chart.ts';
import { onDate } from '../fhir/date.ts';
import type { ResourceRef } from '../fhir/reference.ts';
import type { Urgency } from '../matching/request.ts';
import { type Checklists, evaluateChecklist, type Reason, unreadTypes } from './checklist.ts';
import { composeFindings } from './findings.ts';
import { focusOf } from './focus.ts';
import { calledBy, composeBackground, composeHistory } from './history.ts';
import type { NoteDraft } from './note.ts';
import { type ReferralKind, requestSentence } from './referral-kind.ts';
import { type DraftSentence, sourced, spoken, withIds } from './sentence.ts';
import { sourceExcerpts } from './source-excerpts.ts';
import { icd10, uncapital } from './words.ts';

export const COMPOSER = { name: 'refloop-composer', version: '1.0.0' } as const;

export type NoteRequest = Reason & {
  /** Our specialty id. */
  readonly specialty: string;
  readonly kind: ReferralKind;
  /** Visits asked for, 1 to 99. */
  readonly visits: number;
  readonly urgency: Urgency;
  /** Whom the note is for, once chosen: "Dr. Rivera". */
  readonly performerName?: string;
};

export type ComposeInput = {
  readonly chart: Chart;
  readonly request: NoteRequest;
  readonly checklists: Checklists;
  /** Parts of the chart the app was not allowed to read, in words. */
  readonly notSeen?: readonly string[];
};

const codeWords = (request: NoteRequest): string =>
  request.reasonCodes
    .map((code) => {
      const printed = /icd-?10/i.test(code.system ?? '') ? icd10(code.code ?? '') : '';
      return [printed, code.display ?? ''].filter((part) => part !== '').join(' ');
    })
    .filter((words) => words !== '')
    .join('; ');

/** The order whose own words the reason repeats, so that the reader can open it. */
function orderBehind(chart: Chart, reasonText: string): readonly ResourceRef[] {
  const plain = reasonText.replace(/\s+/g, ' ').trim().toLowerCase();
  return chart.orders
    .filter((order) => plain !== '' && order.words.some((words) => words.toLowerCase() === plain))
    .slice(0, 1)
    .map((order) => order.ref);
}

/** Question and reason are the clinician's own words and come first: they are what the reader looks for. */
function openingWords(chart: Chart, request: NoteRequest): readonly DraftSentence[] {
  const question = (request.question ?? '').trim();
  const codes = codeWords(request);
  const reasonText = request.reasonText.trim();
  const reason = reasonText !== '' && codes !== '' ? `${reasonText.replace(/[.\s]+$/, '')} (${codes})` : reasonText || codes;
  return [
    ...(question === '' ? [] : [spoken('question', question)]),
    ...(reason === '' ? [] : [spoken('reason', reason, orderBehind(chart, reasonText))]),
  ];
}

const medicationSentences = (chart: Chart): readonly DraftSentence[] => {
  const seen = new Set<string>();
  return chart.medications
    .filter((medication) => {
      // Charts keep every renewal as an order of its own.
      const same = `${medication.name} ${medication.dosage}`.toLowerCase();
      return !seen.has(same) && seen.add(same);
    })
    .map((medication) =>
      sourced(
        'medications',
        [medication.name, medication.dosage.replace(/[.\s]+$/, '')].filter((part) => part !== '').join(', '),
        medication.ref,
      ),
    );
};

function allergySentences(chart: Chart): readonly DraftSentence[] {
  if (chart.allergies.length === 0) {
    return chart.noKnownAllergies
      .slice(0, 1)
      .map((statement) =>
        sourced(
          'allergies',
          [statement.words, statement.recorded ? `recorded ${onDate(statement.recorded)}` : ''].filter((part) => part !== '').join(', '),
          statement.ref,
        ),
      );
  }
  return chart.allergies.map((allergy) => {
    const facts = [...allergy.reactions.map(uncapital), allergy.severity, allergy.highRisk ? 'high risk' : ''].filter(
      (part) => part !== '',
    );
    return sourced('allergies', `Allergy: ${allergy.name}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}`, allergy.ref);
  });
}

const distinct = (sentences: readonly string[]): readonly string[] => [...new Set(sentences)];

/**
 * Drafts the note. Every sentence by the composer carries at least one source of the chart and says nothing its sources
 * do not; question, reason and request are the clinician's own words and choices. What is not in the chart is said in
 * `notSeen` and `checklist`, never in a sentence.
 */
export function composeNote({ chart, request, checklists, notSeen = [] }: ComposeInput): NoteDraft {
  const checklist = evaluateChecklist(chart, request.specialty, request, checklists, notSeen);
  const focus = focusOf(request.specialty, request, checklists);
  const findings = composeFindings(
    chart,
    focus,
    checklist.map(({ item }) => item),
  );
  const toldElsewhere = new Set(findings.sentences.flatMap((sentence) => sentence.sources.map((ref) => ref.id)));
  const history = composeHistory(chart, focus, toldElsewhere);
  const background = composeBackground(chart, focus);
  const patient = calledBy(chart.patient);
  const ask = requestSentence(request.kind, request.visits, request.urgency, patient);
  const sentences = withIds([
    ...openingWords(chart, request),
    ...history.sentences,
    ...findings.sentences,
    ...medicationSentences(chart),
    ...allergySentences(chart),
    ...background.sentences,
    spoken('request', request.performerName ? `${request.performerName}: ${ask.slice(0, 1).toLowerCase()}${ask.slice(1)}` : ask),
  ]);
  // Absence may be stated only where the whole of it was seen.
  const unread = unreadTypes(notSeen);
  const keptOut = new Set(chart.withheld.filter((one) => one.why !== 'entered-in-error').map((one) => one.ref.type));
  const noAllergies = chart.allergies.length + chart.noKnownAllergies.length === 0;
  const noMedications = chart.medications.length === 0 && !keptOut.has('MedicationStatement');
  const silent = [
    ...(noAllergies && !unread.has('AllergyIntolerance') && !keptOut.has('AllergyIntolerance')
      ? ['Allergies are not recorded in the chart.']
      : []),
    ...(noMedications && !unread.has('MedicationRequest') && !keptOut.has('MedicationRequest')
      ? ['No current medication is recorded in the chart.']
      : []),
  ];
  return {
    composer: { ...COMPOSER, checklistVersion: checklists.version },
    sentences,
    sources: sourceExcerpts(chart, sentences),
    checklist: checklist.map(({ result }) => result),
    withheld: chart.withheld,
    notSeen: distinct([...notSeen, ...silent, ...history.leftOut, ...findings.leftOut, ...background.leftOut]),
  };
}
