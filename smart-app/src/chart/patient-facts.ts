/** What the banner and matching need of the Patient resource. */

import type { Patient } from '@medplum/fhirtypes';
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import { type RecordState, recordState } from '@refloop/domain/fhir/record-state';
import type { MatchInput } from '@refloop/server/client/match';

export type PatientFacts = {
  name: string;
  birthDate: string | undefined;
  /** Whole years on the day given; undefined without a complete birth date. */
  age: number | undefined;
  sex: string | undefined;
  medicalRecordNumber: string | undefined;
  place: MatchInput['place'];
  /** What the place rests on, for the card's "≈". */
  placeBasis: 'address' | 'zip' | 'none';
  group: 'adult' | 'child';
  /** BCP-47 codes to match on; empty when English serves. */
  languages: string[];
  interpreterRequired: boolean;
} & RecordState;

const GEOLOCATION = 'http://hl7.org/fhir/StructureDefinition/geolocation';
const INTERPRETER = 'http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired';
const US_CORE_INTERPRETER = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-interpreter-needed';
/** SNOMED CT 373066001 "Yes", the value of US Core's interpreter-needed. */
const SNOMED_YES = '373066001';

export function ageOn(birthDate: string | undefined, today: string): number | undefined {
  const born = /^(\d{4})-(\d{2})-(\d{2})$/.exec(birthDate ?? '');
  const on = /^(\d{4})-(\d{2})-(\d{2})/.exec(today);
  if (!born || !on) return undefined;
  const years = Number(on[1]) - Number(born[1]);
  const beforeBirthday = `${on[2]}${on[3]}` < `${born[2]}${born[3]}`;
  return beforeBirthday ? years - 1 : years;
}

function placeOf(patient: Patient): Pick<PatientFacts, 'place' | 'placeBasis'> {
  const addresses = (patient.address ?? []).filter((address) => address.use !== 'old' && address.use !== 'billing');
  const address = addresses.find((each) => each.use === 'home') ?? addresses[0];
  const position = address?.extension?.find((extension) => extension.url === GEOLOCATION)?.extension;
  const latitude = position?.find((part) => part.url === 'latitude')?.valueDecimal;
  const longitude = position?.find((part) => part.url === 'longitude')?.valueDecimal;
  if (latitude !== undefined && longitude !== undefined) return { place: { latitude, longitude }, placeBasis: 'address' };
  const zip = /^\d{5}/.exec(address?.postalCode ?? '')?.[0];
  return zip ? { place: { zip }, placeBasis: 'zip' } : { place: null, placeBasis: 'none' };
}

function nameOf(patient: Patient): string {
  const name = patient.name?.find((each) => each.use === 'official') ?? patient.name?.[0];
  const spelled = [name?.family, name?.given?.join(' ')].filter(Boolean).join(', ');
  return spelled || name?.text || 'Name not recorded';
}

function medicalRecordNumber(patient: Patient): string | undefined {
  const identifiers = patient.identifier ?? [];
  return identifiers.find((each) => each.type?.coding?.some((coding) => coding.code === 'MR'))?.value;
}

/** @param today the day ages are counted on, `2026-11-20` */
export function patientFacts(resource: Resource, today: string): PatientFacts {
  const patient = resource as unknown as Patient;
  const preferred = patient.communication?.find((each) => each.preferred) ?? patient.communication?.[0];
  const language =
    preferred?.language?.coding?.find((coding) => coding.system === 'urn:ietf:bcp:47')?.code ?? preferred?.language?.coding?.[0]?.code;
  const interpreterRequired = (patient.extension ?? []).some(
    (extension) =>
      (extension.url === INTERPRETER && extension.valueBoolean === true) ||
      (extension.url === US_CORE_INTERPRETER && extension.valueCoding?.code === SNOMED_YES),
  );
  const age = ageOn(patient.birthDate, today);
  return {
    name: nameOf(patient),
    birthDate: patient.birthDate,
    age,
    sex: patient.gender,
    medicalRecordNumber: medicalRecordNumber(patient),
    ...placeOf(patient),
    // Eligibility by age follows the directory's own split of practices into adults and children.
    group: age !== undefined && age < 18 ? 'child' : 'adult',
    languages: language && !/^en\b/i.test(language) ? [language] : [],
    interpreterRequired,
    ...recordState(resource),
  };
}
