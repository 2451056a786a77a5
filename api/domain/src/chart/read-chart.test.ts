import { describe, expect, test } from 'vitest';
import { type FhirResource, LOINC, RXNORM, SNOMED } from '../fhir/read.ts';
import { readChart } from './read-chart.ts';

const TODAY = '2026-11-20';
const subject = { reference: 'Patient/p' };
const chartOf = (...resources: readonly object[]) => readChart(resources as readonly FhirResource[], { patientId: 'p', today: TODAY });
const active = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] };
const base64 = (words: string) => Buffer.from(words, 'utf8').toString('base64');

describe('whose it is', () => {
  const mine = { resourceType: 'Condition', id: 'c', clinicalStatus: active, code: { text: 'Asthma' } };
  test.each([
    { reference: 'Patient/p' },
    { reference: 'https://ehr.example/r4/Patient/p' },
    { reference: 'urn:uuid:p' },
    { reference: 'Patient/p/_history/3' },
  ])('%j is this patient', (aim) => {
    expect(chartOf({ ...mine, subject: aim }).problems).toHaveLength(1);
  });

  test('another’s, nobody’s and nameless resources are refused by name and nothing of them is read', () => {
    const chart = chartOf(
      { ...mine, subject: { reference: 'Patient/other' } },
      { ...mine, id: 'd' },
      { ...mine, id: undefined, subject },
      { resourceType: 'Patient', id: 'other', name: [{ family: 'Else' }] },
      { resourceType: 'Coverage', id: 'cov', status: 'active', beneficiary: { reference: 'Patient/other' } },
      {},
    );
    expect(chart.problems).toEqual([]);
    expect(chart.patient).toBeUndefined();
    expect(chart.coverage).toEqual([]);
    expect(chart.refused).toEqual([
      { reference: '', kind: 'not-fhir', why: 'it is not a FHIR resource' },
      { reference: 'Condition/', kind: 'no-id', why: 'it has no id, so nothing could be traced to it' },
      { reference: 'Condition/c', kind: 'another-patient', why: 'it belongs to another patient' },
      { reference: 'Condition/d', kind: 'no-patient', why: 'it does not say whose it is' },
      { reference: 'Coverage/cov', kind: 'another-patient', why: 'it belongs to another patient' },
      { reference: 'Patient/other', kind: 'another-patient', why: 'it belongs to another patient' },
    ]);
  });
});

describe('patient', () => {
  const patient = (more: object) => chartOf({ resourceType: 'Patient', id: 'p', ...more }).patient;

  test('family name, prefix, age, sex, preferred language; no other identifier', () => {
    const read = patient({
      identifier: [{ value: 'MRN-1' }],
      name: [
        { use: 'old', family: 'Before' },
        { use: 'official', family: 'Delgado', given: ['Rosa'], prefix: ['Mrs.'] },
      ],
      telecom: [{ value: '555-0100' }],
      birthDate: '1968-11-21',
      gender: 'female',
      communication: [
        { language: { coding: [{ code: 'en' }] } },
        { preferred: true, language: { coding: [{ code: 'es-MX', display: 'Spanish (Mexico)' }] } },
      ],
      extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired', valueBoolean: true }],
    });
    expect(read).toEqual({
      ref: { type: 'Patient', id: 'p' },
      prefix: 'Mrs.',
      family: 'Delgado',
      birthDate: '1968-11-21',
      age: 57,
      ageMonths: 695,
      sex: 'female',
      language: 'Spanish',
      needsInterpreter: true,
    });
  });

  test.each([
    ['1968-11-20', 58],
    ['2026-11-20', 0],
    ['1968', undefined],
    ['2030-01-01', undefined],
    ['not a date', undefined],
  ])('born %s is %s', (birthDate, age) => {
    expect(patient({ birthDate })?.age).toBe(age);
  });

  test.each([
    [{ code: '373066001', system: SNOMED }, true],
    [{ code: 'Y', display: 'Yes' }, true],
    [{ code: '373067005', system: SNOMED, display: 'No' }, false],
  ])('US Core interpreter needed %j is %s', (valueCoding, needed) => {
    expect(
      patient({ extension: [{ url: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-interpreter-needed', valueCoding }] })
        ?.needsInterpreter,
    ).toBe(needed);
  });
});

describe('problems', () => {
  const problem = (id: string, more: object) => ({ resourceType: 'Condition', id, code: { text: id }, subject, ...more });
  const status = (code: string) => ({ clinicalStatus: { coding: [{ code }] } });

  test('active and past apart, refuted gone, newest onset first', () => {
    const chart = chartOf(
      problem('old', { ...status('active'), onsetDateTime: '2019' }),
      problem('new', { ...status('recurrence'), onsetDateTime: '2026-08-10T10:00:00-05:00' }),
      problem('resolved', status('resolved')),
      problem('remission', status('remission')),
      problem('abated', { abatementDateTime: '2020-01-01' }),
      problem('refuted', { ...status('active'), verificationStatus: { coding: [{ code: 'refuted' }] } }),
      problem('maybe', {
        ...status('active'),
        verificationStatus: { coding: [{ code: 'provisional' }] },
        onsetPeriod: { start: '2021-05' },
      }),
    );
    expect(chart.problems.map((one) => [one.name, one.onset, one.certainty])).toEqual([
      ['new', '2026-08-10', 'confirmed'],
      ['maybe', '2021-05', 'unconfirmed'],
      ['old', '2019', 'confirmed'],
    ]);
    expect(chart.pastProblems.map((one) => one.name)).toEqual(['abated', 'remission', 'resolved']);
  });

  test('a SNOMED name loses its hierarchy tag', () => {
    const chart = chartOf(
      problem('x', { ...status('active'), code: { coding: [{ system: SNOMED, code: '1', display: 'Otitis media (disorder)' }] } }),
    );
    expect(chart.problems[0]?.name).toBe('Otitis media');
  });
});

describe('medications', () => {
  const order = (id: string, more: object) => ({
    resourceType: 'MedicationRequest',
    id,
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: { text: id },
    subject,
    ...more,
  });

  test('only what is taken now', () => {
    const ended = { dosageInstruction: [{ timing: { repeat: { boundsPeriod: { end: '2026-10-01' } } } }] };
    const chart = chartOf(
      order('a-current', {}),
      order('b-stopped', { status: 'stopped' }),
      order('c-held', { status: 'on-hold' }),
      order('d-proposed', { intent: 'proposal' }),
      order('e-not-to-give', { doNotPerform: true }),
      order('f-ended', ended),
      order('g-reported', { intent: 'plan', reportedBoolean: true }),
      { resourceType: 'MedicationStatement', id: 'h', status: 'active', medicationCodeableConcept: { text: 'h-stated' }, subject },
      {
        resourceType: 'MedicationStatement',
        id: 'i',
        status: 'active',
        effectivePeriod: { end: '2020-01-01' },
        medicationCodeableConcept: { text: 'i' },
        subject,
      },
    );
    expect(chart.medications.map((one) => one.name)).toEqual(['a-current', 'g-reported', 'h-stated']);
  });

  test('a drug named by reference: in the chart, contained, or by display alone', () => {
    const chart = chartOf(
      {
        resourceType: 'Medication',
        id: 'm1',
        code: { coding: [{ system: RXNORM, code: '1364445', display: 'apixaban 5 MG Oral Tablet' }] },
      },
      order('1', { medicationCodeableConcept: undefined, medicationReference: { reference: 'Medication/m1' } }),
      order('2', {
        medicationCodeableConcept: undefined,
        medicationReference: { reference: '#in' },
        contained: [{ resourceType: 'Medication', id: 'in', code: { text: 'Contained drug' } }],
      }),
      order('3', { medicationCodeableConcept: undefined, medicationReference: { reference: 'Medication/gone', display: 'Named drug' } }),
      order('4', { medicationCodeableConcept: undefined }),
    );
    expect(chart.medications.map((one) => one.name)).toEqual(['apixaban 5 MG Oral Tablet', 'Contained drug', 'Named drug']);
  });

  test.each([
    [{ text: 'one tablet daily' }, 'one tablet daily'],
    [
      {
        doseAndRate: [{ doseQuantity: { value: 1, unit: 'tablet' } }],
        route: { text: 'Oral' },
        timing: { repeat: { frequency: 2, period: 1, periodUnit: 'd' } },
      },
      '1 tablet oral twice daily',
    ],
    [
      {
        doseAndRate: [{ doseQuantity: { value: 5, unit: 'mg' } }],
        timing: { repeat: { frequency: 1, period: 8, periodUnit: 'h' } },
        asNeededBoolean: true,
      },
      '5 mg every 8 hours as needed',
    ],
    [{ timing: { code: { text: 'At bedtime' } } }, 'At bedtime'],
    [{ text: 'daily for opioid use disorder' }, ''],
    [{}, ''],
  ])('dosage %j reads "%s"', (dosage, words) => {
    const chart = chartOf(order('x', { dosageInstruction: [dosage] }));
    expect(chart.medications[0]?.dosage ?? '').toBe(words);
  });
});

describe('allergies', () => {
  const allergy = (more: object) => ({ resourceType: 'AllergyIntolerance', id: 'a', patient: subject, ...more });

  test.each([
    { coding: [{ system: SNOMED, code: '716186003' }], text: 'Keine bekannt' },
    { coding: [{ system: SNOMED, code: '409137002', display: 'No known drug allergy' }] },
    { text: 'No known allergies' },
    { text: 'NKDA' },
    { coding: [{ system: 'http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips', code: 'no-known-allergies' }] },
  ])('%j says that none are known', (code) => {
    const chart = chartOf(allergy({ code }));
    expect(chart.allergies).toEqual([]);
    expect(chart.noKnownAllergies).toHaveLength(1);
  });

  test('reactions, severity, risk; inactive and refuted ones are none', () => {
    const chart = chartOf(
      allergy({
        code: { text: 'Amiodarone' },
        criticality: 'high',
        reaction: [{ manifestation: [{ text: 'Rash' }, { text: 'Rash' }], severity: 'moderate' }],
      }),
      allergy({ id: 'b', code: { text: 'Latex' }, clinicalStatus: { coding: [{ code: 'resolved' }] } }),
      allergy({ id: 'c', code: { text: 'Egg' }, verificationStatus: { coding: [{ code: 'refuted' }] } }),
    );
    expect(chart.allergies).toMatchObject([{ name: 'Amiodarone', reactions: ['Rash'], severity: 'moderate', highRisk: true }]);
    expect(chart.noKnownAllergies).toEqual([]);
  });
});

describe('results', () => {
  const result = (more: object) =>
    chartOf({
      resourceType: 'Observation',
      id: 'o',
      status: 'final',
      code: { text: 'Thing' },
      effectiveDateTime: '2026-10-02T08:00:00Z',
      subject,
      ...more,
    }).results[0];

  test.each([
    [{ valueQuantity: { value: 6.2, unit: '%' } }, '6.2 %'],
    [{ valueQuantity: { value: 0.28273538795, unit: '{T-score}' } }, 'about 0.28'],
    [{ valueQuantity: { value: 5, comparator: '<', unit: 'ng/mL' } }, '< 5 ng/mL'],
    [{ valueQuantity: { value: 5, code: 'mg/dL' } }, '5 mg/dL'],
    [{ valueCodeableConcept: { text: 'Positive' } }, 'Positive'],
    [{ valueString: 'Trace' }, 'Trace'],
    [{ valueInteger: 7 }, '7'],
    [{ valueBoolean: false }, 'no'],
    [{ valueRange: { low: { value: 1 }, high: { value: 2 } } }, '1 to 2'],
    [{ valueRatio: { numerator: { value: 1 }, denominator: { value: 80 } } }, '1 / 80'],
    [{ status: 'preliminary', valueString: 'Trace' }, 'Trace (preliminary)'],
  ])('%j reads "%s"', (value, words) => {
    expect(result(value)?.value).toBe(words);
  });

  test('blood pressure reads as everyone writes it', () => {
    const part = (code: string, value: number) => ({ code: { coding: [{ system: LOINC, code }] }, valueQuantity: { value, unit: 'mmHg' } });
    expect(result({ component: [part('8462-4', 86), part('8480-6', 138)] })?.value).toBe('138/86 mmHg');
  });

  test.each([
    { status: 'cancelled', valueString: 'x' },
    { dataAbsentReason: { text: 'unknown' } },
    { valueQuantity: { unit: 'mg' } },
    { code: {}, valueString: 'x' },
  ])('no result: %j', (value) => {
    expect(result(value)).toBeUndefined();
  });

  test.each([
    [{ interpretation: [{ coding: [{ code: 'HH' }] }] }, 'critically high', true],
    [{ interpretation: [{ coding: [{ code: 'L' }] }] }, 'low', false],
    [{ interpretation: [{ coding: [{ code: 'N' }] }], referenceRange: [{ high: { value: 1 } }] }, '', false],
    [{ referenceRange: [{ low: { value: 12 }, high: { value: 16 } }] }, 'below the reference limit of 12', false],
    [{ referenceRange: [{ high: { value: 8, unit: 'g/dL' } }] }, 'above the reference limit of 8', false],
    [{ referenceRange: [{ high: { value: 8, unit: 'g/L' } }] }, '', false],
    [{}, '', false],
  ])('flag of %j is "%s"', (more, flag, critical) => {
    expect(result({ valueQuantity: { value: 9, unit: 'g/dL' }, ...more })).toMatchObject({ flag, critical });
  });

  test('newest first, undated last, ties by reference', () => {
    const one = (id: string, date?: string) => ({
      resourceType: 'Observation',
      id,
      status: 'final',
      code: { text: id },
      valueString: 'x',
      effectiveDateTime: date,
      subject,
    });
    expect(chartOf(one('c', '2020-01-01'), one('none'), one('b', '2026-01-01'), one('a', '2026-01-01')).results.map((r) => r.name)).toEqual(
      ['a', 'b', 'c', 'none'],
    );
  });
});

describe('text of notes and reports', () => {
  test('plain text, HTML and UTF-8; links, PDFs and broken data have none', () => {
    const note = (id: string, attachment: object) => ({
      resourceType: 'DocumentReference',
      id,
      status: 'current',
      type: { text: 'Note' },
      date: `2026-01-0${id}`,
      content: [{ attachment }],
      subject,
    });
    const chart = chartOf(
      note('5', { contentType: 'text/plain; charset=utf-8', data: base64('Ángela says “café”. Second one.\n- Third') }),
      note('4', { contentType: 'text/html', data: base64('<p>Knee&nbsp;pain &amp; swelling.</p><p>Worse.</p><script>x()</script>') }),
      note('3', { contentType: 'application/pdf', data: base64('%PDF') }),
      note('2', { contentType: 'text/plain', data: '*** not base64 ***' }),
      note('1', { contentType: 'text/plain', url: 'https://ehr.example/Binary/1' }),
    );
    expect(chart.documents.map((one) => one.sentences)).toEqual([
      ['Ángela says “café”.', 'Second one.', 'Third'],
      ['Knee pain & swelling.', 'Worse.'],
      [],
      [],
      [],
    ]);
  });

  test('a report is imaging or laboratory by its category', () => {
    const report = (id: string, code: string) => ({
      resourceType: 'DiagnosticReport',
      id,
      status: 'final',
      code: { text: id },
      category: [{ coding: [{ code }] }],
      conclusion: 'No fracture. Mild swelling.',
      subject,
    });
    const chart = chartOf(report('a', 'RAD'), report('b', 'LAB'), report('c', 'LP29684-5'), report('d', 'GE'));
    expect(chart.reports.map((one) => [one.ref.id, one.kind])).toEqual([
      ['a', 'imaging'],
      ['b', 'laboratory'],
      ['c', 'imaging'],
      ['d', 'other'],
    ]);
    expect(chart.reports[0]?.sentences).toEqual(['No fracture.', 'Mild swelling.']);
  });
});

test('a report’s conclusion is read before its form, which repeats it', () => {
  const form = [{ contentType: 'text/plain', data: base64('Chest X-ray\nFindings: clear lungs.\nConclusion: Normal.') }];
  const report = { resourceType: 'DiagnosticReport', status: 'final', code: { text: 'Chest X-ray' }, presentedForm: form, subject };
  const chart = chartOf({ ...report, id: 'a', conclusion: 'Normal.' }, { ...report, id: 'b' });
  expect(chart.reports.map((one) => one.sentences)).toEqual([
    ['Normal.'],
    ['Chest X-ray', 'Findings: clear lungs.', 'Conclusion: Normal.'],
  ]);
});

test('coverage is active within its period only', () => {
  const coverage = (id: string, more: object) => ({ resourceType: 'Coverage', id, status: 'active', beneficiary: subject, ...more });
  const chart = chartOf(
    coverage('a', {
      period: { start: '2026-01-01', end: '2026-12-31' },
      class: [{ type: { coding: [{ code: 'plan' }] }, value: 'V1', name: 'Plan one' }],
      payor: [{ display: 'Payer' }],
    }),
    coverage('b', { period: { end: '2026-10-31' } }),
    coverage('c', { period: { end: '2026' } }),
    coverage('d', { status: 'cancelled' }),
    coverage('e', { period: { start: '2027-01-01' } }),
  );
  expect(chart.coverage.map((one) => [one.ref.id, one.active])).toEqual([
    ['a', true],
    ['b', false],
    ['c', true],
    ['d', false],
    ['e', false],
  ]);
  expect(chart.coverage[0]).toMatchObject({ payer: 'Payer', planName: 'Plan one', planValue: 'V1' });
});
