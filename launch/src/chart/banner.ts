/** The strip that says whose chart this is: the facts one checks before acting. */
import type { AllergyIntolerance, Patient } from '@medplum/fhirtypes';
import { html } from 'hono/html';
import type { Repository, Stored } from '../fhir/repository.ts';
import type { Html } from './layout.ts';
import { recordState, replacementsOf } from './record-state.ts';
import { loadReferenceNames, type NameOf } from './reference-names.ts';
import { birthDateAndAge, conceptText, patientName, recordNumber } from './wording.ts';

const INTERPRETER_REQUIRED = 'http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired';
/** US Core 7.0 and later; a coded yes is SNOMED CT 373066001. */
const INTERPRETER_NEEDED = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-interpreter-needed';
/** SNOMED CT "No known allergy". */
const NO_KNOWN_ALLERGY = '716186003';

export type BannerFacts = { patient: Stored<Patient>; allergies: string; nameOf: NameOf };

function needsInterpreter(patient: Patient): boolean {
  const extension = (url: string) => patient.extension?.find((one) => one.url === url);
  return extension(INTERPRETER_REQUIRED)?.valueBoolean === true || extension(INTERPRETER_NEEDED)?.valueCoding?.code === '373066001';
}

function languageText(patient: Patient): string {
  const language = patient.communication?.find((one) => one.preferred) ?? patient.communication?.[0];
  const name = language ? conceptText(language.language) : 'not recorded';
  return needsInterpreter(patient) ? `${name}, needs an interpreter` : name;
}

/** Active allergies by name; "none recorded" and "no known allergies" are different facts. */
export function allergySummary(allergies: AllergyIntolerance[]): string {
  const active = allergies.filter((one) => one.clinicalStatus?.coding?.some((coding) => coding.code === 'active') ?? true);
  if (active.length === 0) return 'none recorded';
  if (active.every((one) => one.code?.coding?.some((coding) => coding.code === NO_KNOWN_ALLERGY))) return 'no known allergies';
  return active.map((one) => (one.criticality === 'high' ? `${conceptText(one.code)} (high)` : conceptText(one.code))).join(', ');
}

export async function loadBanner(repository: Repository, patient: Stored<Patient>): Promise<BannerFacts> {
  const query = new URLSearchParams({ patient: patient.id, _count: '50', _total: 'none' });
  const [found, nameOf] = await Promise.all([
    repository.search<AllergyIntolerance>('AllergyIntolerance', query),
    loadReferenceNames(repository, replacementsOf(patient)),
  ]);
  return { patient, allergies: allergySummary(found.matches), nameOf };
}

export const patientBanner = ({ patient, allergies, nameOf }: BannerFacts, today: Date): Html => html`
  <section class="banner" aria-label="Patient">
    <h1><a href="/patients/${patient.id}">${patientName(patient)}</a></h1>
    ${recordState(patient, nameOf)}
    <dl>
      <div><dt>Born</dt><dd>${birthDateAndAge(patient, today)}</dd></div>
      <div><dt>Sex</dt><dd>${patient.gender ?? 'not recorded'}</dd></div>
      <div><dt>MRN</dt><dd>${recordNumber(patient) ?? 'not recorded'}</dd></div>
      <div><dt>Language</dt><dd>${languageText(patient)}</dd></div>
      <div class="wide"><dt>Allergies</dt><dd>${allergies}</dd></div>
    </dl>
  </section>`;
