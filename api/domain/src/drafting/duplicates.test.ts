import { describe, expect, test } from 'vitest';
import { readChart } from '../chart/read-chart.ts';
import { type FhirResource, ICD10CM, LOINC, SNOMED } from '../fhir/read.ts';
import { findDuplicates } from './duplicates.ts';

const subject = { reference: 'Patient/p' };
const chartOf = (...resources: object[]) => readChart(resources as FhirResource[], { patientId: 'p', today: '2026-11-20' });
const icd = (code: string) => ({ system: ICD10CM, code });
const asked = { specialty: 'cardiology', reasonCodes: [icd('I47.10')], thisOrder: { type: 'ServiceRequest', id: 'this' } };

const order = (more: object): object => ({
  resourceType: 'ServiceRequest',
  id: 'o',
  status: 'active',
  intent: 'order',
  authoredOn: '2026-11-03',
  code: { coding: [{ system: SNOMED, code: '308471005', display: 'Referral to cardiologist' }] },
  subject,
  ...more,
});

describe('open referrals', () => {
  test('an open one is named with performer, date and state', () => {
    expect(findDuplicates(chartOf(order({ performer: [{ display: 'Ana Rivera, MD' }] })), asked)).toEqual([
      {
        kind: 'open-referral',
        text: 'The chart has an open Cardiology referral: Referral to cardiologist, to Ana Rivera, MD, ordered on 3 November 2026, active.',
        source: { type: 'ServiceRequest', id: 'o' },
      },
    ]);
  });

  test.each([
    ['a draft', { status: 'draft' }, 1],
    ['one on hold', { status: 'on-hold' }, 1],
    ['a revoked one', { status: 'revoked' }, 0],
    ['a completed one', { status: 'completed' }, 0],
    ['one entered in error', { status: 'entered-in-error' }, 0],
    ['this order itself', { id: 'this' }, 0],
    ['another specialty', { code: { coding: [{ system: SNOMED, code: '308472003' }] } }, 0],
    ['the specialty by its words alone', { code: { text: 'Referral to Cardiology' } }, 1],
    ['the specialty as a person', { code: { text: 'See cardiologist' } }, 1],
    ['cardiothoracic surgery by its words', { code: { text: 'Referral to cardiothoracic surgery' } }, 0],
    [
      'the specialty by the type asked for',
      {
        code: { coding: [{ system: SNOMED, code: '103696004' }] },
        performerType: { coding: [{ system: 'http://nucc.org/provider-taxonomy', code: '207RC0000X' }] },
      },
      1,
    ],
    ['a sub-specialty', { performerType: { coding: [{ system: 'http://nucc.org/provider-taxonomy', code: '207RC0001X' }] } }, 1],
    ['the same problem', { reasonCode: [{ coding: [icd('I47.19')] }] }, 1],
    ['plainly another problem', { reasonCode: [{ coding: [icd('E78.5')] }] }, 0],
    ['a problem that is not coded', { reasonCode: [{ text: 'Palpitations' }] }, 1],
    ['a lab order', { code: { text: 'Lipid panel' } }, 0],
    ['another patient’s', { subject: { reference: 'Patient/q' } }, 0],
  ])('%s: %j', (_, more, count) => {
    expect(findDuplicates(chartOf(order(more)), asked)).toHaveLength(count);
  });

  test('another problem is also recognised through the problem list', () => {
    const lipids = {
      resourceType: 'Condition',
      id: 'lipids',
      clinicalStatus: { coding: [{ code: 'active' }] },
      code: { coding: [icd('E78.5')], text: 'Hyperlipidemia' },
      subject,
    };
    expect(findDuplicates(chartOf(lipids, order({ reasonReference: [{ reference: 'Condition/lipids' }] })), asked)).toEqual([]);
  });

  test('orthopaedic and orthopedic are one', () => {
    const found = findDuplicates(chartOf(order({ code: { text: 'Orthopaedic surgery consult' } })), {
      specialty: 'joint-replacement',
      reasonCodes: [],
    });
    expect(found).toHaveLength(1);
  });
});

describe('recent visits', () => {
  const visit = (start: string, more: object = {}): object => ({
    resourceType: 'Encounter',
    id: 'v',
    status: 'finished',
    class: { code: 'AMB' },
    type: [{ text: 'Cardiology office visit' }],
    period: { start },
    subject,
    ...more,
  });

  test('a visit of the last half year, and not a day more', () => {
    expect(findDuplicates(chartOf(visit('2026-10-21')), asked)).toEqual([
      {
        kind: 'recent-visit',
        text: 'The patient was seen in Cardiology on 21 October 2026 (30 days ago): Cardiology office visit.',
        source: { type: 'Encounter', id: 'v' },
      },
    ]);
    expect(findDuplicates(chartOf(visit('2026-05-24')), asked)).toHaveLength(1);
    expect(findDuplicates(chartOf(visit('2026-05-23')), asked)).toHaveLength(0);
    expect(findDuplicates(chartOf(visit('2026-05-23')), asked, { recentVisitDays: 200 })).toHaveLength(1);
    expect(findDuplicates(chartOf(visit('2026-11-20')), asked)[0]?.text).toContain('(today)');
  });

  test.each([
    ['planned', visit('2026-11-25', { status: 'planned' })],
    ['in the future', visit('2026-11-25')],
    ['of primary care', visit('2026-11-15', { type: [{ text: 'Office visit' }] })],
  ])('none when %s', (_, resource) => {
    expect(findDuplicates(chartOf(resource), asked)).toEqual([]);
  });

  test('a consult note of the specialty counts, with its visit only once', () => {
    const note = {
      resourceType: 'DocumentReference',
      id: 'n',
      status: 'current',
      type: { coding: [{ system: LOINC, code: '34099-2', display: 'Cardiology Consult note' }] },
      date: '2026-10-22T10:00:00Z',
      author: [{ display: 'Dr. Okafor' }],
      context: { encounter: [{ reference: 'Encounter/v' }] },
      subject,
    };
    expect(findDuplicates(chartOf(note, visit('2026-10-21')), asked)).toEqual([
      {
        kind: 'recent-visit',
        text: 'The patient was seen in Cardiology on 22 October 2026 (29 days ago): Cardiology Consult note, Dr. Okafor.',
        source: { type: 'DocumentReference', id: 'n' },
      },
    ]);
  });
});

test('a specialty we do not know has no duplicates', () => {
  expect(findDuplicates(chartOf(order({})), { ...asked, specialty: 'astrology' })).toEqual([]);
});
