import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chartRefs } from '../chart/chart.ts';
import { readChart } from '../chart/read-chart.ts';
import { type FhirResource, ICD10CM } from '../fhir/read.ts';
import { referenceText } from '../fhir/reference.ts';
import { CHECKLISTS } from './checklist.ts';
import { composeNote, type NoteRequest } from './compose.ts';

const TODAY = '2026-11-20';
/** A word that stands in withheld resources alone. */
const PLANTED = 'zebrafish';

const subject = { reference: 'Patient/p' };
const loinc = (code: string, text: string) => ({ coding: [{ system: 'http://loinc.org', code }], text });
const base64 = (words: string) => Buffer.from(words, 'utf8').toString('base64');
const RESTRICTED = { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }] };
const PART_2 = { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: '42CFRPart2' }] };

const day = fc
  .tuple(fc.integer({ min: 2016, max: 2026 }), fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 28 }))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join('-'));

const words = fc
  .array(
    fc.constantFrom(
      'Chest pain on exertion.',
      'Palpitations twice a week.',
      'No fever.',
      `Discussed ${PLANTED} symptoms.`,
      'Denies alcohol use.',
      'Ferritin was low.',
      'Walks 3 blocks.',
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((sentences) => sentences.join(' '));

/** Resources without their ids; the planted word stands only in, or because of, something withheld. */
const resource = fc.oneof(
  fc.record({
    resourceType: fc.constant('Condition'),
    code: fc.constantFrom(
      { text: 'Palpitations' },
      { text: 'Hypertension' },
      { coding: [{ system: ICD10CM, code: 'D50.9' }], text: 'Iron deficiency anemia' },
    ),
    onsetDateTime: day,
    subject: fc.constant(subject),
  }),
  fc.record({
    resourceType: fc.constant('Condition'),
    meta: fc.constantFrom(RESTRICTED, PART_2),
    code: fc.constant({ text: `${PLANTED} syndrome` }),
    onsetDateTime: day,
    subject: fc.constant(subject),
  }),
  fc.record({
    resourceType: fc.constant('Condition'),
    verificationStatus: fc.constant({ coding: [{ code: 'entered-in-error' }] }),
    code: fc.constant({ text: `Chest ${PLANTED}` }),
    subject: fc.constant(subject),
  }),
  fc.record({
    resourceType: fc.constant('Observation'),
    status: fc.constant('final'),
    code: fc.constantFrom(loinc('718-7', 'Hemoglobin'), loinc('2276-4', 'Ferritin'), loinc('8867-4', 'Heart rate')),
    effectiveDateTime: day,
    valueQuantity: fc.record({
      value: fc.integer({ min: 1, max: 4000 }).map((tenths) => tenths / 10),
      unit: fc.constantFrom('g/dL', 'ng/mL', '/min'),
    }),
    subject: fc.constant(subject),
  }),
  fc.record({
    resourceType: fc.constant('Observation'),
    status: fc.constant('final'),
    meta: fc.constant(PART_2),
    code: fc.constant(loinc('718-7', `Hemoglobin ${PLANTED}`)),
    effectiveDateTime: day,
    valueQuantity: fc.constant({ value: 5 }),
    subject: fc.constant(subject),
  }),
  fc.record({
    resourceType: fc.constant('Observation'),
    status: fc.constant('final'),
    code: fc.constant(loinc('11524-6', 'EKG study')),
    effectiveDateTime: day,
    valueString: words,
    subject: fc.constant(subject),
  }),
  fc.record({
    resourceType: fc.constant('DiagnosticReport'),
    status: fc.constant('final'),
    code: fc.constantFrom({ text: 'Echocardiogram' }, { text: 'Colonoscopy' }),
    effectiveDateTime: day,
    conclusion: words,
    subject: fc.constant(subject),
  }),
  fc.record({
    resourceType: fc.constant('DocumentReference'),
    status: fc.constant('current'),
    type: fc.constantFrom({ text: 'Progress note' }, { text: `About ${PLANTED} syndrome` }),
    date: day,
    content: words.map((body) => [{ attachment: { contentType: 'text/plain', data: base64(body) } }]),
    subject: fc.constant(subject),
  }),
  fc.record({
    resourceType: fc.constant('MedicationRequest'),
    status: fc.constantFrom('active', 'stopped'),
    intent: fc.constant('order'),
    medicationCodeableConcept: fc.constantFrom({ text: 'Metoprolol 50 mg tablet' }, { text: 'Ferrous sulfate 325 mg' }),
    authoredOn: day,
    dosageInstruction: fc.constantFrom([{ text: '1 tablet daily' }], [{ text: `daily for ${PLANTED} syndrome` }]),
    subject: fc.constant(subject),
  }),
  fc.record({
    resourceType: fc.constant('Encounter'),
    status: fc.constant('finished'),
    class: fc.constant({ code: 'AMB' }),
    period: day.map((start) => ({ start })),
    reasonCode: fc.constantFrom([{ text: 'Chest pain' }], [{ text: `${PLANTED} check` }]),
    subject: fc.constant(subject),
  }),
  fc.record({
    resourceType: fc.constant('Procedure'),
    status: fc.constant('completed'),
    code: fc.constantFrom({ text: 'Cardiac catheterization' }, { text: `Treatment of ${PLANTED} syndrome` }),
    performedDateTime: day,
    subject: fc.constant(subject),
  }),
  fc.record({
    resourceType: fc.constant('AllergyIntolerance'),
    code: fc.constantFrom({ text: 'Penicillin' }, { text: 'No known allergies' }),
    patient: fc.constant(subject),
  }),
);

const LEAKING = {
  resourceType: 'Condition',
  id: 'secret',
  meta: RESTRICTED,
  code: { text: `${PLANTED} syndrome`, coding: [{ system: 'http://snomed.info/sct', code: '1' }] },
  subject,
};
const patient = {
  resourceType: 'Patient',
  id: 'p',
  name: [{ family: 'Delgado', prefix: ['Mrs.'] }],
  birthDate: '1968-03-14',
  gender: 'female',
};

const chartResources: fc.Arbitrary<FhirResource[]> = fc
  .array(resource, { maxLength: 40, size: 'large' })
  .map((made) => [patient, LEAKING, ...made.map((one, at) => ({ ...one, id: `r${at}` }))]);

const request: fc.Arbitrary<NoteRequest> = fc.record({
  specialty: fc.constantFrom('cardiology', 'cardiac-electrophysiology', 'gastroenterology', 'hematology', 'podiatry'),
  reasonText: fc.constantFrom('Chest pain with palpitations', 'Iron deficiency anemia', ''),
  reasonCodes: fc.constantFrom([], [{ system: ICD10CM, code: 'R07.9', display: 'Chest pain, unspecified' }]),
  question: fc.constantFrom('', 'Does she need a stress test?'),
  kind: fc.constantFrom('consult', 'transfer'),
  visits: fc.integer({ min: 1, max: 9 }),
  urgency: fc.constantFrom('routine', 'urgent'),
});

const draftOf = (resources: readonly FhirResource[], asked: NoteRequest) => {
  const chart = readChart(resources, { patientId: 'p', today: TODAY });
  return { chart, draft: composeNote({ chart, request: asked, checklists: CHECKLISTS }) };
};

test('every sentence of the composer rests on resources of the chart that are not withheld', () => {
  fc.assert(
    fc.property(chartResources, request, (resources, asked) => {
      const { chart, draft } = draftOf(resources, asked);
      const known = new Set(chartRefs(chart).map(referenceText));
      const withheld = new Set(draft.withheld.map((one) => referenceText(one.ref)));
      const excerpts = new Set(draft.sources.map((source) => referenceText(source.ref)));
      for (const sentence of draft.sentences) {
        if (sentence.author === 'composer') expect(sentence.sources.length).toBeGreaterThan(0);
        for (const ref of sentence.sources) {
          expect(known).toContain(referenceText(ref));
          expect(withheld).not.toContain(referenceText(ref));
          expect(excerpts).toContain(referenceText(ref));
        }
      }
      for (const { status } of draft.checklist) {
        if (status.kind === 'found' || status.kind === 'too-old') expect(withheld).not.toContain(referenceText(status.source));
      }
      expect(new Set(draft.sentences.map((sentence) => sentence.id)).size).toBe(draft.sentences.length);
    }),
    { numRuns: 150 },
  );
});

test('a word of withheld resources appears nowhere in the draft', () => {
  fc.assert(
    fc.property(chartResources, request, (resources, asked) => {
      expect(JSON.stringify(draftOf(resources, asked).draft).toLowerCase()).not.toContain(PLANTED);
    }),
    { numRuns: 300 },
  );
});

test('every number of a sentence stands in its sources', () => {
  // 1968-03-14 to 2026-11-20.
  const AGE = '58';
  fc.assert(
    fc.property(chartResources, request, (resources, asked) => {
      const byKey = new Map(resources.map((one) => [`${one.resourceType}/${one.id}`, one]));
      for (const sentence of draftOf(resources, asked).draft.sentences) {
        if (sentence.author !== 'composer') continue;
        const sources = sentence.sources.map((ref) => byKey.get(referenceText(ref)));
        const attached = sources.flatMap((one) =>
          one?.resourceType === 'DocumentReference'
            ? [Buffer.from(JSON.stringify(one['content']).match(/"data":"([^"]*)"/)?.[1] ?? '', 'base64').toString()]
            : [],
        );
        const written = [JSON.stringify(sources), ...attached].join(' ');
        const allowed = new Set(written.match(/\d+(?:\.\d+)?/g)?.flatMap((number) => [number, String(Number(number))]));
        if (sources.some((one) => one?.resourceType === 'Patient')) allowed.add(AGE);
        for (const number of sentence.text.match(/\d+(?:\.\d+)?/g) ?? []) expect(allowed).toContain(number);
      }
    }),
    { numRuns: 150 },
  );
});

test('the order in which resources arrive changes nothing', () => {
  fc.assert(
    fc.property(
      chartResources.chain((resources) =>
        fc.tuple(fc.constant(resources), fc.shuffledSubarray(resources, { minLength: resources.length, maxLength: resources.length })),
      ),
      request,
      ([resources, shuffled], asked) => {
        expect(JSON.stringify(draftOf(shuffled, asked).draft)).toBe(JSON.stringify(draftOf(resources, asked).draft));
      },
    ),
    { numRuns: 150 },
  );
});

const golden = fileURLToPath(new URL('./golden/', import.meta.url));
const whole = readdirSync(golden)
  .filter((name) => name.endsWith('.json'))
  .flatMap((name) => (JSON.parse(readFileSync(`${golden}${name}`, 'utf8')) as { resources: FhirResource[] }).resources)
  .map(
    (one) =>
      ({
        ...JSON.parse(JSON.stringify(one).replace(/Patient\/\w+/g, 'Patient/p')),
        ...(one.resourceType === 'Patient' && { id: 'p' }),
      }) as FhirResource,
  );

/** Puts something else in one place of a resource, at any depth. */
function broken(resources: readonly FhirResource[], at: number, path: readonly number[], value: unknown): FhirResource[] {
  const copy = structuredClone(resources) as unknown as Record<string, unknown>[];
  let place: Record<string, unknown> | undefined = copy[at % copy.length];
  for (const step of path) {
    if (place === undefined) break;
    const keys = Object.keys(place);
    const key = keys[step % Math.max(1, keys.length)];
    if (key === undefined) break;
    const inner = place[key];
    if (typeof inner === 'object' && inner !== null && step % 3 !== 0) place = inner as Record<string, unknown>;
    else {
      place[key] = value;
      place = undefined;
    }
  }
  return copy as unknown as FhirResource[];
}

test('no chart, however odd, makes reading or drafting throw', () => {
  const oddity = fc.oneof(fc.jsonValue(), fc.constantFrom(null, '', 0, -1, [], {}, [null], 'T', '2026-13-45', 1e308, 'urn:uuid:'));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(), fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 6 }), oddity), { minLength: 1, maxLength: 25 }),
      request,
      (changes, asked) => {
        let resources = whole;
        for (const [at, path, value] of changes) resources = broken(resources, at, path, value);
        expect(() => draftOf(resources, asked)).not.toThrow();
      },
    ),
    { numRuns: 60 },
  );
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 10 }), request, (values, asked) => {
      expect(() => draftOf(values as unknown as FhirResource[], asked)).not.toThrow();
    }),
    { numRuns: 100 },
  );
});
