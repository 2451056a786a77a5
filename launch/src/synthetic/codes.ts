/**
 * Every clinical code a synthetic chart may use, with its display and where it was looked up. A chart that asks for
 * another code is refused, so no code can come in unchecked.
 */
import { readFileSync } from 'node:fs';
import type { CodeableConcept, Coding } from '@medplum/fhirtypes';
import { SPECIALTIES } from '@refloop/domain/clinical/specialty';

export type CodeSystem = 'icd10cm' | 'loinc' | 'rxnorm' | 'snomed';

export const systemUris: Readonly<Record<CodeSystem, string>> = {
  icd10cm: 'http://hl7.org/fhir/sid/icd-10-cm',
  loinc: 'http://loinc.org',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  snomed: 'http://snomed.info/sct',
};

export type CheckedCode = { code: string; display: string /** UCUM, for LOINC codes that are measured. */; unit?: string; source: string };

/** Reads one line of RFC 4180 CSV; the tables hold no line breaks inside a field. */
function fieldsOf(line: string): string[] {
  const fields: string[] = [];
  for (const match of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)) {
    fields.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'));
  }
  return fields;
}

function read(system: CodeSystem): Map<string, CheckedCode> {
  const [header = '', ...lines] = readFileSync(new URL(`./codes/${system}.csv`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  const columns = fieldsOf(header);
  const codes = new Map<string, CheckedCode>();
  for (const line of lines) {
    const row = Object.fromEntries(fieldsOf(line).map((field, index) => [columns[index] ?? '', field]));
    const { code = '', display = '', unit = '', source = '' } = row;
    codes.set(code, { code, display, source, ...(unit === '' ? {} : { unit }) });
  }
  return codes;
}

const tables: Readonly<Record<CodeSystem, ReadonlyMap<string, CheckedCode>>> = {
  icd10cm: read('icd10cm'),
  loinc: read('loinc'),
  rxnorm: read('rxnorm'),
  snomed: read('snomed'),
};

/** The whole table of one code system, by code. */
export const checkedCodes = (system: CodeSystem): ReadonlyMap<string, CheckedCode> => tables[system];

/** @throws Error naming system and code when the code is not in the table. */
export function checkedCode(system: CodeSystem, code: string): CheckedCode {
  const found = tables[system].get(code);
  if (!found)
    throw new Error(`${system} ${code} is not in codes/${system}.csv; look it up in a published source and add it with that source.`);
  return found;
}

export function coding(system: CodeSystem, code: string): Coding {
  return { system: systemUris[system], code, display: checkedCode(system, code).display };
}

/** A concept of one checked code; `text` is what people read, by default the code's display. */
export function concept(system: CodeSystem, code: string, text?: string): CodeableConcept {
  const coded = coding(system, code);
  return { coding: [coded], text: text ?? coded.display ?? code };
}

const GENERAL_REFERRAL = '103696004';

/** The order code of a referral to a specialty; without one, "Patient referral to specialist". */
export function referralConcept(specialtyId: string | undefined): CodeableConcept {
  const specialty = SPECIALTIES.find((candidate) => candidate.id === specialtyId);
  if (specialtyId !== undefined && !specialty) throw new Error(`No specialty "${specialtyId}" in the domain's specialties.json.`);
  if (!specialty) return concept('snomed', GENERAL_REFERRAL);
  const { code, display } = specialty.referral;
  return { coding: [{ system: systemUris.snomed, code, display }], text: `Referral to ${specialty.name.toLowerCase()}` };
}

/** The LOINC document type of a specialty's consult note. */
export function consultNoteConcept(specialtyId: string): CodeableConcept {
  const specialty = SPECIALTIES.find((candidate) => candidate.id === specialtyId);
  if (!specialty) throw new Error(`No specialty "${specialtyId}" in the domain's specialties.json.`);
  const { code, display } = specialty.consultNote;
  return { coding: [{ system: systemUris.loinc, code, display }], text: display };
}
