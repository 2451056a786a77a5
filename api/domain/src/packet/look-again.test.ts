import { describe, expect, test } from 'vitest';
import { referenceText } from '../fhir/reference.ts';
import { checklistSince, foundIn, searchesFor, soughtFor } from './look-again.ts';
import type { Requirement } from './readiness.ts';
import { chartOf, condition, daysAgo, document, PATIENT, patient, report, result, TODAY } from './test-chart.ts';
import { PACKET_VARIANTS } from './variant.ts';

const behavioral = PACKET_VARIANTS.find(({ id }) => id === 'behavioral-health');
const imaging = PACKET_VARIANTS.find(({ id }) => id === 'imaging');
const lacking = (id: string, standing: Requirement['standing'] = 'missing'): Requirement => ({ id, label: `Label of ${id}`, standing });
const sought = (ids: readonly string[], variant = behavioral, specialty = 'psychiatry') =>
  soughtFor(
    ids.map((id) => lacking(id)),
    { specialty, variant },
  );

test('only what a chart may hold is looked for', () => {
  const asked = ['demographics', 'recent-findings', 'coverage', 'callback', 'reason-icd10', 'behavioral-screening', 'nothing-known'];
  expect(sought(asked).map(({ id }) => id)).toEqual(['demographics', 'recent-findings', 'behavioral-screening']);
  expect(sought(['imaging-question', 'imaging-kidney'], imaging, 'cardiology').map(({ id }) => id)).toEqual(['imaging-kidney']);
  expect(sought(['cardiology-heart-failure-bnp'], undefined, 'cardiology').map(({ what }) => what.kind)).toEqual(['item']);
});

describe('the searches', () => {
  const paths = (of: ReturnType<typeof soughtFor>) => searchesFor(of, { patientId: PATIENT, since: '2026-11-20' }).map(({ path }) => path);

  test.each<[string, string[]]>([
    ['demographics', [`Patient/${PATIENT}`]],
    ['behavioral-medications', [`MedicationRequest?patient=${PATIENT}&_lastUpdated=ge2026-11-20&_count=100`]],
    [
      'behavioral-risk',
      [
        `Observation?patient=${PATIENT}&category=laboratory,vital-signs,survey&_lastUpdated=ge2026-11-20&_count=100`,
        `DocumentReference?patient=${PATIENT}&_lastUpdated=ge2026-11-20&_count=100`,
      ],
    ],
  ])('for %s', (id, expected) => expect(paths(sought([id]))).toEqual(expected));

  test('name each type once, and read a part whole that could not be read before', () => {
    const types = paths(sought(['behavioral-screening', 'behavioral-risk', 'recent-findings'])).map((path) => path.split('?')[0]);
    expect(types.toSorted()).toEqual([...new Set(types)].toSorted());
    const unread = soughtFor([lacking('behavioral-medications', 'not-visible')], { specialty: 'psychiatry', variant: behavioral });
    expect(paths(unread)).toEqual([`MedicationRequest?patient=${PATIENT}&_count=100`]);
  });
});

describe('what is found', () => {
  const read = (resources: Parameters<typeof chartOf>[0], ids: string[], fresh: readonly string[], reachable = false) =>
    foundIn(sought(ids), {
      chart: chartOf(resources),
      read: new Set(fresh),
      reachable,
      specialty: 'psychiatry',
      variant: behavioral,
      today: TODAY,
    }).map(({ id, date, refs }) => [id, date, refs.map(referenceText)]);
  const phq = (id: string, days: number) => result(id, '44261-6', 'PHQ-9', daysAgo(days));

  test.each([
    ['the newest of what was read now', [phq('a', 5), phq('b', 2)], ['Observation/a', 'Observation/b'], ['Observation/b', daysAgo(2)]],
    ['not what stood there before', [phq('a', 5), phq('b', 2)], ['Observation/a'], ['Observation/a', daysAgo(5)]],
    ['nothing that is too old', [phq('a', 91)], ['Observation/a'], undefined],
    ['nothing that was not read now', [phq('a', 5)], [], undefined],
    ['nothing withheld', [phq('a', 5), condition('z', 'F11.20', 'Opioid use')], ['Condition/z'], undefined],
  ])('%s', (_, resources, fresh, expected) => {
    const answer = expected && [['behavioral-screening', expected[1], [expected[0]]]];
    expect(read(resources, ['behavioral-screening'], fresh)).toEqual(answer ?? []);
  });

  test('of any results and images all that go along', () => {
    const resources = [report('ct', 'CT of the head', 'RAD', daysAgo(400)), document('letter', 'Letter', daysAgo(2))];
    expect(read(resources, ['recent-findings'], ['DiagnosticReport/ct', 'DocumentReference/letter'])).toEqual([
      ['recent-findings', daysAgo(400), ['DiagnosticReport/ct']],
    ]);
  });

  test('how the patient is reached, where it says so', () => {
    expect(read([patient()], ['demographics'], [`Patient/${PATIENT}`])).toEqual([]);
    expect(read([patient()], ['demographics'], [`Patient/${PATIENT}`], true)).toEqual([['demographics', '', [`Patient/${PATIENT}`]]]);
  });
});

test('the checklist as it was signed says of what was missing alone how it stands since', () => {
  const citation = { title: 't', url: 'u' };
  const item = (
    itemId: string,
    status: { kind: 'missing' } | { kind: 'found'; source: { type: string; id: string }; date: string; summary: string },
  ) => ({
    itemId,
    label: itemId,
    requirement: 'required' as const,
    citation,
    status,
  });
  const earlier = { kind: 'found' as const, source: { type: 'DiagnosticReport', id: 'earlier' }, date: daysAgo(9), summary: 'ECG' };
  const signed = [
    item('cardiology-heart-failure-bnp', { kind: 'missing' }),
    item('cardiology-chest-pain-ecg', earlier),
    item('other', { kind: 'missing' }),
  ];
  const chart = chartOf([result('bnp', '30934-4', 'BNP', daysAgo(1)), report('ecg', '12-lead ECG', 'OTH', daysAgo(1))]);
  expect(checklistSince(signed, chart, 'cardiology').map(({ status }) => status)).toEqual([
    { kind: 'found', source: { type: 'Observation', id: 'bnp' }, date: daysAgo(1), summary: expect.stringContaining('BNP') },
    earlier,
    { kind: 'missing' },
  ]);
});
