/** Whose a booking or a visit is that names the order alone, where several specialists were asked for it. */
import { expect, test } from 'vitest';
import { type Capture, capture } from './capture.ts';
import { observe } from './observe.ts';
import { ANOTHER, act, inChart, minute } from './test-care.ts';

type Version = { id?: string; status: string; at: number; npi?: string };

function resourceOf(resourceType: 'Appointment' | 'Encounter', { id = 'a1', status, at, npi }: Version) {
  const actor = { identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: npi } };
  return {
    resourceType,
    id,
    meta: { versionId: String(at), lastUpdated: minute(at) },
    status,
    start: '2026-12-01T15:00:00.000Z',
    period: { start: minute(at) },
    basedOn: [{ reference: 'ServiceRequest/o1' }],
    participant: [{ actor: { reference: 'Patient/p1' } }, ...(npi ? [{ actor, individual: actor }] : [])],
  };
}

/** The first specialist had booked a1; another is asked now. */
function rerouted() {
  const history = inChart();
  const read = (resource: ReturnType<typeof resourceOf>, at: number): Capture => {
    const known = { base: 'https://ehr.example.org/fhir', now: minute(at), written: () => [] };
    const captured = capture(resource, history.referral, known);
    for (const fact of captured.facts) history.take(observe(history.referral, fact, minute(at)), minute(at));
    return captured;
  };
  act(history, { type: 'send', transmissionId: 't1', channel: 'fhir' }, 1);
  act(history, { type: 'accept' }, 2);
  read(resourceOf('Appointment', { status: 'booked', at: 3 }), 3);
  act(history, { type: 'request-cancellation', reason: 'Too far' }, 4);
  history.ask({ type: 'reroute', performer: ANOTHER, because: 'declined' }, 5);
  act(history, { type: 'send', transmissionId: 't2', channel: 'fax' }, 6);
  const standing = () => history.referral.attempts.map(({ work, appointments }) => [work.status, appointments.map(({ status }) => status)]);
  expect(standing()[1]).toEqual(['sent', []]);
  return { read, second: () => standing()[1] };
}

test('the first specialist’s booking, cancelled after another was asked, says nothing of the other', () => {
  const { read, second } = rerouted();
  read(resourceOf('Appointment', { status: 'cancelled', at: 60 }), 60);
  expect(second()).toEqual(['sent', []]);
});

test('a new booking is with who is asked now; one of somebody’s is theirs', () => {
  const one = rerouted();
  one.read(resourceOf('Appointment', { id: 'a2', status: 'booked', at: 60 }), 60);
  expect(one.second()).toEqual(['scheduled', ['booked']]);
  const other = rerouted();
  const { facts, asides } = other.read(resourceOf('Appointment', { id: 'a2', status: 'booked', at: 60, npi: '1999999984' }), 60);
  expect([facts, asides.length, other.second()]).toEqual([[], 1, ['sent', []]]);
});

test('what does not say whose it is, and cannot be told, is laid before a person', () => {
  const { read, second } = rerouted();
  const cancelled = read(resourceOf('Appointment', { id: 'a2', status: 'cancelled', at: 60 }), 60);
  const visit = read(resourceOf('Encounter', { id: 'e1', status: 'finished', at: 61 }), 61);
  expect([cancelled.facts, visit.facts, second()]).toEqual([[], [], ['sent', []]]);
  expect([cancelled.asides.length, visit.asides.length]).toEqual([1, 1]);
  const seen = read(resourceOf('Encounter', { id: 'e2', status: 'finished', at: 62, npi: ANOTHER.npi ?? '' }), 62);
  expect(seen.facts).toMatchObject([{ kind: 'visit', attempt: 2 }]);
});
