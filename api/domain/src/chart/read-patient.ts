import { ageInMonths, ageInYears, datePart } from '../fhir/date.ts';
import { codeOf, coding, concept, type FhirResource, list, object, refOf, text } from '../fhir/read.ts';
import type { Day } from '../instant.ts';
import type { PatientFacts } from './chart.ts';

// FHIR R4 core extension, and US Core 7+; the latter answers by code (SNOMED CT 373066001 yes, its display, or a plain "yes").
const INTERPRETER_REQUIRED = 'http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired';
const INTERPRETER_NEEDED = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-interpreter-needed';

function needsInterpreter(resource: FhirResource): boolean {
  return list(resource['extension']).some((extension) => {
    const url = text(extension['url']);
    if (url === INTERPRETER_REQUIRED) return extension['valueBoolean'] === true;
    if (url !== INTERPRETER_NEEDED) return false;
    const answer = coding(extension['valueCoding']);
    return answer.code === '373066001' || /^yes\b/i.test(answer.display ?? '') || /^(?:y|yes)$/i.test(answer.code ?? '');
  });
}

/** What a note may say of who the patient is: family name, age, sex, language. Nothing that identifies further is read. */
export function readPatient(resource: FhirResource, today: Day): PatientFacts | undefined {
  const ref = refOf(resource);
  if (!ref) return undefined;
  const names = list(resource['name']).filter((name) => name['use'] !== 'old' && name['use'] !== 'nickname');
  const name = names.find((one) => one['use'] === 'official') ?? names.find((one) => one['use'] === 'usual') ?? names[0] ?? {};
  const prefixes = Array.isArray(name['prefix']) ? name['prefix'].map(text) : [];
  const spoken = list(resource['communication']);
  const preferred = spoken.find((one) => one['preferred'] === true) ?? (spoken.length === 1 ? spoken[0] : undefined);
  const birthDate = datePart(resource['birthDate']);
  const sex = text(resource['gender']);
  return {
    ref,
    prefix: prefixes[0] ?? '',
    family: text(name['family']),
    birthDate,
    age: ageInYears(birthDate, today),
    ageMonths: ageInMonths(birthDate, today),
    sex: sex === 'female' || sex === 'male' ? sex : '',
    language: languageName(preferred ? preferred['language'] : undefined),
    needsInterpreter: needsInterpreter(resource),
  };
}

// ISO 639-1 names for charts that send the bare tag.
const LANGUAGES: Readonly<Record<string, string>> = {
  ar: 'Arabic',
  de: 'German',
  en: 'English',
  es: 'Spanish',
  fa: 'Persian',
  fr: 'French',
  hi: 'Hindi',
  ht: 'Haitian Creole',
  hy: 'Armenian',
  it: 'Italian',
  ja: 'Japanese',
  km: 'Khmer',
  ko: 'Korean',
  pl: 'Polish',
  pt: 'Portuguese',
  ru: 'Russian',
  so: 'Somali',
  tl: 'Tagalog',
  uk: 'Ukrainian',
  ur: 'Urdu',
  vi: 'Vietnamese',
  zh: 'Chinese',
};

/** "Spanish" from a communication language; the tag itself when neither text, display nor our table names it. */
function languageName(value: unknown): string {
  const read = concept(value);
  const tag = codeOf(value);
  const fromTag = LANGUAGES[tag.toLowerCase().split('-')[0] ?? ''];
  const named = read.text !== tag ? read.text : '';
  return (fromTag ?? named.replace(/ \(.*\)$/, '')) || tag || text(object(value)['text']);
}
