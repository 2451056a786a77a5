import { describe, expect, test } from 'vitest';
import { patientOf } from '../fhir/patient-of.ts';
import { coverageFacts } from './coverage-facts.ts';
import { orderFacts } from './order-facts.ts';
import { ageOn, patientFacts } from './patient-facts.ts';

const TODAY = '2026-11-20';

describe('patient', () => {
  test.each([
    ['1968-11-20', 58],
    ['1968-11-21', 57],
    ['2008-11-20', 18],
    ['2008-11-21', 17],
    ['1968', undefined],
    [undefined, undefined],
  ])('born %s is %s years old', (born, age) => {
    expect(ageOn(born, TODAY)).toBe(age);
  });

  const position = {
    url: 'http://hl7.org/fhir/StructureDefinition/geolocation',
    extension: [
      { url: 'latitude', valueDecimal: 41.8 },
      { url: 'longitude', valueDecimal: -87.6 },
    ],
  };
  test.each([
    ['a position', [{ use: 'home', postalCode: '60601', extension: [position] }], { latitude: 41.8, longitude: -87.6 }],
    ['a ZIP code', [{ use: 'home', postalCode: '60601-1234' }], { zip: '60601' }],
    ['an old address only', [{ use: 'old', postalCode: '60601' }], null],
    ['a foreign code', [{ use: 'home', postalCode: 'K1A 0B1' }], null],
    ['nothing', undefined, null],
  ])('lives where %s says', (_what, address, place) => {
    expect(patientFacts({ resourceType: 'Patient', id: '1', address }, TODAY).place).toEqual(place);
  });

  test('needs a language only where it is not English', () => {
    const speaking = (code: string) =>
      patientFacts({ resourceType: 'Patient', id: '1', communication: [{ language: { coding: [{ code }] }, preferred: true }] }, TODAY)
        .languages;
    expect(speaking('es')).toEqual(['es']);
    expect(speaking('en-US')).toEqual([]);
  });
});

describe('whose resource it is', () => {
  const base = 'https://ehr.example.org/fhir';
  test.each([
    [{ subject: { reference: 'Patient/1' } }, 'theirs'],
    [{ subject: { reference: `${base}/Patient/1` } }, 'theirs'],
    [{ patient: { reference: 'Patient/2' } }, 'another'],
    [{ subject: { reference: 'https://other.example.org/fhir/Patient/1' } }, 'another'],
    [{ subject: { reference: 'Group/1' } }, 'another'],
    [{ subject: { display: 'Somebody' } }, 'another'],
    [{ for: { reference: 'Patient/1' } }, 'theirs'],
    [{ beneficiary: { reference: 'Patient/12' } }, 'another'],
    [{}, 'none'],
  ])('%j', (elements, answer) => {
    expect(patientOf({ resourceType: 'Task', ...elements }, '1', base)).toBe(answer);
  });
});

describe('coverage', () => {
  const coverage = (id: string, more: object) => ({
    resourceType: 'Coverage',
    id,
    status: 'active',
    class: [{ type: { coding: [{ code: 'plan' }] }, value: 'P1', name: 'Plan One' }],
    payor: [{ display: 'Payer' }],
    ...more,
  });
  test('an ended period is not active, whatever the status says', () => {
    const [facts] = coverageFacts([coverage('a', { period: { end: '2026-11-19' } })], TODAY);
    expect(facts).toMatchObject({
      status: 'ended',
      input: { active: false, planIdentifier: 'P1', planName: 'Plan One', payerName: 'Payer' },
    });
  });
  test.each([
    ['only in words', { payor: [{ display: 'Payer' }] }, { payerName: 'Payer' }],
    ['as a reference whose id is the EHR’s own', { payor: [{ reference: 'Organization/77' }] }, {}],
    ['by identifier', { payor: [{ reference: 'Organization/77', identifier: { value: 'PAY-1' } }] }, { payerId: 'PAY-1' }],
    [
      'contained',
      {
        contained: [
          { resourceType: 'Organization', id: 'other', name: 'Other' },
          { resourceType: 'Organization', id: 'o', name: 'Payer', identifier: [{ value: 'PAY-1' }] },
        ],
        payor: [{ reference: '#o' }],
      },
      { payerId: 'PAY-1', payerName: 'Payer' },
    ],
  ])('the payer named %s', (_how, more, expected) => {
    const { payerId, payerName } = coverageFacts([coverage('a', more)], TODAY)[0]?.input ?? {};
    expect({ ...(payerId ? { payerId } : {}), ...(payerName ? { payerName } : {}) }).toEqual(expected);
  });
  test('the last day still counts', () => {
    expect(coverageFacts([coverage('a', { period: { end: TODAY } })], TODAY)[0]?.status).toBe('active');
  });
  test('active goes first, then by order', () => {
    const list = [coverage('a', { status: 'cancelled', order: 1 }), coverage('b', { order: 2 }), coverage('c', { order: 1 })];
    expect(coverageFacts(list, TODAY).map((each) => each.id)).toEqual(['c', 'b', 'a']);
  });
});

describe('order', () => {
  const order = (more: object) => orderFacts({ resourceType: 'ServiceRequest', id: '7', meta: { versionId: '3' }, ...more });
  test.each([
    ['routine', 'routine'],
    ['urgent', 'urgent'],
    ['asap', 'urgent'],
    ['stat', 'emergency'],
    [undefined, 'routine'],
  ])('priority %s is %s (R19)', (priority, urgency) => {
    expect(order({ priority }).urgency).toBe(urgency);
  });
  test('the specialty is read from the performer type before the referral code', () => {
    const code = { coding: [{ system: 'http://snomed.info/sct', code: '308471005' }] };
    expect(order({ code }).specialty).toBe('cardiology');
    const performerType = { coding: [{ system: 'http://nucc.org/provider-taxonomy', code: '207RC0001X' }] };
    expect(order({ code, performerType }).specialty).toBe('cardiac-electrophysiology');
    expect(order({}).specialty).toBeUndefined();
  });
});
