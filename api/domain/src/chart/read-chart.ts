import { ageInYears, datePart } from '../fhir/date.ts';
import { type FhirResource, isTarget, object, refOf, target, text } from '../fhir/read.ts';
import { type ResourceRef, referenceText } from '../fhir/reference.ts';
import type { Day } from '../instant.ts';
import type { Chart, FhirDate, RefusedResource } from './chart.ts';
import { readCoverage, readDocument, readOrder, readProcedure, readVisit } from './read-care.ts';
import { readAllergy, readMedication, readProblem } from './read-clinical.ts';
import { readPatient } from './read-patient.ts';
import { readReport, readResult } from './read-result.ts';
import { mayHandOn, withhold } from './withhold.ts';

/** Whose resource it is, by FHIR R4's patient compartment fields. */
const subjectOf = (resource: FhirResource) =>
  target(resource['subject']) ?? target(resource['patient']) ?? target(resource['beneficiary']) ?? target(resource['for']);

// Resources that belong to nobody and serve many charts.
const SHARED = new Set(['Medication', 'Practitioner', 'PractitionerRole', 'Organization', 'Location', 'Device', 'Substance']);

const WHY: Readonly<Record<RefusedResource['kind'], string>> = {
  'another-patient': 'it belongs to another patient',
  'no-patient': 'it does not say whose it is',
  'no-id': 'it has no id, so nothing could be traced to it',
  'not-fhir': 'it is not a FHIR resource',
};

function refusalOf(resource: FhirResource, patientId: string): RefusedResource['kind'] | undefined {
  // The type says FhirResource, but it came over a wire.
  if (text(object(resource)['resourceType']) === '') return 'not-fhir';
  if (!refOf(resource)) return 'no-id';
  if (SHARED.has(resource.resourceType)) return undefined;
  if (resource.resourceType === 'Patient') return resource.id === patientId ? undefined : 'another-patient';
  const subject = subjectOf(resource);
  if (subject === undefined) return 'no-patient';
  return isTarget(subject, 'Patient', patientId) ? undefined : 'another-patient';
}

type Fact = { readonly ref: ResourceRef };

const newestFirst =
  <F extends Fact>(dateOf: (fact: F) => FhirDate) =>
  (one: F, other: F): number => {
    const [a, b] = [dateOf(one), dateOf(other)];
    if (a !== b) return a > b ? -1 : 1;
    return referenceText(one.ref) < referenceText(other.ref) ? -1 : 1;
  };

const byName = <F extends Fact & { readonly name: string }>(one: F, other: F): number => {
  const [a, b] = [one.name.toLowerCase(), other.name.toLowerCase()];
  if (a !== b) return a < b ? -1 : 1;
  return referenceText(one.ref) < referenceText(other.ref) ? -1 : 1;
};

/**
 * Reads a patient's resources, in any order and from any EHR, into facts. Never throws: what cannot be read is left out,
 * what belongs to someone else is refused by name, and what stays out of a note (see withhold.ts) is in `withheld` alone.
 *
 * @param of.today the day ages and "current" are judged on
 * @param of.consented security labels of what the patient consented to have disclosed to whoever it is read for; none without
 */
export const readChart = (resources: readonly FhirResource[], of: ReadFor): Chart => readChartAndJudge(resources, of).chart;

type ReadFor = { patientId: string; today: Day; consented?: ReadonlySet<string> };

/**
 * As {@link readChart}.
 *
 * @returns besides, `mayHandOn`: whether a file with these words may go to whoever the chart is read for
 */
export function readChartAndJudge(
  resources: readonly FhirResource[],
  of: ReadFor,
): { chart: Chart; mayHandOn: (words: string) => boolean } {
  const { patientId, today } = of;
  const refused: RefusedResource[] = [];
  const own: FhirResource[] = [];
  for (const resource of resources) {
    const kind = refusalOf(resource, patientId);
    if (kind === undefined) own.push(resource);
    else refused.push({ reference: kind === 'not-fhir' ? '' : `${resource.resourceType}/${text(resource.id)}`, kind, why: WHY[kind] });
  }

  const birthDate = datePart(own.find(({ resourceType }) => resourceType === 'Patient')?.['birthDate']);
  const judged = { age: ageInYears(birthDate, today), consented: of.consented ?? new Set<string>() };
  const { visible, withheld, giveAways } = withhold(own, judged);
  const ofType = (...types: readonly string[]) => visible.filter((resource) => types.includes(resource.resourceType));
  const medicationsById = new Map(ofType('Medication').map((resource) => [text(resource.id), resource]));
  const problems = ofType('Condition').flatMap((resource) => readProblem(resource, giveAways) ?? []);
  const allergies = ofType('AllergyIntolerance').flatMap((resource) => readAllergy(resource) ?? []);
  const problemDate = newestFirst<(typeof problems)[number]['problem']>((problem) => problem.onset || problem.recorded);

  const chart: Chart = {
    patientId,
    today,
    patient: ofType('Patient').flatMap((resource) => readPatient(resource, today) ?? [])[0],
    problems: problems.flatMap(({ problem, standing }) => (standing === 'active' ? [problem] : [])).sort(problemDate),
    pastProblems: problems.flatMap(({ problem, standing }) => (standing === 'past' ? [problem] : [])).sort(problemDate),
    medications: ofType('MedicationRequest', 'MedicationStatement')
      .flatMap((resource) => readMedication(resource, medicationsById, giveAways, today) ?? [])
      .sort(byName),
    allergies: allergies.flatMap((one) => (one.kind === 'allergy' ? [one.allergy] : [])).sort(byName),
    noKnownAllergies: allergies
      .flatMap((one) => (one.kind === 'none-known' ? [one.statement] : []))
      .sort(newestFirst((statement) => statement.recorded)),
    results: ofType('Observation')
      .flatMap((resource) => readResult(resource, giveAways) ?? [])
      .sort(newestFirst((result) => result.date)),
    reports: ofType('DiagnosticReport')
      .flatMap((resource) => readReport(resource, giveAways) ?? [])
      .sort(newestFirst((report) => report.date)),
    documents: ofType('DocumentReference')
      .flatMap((resource) => readDocument(resource, giveAways) ?? [])
      .sort(newestFirst((document) => document.date)),
    procedures: ofType('Procedure')
      .flatMap((resource) => readProcedure(resource) ?? [])
      .sort(newestFirst((procedure) => procedure.date)),
    visits: ofType('Encounter')
      .flatMap((resource) => readVisit(resource, giveAways) ?? [])
      .sort(newestFirst((visit) => visit.date)),
    coverage: ofType('Coverage')
      .flatMap((resource) => readCoverage(resource, today) ?? [])
      .sort(newestFirst(() => '')),
    orders: ofType('ServiceRequest')
      .flatMap((resource) => readOrder(resource, giveAways) ?? [])
      .sort(newestFirst((order) => order.authored)),
    withheld,
    refused: refused.sort((one, other) => (one.reference < other.reference ? -1 : one.reference > other.reference ? 1 : 0)),
  };
  return { chart, mayHandOn: (words) => mayHandOn(words, judged, giveAways) };
}
