/** How the chart says what FHIR holds: names, codes, dates, quantities, as text. Pure. */
import type { CodeableConcept, HumanName, Identifier, Observation, Patient, Period, Quantity, Range, Reference } from '@medplum/fhirtypes';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A FHIR date or instant as "9 Apr 1961", "Apr 1961" or "1961", as exact as it is; the time of day is left out. */
export function dateText(value: string | undefined): string {
  const match = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?/.exec(value ?? '');
  if (!match) return '';
  const [, year = '', month, day] = match;
  if (month === undefined) return year;
  const name = MONTHS[Number(month) - 1] ?? month;
  return day === undefined ? `${name} ${year}` : `${Number(day)} ${name} ${year}`;
}

/** A FHIR instant as "20 Nov 2026, 11:30 UTC"; a date alone stays a date. */
export function timeText(value: string | undefined): string {
  if (value === undefined || !/T\d{2}:\d{2}/.test(value)) return dateText(value);
  const instant = new Date(value);
  if (Number.isNaN(instant.getTime())) return '';
  const iso = instant.toISOString();
  return `${dateText(iso)}, ${iso.slice(11, 16)} UTC`;
}

export function periodText(period: Period | undefined): string {
  if (!period) return '';
  const [start, end] = [dateText(period.start), dateText(period.end)];
  if (start !== '' && start === end) return start;
  if (start === '') return end === '' ? '' : `until ${end}`;
  return end === '' ? `from ${start}` : `${start} to ${end}`;
}

/** Whole years between a birth date and a day; undefined where the date is not a full one. */
export function ageInYears(birthDate: string | undefined, on: Date): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(birthDate ?? '');
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const before = on.getUTCMonth() + 1 < month || (on.getUTCMonth() + 1 === month && on.getUTCDate() < day);
  return on.getUTCFullYear() - year - (before ? 1 : 0);
}

/** "9 Apr 1961 (65 y)"; under two years the age is in months, as a growth chart has it. */
export function birthDateAndAge(patient: Patient, on: Date): string {
  const date = dateText(patient.birthDate);
  if (date === '') return 'date of birth not recorded';
  if (patient.deceasedBoolean === true || patient.deceasedDateTime !== undefined) return `${date} (deceased)`;
  const years = ageInYears(patient.birthDate, on);
  if (years === undefined) return date;
  if (years >= 2) return `${date} (${years} y)`;
  const born = new Date(`${patient.birthDate}T00:00:00Z`);
  const months =
    (on.getUTCFullYear() - born.getUTCFullYear()) * 12 +
    on.getUTCMonth() -
    born.getUTCMonth() -
    (on.getUTCDate() < born.getUTCDate() ? 1 : 0);
  return `${date} (${months} mo)`;
}

/** The name as its parts say, else its text. Family first, as a patient list is read. */
export function nameText(names: HumanName[] | undefined): string {
  const name = names?.find((one) => one.use === 'official') ?? names?.find((one) => one.use !== 'old') ?? names?.[0];
  if (!name) return 'Name not recorded';
  const given = (name.given ?? []).join(' ');
  if (name.family) return given === '' ? name.family : `${name.family}, ${given}`;
  return name.text ?? (given === '' ? 'Name not recorded' : given);
}

export const patientName = (patient: Patient): string => nameText(patient.name);

/** A person as colleagues write them: "Maren Oduya, MD". */
export function professionalName(names: HumanName[] | undefined): string | undefined {
  const name = names?.[0];
  if (!name) return undefined;
  const spoken = [...(name.given ?? []), name.family].filter((part) => part !== undefined).join(' ');
  return spoken === '' ? name.text : [spoken, ...(name.suffix ?? [])].join(', ');
}

const isRecordNumber = (identifier: Identifier): boolean => (identifier.type?.coding ?? []).some((coding) => coding.code === 'MR');

/** The medical record number: the identifier typed MR, else the first with a value. */
export function recordNumber(patient: Patient): string | undefined {
  return (patient.identifier?.find(isRecordNumber) ?? patient.identifier?.find((identifier) => identifier.value !== undefined))?.value;
}

/** What a concept is called: its text, else a display, else its code. */
export function conceptText(concept: CodeableConcept | undefined): string {
  if (!concept) return '';
  const displayed = concept.coding?.find((coding) => coding.display !== undefined);
  return concept.text ?? displayed?.display ?? concept.coding?.[0]?.code ?? '';
}

export const conceptsText = (concepts: CodeableConcept[] | undefined): string =>
  (concepts ?? [])
    .map(conceptText)
    .filter((text) => text !== '')
    .join(', ');

/** The code of a concept in the first of these systems that it has, such as "I50.9". */
export const codeIn = (concept: CodeableConcept | undefined, ...systems: string[]): string | undefined =>
  systems.flatMap((system) => concept?.coding?.find((coding) => coding.system === system)?.code ?? [])[0];

export const ICD_10_CM = 'http://hl7.org/fhir/sid/icd-10-cm';

export function quantityText(quantity: Quantity | undefined): string {
  if (quantity?.value === undefined) return '';
  return [`${quantity.comparator ?? ''}${quantity.value}`, quantity.unit ?? quantity.code].filter((part) => part !== undefined).join(' ');
}

/** "135 to 145 mmol/L"; with one bound "60 mL/min or more". */
function rangeText(range: Range | undefined): string {
  const { low, high } = range ?? {};
  if (low?.value === undefined) return high?.value === undefined ? '' : `${quantityText(high)} or less`;
  if (high?.value === undefined) return `${quantityText(low)} or more`;
  return low.unit === high.unit ? `${low.value} to ${quantityText(high)}` : `${quantityText(low)} to ${quantityText(high)}`;
}

type ObservedValue = Pick<
  Observation,
  | 'valueQuantity'
  | 'valueCodeableConcept'
  | 'valueString'
  | 'valueBoolean'
  | 'valueInteger'
  | 'valueRange'
  | 'valueDateTime'
  | 'valueTime'
  | 'dataAbsentReason'
>;

function valueText(observed: ObservedValue): string {
  if (observed.valueQuantity) return quantityText(observed.valueQuantity);
  if (observed.valueCodeableConcept) return conceptText(observed.valueCodeableConcept);
  if (observed.valueString !== undefined) return observed.valueString;
  if (observed.valueBoolean !== undefined) return observed.valueBoolean ? 'yes' : 'no';
  if (observed.valueInteger !== undefined) return String(observed.valueInteger);
  if (observed.valueRange) return rangeText(observed.valueRange);
  if (observed.valueDateTime !== undefined) return dateText(observed.valueDateTime);
  if (observed.valueTime !== undefined) return observed.valueTime;
  return observed.dataAbsentReason ? `not recorded: ${conceptText(observed.dataAbsentReason)}` : '';
}

const BLOOD_PRESSURE = { panel: '85354-9', systolic: '8480-6', diastolic: '8462-4' };

/** The value of a result with its unit; a panel as its parts, blood pressure as it is spoken. LOINC codes: 85354-9, 8480-6, 8462-4. */
export function resultText(observation: Observation): string {
  const components = observation.component ?? [];
  if (components.length === 0) return valueText(observation);
  const part = (code: string) => components.find((one) => codeIn(one.code, 'http://loinc.org') === code)?.valueQuantity;
  const [systolic, diastolic] = [part(BLOOD_PRESSURE.systolic), part(BLOOD_PRESSURE.diastolic)];
  if (systolic?.value !== undefined && diastolic?.value !== undefined) {
    return `${systolic.value}/${diastolic.value} ${systolic.unit ?? systolic.code ?? ''}`.trim();
  }
  return components.map((one) => `${conceptText(one.code)} ${valueText(one)}`).join('; ');
}

/** HL7 v3 ObservationInterpretation, the codes a laboratory flags with. */
const FLAGS: Record<string, string> = {
  H: 'High',
  HH: 'Critically high',
  HU: 'High',
  L: 'Low',
  LL: 'Critically low',
  LU: 'Low',
  A: 'Abnormal',
  AA: 'Critical',
  POS: 'Positive',
};

/** The flag of a result in words, or undefined for a normal one or none. */
export function flagText(observation: Observation): string | undefined {
  const codes = (observation.interpretation ?? []).flatMap((concept) => concept.coding?.map((coding) => coding.code ?? '') ?? []);
  return codes.flatMap((code) => FLAGS[code] ?? [])[0];
}

export const referenceRangeText = (observation: Observation): string => {
  const range = observation.referenceRange?.[0];
  return range ? (range.text ?? rangeText(range)) : '';
};

/** The id a relative or versioned reference names, if it is of this type. */
export const idIn = (reference: Reference | undefined, resourceType: string): string | undefined =>
  new RegExp(`(?:^|/)${resourceType}/([A-Za-z0-9.-]{1,64})(?:/_history/[^/]+)?$`).exec(reference?.reference ?? '')?.[1];
