/** Whose a booking or a visit is that names the order alone, where several specialists were asked for it. */
import { expect, test } from 'vitest';
import { type Capture, capture } from './capture.ts';
import { observe } from './observe.ts';
import { BUSINESS_STATUS_SYSTEM } from './task-standing.ts';
import { ANOTHER, act, inChart, minute } from './test-care.ts';

type Version = { id?: string; status: string; at: number; npi?: string | string[] };

const START = '2026-12-01T15:00:00.000Z';

function resourceOf(resourceType: 'Appointment' | 'Encounter', { id = 'a1', status, at, npi = [] }: Version) {
  const actors = [npi].flat().map((value) => ({ identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value } }));
  return {
    resourceType,
    id,
    meta: { versionId: String(at), lastUpdated: minute(at) },
    status,
    start: START,
    period: { start: minute(at) },
    basedOn: [{ reference: 'ServiceRequest/o1' }],
    participant: [{ actor: { reference: 'Patient/p1' } }, ...actors.map((actor) => ({ actor, individual: actor }))],
  };
}

/** The first specialist had booked a1, or told of it by telephone; another is asked now. */
function rerouted(bookedBy: 'ehr' | 'telephone' = 'ehr') {
  const history = inChart();
  const read = (resource: ReturnType<typeof resourceOf>, at: number): Capture => {
    const known = { base: 'https://ehr.example.org/fhir', now: minute(at), written: () => [] };
    const captured = capture(resource, history.referral, known);
    for (const fact of captured.facts) history.take(observe(history.referral, fact, minute(at)), minute(at));
    return captured;
  };
  act(history, { type: 'send', transmissionId: 't1', channel: 'fhir' }, 1);
  act(history, { type: 'accept' }, 2);
  if (bookedBy === 'telephone') act(history, { type: 'schedule', appointmentId: '0b5e', startsAt: START }, 3);
  read(resourceOf('Appointment', { status: 'booked', at: 3 }), 3);
  act(history, { type: 'request-cancellation', reason: 'Too far' }, 4);
  history.ask({ type: 'reroute', performer: ANOTHER, because: 'declined' }, 5);
  act(history, { type: 'send', transmissionId: 't2', channel: 'fax' }, 6);
  const standing = () => history.referral.attempts.map(({ work, appointments }) => [work.status, appointments.map(({ status }) => status)]);
  expect(standing()[1]).toEqual(['sent', []]);
  return { history, read, first: () => standing()[0], second: () => standing()[1] };
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

test('a booking that was told by telephone is still the first specialist’s when the EHR is looked at again', () => {
  const { history, read, first, second } = rerouted('telephone');
  expect(history.referral.attempts[0]?.appointments).toMatchObject([{ id: '0b5e', startsAt: START }]);
  read(resourceOf('Appointment', { status: 'booked', at: 60 }), 60);
  expect([first(), second()]).toEqual([
    ['cancellation-requested', ['booked']],
    ['sent', []],
  ]);
  read(resourceOf('Appointment', { status: 'cancelled', at: 61 }), 61);
  expect([first(), second()]).toEqual([
    ['cancellation-requested', ['cancelled']],
    ['sent', []],
  ]);
});

test('what was taken while one specialist was asked is not laid before a person when it is read again', () => {
  const history = inChart();
  const known = { base: 'https://ehr.example.org/fhir', now: minute(60), written: () => [] };
  act(history, { type: 'send', transmissionId: 't1', channel: 'fhir' }, 1);
  const declined = resourceOf('Encounter', { id: 'e1', status: 'finished', at: 3 });
  for (const fact of capture(declined, history.referral, known).facts) history.take(observe(history.referral, fact, minute(4)), minute(4));
  act(history, { type: 'request-cancellation', reason: 'Too far' }, 5);
  history.ask({ type: 'reroute', performer: ANOTHER, because: 'declined' }, 6);
  expect(history.referral.attempts).toHaveLength(2);
  expect(capture(declined, history.referral, known)).toEqual({ facts: [], asides: [] });
  const later = resourceOf('Encounter', { id: 'e1', status: 'finished', at: 7 });
  expect(capture(later, history.referral, known).asides).toHaveLength(1);
});

test('the same slot booked again is another booking', () => {
  const history = inChart();
  const known = { base: 'https://ehr.example.org/fhir', now: minute(60), written: () => [] };
  const read = (version: Version) => {
    const { facts } = capture(resourceOf('Appointment', version), history.referral, known);
    for (const fact of facts) history.take(observe(history.referral, fact, minute(60)), minute(60));
  };
  act(history, { type: 'send', transmissionId: 't1', channel: 'fhir' }, 1);
  read({ id: 'a1', status: 'booked', at: 3 });
  read({ id: 'a1', status: 'cancelled', at: 4 });
  read({ id: 'a2', status: 'booked', at: 5 });
  expect(history.referral.attempts[0]?.work).toMatchObject({ status: 'scheduled', appointmentId: 'Appointment/a2' });
});

test('a visit with the specialist and somebody beside them is with the specialist', () => {
  const history = inChart();
  const known = { base: 'https://ehr.example.org/fhir', now: minute(60), written: () => [] };
  act(history, { type: 'send', transmissionId: 't1', channel: 'fhir' }, 1);
  const asked = history.referral.attempts[0]?.performer.npi ?? '';
  const { facts } = capture(
    resourceOf('Encounter', { id: 'e1', status: 'finished', at: 9, npi: ['1999999984', asked] }),
    history.referral,
    known,
  );
  expect(facts).toMatchObject([{ kind: 'visit', attempt: 1, seenBy: { npi: asked } }]);
  const elsewhere = capture(resourceOf('Encounter', { id: 'e2', status: 'finished', at: 9, npi: '1999999984' }), history.referral, known);
  expect(elsewhere.facts).toMatchObject([{ kind: 'visit', seenBy: { npi: '1999999984' } }]);
});

test('a visit that the office says in its Task is one more where another was booked since, and not what we wrote of the one before', () => {
  const history = inChart();
  const steps = (status: string, at: number) => {
    const businessStatus = { coding: [{ system: BUSINESS_STATUS_SYSTEM, code: '5.1.4' }], text: status };
    const meta = { versionId: String(at), lastUpdated: minute(at) };
    const task = { resourceType: 'Task', id: 't', meta, status: 'in-progress', businessStatus, lastModified: minute(at) };
    const known = { base: 'https://ehr.example.org/fhir', now: minute(60), written: () => ['scheduled', 'seen'] as const };
    const captured = capture({ ...task, basedOn: [{ reference: 'ServiceRequest/o1' }] }, history.referral, known);
    for (const fact of captured.facts) history.take(observe(history.referral, fact, minute(60)), minute(60));
    return [captured.facts.length, history.referral.attempts[0]?.work.status, history.referral.attempts[0]?.visits.length];
  };
  act(history, { type: 'send', transmissionId: 't1', channel: 'fhir' }, 1);
  act(history, { type: 'accept' }, 2);
  act(history, { type: 'schedule', appointmentId: 'b1', startsAt: minute(5) }, 3);
  act(history, { type: 'mark-seen', appointmentId: 'b1' }, 6);
  expect(steps('seen', 7), 'of the same visit').toEqual([0, 'seen', 1]);
  act(history, { type: 'schedule', appointmentId: 'b2', startsAt: minute(20) }, 10);
  expect(steps('seen', 9), 'read late').toEqual([0, 'scheduled', 1]);
  expect(steps('seen', 11), 'within what clocks differ').toEqual([0, 'scheduled', 1]);
  expect(steps('seen', 21)).toEqual([1, 'seen', 2]);
  expect(steps('seen', 22), 'the Task was only touched').toEqual([0, 'seen', 2]);
});
