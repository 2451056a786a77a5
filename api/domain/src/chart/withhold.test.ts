import { describe, expect, test } from 'vitest';
import { type FhirResource, ICD10CM, SNOMED } from '../fhir/read.ts';
import { mayQuote, withhold } from './withhold.ts';

const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const subject = { reference: 'Patient/p' };
const base64 = (words: string) => Buffer.from(words, 'utf8').toString('base64');

const labelled = (code: string, system: string) => ({ security: [{ system, code }] });
const condition = (id: string, text: string, more: object = {}): FhirResource => ({
  resourceType: 'Condition',
  id,
  code: { text },
  subject,
  ...more,
});
const document = (id: string, title: string, body: string, more: object = {}): FhirResource => ({
  resourceType: 'DocumentReference',
  id,
  status: 'current',
  type: { text: title },
  content: [{ attachment: { contentType: 'text/plain', data: base64(body) } }],
  subject,
  ...more,
});

const whyOf = (resources: readonly FhirResource[], id: string) => withhold(resources).withheld.find((one) => one.ref.id === id)?.why;

describe('one resource by itself', () => {
  test.each([
    ['ETH', ACT_CODE, 'substance-use-part-2'],
    ['SUD', ACT_CODE, 'substance-use-part-2'],
    ['OPIOIDUD', ACT_CODE, 'substance-use-part-2'],
    ['42CFRPart2', ACT_CODE, 'substance-use-part-2'],
    ['ETH', CONFIDENTIALITY, 'substance-use-part-2'],
    ['R', CONFIDENTIALITY, 'restricted'],
    ['V', CONFIDENTIALITY, 'restricted'],
    ['HIV', ACT_CODE, 'restricted'],
    ['PSY', ACT_CODE, 'restricted'],
    ['SDV', ACT_CODE, 'restricted'],
    ['PSYTHPN', ACT_CODE, 'psychotherapy'],
    ['HIPAAPsyNotes', ACT_CODE, 'psychotherapy'],
  ])('the label %s of %s keeps it out', (code, system, why) => {
    expect(whyOf([condition('a', 'Back pain', { meta: labelled(code, system) })], 'a')).toBe(why);
  });

  test.each([
    ['N', CONFIDENTIALITY],
    ['M', CONFIDENTIALITY],
    ['L', CONFIDENTIALITY],
    // In v3-ActCode "R" is a specimen status, not a confidentiality.
    ['R', ACT_CODE],
    ['AIAST', 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue'],
    ['NOAUTH', 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue'],
  ])('the label %s of %s does not', (code, system) => {
    expect(whyOf([condition('a', 'Back pain', { meta: labelled(code, system) })], 'a')).toBeUndefined();
  });

  test('the strictest of several labels is named', () => {
    const both = {
      security: [
        { system: CONFIDENTIALITY, code: 'R' },
        { system: ACT_CODE, code: 'SUD' },
      ],
    };
    expect(whyOf([condition('a', 'Back pain', { meta: both })], 'a')).toBe('substance-use-part-2');
  });

  test('a document’s own security label and a label on one element count', () => {
    expect(whyOf([document('a', 'Note', 'Hello.', { securityLabel: [{ coding: [{ system: CONFIDENTIALITY, code: 'R' }] }] })], 'a')).toBe(
      'restricted',
    );
    const inline = {
      code: {
        text: 'Back pain',
        extension: [
          {
            url: 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label',
            valueCoding: { system: ACT_CODE, code: 'PSY' },
          },
        ],
      },
    };
    expect(whyOf([condition('a', '', inline)], 'a')).toBe('restricted');
  });

  test.each(['F10.20', 'F1120', 'F14.10', 'K70.30', 'G62.1', 'T40.1X1A', 'Z71.51'])('ICD-10 %s keeps it out', (code) => {
    expect(whyOf([condition('a', 'As coded', { code: { coding: [{ system: ICD10CM, code }], text: 'As coded' } })], 'a')).toBe(
      'substance-use-part-2',
    );
  });

  test.each(['F17.210', 'F33.1', 'K74.60', 'T39.1X1A', 'Z72.0'])('ICD-10 %s does not', (code) => {
    expect(whyOf([condition('a', 'As coded', { code: { coding: [{ system: ICD10CM, code }], text: 'As coded' } })], 'a')).toBeUndefined();
  });

  test.each([
    'Opioid use disorder, severe',
    'Alcohol dependence',
    'Alcoholism (disorder)',
    'Drug abuse',
    'History of heroin use',
    'Total score [DAST-10]',
    'AUDIT-C total score',
    'Buprenorphine 8 MG / naloxone 2 MG Sublingual Film',
    'Methadone 10 mg',
  ])('"%s" keeps it out by its words', (text) => {
    expect(whyOf([condition('a', text)], 'a')).toBe('substance-use-part-2');
  });

  test.each([
    'Tobacco smoking status',
    'Essential hypertension',
    'Alopecia',
    'Rubbing alcohol burn',
    'Caudal anomaly',
    'Sudden hearing loss',
  ])('"%s" stays in', (text) => {
    expect(whyOf([condition('a', text)], 'a')).toBeUndefined();
  });

  test('a note that tells of a disorder stays out; one that denies it stays in and is not quoted there', () => {
    expect(whyOf([document('a', 'Progress note', 'Here for refill. Opioid use disorder, stable on Suboxone.')], 'a')).toBe(
      'substance-use-part-2',
    );
    const denied = withhold([document('a', 'Progress note', 'Knee pain. Denies alcohol or drug abuse.')]);
    expect(denied.withheld).toEqual([]);
    expect(mayQuote('Denies alcohol or drug abuse.', denied.giveAways)).toBe(false);
    expect(mayQuote('Knee pain.', denied.giveAways)).toBe(true);
  });

  test('a psychotherapy note stays out by its title', () => {
    expect(whyOf([document('a', 'Psychotherapy session note', 'Talked about work.')], 'a')).toBe('psychotherapy');
  });

  test('what was entered in error stays out and says nothing about the rest', () => {
    const wrong = condition('a', 'Heart failure', { verificationStatus: { coding: [{ code: 'entered-in-error' }] } });
    const right = condition('b', 'Heart failure');
    const result = withhold([wrong, right]);
    expect(result.withheld).toEqual([{ ref: { type: 'Condition', id: 'a' }, why: 'entered-in-error' }]);
    expect(mayQuote('Heart failure since spring.', result.giveAways)).toBe(true);
  });
});

describe('what would tell of it', () => {
  const secret = condition('secret', 'Zebra fever', {
    meta: labelled('R', CONFIDENTIALITY),
    code: { text: 'Zebra fever', coding: [{ system: SNOMED, code: '999' }] },
  });
  const order = (more: object): FhirResource => ({
    resourceType: 'MedicationRequest',
    id: 'drug',
    status: 'active',
    medicationCodeableConcept: { text: 'Plainicillin' },
    subject,
    ...more,
  });

  test.each([
    ['a drug given for it', order({ reasonReference: [{ reference: 'Condition/secret' }] })],
    ['the same by absolute reference', order({ reasonReference: [{ reference: 'https://ehr.example/fhir/Condition/secret' }] })],
    ['the same by urn', order({ reasonReference: [{ reference: 'urn:uuid:secret' }] })],
    [
      'another entry of the same code',
      condition('drug', 'Something else', { code: { text: 'Something else', coding: [{ system: SNOMED, code: '999' }] } }),
    ],
    [
      'a procedure that names it',
      { resourceType: 'Procedure', id: 'drug', status: 'completed', code: { text: 'Treatment of zebra fever' }, subject },
    ],
    [
      'a report with it as its evidence',
      {
        resourceType: 'DiagnosticReport',
        id: 'drug',
        status: 'final',
        code: { text: 'Study' },
        result: [{ reference: 'Observation/x' }],
        subject,
        extension: [{ url: 'u', valueReference: { reference: 'Condition/secret' } }],
      },
    ],
  ])('%s goes with it', (_, resource) => {
    expect(whyOf([secret, resource], 'drug')).toBe('restricted');
  });

  test('so does what is two steps away', () => {
    const result: FhirResource = {
      resourceType: 'Observation',
      id: 'level',
      status: 'final',
      code: { text: 'Level' },
      basedOn: [{ reference: 'MedicationRequest/drug' }],
      subject,
    };
    expect(whyOf([result, order({ reasonReference: [{ reference: 'Condition/secret' }] }), secret], 'level')).toBe('restricted');
  });

  test('what was recorded in a labelled visit goes with it, what was recorded in a visit that lists it among others does not', () => {
    const visit = (more: object): FhirResource => ({ resourceType: 'Encounter', id: 'visit', status: 'finished', subject, ...more });
    const recorded = condition('recorded', 'Sore throat', { encounter: { reference: 'Encounter/visit' } });
    expect(whyOf([visit({ meta: labelled('SUD', ACT_CODE) }), recorded], 'recorded')).toBe('substance-use-part-2');
    const among = [visit({ diagnosis: [{ condition: { reference: 'Condition/secret' } }] }), recorded, secret];
    expect(whyOf(among, 'visit')).toBe('restricted');
    expect(whyOf(among, 'recorded')).toBeUndefined();
  });

  test('text that names it, or repeats four of its words in a row, is not quoted', () => {
    const { giveAways } = withhold([
      secret,
      document('note', 'Psychotherapy note', 'She dreams of her late brother every night.'),
      condition('c', 'Hay fever'),
    ]);
    expect(mayQuote('Worried about zebra stripes.', giveAways)).toBe(false);
    expect(mayQuote('Reports that she dreams of her brother.', giveAways)).toBe(false);
    // "fever" is a word of a visible problem too.
    expect(mayQuote('Fever for three days.', giveAways)).toBe(true);
    expect(mayQuote('She sleeps badly.', giveAways)).toBe(true);
  });
});

test('a withheld visit is told by its reason, a withheld report by its name, neither by the words of its kind', () => {
  const visit: FhirResource = {
    resourceType: 'Encounter',
    id: 'v',
    status: 'finished',
    meta: labelled('SDV', ACT_CODE),
    type: [{ text: 'Office visit' }],
    reasonCode: [{ text: 'Assault examination' }],
    subject,
  };
  const report: FhirResource = {
    resourceType: 'DiagnosticReport',
    id: 'r',
    status: 'final',
    meta: labelled('HIV', ACT_CODE),
    code: { text: 'Genotype panel' },
    subject,
  };
  const { giveAways } = withhold([visit, report]);
  expect(mayQuote('Assault in March.', giveAways)).toBe(false);
  expect(mayQuote('Genotype reviewed.', giveAways)).toBe(false);
  expect(mayQuote('Office visit today.', giveAways)).toBe(true);
});

test('each resource once, by reference, whatever came twice; the last update counts', () => {
  const old = condition('a', 'Old words', { meta: { lastUpdated: '2026-01-01T00:00:00Z' } });
  const fresh = condition('a', 'New words', { meta: { lastUpdated: '2026-02-01T00:00:00Z' } });
  for (const order of [
    [old, fresh],
    [fresh, old],
  ]) {
    expect(withhold(order).visible).toEqual([fresh]);
  }
});
