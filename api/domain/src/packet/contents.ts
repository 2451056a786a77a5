/**
 * What of the chart goes into a packet, by rule (R103, R104, R105): the current lists whole, results this specialty reads and documents of the
 * last 90 days, images of any age, and whatever the specialty's checklist asked for. Nothing that is withheld is in `Chart`, so nothing here
 * can bring it back.
 */
import type { Chart, ChartResult, FhirDate } from '../chart/chart.ts';
import { CHECKLISTS, type ChecklistItem, checklistsFor, evidenceFor } from '../drafting/checklist.ts';
import { mentions } from '../drafting/words.ts';
import { type Coding, LOINC } from '../fhir/read.ts';
import { type ResourceRef, referenceText } from '../fhir/reference.ts';
import type { Day } from '../instant.ts';
import { imageWords, isRecent } from './recency.ts';
import type { PacketVariant, VariantItem } from './variant.ts';

export const PACKET_SECTIONS = ['problems', 'medications', 'allergies', 'results', 'imaging', 'documents'] as const;
export type PacketSection = (typeof PACKET_SECTIONS)[number];

/** Why it is in. */
export type Inclusion = 'current-list' | 'last-90-days' | 'image' | 'asked-for' | 'latest';

export type PacketItem = {
  /** Of the resource it stands on; one resource is in a packet once. */
  readonly id: string;
  readonly section: PacketSection;
  readonly title: string;
  /** Value, dosage, reaction; may be empty. */
  readonly detail: string;
  /** Words of the chart that may be handed on, sentence by sentence. */
  readonly text: readonly string[];
  readonly date: FhirDate;
  readonly codings: readonly Coding[];
  readonly ref: ResourceRef;
  readonly because: Inclusion;
  /** The day on which it was found in the chart, where the note was signed before; absent of what the note could rest on. */
  readonly foundOn?: Day;
};

// LOINC 85354-9, blood pressure panel: R103 asks for one in every packet.
const BLOOD_PRESSURE = '85354-9';

const hasLoinc = (codings: readonly Coding[], codes: readonly string[]): boolean =>
  codings.some(({ system, code }) => system === LOINC && code !== undefined && codes.includes(code));

const resultWords = ({ value, flag, components }: ChartResult): string => {
  const measured = value || components.map((part) => `${part.name} ${part.words}`).join(', ');
  return flag === '' ? measured : `${measured} (${flag})`;
};

/** A variant's item as evidence is looked for; undefined for what no chart holds. */
export function lookedFor(item: VariantItem): ChecklistItem | undefined {
  const { kind } = item;
  if (kind === 'tooth' || kind === 'asked') return undefined;
  return { ...item, kind, requirement: 'required', citation: '' };
}

const askedFor = (specialty: string, variant: PacketVariant | undefined): readonly ChecklistItem[] => [
  ...checklistsFor(specialty, CHECKLISTS).flatMap(({ items }) => items),
  ...(variant?.items ?? []).flatMap((item) => lookedFor(item) ?? []),
];

type Wanted = { specialty: string; variant: PacketVariant | undefined; today: Day };

/** Newest first within each section, as the chart has them. The same chart and day give the same items in the same order. */
export function contentsOf(chart: Chart, { specialty, variant, today }: Wanted): readonly PacketItem[] {
  const asked = new Set(
    askedFor(specialty, variant).flatMap((item) =>
      evidenceFor(item, chart)
        .slice(0, 1)
        .map(({ ref }) => referenceText(ref)),
    ),
  );
  const read = checklistsFor(specialty, CHECKLISTS).flatMap(({ results }) => results);
  const item = (
    section: PacketSection,
    because: Inclusion,
    fact: { ref: ResourceRef; name: string; code?: { codings: readonly Coding[] } },
    more: { detail?: string; text?: readonly string[]; date?: FhirDate } = {},
  ): PacketItem => ({
    id: referenceText(fact.ref),
    section,
    title: fact.name,
    detail: more.detail ?? '',
    text: more.text ?? [],
    date: more.date ?? '',
    codings: fact.code?.codings ?? [],
    ref: fact.ref,
    because,
  });

  const pressure = chart.results.find(({ code }) => hasLoinc(code.codings, [BLOOD_PRESSURE]));
  const becauseOf = (ref: ResourceRef, date: FhirDate): Inclusion | undefined =>
    isRecent(date, today) ? 'last-90-days' : asked.has(referenceText(ref)) ? 'asked-for' : undefined;

  return [
    ...chart.problems.map((problem) =>
      item('problems', 'current-list', problem, {
        detail: [problem.certainty === 'unconfirmed' ? 'not confirmed' : '', problem.severity].filter(Boolean).join(', '),
        date: problem.onset || problem.recorded,
      }),
    ),
    ...chart.medications.map((medication) =>
      item('medications', 'current-list', medication, { detail: medication.dosage, date: medication.since }),
    ),
    ...chart.allergies.map((allergy) =>
      item('allergies', 'current-list', allergy, {
        detail: [allergy.reactions.join(', '), allergy.severity, allergy.highRisk ? 'high risk' : ''].filter(Boolean).join('; '),
      }),
    ),
    ...chart.noKnownAllergies
      .slice(0, chart.allergies.length === 0 ? 1 : 0)
      .map(({ ref, words, recorded }) => item('allergies', 'current-list', { ref, name: words }, { date: recorded })),
    ...chart.results.flatMap((result) => {
      const relevant = hasLoinc(result.code.codings, read) || result.flag !== '' || asked.has(referenceText(result.ref));
      const because = result === pressure ? 'latest' : relevant ? becauseOf(result.ref, result.date) : undefined;
      return because === undefined ? [] : [item('results', because, result, { detail: resultWords(result), date: result.date })];
    }),
    ...chart.reports.flatMap((report) => {
      const isImage = report.kind === 'imaging' || mentions(report.name, imageWords);
      const because = isImage ? 'image' : becauseOf(report.ref, report.date);
      const section = isImage ? 'imaging' : 'results';
      return because === undefined ? [] : [item(section, because, report, { text: report.sentences, date: report.date })];
    }),
    ...chart.documents.flatMap((document) => {
      const isImage = mentions(document.name, imageWords);
      const because = isImage ? 'image' : becauseOf(document.ref, document.date);
      const { author, sentences, date } = document;
      return because === undefined
        ? []
        : [item(isImage ? 'imaging' : 'documents', because, document, { detail: author, text: sentences, date })];
    }),
  ];
}
