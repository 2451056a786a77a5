/** For tests: an order in force whose approval kept a packet, as one that was made in the chart has it. */
import { keepIdentity } from '../../inbound/identity-of.ts';
import type { Packet } from '../../packet/packet.ts';
import type { Scope, Store } from '../../store/store.ts';
import { happens, putInForce } from '../engine/test-in-force.ts';

export const BORN = '1985-03-27';

export const packetFor = (patient: Partial<Packet['patient']>): Packet => ({
  title: 'Referral to cardiology',
  referralId: 'r',
  approvedAt: '2026-11-20T15:00:01.000Z',
  synthetic: true,
  patient: {
    name: 'Example, Rosa',
    born: BORN,
    sex: 'female',
    recordNumber: 'MRN-1',
    phone: '(555) 210-0100',
    address: '1 Elm St',
    language: 'Spanish',
    ...patient,
  },
  referring: { clinician: 'Dr. Lee', practice: 'Maple Clinic' },
  specialist: {
    name: 'Ana Rivera, MD',
    specialty: 'Cardiology',
    organization: 'Bay Heart',
    address: '2 Oak St, Oakland, CA',
    npi: '1234567893',
    phone: '510-555-0100',
    fax: 'not recorded',
    network: 'In the patient’s network',
  },
  request: {
    kind: 'Consult',
    visits: 1,
    urgency: 'routine',
    reason: 'Palpitations',
    codes: [],
    question: 'Ablation?',
    coverage: 'Plan A',
  },
  note: { sections: [], sources: [] },
});

/** @param patient what the chart says differently; a name as "Family, Given" */
export async function approvedFor(
  store: Store,
  scope: Scope,
  id: string,
  at: string,
  patient: Partial<Packet['patient']> = {},
  patientId = 'p1',
): Promise<void> {
  await putInForce(store, scope, id, at, 'routine', patientId, patient.name?.split(', ').toReversed().join(' '));
  await store.transaction(scope, async (unit) => {
    const packet = packetFor(patient);
    await unit.approvals.insert({
      id: `approval-${id}`,
      recommendationId: `rec-${id}`,
      referralId: id,
      idempotencyKey: `key-of-${id}`,
      subject: 's',
      approvedAt: at,
      orderVersion: '3',
      contentHash: 'of-the-test',
      content: { packet },
    });
    // As an approval keeps it, from the chart.
    const telecom = [{ system: 'phone', value: packet.patient.phone }];
    await keepIdentity(unit, patientId, [{ resourceType: 'Patient', id: patientId, telecom }]);
  });
}

const later = (at: string, seconds: number): string => new Date(Date.parse(at) + seconds * 1000).toISOString();

/** Accepted by the office ten seconds after `at`, with these dates on offer. */
export async function acceptedWith(
  store: Store,
  scope: Scope,
  id: string,
  at: string,
  dates: string[],
  channel: 'link' | 'fhir' = 'link',
): Promise<void> {
  await happens(store, scope, id, later(at, 10), { type: 'send', transmissionId: `t-${id}`, channel });
  await happens(store, scope, id, later(at, 11), { type: 'accept' });
  if (dates.length > 0) await happens(store, scope, id, later(at, 12), { type: 'offer-dates', dates });
}
