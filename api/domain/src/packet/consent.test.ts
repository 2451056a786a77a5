import { describe, expect, test } from 'vitest';
import { readChart } from '../chart/read-chart.ts';
import type { FhirResource } from '../fhir/read.ts';
import { consentedLabels } from './consent.ts';
import { chartOf, condition, consent, daysAgo, document, PATIENT, patient, RECIPIENT, TODAY } from './test-chart.ts';

const base64 = (words: string): string => Buffer.from(words).toString('base64');

const labels = (...resources: FhirResource[]): string[] => [
  ...consentedLabels(resources, { patientId: PATIENT, recipientNpi: RECIPIENT, today: TODAY }),
];

describe('a consent covers', () => {
  test('what it names, towards whom it names, while it is in force', () => expect(labels(consent(['SUD', 'ETH']))).toEqual(['SUD', 'ETH']));

  test.each<[string, FhirResource]>([
    ['another patient’s records', consent(['SUD'], { patient: { reference: 'Patient/other' } })],
    ['anything before it begins', consent(['SUD'], {}, { period: { start: '2026-12-01' } })],
    ['anything after it ended', consent(['SUD'], {}, { period: { end: '2026-11-27' } })],
    ['anything while it is not active', consent(['SUD'], { status: 'inactive' })],
    [
      'what goes to somebody else',
      consent(['SUD'], {}, { actor: [{ reference: { identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: '1999999984' } } }] }),
    ],
    ['what goes to nobody it names', consent(['SUD'], {}, { actor: [] })],
    ['another purpose', consent(['SUD'], {}, { purpose: [{ code: 'HRESCH' }] })],
    ['another act', consent(['SUD'], {}, { action: [{ coding: [{ code: 'collect' }] }] })],
    ['what it does not name', consent([])],
    ['what it denies', consent(['SUD'], {}, { type: 'deny' })],
  ])('not %s', (_, resource) => expect(labels(resource)).toEqual([]));

  test('its last day', () => expect(labels(consent(['SUD'], {}, { period: { end: TODAY } }))).toEqual(['SUD']));

  test('nothing that another denies, and nothing that an inner provision takes out', () => {
    expect(labels(consent(['SUD', 'HIV']), consent(['HIV'], { id: 'no' }, { type: 'deny', actor: [] }))).toEqual(['SUD']);
    expect(labels(consent(['SUD'], {}, { provision: [{ type: 'deny', securityLabel: [{ code: 'SUD' }] }] }))).toEqual([]);
  });
});

describe('what is covered goes along, and nothing else', () => {
  const secrets = [
    condition('sud', 'F11.20', 'Opioid use disorder'),
    document('psy', 'Psychotherapy note', daysAgo(2), base64('We spoke.')),
  ];
  const withheld = (consented: string[], resources: readonly FhirResource[] = secrets) =>
    chartOf(resources, new Set(consented)).withheld.map(({ ref }) => ref.id);

  test.each([
    [[], ['sud', 'psy']],
    [['SUD'], ['psy']],
    [['HIPAAPsyNotes'], ['sud']],
    [['SUD', 'PSYTHPN'], []],
    [
      ['HIV', 'ADOL'],
      ['sud', 'psy'],
    ],
  ])('with a consent to %j, %j stay out', (consented, out) => expect(withheld(consented)).toEqual(out));

  test('one label of two does not free what bears both', () => {
    const both = condition('x', 'I10', 'Hypertension', {
      meta: { security: ['SUD', 'HIV'].map((code) => ({ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code })) },
    });
    expect(withheld(['SUD'], [both])).toEqual(['x']);
    expect(withheld(['SUD', 'HIV'], [both])).toEqual([]);
  });
});

describe('confidential care of a minor', () => {
  const care = condition('care', 'Z30.011', 'Initial prescription of contraceptive pills');
  const withheld = (birthDate: string, consented: string[] = []) =>
    readChart([patient({ birthDate }), care], { patientId: PATIENT, today: TODAY, consented: new Set(consented) }).withheld.map(
      ({ why }) => why,
    );

  test.each([
    ['the day before twelve', '2014-11-29', []],
    ['from the twelfth birthday', '2014-11-28', ['adolescent']],
    ['to the day before eighteen', '2008-11-29', ['adolescent']],
    ['not from the eighteenth birthday', '2008-11-28', []],
  ])('%s', (_, birthDate, why) => expect(withheld(birthDate)).toEqual(why));

  test('goes along where a consent covers it', () => expect(withheld('2010-01-01', ['ADOL'])).toEqual([]));
});
