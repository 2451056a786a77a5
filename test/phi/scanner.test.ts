/** That the check after the suite can fail: each kind of value, in each of its forms, planted in each channel as that channel would hold it. */
import type { Coverage, DocumentReference, Patient, ServiceRequest } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { CHANNELS, type ChannelName, misplaced } from './channels.ts';
import { KINDS, type Kind, plantedIn } from './kinds.ts';
import { scannerFor } from './scanner.ts';

const patient: Patient = {
  resourceType: 'Patient',
  id: 'planted-4711',
  name: [{ family: 'Peñaranda', given: ['Zebulon', 'Quill'] }],
  birthDate: '1931-02-03',
  identifier: [{ value: 'MRN-99887766' }],
  address: [{ line: ['17 Planted Lane'], city: 'Oakland' }],
  telecom: [
    { system: 'phone', value: '(510) 555-0142' },
    { system: 'email', value: 'zebulon.p@mail.example.org' },
  ],
};
const coverage: Coverage = {
  resourceType: 'Coverage',
  status: 'active',
  subscriberId: 'W55-443-221',
  beneficiary: { reference: 'Patient/planted-4711' },
  payor: [{ display: 'Payer' }],
};
const order: ServiceRequest = {
  resourceType: 'ServiceRequest',
  id: 'planted-order-1',
  status: 'draft',
  intent: 'order',
  subject: { reference: 'Patient/planted-4711' },
  reasonCode: [{ text: 'Syncope on exertion' }],
  note: [{ text: 'Is he a candidate for a valve?' }],
};
const note: DocumentReference = {
  resourceType: 'DocumentReference',
  status: 'current',
  content: [
    {
      attachment: {
        contentType: 'text/plain',
        data: Buffer.from('HISTORY\nFainted twice while climbing stairs. Stable.').toString('base64'),
      },
    },
  ],
};
const planted = plantedIn([patient, coverage, order, note]);
const scan = scannerFor(planted);

/** Each kind as a person or a program would write it. */
const WRITTEN: Record<Kind, string[]> = {
  'a reference to a patient': ['Patient/planted-4711', 'https://ehr.example.org/fhir/Patient/planted-4711/_history/2'],
  'the id of a patient': ['planted-4711', 'PLANTED-4711.'],
  'the id of an order': ['ServiceRequest/planted-order-1'],
  'a family name': ['Peñaranda', 'PENARANDA', 'Pen\u0303aranda', String.raw`Pe\u00f1aranda`],
  'a given name': ['Zebulon', 'zebulon,', 'Quill'],
  'a whole name': ['Peñaranda, Zebulon', 'Zebulon Quill Peñaranda', 'name=Zebulon+Penaranda', String.raw`Zebulon\nPeñaranda`],
  'a birth date': [
    '1931-02-03',
    '19310203',
    '02/03/1931',
    '2/3/1931',
    '03.02.1931',
    'Feb 3, 1931',
    '3 February 1931',
    '03-FEB-1931',
    '1931-02-03T00:00:00Z',
  ],
  'a record number': ['MRN-99887766', 'mrn 99887766', 'MRN_99887766'],
  'a member number': ['W55-443-221', 'w55 443 221'],
  'a street': ['17 Planted Lane, Oakland', '17 PLANTED LANE'],
  'a phone number or mail address': ['(510) 555-0142', '510-555-0142', '5105550142', 'zebulon.p@mail.example.org'],
  'a reason': ['Syncope on exertion', 'syncope-on-exertion'],
  'a question': ['Is he a candidate for a valve'],
  'a sentence of a note': ['Fainted twice while climbing stairs.', '<p>Fainted twice <b>while</b> climbing stairs'],
};

/** A line of the channel with something in it. */
const LINES: Record<ChannelName, (written: string) => string> = {
  output: (written) => JSON.stringify({ level: 'error', msg: 'failure', route: '/plans/:id', at: [written] }),
  addresses: (written) => `GET http://127.0.0.1:4020/audit/recommendations?cursor=${encodeURIComponent(written)}`,
  'ehr-addresses': (written) => `GET http://localhost:4010/fhir/Practitioner?name=${encodeURIComponent(written)}`,
  referrers: (written) => `http://localhost:4010/patients/${encodeURIComponent(written)}`,
  console: (written) => `warning Each child in a list should have a key: ${written}`,
  problems: (written) => JSON.stringify({ type: '/problems/conflict', errors: [{ field: 'order', message: `Expected ${written}` }] }),
  storage: (written) => JSON.stringify([[['last', written]], [], '']),
  commands: (written) => `The drill failed: duplicate key value (${written})`,
  'audit-export': (written) => JSON.stringify({ kind: 'row', entry: JSON.stringify({ actor: 'lee', detail: written }) }),
  backup: (written) => `north\t2026-11-20\t${written}\t\\N`,
};

test('each kind is planted', () => {
  expect(new Set(planted.map(({ kind }) => kind))).toEqual(new Set(KINDS));
});

describe.each(Object.keys(CHANNELS) as ChannelName[])('%s', (channel) => {
  test.each(KINDS)('%s is reported unless it belongs there', (kind) => {
    const { may } = CHANNELS[channel] as { may?: { hold: readonly Kind[] } };
    for (const written of WRITTEN[kind]) {
      const found = scan(LINES[channel](written));
      expect({ written, found }).toEqual({ written, found: expect.arrayContaining([kind]) });
      expect(misplaced(channel, found).includes(kind)).toBe(!may?.hold.includes(kind));
    }
  });
});

describe('hidden', () => {
  const hidden: [string, (written: string) => string][] = [
    ['in base64', (written) => `data:text/plain;base64,${Buffer.from(written).toString('base64')}`],
    ['in base64 of addresses', (written) => `eyJhbGciOiJub25lIn0.${Buffer.from(JSON.stringify({ for: written })).toString('base64url')}.`],
    ['in hexadecimal', (written) => `\\\\x${Buffer.from(`a ${written}`).toString('hex')}`],
    ['in an address within an address', (written) => `?next=${encodeURIComponent(`/x?y=${written}`)}`],
    ['in JSON within JSON', (written) => JSON.stringify(JSON.stringify({ x: `\t${written}` }))],
  ];
  test.each(hidden)('%s it is found', (_how, hide) => {
    for (const written of ['Zebulon Peñaranda', 'MRN-99887766', '1931-02-03']) expect(scan(hide(written)), written).not.toEqual([]);
  });
});

describe('is not taken for a patient’s', () => {
  test.each([
    'session 4a19310203bc',
    'Patient/planted-47110',
    'planted-4711x',
    'GET /recommendations/:id 200 1.9 ms',
    '1931-02-30',
    'Zebulonia',
    'MRN-998877660',
    'Planted Lane',
    'ClinicalImpression/planted-order-12',
    Buffer.from(Array.from({ length: 300 }, (_none, index) => (index * 7919) % 256)).toString('base64'),
  ])('%s', (text) => {
    expect(scan(text)).toEqual([]);
  });
});

test('an id that reads like a reason is told as an id alone', () => {
  const known = scannerFor(
    plantedIn([
      { ...order, id: 'chest-pain-referral', reasonCode: [{ text: 'Chest pain' }] },
      { ...patient, id: 'chest-pain' },
    ]),
  );
  expect(known('GET /fhir/ServiceRequest?patient=chest-pain')).toEqual(['the id of a patient']);
  expect(known('GET /fhir/ServiceRequest/chest-pain-referral')).toEqual(['the id of an order']);
  expect(known('?reason=chest+pain')).toEqual(['a reason']);
});
