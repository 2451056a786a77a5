import { describe, expect, test } from 'vitest';
import { contentsOf, type PacketItem } from './contents.ts';
import { allergy, chartOf, condition, daysAgo, document, medication, report, result, TODAY } from './test-chart.ts';
import { PACKET_VARIANTS } from './variant.ts';

const base64 = (words: string): string => Buffer.from(words).toString('base64');

const contents = (resources: Parameters<typeof chartOf>[0], specialty = 'cardiology', variant = PACKET_VARIANTS.find(() => false)) =>
  contentsOf(chartOf(resources), { specialty, variant, today: TODAY });
const ids = (items: readonly PacketItem[]): string[] => items.map(({ id }) => id);

describe('the 90-day rule (R103)', () => {
  test.each([
    [0, true],
    [89, true],
    [90, true],
    [91, false],
    [400, false],
  ])('a document of %i days ago goes along: %s', (age, goes) => {
    expect(ids(contents([document('d', 'Progress note', daysAgo(age))]))).toEqual(goes ? ['DocumentReference/d'] : []);
  });

  test.each([
    [89, true],
    [90, true],
    [91, false],
  ])('so does a result this specialty reads, %i days ago: %s', (age, goes) => {
    expect(ids(contents([result('k', '2823-3', 'Potassium', daysAgo(age))]))).toEqual(goes ? ['Observation/k'] : []);
  });

  test.each([
    [89, true],
    [90, true],
    [91, false],
  ])('and a report that is no image, %i days ago: %s', (age, goes) => {
    expect(ids(contents([report('path', 'Skin biopsy', 'SP', daysAgo(age))]))).toEqual(goes ? ['DiagnosticReport/path'] : []);
  });

  test.each(['RAD', 'CT', 'NMR'])('an image of any age goes along (%s)', (category) => {
    const [item] = contents([report('old', 'Study', category, '2001-02-03')]);
    expect(item).toMatchObject({ id: 'DiagnosticReport/old', section: 'imaging', because: 'image' });
  });

  test.each(['Panoramic radiograph', 'Periapical film', 'CBCT of the mandible', 'Chest X-ray', 'MRI of the knee'])(
    'and so does a document that is one by name: %s',
    (name) => expect(contents([document('d', name, '2011-05-06')])[0]?.section).toBe('imaging'),
  );

  test('a month counts to its last day, and what has no date is not recent', () => {
    expect(ids(contents([document('month', 'Letter', '2026-08')]))).toEqual(['DocumentReference/month']);
    expect(ids(contents([document('none', 'Letter', '')]))).toEqual([]);
  });
});

describe('what goes whatever its age', () => {
  test('the current lists, whole', () => {
    const items = contents([
      condition('c', 'I10', 'Hypertension', { onsetDateTime: '1999' }),
      medication('m', 'Metoprolol'),
      allergy('a', 'Latex'),
    ]);
    expect(items.map(({ section, because }) => [section, because])).toEqual([
      ['problems', 'current-list'],
      ['medications', 'current-list'],
      ['allergies', 'current-list'],
    ]);
  });

  test('the latest blood pressure, and no older one', () => {
    const pressure = (id: string, date: string) =>
      result(id, '85354-9', 'Blood pressure', date, { category: [{ coding: [{ code: 'vital-signs' }] }] });
    expect(ids(contents([pressure('new', daysAgo(200)), pressure('old', daysAgo(300))]))).toEqual(['Observation/new']);
  });

  test('what the checklist of the specialty asks for', () => {
    const [item] = contents([report('holter', 'Holter monitor', 'OTH', daysAgo(150))]);
    expect(item).toMatchObject({ id: 'DiagnosticReport/holter', because: 'asked-for' });
  });
});

test('a result that nobody asks for stays out, one that is out of range goes along', () => {
  const plain = result('x', '99999-9', 'Something', daysAgo(3));
  const high = result('y', '99999-9', 'Something', daysAgo(3), { interpretation: [{ coding: [{ code: 'HH' }] }] });
  expect(ids(contents([plain, high]))).toEqual(['Observation/y']);
});

test('the order in which the chart arrives changes nothing', () => {
  const chart = [
    document('a', 'Note', daysAgo(1)),
    document('b', 'Note', daysAgo(2)),
    condition('c', 'I10', 'Hypertension'),
    medication('m', 'X'),
  ];
  expect(contents([...chart].reverse())).toEqual(contents(chart));
});

describe('what is withheld is in no item', () => {
  test.each([
    ['a substance use disorder', [condition('s', 'F11.20', 'Opioid use disorder'), medication('b', 'buprenorphine film')]],
    ['a psychotherapy note', [document('s', 'Psychotherapy note', daysAgo(1), base64('We spoke.'))]],
    [
      'what is labelled',
      [
        document('s', 'Letter', daysAgo(1), base64('Words'), {
          securityLabel: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'ADOL' }] }],
        }),
      ],
    ],
  ])('%s', (_, resources) => {
    expect(contents(resources)).toEqual([]);
    expect(chartOf(resources).withheld.length).toBe(resources.length);
  });
});
