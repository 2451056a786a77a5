import { describe, expect, test } from 'vitest';
import { readChart } from '../chart/read-chart.ts';
import { type FhirResource, ICD10CM } from '../fhir/read.ts';
import { CHECKLISTS } from './checklist.ts';
import { composeNote, type NoteRequest } from './compose.ts';

const subject = { reference: 'Patient/p' };
const request: NoteRequest = {
  specialty: 'cardiology',
  reasonText: 'Palpitations',
  reasonCodes: [],
  kind: 'consult',
  visits: 1,
  urgency: 'routine',
};
const draftOf = (resources: object[], more: Partial<NoteRequest> = {}, notSeen: string[] = []) =>
  composeNote({
    chart: readChart(resources as FhirResource[], { patientId: 'p', today: '2026-11-20' }),
    request: { ...request, ...more },
    checklists: CHECKLISTS,
    notSeen,
  });
const texts = (draft: ReturnType<typeof draftOf>, section: string) =>
  draft.sentences.filter((one) => one.section === section).map((one) => one.text);

describe('the clinician’s own words', () => {
  test('question, then reason with its codes; both the clinician’s', () => {
    const draft = draftOf([], {
      question: 'Ablation?',
      reasonCodes: [{ system: ICD10CM, code: 'I4710', display: 'Supraventricular tachycardia, unspecified' }],
    });
    expect(draft.sentences.slice(0, 2)).toMatchObject([
      { section: 'question', text: 'Ablation?', author: 'clinician', sources: [] },
      { section: 'reason', text: 'Palpitations (I47.10 Supraventricular tachycardia, unspecified).', author: 'clinician', sources: [] },
    ]);
  });

  test('a reason taken over from the order cites the order', () => {
    const order = {
      resourceType: 'ServiceRequest',
      id: 'o',
      status: 'draft',
      intent: 'order',
      reasonCode: [{ text: 'Palpitations' }],
      subject,
    };
    expect(draftOf([order]).sentences[0]?.sources).toEqual([{ type: 'ServiceRequest', id: 'o' }]);
  });

  test('the request closes, to the chosen performer when there is one', () => {
    expect(texts(draftOf([]), 'request')).toEqual([
      'Please see the patient in consultation and advise; treatment stays with me. 1 visit asked for.',
    ]);
    expect(texts(draftOf([], { performerName: 'Dr. Rivera' }), 'request')[0]).toMatch(/^Dr\. Rivera: please see/);
  });
});

describe('allergies and medications', () => {
  test('silence of the chart is no sentence', () => {
    const draft = draftOf([]);
    expect(texts(draft, 'allergies')).toEqual([]);
    expect(draft.notSeen).toEqual(['Allergies are not recorded in the chart.', 'No current medication is recorded in the chart.']);
  });

  test('what could not be read is not said to be missing', () => {
    const notSeen = ['Allergies could not be read', 'Medications could not be read'];
    expect(draftOf([], {}, notSeen).notSeen).toEqual(notSeen);
  });

  test('what is withheld is not said to be missing either', () => {
    const secret = {
      resourceType: 'MedicationRequest',
      id: 'm',
      status: 'active',
      intent: 'order',
      medicationCodeableConcept: { text: 'Methadone' },
      subject,
    };
    expect(draftOf([secret]).notSeen).toEqual(['Allergies are not recorded in the chart.']);
  });

  test('none known is said in the words of the resource that says so', () => {
    const none = {
      resourceType: 'AllergyIntolerance',
      id: 'a',
      code: { text: 'No known drug allergies' },
      patient: subject,
      recordedDate: '2026-09-28',
    };
    const draft = draftOf([none]);
    expect(texts(draft, 'allergies')).toEqual(['No known drug allergies, recorded on 28 September 2026.']);
    expect(draft.notSeen).not.toContain('Allergies are not recorded in the chart.');
  });

  test('the same order renewed is told once', () => {
    const order = (id: string) => ({
      resourceType: 'MedicationRequest',
      id,
      status: 'active',
      intent: 'order',
      medicationCodeableConcept: { text: 'Apixaban 5 mg' },
      subject,
    });
    expect(texts(draftOf([order('1'), order('2')]), 'medications')).toEqual(['Apixaban 5 mg.']);
  });
});

describe('findings', () => {
  const lab = (id: string, code: string, value: number, date: string, more: object = {}) => ({
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code }], text: id },
    valueQuantity: { value, unit: 'mg/dL' },
    effectiveDateTime: date,
    subject,
    ...more,
  });

  test('the newest value, with the one before when it differs and is at most two years older', () => {
    const older = lab('ldl-0', '13457-7', 190, '2020-01-01');
    expect(
      texts(draftOf([lab('ldl-2', '13457-7', 131, '2026-10-05'), lab('ldl-1', '13457-7', 152, '2026-01-12'), older]), 'findings'),
    ).toEqual(['Results of 5 October 2026: LDL cholesterol 131 mg/dL, before 152 mg/dL on 12 January 2026.']);
    expect(texts(draftOf([lab('ldl-2', '13457-7', 131, '2026-10-05'), older]), 'findings')).toEqual([
      'Results of 5 October 2026: LDL cholesterol 131 mg/dL.',
    ]);
  });

  test('a vital sign tells a trend only over a month', () => {
    const rate = (id: string, value: number, date: string) =>
      lab(id, '8867-4', value, date, { category: [{ coding: [{ code: 'vital-signs' }] }], valueQuantity: { value, unit: '/min' } });
    expect(texts(draftOf([rate('a', 88, '2026-11-15'), rate('b', 90, '2026-11-14')]), 'findings')).toEqual([
      'Results of 15 November 2026: heart rate 88 /min.',
    ]);
    expect(texts(draftOf([rate('a', 88, '2026-11-15'), rate('b', 90, '2026-11-14'), rate('c', 70, '2026-10-16')]), 'findings')).toEqual([
      'Results of 15 November 2026: heart rate 88 /min, before 70 /min on 16 October 2026.',
    ]);
  });

  test('results of other specialties stay out, unless they are critical and recent', () => {
    const critical = { interpretation: [{ coding: [{ code: 'HH' }] }] };
    expect(texts(draftOf([lab('Urate', '3084-1', 6, '2026-10-05')]), 'findings')).toEqual([]);
    expect(texts(draftOf([lab('Urate', '3084-1', 16, '2026-10-05', critical)]), 'findings')).toEqual([
      'Results of 5 October 2026: uric acid 16 mg/dL (critically high).',
    ]);
    expect(texts(draftOf([lab('Urate', '3084-1', 16, '2026-01-05', critical)]), 'findings')).toEqual([]);
  });

  test('a result of five years ago is history', () => {
    expect(texts(draftOf([lab('ldl', '13457-7', 131, '2021-11-01')], { reasonText: 'Murmur' }), 'findings')).toEqual([]);
  });

  test('a panel that answers the checklist is told by its results', () => {
    const panel = {
      resourceType: 'DiagnosticReport',
      id: 'panel',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '58410-2' }], text: 'CBC' },
      effectiveDateTime: '2026-10-05',
      result: [{ reference: 'Observation/Leukocytes' }],
      subject,
    };
    const draft = draftOf([panel, lab('Leukocytes', '6690-2', 7, '2026-10-05')], { reasonText: 'Chest pain' });
    expect(texts(draft, 'findings')).toEqual(['Results of 5 October 2026: white cells 7 mg/dL.']);
  });
});

describe('notes', () => {
  const note = (id: string, date: string, body: string) => ({
    resourceType: 'DocumentReference',
    id,
    status: 'current',
    type: { text: 'Progress note' },
    date,
    author: [{ display: 'Dr. Lee' }],
    content: [{ attachment: { contentType: 'text/plain', data: Buffer.from(body).toString('base64') } }],
    subject,
  });

  test('the two sentences that speak most of the reason, a gap between them shown, instructions left out', () => {
    const body =
      'Palpitations twice a week. Lives with her son. Palpitations last five minutes. Return at once for palpitations with chest pain.';
    expect(texts(draftOf([note('n', '2026-11-15', body)]), 'history')).toEqual([
      'Progress note (15 November 2026), Dr. Lee: “Palpitations twice a week. … Palpitations last five minutes.”',
    ]);
  });

  test('a note that says nothing of the reason, is older than a year, or repeats another is not quoted', () => {
    const told = [note('a', '2026-11-15', 'Palpitations twice a week.'), note('b', '2026-11-01', 'Palpitations twice a week.')];
    expect(
      texts(draftOf([...told, note('c', '2026-11-02', 'Chest clear.'), note('d', '2025-11-19', 'Palpitations at school.')]), 'history'),
    ).toEqual(['Progress note (15 November 2026), Dr. Lee: “Palpitations twice a week.”']);
  });
});

test('a long problem list is cut and the cut is said', () => {
  const problems = Array.from({ length: 20 }, (_, at) => ({
    resourceType: 'Condition',
    id: `c${at}`,
    clinicalStatus: { coding: [{ code: 'active' }] },
    code: { text: `Bunion number ${at}` },
    subject,
  }));
  const draft = draftOf(problems);
  expect(texts(draft, 'background')).toHaveLength(15);
  expect(draft.notSeen).toContain('5 more other active problems are in the chart and not in the draft.');
});

test('ids stay the same when the chart grows elsewhere, so that edits can be laid over a new draft', () => {
  const problem = {
    resourceType: 'Condition',
    id: 'c',
    clinicalStatus: { coding: [{ code: 'active' }] },
    code: { text: 'Palpitations' },
    subject,
  };
  const other = { ...problem, id: 'aaa', code: { text: 'Hypertension' } };
  const idOf = (resources: object[]) => draftOf(resources).sentences.find((one) => one.sources.some((ref) => ref.id === 'c'))?.id;
  expect(idOf([problem, other])).toBe(idOf([problem]));
});

test('the composer names itself and the checklist it used', () => {
  expect(draftOf([]).composer).toEqual({ name: 'refloop-composer', version: '1.0.0', checklistVersion: CHECKLISTS.version });
});
