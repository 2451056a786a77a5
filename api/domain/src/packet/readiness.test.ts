import { describe, expect, test } from 'vitest';
import type { FhirResource } from '../fhir/read.ts';
import type { Authorization } from '../referral/referral.ts';
import type { AuthorizationWord } from './authorization-word.ts';
import { contentsOf } from './contents.ts';
import { holdsOf, missingOf, type Preparation, type RequiredOf, requirementsOf, UNPREPARED } from './readiness.ts';
import { allergy, chartOf, daysAgo, document, medication, report, result, TODAY } from './test-chart.ts';
import { PACKET_VARIANTS, spanWords, variantOf } from './variant.ts';

const base64 = (words: string): string => Buffer.from(words).toString('base64');

const named = (id: string) => PACKET_VARIANTS.find((variant) => variant.id === id);

function required(resources: readonly FhirResource[], more: Partial<RequiredOf> = {}): RequiredOf {
  const chart = chartOf(resources);
  const { variant, removed = [] } = more;
  const items = contentsOf(chart, { specialty: 'urology', variant, today: TODAY }).filter(({ id }) => !removed.includes(id));
  return {
    chart,
    items,
    removed,
    variant,
    checklist: [],
    notNeeded: [],
    notSeen: [],
    patient: { name: 'Rivera, Ada', born: '1970-05-01', reachable: true },
    reasonCodes: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'R31.9' }],
    question: 'Is a cystoscopy needed?',
    insured: true,
    authorization: { kind: 'on-record', status: 'not-needed' },
    callback: '510-555-0100',
    teeth: [],
    today: TODAY,
    ...more,
  };
}

const missing = (of: RequiredOf): string[] => missingOf(requirementsOf(of)).map(({ id }) => id);
const psa = result('psa', '2857-1', 'PSA', daysAgo(10), { interpretation: [{ coding: [{ code: 'H' }] }] });

describe('an image of which the title goes alone (R103)', () => {
  const images = [document('new', 'Panoramic radiograph', daysAgo(3)), document('old', 'Bitewing', daysAgo(400))];
  const dental = named('dental');
  const imageOf = (notEnclosed: readonly string[]) =>
    requirementsOf(required(images, { variant: dental, ...(notEnclosed.length > 0 ? { notEnclosed } : {}) })).find(
      ({ id }) => id === 'dental-images',
    );

  test('answers nothing where the kind of packet asks for images, unless another one does', () => {
    expect(imageOf([])).toMatchObject({ standing: 'in' });
    expect(imageOf(['DocumentReference/new'])).toMatchObject({ standing: 'in' });
    expect(imageOf(['DocumentReference/new', 'DocumentReference/old'])).toEqual({
      id: 'dental-images',
      label: 'Dental images (periapical, panoramic or CBCT) (its file could not be enclosed)',
      standing: 'missing',
      withoutFile: true,
    });
  });

  test('nor what the specialty’s checklist requires of images; of what is no image the title is enough', () => {
    const of = (itemId: string) =>
      requirementsOf(
        required(images, {
          notEnclosed: ['DocumentReference/new'],
          checklist: [
            {
              itemId,
              label: 'It',
              requirement: 'required',
              citation: { title: '', url: '' },
              status: { kind: 'found', summary: '', date: '', source: { type: 'DocumentReference', id: 'new' } },
            },
          ],
        }),
      ).find(({ id }) => id === itemId)?.standing;
    expect([of('cardiology-chest-pain-chest-xray'), of('of-no-image')]).toEqual(['missing', 'in']);
  });
});

describe('what every packet has to hold (R104)', () => {
  test('is all there', () => expect(missing(required([psa]))).toEqual([]));

  test.each<[string, Partial<RequiredOf>]>([
    ['demographics', { patient: { name: '', born: '1970-05-01', reachable: true } }],
    ['demographics', { patient: { name: 'Rivera, Ada', born: '', reachable: true } }],
    ['demographics', { patient: { name: 'Rivera, Ada', born: '1970-05-01', reachable: false } }],
    ['reason-icd10', { reasonCodes: [] }],
    ['reason-icd10', { reasonCodes: [{ system: 'http://snomed.info/sct', code: '34436003' }] }],
    ['coverage', { insured: false }],
    ['callback', { callback: '' }],
  ])('%s is missed', (id, more) => expect(missing(required([psa], more))).toEqual([id]));

  test.each([
    [{ kind: 'open', because: 'nobody-looked' }, 'missing'],
    [{ kind: 'goes-without', by: 'cora', at: '2026-11-28T10:00:00.000Z' }, 'missing'],
    [{ kind: 'on-record', status: 'asked' }, 'in'],
    [{ kind: 'settled', by: { status: 'not-needed', ground: { kind: 'self-pay' } } }, 'in'],
  ] as const)('whether the payer has to authorize it: %j is %s, and asked of nobody but who sends', (authorization, standing) => {
    const of = required([psa], { authorization });
    expect(requirementsOf(of).find(({ id }) => id === 'authorization')?.standing).toBe(standing);
    expect(missing(of)).toEqual([]);
  });

  test('results or images are missed where the chart has none, and where all were taken out', () => {
    expect(missing(required([]))).toEqual(['recent-findings']);
    expect(missing(required([psa], { removed: ['Observation/psa'] }))).toEqual(['recent-findings']);
  });

  test('what could not be read is not called missing, and holds all the same', () => {
    const of = required([], { notSeen: ['Laboratory results could not be read', 'Diagnostic reports could not be read'] });
    expect(missingOf(requirementsOf(of))).toMatchObject([{ id: 'recent-findings', standing: 'not-visible' }]);
  });
});

describe('what the checklist of the specialty requires (R106)', () => {
  const item = (kind: 'found' | 'missing' | 'not-visible', requirement: 'required' | 'recommended' = 'required') =>
    ({
      itemId: 'urine',
      label: 'Urinalysis',
      requirement,
      citation: { title: '', url: '' },
      status: kind === 'found' ? { kind, source: { type: 'Observation', id: 'psa' }, date: '2026-11-01', summary: '' } : { kind, why: '' },
    }) as RequiredOf['checklist'][number];

  test.each([
    ['missing', 'required', ['urine']],
    ['not-visible', 'required', ['urine']],
    ['found', 'required', []],
    ['missing', 'recommended', []],
  ] as const)('%s and %s: %j', (kind, requirement, expected) =>
    expect(missing(required([psa], { checklist: [item(kind, requirement)] }))).toEqual(expected),
  );

  test('what the clinician marked as not needed is not asked for', () =>
    expect(missing(required([psa], { checklist: [item('missing')], notNeeded: ['urine'] }))).toEqual([]));

  test('what was found and then taken out is missed', () =>
    expect(missing(required([psa], { checklist: [item('found')], removed: ['Observation/psa'] }))).toEqual(['recent-findings', 'urine']));
});

describe('kinds of packets (R116)', () => {
  test.each([
    ['psychiatry', 'visit', 'behavioral-health'],
    ['child-psychiatry', 'visit', 'behavioral-health'],
    ['neuropsychology', 'visit', 'behavioral-health'],
    ['oral-maxillofacial-surgery', 'visit', 'dental'],
    ['cardiology', 'imaging', 'imaging'],
    ['cardiology', 'visit', undefined],
  ] as const)('%s, %s: %s', (specialty, service, id) => expect(variantOf({ specialty, service })?.id).toBe(id));

  test('each asks for something of its own, and for an answer of its own', () => {
    for (const variant of PACKET_VARIANTS) {
      expect(variant.items.length, variant.id).toBeGreaterThanOrEqual(3);
      expect(Object.values(variant.answerWithin).map(spanWords).join(' '), variant.id).toMatch(/day|hour/);
    }
    expect(new Set(PACKET_VARIANTS.flatMap(({ items }) => items.map(({ id }) => id))).size).toBe(
      PACKET_VARIANTS.flatMap(({ items }) => items).length,
    );
  });

  test('dental: without tooth and image it is not whole', () => {
    const chart = [medication('m', 'Apixaban'), allergy('a', 'Penicillin'), result('bp', '85354-9', 'Blood pressure', daysAgo(20))];
    const variant = named('dental');
    expect(missing(required(chart, { variant }))).toEqual(['dental-tooth', 'dental-images']);
    expect(missing(required([...chart, report('pa', 'Periapical radiograph', 'RAD', '2019-01-01')], { variant, teeth: ['30'] }))).toEqual(
      [],
    );
  });

  test('behavioral health: a screening counts for 90 days, and the risk has to be spoken of', () => {
    const variant = named('behavioral-health');
    const chart = (age: number) => [
      medication('m', 'Sertraline'),
      result('phq', '44261-6', 'PHQ-9 total score', daysAgo(age)),
      document('n', 'Progress note', daysAgo(5), base64('No suicidal thoughts.')),
    ];
    expect(missing(required(chart(90), { variant }))).toEqual([]);
    expect(missing(required(chart(91), { variant }))).toContain('behavioral-screening');
    expect(missing(required(chart(9).slice(0, 2), { variant }))).toEqual(['behavioral-risk']);
  });

  test('imaging: what the images are to answer, allergies and kidney function', () => {
    const variant = named('imaging');
    expect(missing(required([psa], { variant, question: ' ' }))).toEqual(['imaging-question', 'imaging-allergies', 'imaging-kidney']);
    expect(missing(required([psa, allergy('a', 'Iodine'), result('e', '98979-8', 'eGFR', daysAgo(30))], { variant }))).toEqual([]);
  });
});

describe('whether it may go', () => {
  const whole = {
    requirements: requirementsOf(required([psa])),
    authorization: { kind: 'on-record', status: 'not-needed' } as AuthorizationWord,
    variant: undefined,
    withheld: false,
    files: [] as { sha256: string; unread?: true }[],
    contents: 'one',
  };
  const lacking = { ...whole, requirements: requirementsOf(required([psa], { callback: '' })) };
  const referral = (authorization: Authorization = { status: 'not-checked' }, status = 'active') =>
    ({ order: { status }, authorization, coordinator: 'cora', attempts: [] }) as unknown as Parameters<typeof holdsOf>[0];
  const prepared = (more: Partial<Preparation>): Preparation => ({ ...UNPREPARED, ...more });
  const override = (missed: string[]): Partial<Preparation> => ({
    override: { missing: missed, reason: 'Number is on the letter', by: 'cora', at: '2026-11-28T10:00:00.000Z' },
  });
  const kinds = (...[about, packet, preparation = UNPREPARED]: [Parameters<typeof holdsOf>[0], typeof lacking, Preparation?]) =>
    holdsOf(about, packet, preparation).map(({ kind }) => kind);

  test('it may, when nothing is missing', () => expect(kinds(referral(), whole)).toEqual([]));
  test('not before the order is in force', () =>
    expect(kinds(referral(undefined, 'awaiting-signature'), whole)).toEqual(['order-not-active']));

  test.each([
    ['not-checked', []],
    ['not-needed', []],
    ['approved', []],
    ['asked', ['authorization']],
    ['denied', ['authorization']],
  ] as const)('R112: the payer’s answer is %s', (status, holds) =>
    expect(kinds(referral({ status, since: null, reason: 'other' } as Authorization), whole)).toEqual(holds),
  );

  test('R104: not while nobody has said whether the payer has to authorize it; what goes without it was answered for', () => {
    const open = { ...whole, authorization: { kind: 'open', because: 'nobody-looked' } as const };
    expect(holdsOf(referral(), open, UNPREPARED)).toEqual([{ kind: 'authorization-open', because: 'nobody-looked' }]);
    expect(kinds(referral(), { ...open, requirements: lacking.requirements }, prepared(override(['callback', 'authorization'])))).toEqual([
      'authorization-open',
    ]);
    expect(kinds(referral(), { ...whole, authorization: { kind: 'goes-without', by: 'cora', at: '2026-11-28T10:00:00.000Z' } })).toEqual(
      [],
    );
  });

  test('not while something is missing, unless somebody said why it goes without exactly that', () => {
    expect(kinds(referral(), lacking)).toEqual(['incomplete']);
    expect(kinds(referral(), lacking, prepared(override(['callback'])))).toEqual([]);
    expect(kinds(referral(), lacking, prepared(override(['coverage'])))).toEqual(['incomplete']);
  });

  test('an override is no authorization', () =>
    expect(kinds(referral({ status: 'asked', since: null }), lacking, prepared(override(['callback'])))).toEqual(['authorization']));

  describe('R115: a flagged one is looked through first, and anew when it changed', () => {
    const checked = (contents: string) => prepared({ checked: { contents, by: 'cora', at: '2026-11-28T10:00:00.000Z' } });
    test.each([
      ['of a flagged kind', { ...whole, variant: named('behavioral-health') }],
      ['with something withheld', { ...whole, withheld: true }],
    ])('%s', (_, packet) => {
      expect(holdsOf(referral(), packet, UNPREPARED)).toEqual([{ kind: 'to-be-checked', owner: 'cora', unread: 0, since: 0 }]);
      expect(kinds(referral(), packet, checked('one'))).toEqual([]);
      expect(kinds(referral(), packet, checked('another'))).toEqual(['to-be-checked']);
    });
    test('with a file that nobody but a person can read, until somebody was shown each of its files', () => {
      const scan = { sha256: 'scan', unread: true } as const;
      const packet = { ...whole, files: [scan, { sha256: 'letter' }] };
      const seen = (...files: string[]) => prepared({ checked: { contents: 'one', by: 'cora', at: '2026-11-28T10:00:00.000Z', files } });
      const held = (unread: number, since: number) => [{ kind: 'to-be-checked', owner: 'cora', unread, since }];
      expect(holdsOf(referral(), packet, UNPREPARED)).toEqual(held(1, 0));
      expect(holdsOf(referral(), packet, checked('one'))).toEqual(held(1, 2));
      expect(holdsOf(referral(), packet, seen('scan'))).toEqual(held(1, 1));
      expect(holdsOf(referral(), packet, seen('letter', 'scan'))).toEqual([]);
      expect(kinds(referral(), { ...whole, files: [{ sha256: 'letter' }] })).toEqual([]);
      expect(holdsOf(referral(), { ...whole, withheld: true, files: [{ sha256: 'new' }] }, seen('old'))).toEqual(held(0, 1));
    });
    test('imaging is not flagged', () => expect(kinds(referral(), { ...whole, variant: named('imaging') })).toEqual([]));
  });
});
