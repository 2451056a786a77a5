/** For tests: a small export of an EHR, with referrals that end in different ways, and names that must not get through. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export type TestResource = { resourceType: string; id: string } & Record<string, unknown>;

export const PLANTED = 'Zebulon Plantedname';

const SCT = 'http://snomed.info/sct';
const NPI = 'http://hl7.org/fhir/sid/us-npi';
const coded = (system: string, code: string) => ({ coding: [{ system, code, display: PLANTED }], text: PLANTED });

const patient = (id: string, postalCode: string): TestResource => ({
  resourceType: 'Patient',
  id,
  name: [{ family: PLANTED, given: [PLANTED] }],
  birthDate: '1961-02-03',
  identifier: [{ system: 'urn:mrn', value: `MRN-${id}` }],
  telecom: [{ system: 'phone', value: '555-0100' }],
  address: [{ line: [PLANTED], city: PLANTED, postalCode }],
  communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'es' }] } }],
});

/** Ordered on a day of 2026-01 unless told; by Dr one, of the North clinic, to the cardiologist 1234567893. */
export const referral = (id: string, more: Record<string, unknown> = {}): TestResource => ({
  resourceType: 'ServiceRequest',
  id,
  status: 'active',
  intent: 'order',
  category: [coded(SCT, '3457005')],
  code: coded(SCT, '308471005'),
  priority: 'urgent',
  subject: { reference: 'Patient/p1', display: PLANTED },
  authoredOn: '2026-01-05T10:00:00Z',
  requester: { reference: 'PractitionerRole/requester' },
  performer: [{ reference: 'PractitionerRole/cardiologist', display: PLANTED }],
  note: [{ text: PLANTED }],
  meta: { lastUpdated: '2026-01-06T10:00:00Z' },
  ...more,
});

const of = (id: string) => [{ reference: `ServiceRequest/${id}` }];

export const appointment = (id: string, order: string, status: string, more: Record<string, unknown> = {}): TestResource => ({
  resourceType: 'Appointment',
  id,
  status,
  basedOn: of(order),
  created: '2026-01-07',
  start: '2026-01-20T15:00:00Z',
  description: PLANTED,
  meta: { lastUpdated: '2026-01-21T10:00:00Z' },
  ...more,
});

const task = (id: string, order: string, status: string, more: Record<string, unknown> = {}): TestResource => ({
  resourceType: 'Task',
  id,
  status,
  intent: 'order',
  focus: { reference: `ServiceRequest/${order}` },
  authoredOn: '2026-01-05T12:00:00Z',
  lastModified: '2026-01-08T12:00:00Z',
  ...more,
});

const C4BB = 'http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBPayerAdjudicationStatus';
const benefit = (id: string, order: string, npi: string, network: string): TestResource => ({
  resourceType: 'ExplanationOfBenefit',
  id,
  status: 'active',
  use: 'claim',
  outcome: 'complete',
  referral: { reference: `ServiceRequest/${order}` },
  provider: { identifier: { system: NPI, value: npi } },
  billablePeriod: { start: '2026-02-01' },
  created: '2026-03-01T00:00:00Z',
  adjudication: [{ category: { coding: [{ system: C4BB, code: network }] } }],
});

/** Seen, missed, declined, seen elsewhere, revoked, a draft, entered in error; and an order that is no referral. */
export function exportedResources(): TestResource[] {
  return [
    patient('p1', '02139-1234'),
    patient('p2', '03601'),
    { resourceType: 'Organization', id: 'north', name: 'North clinic' },
    { resourceType: 'Organization', id: 'plan', name: 'Example Health' },
    { resourceType: 'Practitioner', id: 'one', name: [{ family: PLANTED }], identifier: [{ system: NPI, value: '1111111112' }] },
    { resourceType: 'Practitioner', id: 'heart', name: [{ family: PLANTED }], identifier: [{ system: NPI, value: '1234567893' }] },
    {
      resourceType: 'PractitionerRole',
      id: 'requester',
      practitioner: { reference: 'Practitioner/one' },
      organization: { reference: 'Organization/north' },
    },
    {
      resourceType: 'PractitionerRole',
      id: 'cardiologist',
      practitioner: { reference: 'Practitioner/heart' },
      specialty: [{ coding: [{ system: 'http://nucc.org/provider-taxonomy', code: '207RC0000X' }] }],
    },
    {
      resourceType: 'Coverage',
      id: 'c1',
      status: 'active',
      subscriberId: 'MEMBER-99887766',
      beneficiary: { reference: 'Patient/p1' },
      payor: [{ reference: 'Organization/plan' }],
      period: { start: '2025-01-01' },
    },
    referral('seen'),
    task('t-seen', 'seen', 'completed'),
    appointment('a-seen', 'seen', 'fulfilled'),
    {
      resourceType: 'Encounter',
      id: 'e-seen',
      status: 'finished',
      appointment: [{ reference: 'Appointment/a-seen' }],
      period: { start: '2026-01-20T23:30:00-05:00' },
      subject: { reference: 'Patient/p1' },
    },
    {
      resourceType: 'DocumentReference',
      id: 'd-seen',
      status: 'current',
      docStatus: 'final',
      date: '2026-01-25T08:00:00Z',
      description: PLANTED,
      content: [{ attachment: { data: 'UGxhbnRlZA==' } }],
      context: { related: of('seen') },
    },
    referral('missed', { subject: { reference: 'Patient/p2' } }),
    appointment('a-missed', 'missed', 'noshow'),
    // What went out with the order, as we write it back: no answer to it.
    {
      resourceType: 'DocumentReference',
      id: 'd-missed',
      status: 'current',
      docStatus: 'final',
      type: coded('http://loinc.org', '57133-1'),
      date: '2026-01-05T12:00:00Z',
      description: PLANTED,
      context: { related: of('missed') },
    },
    referral('declined'),
    task('t-declined', 'declined', 'rejected', { statusReason: { coding: [{ code: 'not-taking-patients' }], text: PLANTED } }),
    referral('elsewhere'),
    benefit('b-elsewhere', 'elsewhere', '1999999984', 'outofnetwork'),
    referral('claimed', { priority: 'routine' }),
    benefit('b-claimed', 'claimed', '1234567893', 'innetwork'),
    referral('revoked', { status: 'revoked' }),
    referral('draft', { status: 'draft' }),
    referral('mistake', { status: 'entered-in-error' }),
    referral('proposed', { intent: 'proposal' }),
    referral('undated', { authoredOn: undefined }),
    {
      resourceType: 'ServiceRequest',
      id: 'lab',
      status: 'active',
      intent: 'order',
      code: coded('http://loinc.org', '94500-6'),
      subject: { reference: 'Patient/p1' },
    },
    { resourceType: 'Condition', id: 'x', code: { text: PLANTED } },
  ];
}

export const lines = (resources: readonly TestResource[]): string => resources.map((each) => `${JSON.stringify(each)}\n`).join('');

/** A file for each type, as an export has them. */
export async function writeExport(folder: string, resources: readonly TestResource[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [type, own] of Map.groupBy(resources, ({ resourceType }) => resourceType)) {
    await writeFile(join(folder, `${type}.000.ndjson`), lines(own));
  }
}
