/**
 * What a packet lacks, looked for again in the chart (R106): by which searches, and what of their answers it is. Nothing else that an answer holds
 * is kept (minimum necessary, 45 CFR 164.502(b)).
 */
import type { Chart, FhirDate } from '../chart/chart.ts';
import {
  CHECKLISTS,
  type ChecklistItem,
  type ChecklistItemKind,
  checklistsFor,
  evidenceFor,
  readFrom,
  standingIn,
} from '../drafting/checklist.ts';
import type { ChecklistResult } from '../drafting/note.ts';
import { earliestDay } from '../fhir/date.ts';
import { type ResourceRef, referenceText } from '../fhir/reference.ts';
import { type Day, daysBetween } from '../instant.ts';
import { contentsOf, lookedFor } from './contents.ts';
import type { Requirement } from './readiness.ts';
import type { PacketVariant } from './variant.ts';

/** One requirement that a chart can meet. `patient`: how the patient is reached. `findings`: any result or image this specialty reads. */
export type Sought = {
  readonly id: string;
  readonly label: string;
  /** Whether that part of the chart was read before, so that only what has come since is asked for. */
  readonly wasRead: boolean;
  readonly what: { readonly kind: 'patient' } | { readonly kind: 'findings' } | { readonly kind: 'item'; readonly item: ChecklistItem };
};

type Of = { specialty: string; variant: PacketVariant | undefined };

/** Of what is missing, what a chart may hold: whether the payer pays, and which tooth it is, no chart says. */
export function soughtFor(missing: readonly Requirement[], { specialty, variant }: Of): readonly Sought[] {
  const items = [
    ...(variant?.items ?? []).flatMap((item) => lookedFor(item) ?? []),
    ...checklistsFor(specialty, CHECKLISTS).flatMap((checklist) => checklist.items),
  ];
  return missing.flatMap(({ id, label, standing }): Sought[] => {
    const wasRead = standing !== 'not-visible';
    if (id === 'demographics') return [{ id, label, wasRead, what: { kind: 'patient' } }];
    if (id === 'recent-findings') return [{ id, label, wasRead, what: { kind: 'findings' } }];
    const item = items.find((each) => each.id === id);
    return item && item.kind !== 'reason-code' ? [{ id, label, wasRead, what: { kind: 'item', item } }] : [];
  });
}

const FINDINGS = ['Observation', 'DiagnosticReport', 'DocumentReference'] as const;
/** A question may be answered by a result, or in the words of a document; that neither could be read says nothing of it. */
const typesOf = ({ what }: Sought): readonly string[] => {
  if (what.kind === 'patient') return ['Patient'];
  if (what.kind === 'findings') return FINDINGS;
  return what.item.kind === 'question' ? ['Observation', 'DocumentReference'] : readFrom(what.item.kind);
};

export type ChartSearch = {
  readonly type: string;
  /** Of the type, in words. */
  readonly words: string;
  /** Below the FHIR base, as first asked. */
  readonly path: string;
  /** For an EHR that refuses to sort or to narrow by time; the same path where there is nothing to leave out. */
  readonly plainPath: string;
};

const TYPE_NAMES: Readonly<Record<string, string>> = {
  Patient: 'The patient’s own entry',
  Observation: 'Results',
  DiagnosticReport: 'Reports',
  DocumentReference: 'Documents',
  Procedure: 'Procedures',
  Condition: 'Problems',
  MedicationRequest: 'Medications',
  AllergyIntolerance: 'Allergies',
};

/** What is narrower than the type: laboratory, vital signs and screenings (US Core 6.1.0 categories), never the social history. */
const NARROWED: Readonly<Record<string, string>> = { Observation: '&category=laboratory,vital-signs,survey' };

/**
 * @param since the day before the chart was read: what was changed earlier was seen then. Whole where a part could not be read.
 * @returns each type once
 */
export function searchesFor(sought: readonly Sought[], { patientId, since }: { patientId: string; since: Day }): readonly ChartSearch[] {
  const patient = encodeURIComponent(patientId);
  const types = new Set(sought.flatMap(typesOf));
  return [...types].map((type): ChartSearch => {
    const words = TYPE_NAMES[type] ?? type;
    if (type === 'Patient') return { type, words, path: `Patient/${patient}`, plainPath: `Patient/${patient}` };
    const base = `${type}?patient=${patient}${NARROWED[type] ?? ''}`;
    const isNew = sought.every((each) => each.wasRead || !typesOf(each).includes(type));
    return { type, words, path: `${base}${isNew ? `&_lastUpdated=ge${since}` : ''}&_count=100`, plainPath: `${base}&_count=100` };
  });
}

export type FoundItem = { readonly id: string; readonly label: string; readonly date: FhirDate; readonly refs: readonly ResourceRef[] };

type Looked = Of & {
  /** With what was read now. */
  chart: Chart;
  /** References of what was read now. */
  read: ReadonlySet<string>;
  /** Whether the patient's entry, as read now, has a phone number or an address. */
  reachable: boolean;
  today: Day;
};

const LISTS: Readonly<Partial<Record<ChecklistItemKind, (chart: Chart) => readonly { readonly ref: ResourceRef }[]>>> = {
  'problem-list': ({ problems }) => problems,
  'medication-list': ({ medications }) => medications,
  'allergy-list': ({ allergies, noKnownAllergies }) => [...allergies, ...noKnownAllergies],
};

const isOld = ({ maximumAgeDays }: ChecklistItem, date: FhirDate, today: Day): boolean =>
  maximumAgeDays !== undefined && (date === '' || daysBetween(earliestDay(date), today) > maximumAgeDays);

/** What of it is there now, by what was read: of a list all of it, of anything else the newest. Nothing that is withheld is in `chart`. */
export function foundIn(sought: readonly Sought[], { chart, read, reachable, specialty, variant, today }: Looked): readonly FoundItem[] {
  const isNew = ({ ref }: { readonly ref: ResourceRef }): boolean => read.has(referenceText(ref));
  return sought.flatMap(({ id, label, what }): FoundItem[] => {
    if (what.kind === 'patient') return reachable && chart.patient ? [{ id, label, date: '', refs: [chart.patient.ref] }] : [];
    if (what.kind === 'findings') {
      const items = contentsOf(chart, { specialty, variant, today }).filter(
        (item) => (item.section === 'results' || item.section === 'imaging') && isNew(item),
      );
      const [newest] = items
        .map(({ date }) => date)
        .toSorted()
        .reverse();
      return newest === undefined ? [] : [{ id, label, date: newest, refs: items.map(({ ref }) => ref) }];
    }
    const newest = evidenceFor(what.item, chart).find(isNew);
    if (!newest || isOld(what.item, newest.date, today)) return [];
    const whole = LISTS[what.item.kind]?.(chart)
      .filter(isNew)
      .map(({ ref }) => ref);
    return [{ id, label, date: newest.date, refs: whole ?? [newest.ref] }];
  });
}

/** The checklist as it stood when the note was signed, with what has been found in the chart since. */
export function checklistSince(signed: readonly ChecklistResult[], chart: Chart, specialty: string): readonly ChecklistResult[] {
  const items = checklistsFor(specialty, CHECKLISTS).flatMap((checklist) => checklist.items);
  return signed.map((result) => {
    const item = result.status.kind === 'found' ? undefined : items.find(({ id }) => id === result.itemId);
    const status = item && standingIn(item, chart);
    return status?.kind === 'found' ? { ...result, status } : result;
  });
}
