/** Laboratory results, scores and diagnostic reports. */
import type { Attachment, CodeableConcept, DiagnosticReport, Observation, ObservationReferenceRange, Resource } from '@medplum/fhirtypes';
import { notePdf } from '../players/note-pdf.ts';
import type { ChartContext } from './chart-context.ts';
import { checkedCode, coding, concept } from './codes.ts';
import { type Analyte, analyteOf, calculatedLdl, estimatedFiltrationRate, panels, printedName, usualWords } from './laboratory.ts';
import { syntheticPicture } from './picture.ts';
import { laboratoryReference, practiceReference } from './practice.ts';
import { metaFor } from './resource-meta.ts';
import type { PanelResult, Range, Report, ReportSection, SingleResult } from './scenario.ts';

const INTERPRETATION = 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation';
const CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category';
const ADULT_AGE = 18;

type Value = SingleResult['value'];
type Kind = 'laboratory' | 'survey' | 'procedure';

/** Scores are surveys, spirometry is a procedure, everything else comes from the laboratory. */
const kinds: Readonly<Record<string, Kind>> = {
  '44261-6': 'survey',
  '75626-2': 'survey',
  '72172-0': 'survey',
  '72514-3': 'survey',
  '20150-9': 'procedure',
  '19868-9': 'procedure',
  '19926-5': 'procedure',
};

const profiles: Readonly<Record<Kind, string>> = {
  laboratory: 'us-core-observation-lab',
  survey: 'us-core-observation-screening-assessment',
  procedure: 'us-core-observation-clinical-result',
};

const categories: Readonly<Record<Kind, CodeableConcept>> = {
  laboratory: { coding: [{ system: CATEGORY, code: 'laboratory', display: 'Laboratory' }] },
  survey: { coding: [{ system: CATEGORY, code: 'survey', display: 'Survey' }] },
  procedure: { coding: [{ system: CATEGORY, code: 'procedure', display: 'Procedure' }] },
};

/** UCUM code to what a report prints. */
const printedUnits: Readonly<Record<string, string>> = {
  '10*3/uL': 'K/uL',
  'mL/min/{1.73_m2}': 'mL/min/1.73 m2',
  'ng/mL{FEU}': 'ng/mL FEU',
  'mg/g{creat}': 'mg/g',
  '{INR}': 'INR',
  '{score}': 'points',
  '{nominal}': '',
  'm[IU]/L': 'mIU/L',
  '[IU]/mL': 'IU/mL',
  '[IU]/L': 'IU/L',
  "[arb'U]/mL": 'U/mL',
};

const interpretation = (code: 'H' | 'L' | 'N' | 'A', display: string): CodeableConcept[] => [
  { coding: [{ system: INTERPRETATION, code, display }] },
];

function intervalOf(analyte: Analyte, sex: 'female' | 'male'): { usual: Range; reference?: { low?: number; high?: number } } {
  return sex === 'female' && analyte.female ? analyte.female : analyte;
}

function interpretationOf(value: number, reference: { low?: number; high?: number } | undefined): CodeableConcept[] | undefined {
  if (!reference) return undefined;
  if (reference.high !== undefined && value > reference.high) return interpretation('H', 'High');
  if (reference.low !== undefined && value < reference.low) return interpretation('L', 'Low');
  return interpretation('N', 'Normal');
}

function observation(context: ChartContext, loinc: string, daysAgo: number, kind: Kind): Observation {
  const atVisit = daysAgo === 1;
  return {
    resourceType: 'Observation',
    id: context.id('result'),
    meta: metaFor(profiles[kind]),
    status: 'final',
    category: [categories[kind]],
    code: concept('loinc', loinc, printedName(loinc)),
    subject: context.patient,
    ...(atVisit ? { encounter: context.visit } : {}),
    effectiveDateTime: context.moment(daysAgo, atVisit ? '13:10' : '14:20'),
    issued: context.moment(daysAgo, atVisit ? '13:10' : '20:45'),
    performer: [kind === 'laboratory' ? laboratoryReference : context.clinician],
  };
}

function remember(context: ChartContext, loinc: string, daysAgo: number, text: string): void {
  const known = context.newest.get(loinc);
  if (!known || daysAgo < known.daysAgo) context.newest.set(loinc, { daysAgo, text });
}

function inWords(context: ChartContext, loinc: string, daysAgo: number, value: { text: string; abnormal: boolean }): Observation {
  remember(context, loinc, daysAgo, value.text.toLowerCase());
  return {
    ...observation(context, loinc, daysAgo, kinds[loinc] ?? 'laboratory'),
    valueCodeableConcept: { text: value.text },
    interpretation: value.abnormal ? interpretation('A', 'Abnormal') : interpretation('N', 'Normal'),
  };
}

function inNumbers(context: ChartContext, loinc: string, daysAgo: number, value: number): Observation {
  const analyte = analyteOf(loinc);
  const { reference } = intervalOf(analyte, context.member.sex);
  const unit = checkedCode('loinc', loinc).unit ?? '1';
  const printed = printedUnits[unit] ?? unit;
  const measured = (amount: number) => ({
    value: amount,
    ...(printed === '' ? {} : { unit: printed }),
    system: 'http://unitsofmeasure.org',
    code: unit,
  });
  remember(context, loinc, daysAgo, unit === '{score}' || unit === '{INR}' ? String(value) : `${value} ${printed}`.trim());
  const range: ObservationReferenceRange | undefined = reference && {
    ...(reference.low === undefined ? {} : { low: measured(reference.low) }),
    ...(reference.high === undefined ? {} : { high: measured(reference.high) }),
  };
  const judged = interpretationOf(value, reference);
  return {
    ...observation(context, loinc, daysAgo, kinds[loinc] ?? 'laboratory'),
    valueQuantity: measured(value),
    ...(judged ? { interpretation: judged } : {}),
    ...(range ? { referenceRange: [range] } : {}),
  };
}

const isRange = (value: Value): value is Range => Array.isArray(value);

function draw(context: ChartContext, loinc: string, value: Value | undefined): number | { text: string; abnormal: boolean } {
  if (value !== undefined && !isRange(value)) return value;
  if (value === undefined && usualWords[loinc] !== undefined) return { text: usualWords[loinc], abnormal: false };
  const analyte = analyteOf(loinc);
  const [low, high] = value ?? intervalOf(analyte, context.member.sex).usual;
  return context.random.decimal(low, high, analyte.digits);
}

const single = (context: ChartContext, entry: SingleResult): Observation => {
  const drawn = draw(context, entry.loinc, entry.value);
  return typeof drawn === 'number'
    ? inNumbers(context, entry.loinc, entry.daysAgo, drawn)
    : inWords(context, entry.loinc, entry.daysAgo, drawn);
};

/** What one member of a panel follows from others: hematocrit, estimated filtration rate, calculated LDL. */
function derived(context: ChartContext, loinc: string, drawn: ReadonlyMap<string, number>): number | undefined {
  const of = (code: string): number | undefined => drawn.get(code);
  switch (loinc) {
    case '4544-3': {
      const hemoglobin = of('718-7');
      return hemoglobin === undefined ? undefined : Number((hemoglobin * 3).toFixed(1));
    }
    case '98979-8': {
      const creatinine = of('2160-0');
      return creatinine === undefined ? undefined : estimatedFiltrationRate(creatinine, context.member.age, context.member.sex);
    }
    case '13457-7': {
      const [total, hdl, triglycerides] = [of('2093-3'), of('2085-9'), of('2571-8')];
      return total === undefined || hdl === undefined || triglycerides === undefined ? undefined : calculatedLdl(total, hdl, triglycerides);
    }
    default:
      return undefined;
  }
}

function panel(context: ChartContext, entry: PanelResult): Resource[] {
  const members = panels[entry.panel];
  if (!members) throw new Error(`laboratory.ts does not say what panel ${entry.panel} is made of.`);
  const drawn = new Map<string, number>();
  const observations: Observation[] = [];
  for (const loinc of members) {
    if (loinc === '98979-8' && context.member.age < ADULT_AGE) continue;
    const value = derived(context, loinc, drawn) ?? draw(context, loinc, entry.values?.[loinc]);
    if (typeof value === 'number') {
      drawn.set(loinc, value);
      observations.push(inNumbers(context, loinc, entry.daysAgo, value));
    } else {
      observations.push(inWords(context, loinc, entry.daysAgo, value));
    }
  }
  const report: DiagnosticReport = {
    resourceType: 'DiagnosticReport',
    id: context.id('panel'),
    meta: metaFor('us-core-diagnosticreport-lab'),
    status: 'final',
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'LAB', display: 'Laboratory' }] }],
    code: concept('loinc', entry.panel, printedName(entry.panel)),
    subject: context.patient,
    effectiveDateTime: context.moment(entry.daysAgo, '14:20'),
    issued: context.moment(entry.daysAgo, '20:45'),
    performer: [laboratoryReference],
    result: observations.map((member) => ({ reference: `Observation/${member.id ?? ''}`, display: member.code.text ?? '' })),
  };
  return [...observations, report];
}

/** HL7 v2 table 0074, and US Core's own category where it has one. */
const sections: Readonly<Record<ReportSection, { code: string; display: string; loinc?: string }>> = {
  radiology: { code: 'RAD', display: 'Radiology', loinc: 'LP29684-5' },
  cardiology: { code: 'EC', display: 'Electrocardiac (e.g., EKG,  EEC, Holter)', loinc: 'LP29708-2' },
  pathology: { code: 'SP', display: 'Surgical Pathology', loinc: 'LP7839-6' },
  endoscopy: { code: 'OTH', display: 'Other' },
  audiology: { code: 'AU', display: 'Audiology' },
  'pulmonary-function': { code: 'PF', display: 'Pulmonary Function' },
  sleep: { code: 'EN', display: 'Electroneuro (EEG, EMG,EP,PSG)' },
  neurophysiology: { code: 'EN', display: 'Electroneuro (EEG, EMG,EP,PSG)' },
};

/** Of an X-ray or a scan a picture; of a heart's tracing the page that somebody scanned. */
function asFile(id: string, { section, title }: Report): Attachment[] {
  if (section === 'radiology') return [{ contentType: 'image/png', data: syntheticPicture(id).toString('base64'), title }];
  if (section !== 'cardiology') return [];
  const page = notePdf([title, '', 'SYNTHETIC: this page stands for a tracing and shows none.']);
  return [{ contentType: 'application/pdf', data: Buffer.from(page).toString('base64'), title }];
}

function report(context: ChartContext, entry: Report): DiagnosticReport {
  const section = sections[entry.section];
  const text = `${entry.title}\n\nConclusion: ${entry.conclusion}\n`;
  const id = context.id('report');
  return {
    resourceType: 'DiagnosticReport',
    id,
    meta: metaFor('us-core-diagnosticreport-note'),
    status: 'final',
    category: [
      ...(section.loinc ? [{ coding: [coding('loinc', section.loinc)] }] : []),
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: section.code, display: section.display }] },
    ],
    code: { coding: [coding('loinc', entry.loinc)], text: entry.title },
    subject: context.patient,
    effectiveDateTime: context.moment(entry.daysAgo, entry.daysAgo === 1 ? '13:15' : '15:00'),
    issued: context.moment(entry.daysAgo, entry.daysAgo === 1 ? '13:25' : '19:30'),
    performer: [entry.section === 'pathology' ? laboratoryReference : practiceReference],
    conclusion: entry.conclusion,
    presentedForm: [
      { contentType: 'text/plain', data: Buffer.from(text, 'utf8').toString('base64'), title: entry.title },
      ...asFile(id, entry),
    ],
  };
}

/** All results and reports of a chart; as they are made, the newest of each is kept for the note. */
export const resultsOf = (context: ChartContext): Resource[] => [
  ...context.scenario.panels.flatMap((entry) => panel(context, entry)),
  ...context.scenario.results.map((entry) => single(context, entry)),
  ...context.scenario.reports.map((entry) => report(context, entry)),
];
