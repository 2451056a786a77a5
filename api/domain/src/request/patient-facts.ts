/** What the banner and matching need of the Patient resource. */
import { type Json, list, number, object } from '../fhir/read.ts';
import { type RecordState, recordState } from '../fhir/record-state.ts';

export type PatientFacts = {
  name: string;
  birthDate: string | undefined;
  /** Whole years on the day given; undefined without a complete birth date. */
  age: number | undefined;
  sex: string | undefined;
  medicalRecordNumber: string | undefined;
  place: { latitude: number; longitude: number } | { zip: string } | null;
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

const written = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

export function ageOn(birthDate: string | undefined, today: string): number | undefined {
  const born = /^(\d{4})-(\d{2})-(\d{2})$/.exec(birthDate ?? '');
  const on = /^(\d{4})-(\d{2})-(\d{2})/.exec(today);
  if (!born || !on) return undefined;
  const years = Number(on[1]) - Number(born[1]);
  const beforeBirthday = `${on[2]}${on[3]}` < `${born[2]}${born[3]}`;
  return beforeBirthday ? years - 1 : years;
}

const within = (value: number | undefined, most: number): value is number => value !== undefined && Math.abs(value) <= most;

function placeOf(patient: Json): Pick<PatientFacts, 'place' | 'placeBasis'> {
  const addresses = list(patient['address']).filter((address) => address['use'] !== 'old' && address['use'] !== 'billing');
  const address = addresses.find((each) => each['use'] === 'home') ?? addresses[0] ?? {};
  const position = list(list(address['extension']).find((extension) => extension['url'] === GEOLOCATION)?.['extension']);
  const degrees = (name: string): number | undefined => number(position.find((part) => part['url'] === name)?.['valueDecimal']);
  const [latitude, longitude] = [degrees('latitude'), degrees('longitude')];
  if (within(latitude, 90) && within(longitude, 180)) return { place: { latitude, longitude }, placeBasis: 'address' };
  const zip = /^\d{5}/.exec(written(address['postalCode']) ?? '')?.[0];
  return zip ? { place: { zip }, placeBasis: 'zip' } : { place: null, placeBasis: 'none' };
}

function nameOf(patient: Json): string {
  const names = list(patient['name']);
  const name = names.find((each) => each['use'] === 'official') ?? names[0] ?? {};
  const given: unknown[] = Array.isArray(name['given']) ? name['given'] : [];
  const spelled = [written(name['family']), given.flatMap((each) => written(each) ?? []).join(' ')].filter(Boolean).join(', ');
  return spelled || written(name['text']) || 'Name not recorded';
}

function medicalRecordNumber(patient: Json): string | undefined {
  const found = list(patient['identifier']).find((each) => list(object(each['type'])['coding']).some((coding) => coding['code'] === 'MR'));
  return written(found?.['value']);
}

function languageOf(patient: Json): string | undefined {
  const communications = list(patient['communication']);
  const preferred = communications.find((each) => each['preferred'] === true) ?? communications[0] ?? {};
  const codings = list(object(preferred['language'])['coding']);
  return written(codings.find((coding) => coding['system'] === 'urn:ietf:bcp:47')?.['code']) ?? written(codings[0]?.['code']);
}

/**
 * @param patient a Patient as it came; what is not of its shape reads as absent
 * @param today the day ages are counted on, `2026-11-20`
 */
export function patientFacts(patient: Json, today: string): PatientFacts {
  const language = languageOf(patient);
  const birthDate = written(patient['birthDate']);
  const age = ageOn(birthDate, today);
  return {
    name: nameOf(patient),
    birthDate,
    age,
    sex: written(patient['gender']),
    medicalRecordNumber: medicalRecordNumber(patient),
    ...placeOf(patient),
    // Eligibility by age follows the directory's own split of practices into adults and children.
    group: age !== undefined && age < 18 ? 'child' : 'adult',
    languages: language && !/^en\b/i.test(language) ? [language] : [],
    interpreterRequired: list(patient['extension']).some(
      (extension) =>
        (extension['url'] === INTERPRETER && extension['valueBoolean'] === true) ||
        (extension['url'] === US_CORE_INTERPRETER && object(extension['valueCoding'])['code'] === SNOMED_YES),
    ),
    ...recordState(patient),
  };
}
