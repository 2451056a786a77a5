/** The chart of a request as a draft: facts read, note composed, duplicates and warning signs found. All of it without a model. */
import type { Chart } from '@refloop/domain/chart/chart';
import { readChart } from '@refloop/domain/chart/read-chart';
import { EMERGENCY_QUESTION, redFlags } from '@refloop/domain/clinical/red-flags';
import { reasonIsVague } from '@refloop/domain/clinical/vague-reason';
import { CHECKLISTS } from '@refloop/domain/drafting/checklist';
import { composeNote } from '@refloop/domain/drafting/compose';
import { findDuplicates } from '@refloop/domain/drafting/duplicates';
import type { NoteDraft, Sentence } from '@refloop/domain/drafting/note';
import { noteText, type ReviewedNote, reviewNote } from '@refloop/domain/drafting/note-review';
import { type Coding, type FhirResource, list, text } from '@refloop/domain/fhir/read';
import { recordState } from '@refloop/domain/fhir/record-state';
import { parseReference } from '@refloop/domain/fhir/reference';
import { dayOf } from '@refloop/domain/instant';
import type { MakeRecommendation, Recommendation } from '../client/recommendation.ts';
import { problem, type Refusal } from '../problem.ts';

export type Drafted = {
  draft: NoteDraft;
  duplicates: Recommendation['duplicates'];
  redFlags: Recommendation['redFlags'];
  deceased: Recommendation['deceased'];
  vagueReason: string | null;
};

export type Drafter = {
  draft: (input: MakeRecommendation, patientId: string, now: Date) => Drafted | Refusal;
  /** The note as it will be signed: refused while a composer's sentence has no source or was altered unmarked. */
  review: (draft: NoteDraft, sentences: readonly Sentence[]) => { text: string; note: ReviewedNote } | Refusal;
  /** For a coordinator's list: the name as the chart has it. */
  patientName: (chart: readonly Record<string, unknown>[], patientId: string) => string;
};

const resources = (input: MakeRecommendation): FhirResource[] =>
  [...input.chart, ...(input.order ? [input.order] : [])] as unknown as FhirResource[];

/** A chart that holds anything of another patient is refused whole: a mix-up upstream is not ours to sort out. */
function refuseForeign(chart: Chart): Refusal | undefined {
  const foreign = chart.refused.filter(({ kind }) => kind === 'another-patient');
  if (foreign.length === 0) return undefined;
  return problem(
    'another-patient',
    `The chart sent holds ${foreign.length} resource(s) of another patient. Nothing was stored. Close this and open Refloop again from the right chart.`,
    foreign.slice(0, 20).map(({ reference, why }) => ({ field: `chart (${parseReference(reference)?.type ?? 'resource'})`, message: why })),
  );
}

/** C15: an emergency may be referred, but never without the question whether a referral is the right road at all. */
function emergencySigns({ request }: MakeRecommendation, reasonCodes: Coding[]): Recommendation['redFlags'] {
  const found = redFlags(`${request.reasonText}\n${request.question}`, reasonCodes).map(({ label, sentence }) => ({
    found: label,
    sentence,
  }));
  if (found.length > 0 || request.match.urgency !== 'emergency') return found;
  return [{ found: 'emergency', sentence: `${EMERGENCY_QUESTION} The urgency of this referral is emergency.` }];
}

export const drafter: Drafter = {
  draft: (input, patientId, now) => {
    const { request } = input;
    const chart = readChart(resources(input), { patientId, today: dayOf(now.toISOString()) });
    const foreign = refuseForeign(chart);
    if (foreign) return foreign;
    const state = recordState(input.chart.find((each) => each['resourceType'] === 'Patient' && each['id'] === patientId) ?? {});
    if (state.mergedInto !== null) {
      return problem(
        'patient-merged',
        'The EHR merged this chart into another, so nothing is referred from it. Close this and open Refloop from the chart that took its place.',
      );
    }
    const specialty = request.match.specialty;
    const { reasonText, question, kind, visits } = request;
    const reasonCodes = request.reasonCodes.map(({ system, code, display }) => ({
      system,
      code,
      ...(display === undefined ? {} : { display }),
    }));
    const draft = composeNote({
      chart,
      request: { specialty, reasonText, reasonCodes, question, kind, visits, urgency: request.match.urgency },
      checklists: CHECKLISTS,
      notSeen: input.notSeen,
    });
    const orderId = input.order?.['id'];
    const thisOrder = typeof orderId === 'string' ? { type: 'ServiceRequest', id: orderId } : undefined;
    const found = findDuplicates(chart, { specialty, reasonCodes, ...(thisOrder === undefined ? {} : { thisOrder }) });
    return {
      draft,
      duplicates: found.map(({ kind: what, text, source }) => ({ kind: what, text, source: { ...source } })),
      redFlags: emergencySigns(input, reasonCodes),
      deceased: state.deceased,
      vagueReason: reasonIsVague(reasonText, reasonCodes)?.advice ?? null,
    };
  },

  review: (draft, sentences) => {
    const reviewed = reviewNote(draft, sentences);
    if (reviewed.ok) return { text: noteText(reviewed.value.sentences, draft.sources), note: reviewed.value };
    return problem(
      'note-not-sourced',
      'The note cannot be signed as it is: every sentence needs a source in the chart, or must be your own words.',
      reviewed.refusal.map(({ sentenceId, why, fix }) => {
        // Ids of sentences are made by whoever sends them, and may be anything.
        const index = sentences.findIndex(({ id }) => id === sentenceId);
        return { field: index < 0 ? 'working.sentences' : `working.sentences.${index}`, message: why, fix };
      }),
    );
  },

  patientName: (chart, patientId) => {
    const patient = chart.find((resource) => resource['resourceType'] === 'Patient' && resource['id'] === patientId);
    const [name = {}] = list(patient?.['name']);
    const given = Array.isArray(name['given']) ? name['given'].map(text) : [];
    const spelled = [...given, text(name['family'])].filter((part) => part !== '').join(' ');
    return text(name['text']) || spelled || 'Name not in the chart sent';
  },
};
