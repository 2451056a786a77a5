/** For tests: a packet as it is sent, with something in every part. */
import type { PacketItem, PacketSection } from '@refloop/domain/packet/contents';
import type { ChartPart } from './packet.ts';
import type { SentPacket } from './packet-ccda.ts';

const item = (section: PacketSection, reference: string, more: Partial<PacketItem>): PacketItem => {
  const [type = '', id = ''] = reference.split('/');
  return {
    id: reference,
    section,
    title: 'Untitled',
    detail: '',
    text: [],
    date: '2026-10-05',
    codings: [],
    ref: { type, id },
    because: 'current-list',
    ...more,
  };
};

export const ITEMS: PacketItem[] = [
  item('problems', 'Condition/svt', {
    title: 'Supraventricular tachycardia',
    codings: [
      { system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'I47.10', display: 'Supraventricular tachycardia, unspecified' },
      { system: 'http://snomed.info/sct', code: '6456007', display: 'Supraventricular tachycardia' },
    ],
  }),
  item('problems', 'Condition/hypertension', { title: 'Essential hypertension', detail: 'not confirmed', date: '2015-05' }),
  item('medications', 'MedicationRequest/metoprolol', {
    title: 'Metoprolol succinate 50 mg',
    detail: '50 mg by mouth daily',
    codings: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '866436' }],
  }),
  item('allergies', 'AllergyIntolerance/latex', { title: 'Latex', detail: 'Rash; moderate', date: '' }),
  item('results', 'Observation/potassium', {
    title: 'Potassium',
    detail: '4.2 mmol/L',
    because: 'last-90-days',
    codings: [{ system: 'http://loinc.org', code: '2823-3', display: 'Potassium [Moles/volume] in Serum or Plasma' }],
  }),
  item('results', 'DiagnosticReport/holter', { title: 'Holter monitor', text: ['Runs of SVT.'], because: 'last-90-days' }),
  item('imaging', 'DiagnosticReport/echo', { title: 'Echocardiogram', text: ['Ejection fraction 60 %.'], date: '2019', because: 'image' }),
  item('imaging', 'DocumentReference/panoramic', { title: 'Panoramic radiograph', date: '', because: 'image' }),
  item('documents', 'DocumentReference/note', {
    title: 'Progress note',
    detail: 'Dr. Ortiz',
    text: ['Seen for palpitations.', 'ECG normal.'],
    because: 'last-90-days',
  }),
];

const chart: ChartPart = {
  madeAt: '2026-11-28T16:05:00.000Z',
  person: {
    family: 'Nguyễn',
    given: ['Thị', 'Phương Thảo'],
    line: ['12 Peña Street'],
    city: 'Oakland',
    state: 'CA',
    postalCode: '94601',
    language: 'vi',
  },
  reasonCodes: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'I47.10', display: 'Supraventricular tachycardia, unspecified' }],
  variant: null,
  answerWithin: '2 business days',
  items: ITEMS,
  teeth: [],
  authorization: 'not needed',
  callback: '(510) 555-0199',
  lacking: ['A kidney function'],
  withheld: true,
};

export const sentPacket = (more: Partial<SentPacket> = {}, part: Partial<ChartPart> = {}): SentPacket => ({
  title: 'Referral to cardiology',
  referralId: '01JREFERRAL',
  approvedAt: '2026-11-20T10:00:00.000Z',
  synthetic: true,
  patient: {
    name: 'Nguyễn, Thị Phương Thảo',
    born: '1968-03-02',
    sex: 'female',
    recordNumber: 'MRN-4711',
    phone: '510-555-0142',
    address: '12 Peña Street, Oakland, CA 94601',
    language: 'Vietnamese',
  },
  referring: { clinician: 'Dr. Zoë Lefèvre', practice: 'Sandbox clinic' },
  specialist: {
    name: 'Ana Muñoz, MD',
    specialty: 'Cardiology',
    organization: 'Bay Heart',
    address: '1 Heart Way, Oakland, CA 94601',
    npi: '1234567893',
    phone: '510-555-0100',
    fax: '510-555-0101',
    network: 'In the patient’s network',
  },
  request: {
    kind: 'Consult',
    visits: 1,
    urgency: 'routine',
    reason: 'Palpitations ≥ 5 minutes',
    codes: ['ICD-10-CM I47.10 · Supraventricular tachycardia, unspecified'],
    question: 'Is she a candidate for ablation?',
    coverage: 'Payer A, Plan A',
  },
  note: {
    sections: [{ section: 'history', listed: false, lines: [{ text: 'Episodes last ≥ 5 minutes.', cited: [1], byClinician: false }] }],
    sources: [{ number: 1, reference: 'Condition/svt', title: 'Supraventricular tachycardia', date: '2026-08-01' }],
  },
  ...more,
  chart: { ...chart, ...part },
});

/** The same with every kind of value missing. */
export const barePacket = (): SentPacket => {
  const nothing = 'not recorded';
  return sentPacket(
    {
      patient: { name: nothing, born: nothing, sex: nothing, recordNumber: nothing, phone: nothing, address: nothing, language: nothing },
      note: { sections: [], sources: [] },
    },
    {
      person: { family: '', given: [], line: [], city: '', state: '', postalCode: '', language: '' },
      reasonCodes: [],
      items: [],
      callback: '',
      answerWithin: null,
      lacking: [],
      withheld: false,
    },
  );
};
