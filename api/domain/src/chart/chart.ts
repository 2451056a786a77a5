/**
 * The patient's chart as drafting reads it: typed facts, each with the resource it stands on. Nothing that is withheld
 * is in any list, and every free text in here may be quoted.
 */
import type { Withheld } from '../drafting/note.ts';
import type { Concept } from '../fhir/read.ts';
import type { ResourceRef } from '../fhir/reference.ts';
import type { Day } from '../instant.ts';

/** FHIR dates keep the precision they were written in (`2026`, `2026-05`, `2026-05-12`); empty = not recorded. */
export type FhirDate = string;

export type PatientFacts = {
  readonly ref: ResourceRef;
  readonly prefix: string;
  readonly family: string;
  readonly birthDate: FhirDate;
  /** Completed years today; undefined without a full birth date. */
  readonly age: number | undefined;
  /** Completed months today, for infants. */
  readonly ageMonths: number | undefined;
  /** `female`, `male` as recorded; empty for other, unknown or none. */
  readonly sex: 'female' | 'male' | '';
  /** Name of the preferred (else only) language; empty when none is recorded. */
  readonly language: string;
  readonly needsInterpreter: boolean;
};

export type Problem = {
  readonly ref: ResourceRef;
  readonly name: string;
  readonly code: Concept;
  readonly onset: FhirDate;
  readonly abated: FhirDate;
  readonly recorded: FhirDate;
  /** Provisional, differential or unconfirmed in the chart. */
  readonly certainty: 'confirmed' | 'unconfirmed';
  readonly severity: string;
  readonly note: string;
};

export type Medication = {
  readonly ref: ResourceRef;
  readonly name: string;
  readonly code: Concept;
  /** The dosage as the chart words it; empty when it has none. */
  readonly dosage: string;
  readonly since: FhirDate;
  readonly reportedBy: 'order' | 'statement';
};

export type Allergy = {
  readonly ref: ResourceRef;
  readonly name: string;
  readonly reactions: readonly string[];
  readonly severity: string;
  readonly highRisk: boolean;
};

/** The chart says, by a resource, that none are known. */
export type NoKnownAllergy = { readonly ref: ResourceRef; readonly words: string; readonly recorded: FhirDate };

export type ResultValue = { readonly name: string; readonly code: Concept; readonly words: string };

export type ChartResult = {
  readonly ref: ResourceRef;
  readonly name: string;
  readonly code: Concept;
  readonly date: FhirDate;
  /** Value with unit as recorded ("6.2 %", "138/86 mm[Hg]", "Positive"); empty when the result has no value. */
  readonly value: string;
  /** "high", "critically low", "abnormal", "above the reference range …"; empty when nothing is flagged. */
  readonly flag: string;
  readonly critical: boolean;
  readonly components: readonly ResultValue[];
  readonly kind: 'laboratory' | 'vital-sign' | 'other';
};

export type Report = {
  readonly ref: ResourceRef;
  readonly name: string;
  readonly code: Concept;
  readonly date: FhirDate;
  readonly kind: 'laboratory' | 'imaging' | 'other';
  /** Sentences of conclusion and inline text that may be quoted. */
  readonly sentences: readonly string[];
  /** Ids of the Observations it lists. */
  readonly results: readonly string[];
};

export type ChartDocument = {
  readonly ref: ResourceRef;
  readonly name: string;
  readonly code: Concept;
  readonly date: FhirDate;
  readonly author: string;
  readonly encounter: string;
  readonly sentences: readonly string[];
};

export type ChartProcedure = {
  readonly ref: ResourceRef;
  readonly name: string;
  readonly code: Concept;
  readonly date: FhirDate;
};

export type Visit = {
  readonly ref: ResourceRef;
  readonly name: string;
  readonly types: readonly Concept[];
  readonly date: FhirDate;
  readonly participants: readonly string[];
  /** Reasons in words, and the ids of the Conditions named as reason or diagnosis. */
  readonly reasons: readonly string[];
  readonly problems: readonly string[];
  readonly status: string;
};

export type ChartCoverage = {
  readonly ref: ResourceRef;
  readonly active: boolean;
  readonly payer: string;
  readonly planName: string;
  readonly planValue: string;
};

export type ChartOrder = {
  readonly ref: ResourceRef;
  readonly name: string;
  readonly code: Concept;
  readonly status: string;
  readonly intent: string;
  readonly authored: FhirDate;
  readonly occurrence: FhirDate;
  readonly performer: string;
  /** NUCC codes asked for (performerType). */
  readonly performerTypes: Concept;
  readonly categories: readonly Concept[];
  readonly reasonCodes: readonly Concept[];
  readonly reasonProblems: readonly string[];
  /** Words of reasonCode and note, to recognise a reason that was taken over from the order. */
  readonly words: readonly string[];
};

export type RefusedResource = {
  readonly reference: string;
  readonly kind: 'another-patient' | 'no-patient' | 'no-id' | 'not-fhir';
  readonly why: string;
};

export type Chart = {
  readonly patientId: string;
  readonly today: Day;
  readonly patient: PatientFacts | undefined;
  readonly problems: readonly Problem[];
  readonly pastProblems: readonly Problem[];
  readonly medications: readonly Medication[];
  readonly allergies: readonly Allergy[];
  readonly noKnownAllergies: readonly NoKnownAllergy[];
  readonly results: readonly ChartResult[];
  readonly reports: readonly Report[];
  readonly documents: readonly ChartDocument[];
  readonly procedures: readonly ChartProcedure[];
  readonly visits: readonly Visit[];
  readonly coverage: readonly ChartCoverage[];
  readonly orders: readonly ChartOrder[];
  readonly withheld: readonly Withheld[];
  /** Not read into the chart: another patient's, nobody's, or without an id. */
  readonly refused: readonly RefusedResource[];
};

/** References of every resource the chart holds facts of. */
export const chartRefs = (chart: Chart): readonly ResourceRef[] =>
  [
    ...(chart.patient ? [chart.patient] : []),
    ...chart.problems,
    ...chart.pastProblems,
    ...chart.medications,
    ...chart.allergies,
    ...chart.noKnownAllergies,
    ...chart.results,
    ...chart.reports,
    ...chart.documents,
    ...chart.procedures,
    ...chart.visits,
    ...chart.coverage,
    ...chart.orders,
  ].map((fact) => fact.ref);
