import type { Actor, ReferralEvent } from '@refloop/domain/referral/event';
import { describe, expect, test } from 'vitest';
import { sideOf, staffActsOf } from './staff-acts.ts';

const person = (name: string, sessionId = 's'): Actor => ({ kind: 'person', subject: name, fhirUser: `Practitioner/${name}`, sessionId });
const LEE = person('lee');
const SOFTWARE: Actor = { kind: 'software', name: 'refloop-engine', version: '1' };

const historyOf = (...told: [actor: Actor, second: number][]): ReferralEvent[] =>
  told.map(([actor, second], at) => ({
    sequence: at + 1,
    effectiveAt: null,
    recordedAt: new Date(Date.UTC(2026, 0, 5) + second * 1000).toISOString(),
    actor,
    factKey: null,
    fact: { type: 'patient-heard', version: 2, meanings: ['message'] },
  }));

const actsOf = (...told: [actor: Actor, second: number][]) =>
  [...staffActsOf(historyOf(...told))].map(([sequence, { number, seconds }]) => [sequence, number, seconds]);

describe('what a person does for a referral', () => {
  test('at one moment is one act, whatever follows of it by itself', () =>
    expect(actsOf([LEE, 0], [LEE, 0], [SOFTWARE, 0], [LEE, 0], [LEE, 9])).toEqual([
      [1, 1, null],
      [2, 1, null],
      [4, 1, null],
      [5, 2, 9],
    ]));

  test('is timed up to fifteen minutes after their act before, and not a second longer', () =>
    expect(actsOf([LEE, 0], [LEE, 900], [LEE, 1801])).toEqual([
      [1, 1, null],
      [2, 2, 900],
      [3, 3, null],
    ]));

  test('is timed by their own act before in the same session, not by what others did meanwhile', () =>
    expect(actsOf([LEE, 0], [person('kim'), 60], [SOFTWARE, 70], [LEE, 120], [person('lee', 'later'), 130])).toEqual([
      [1, 1, null],
      [2, 2, null],
      [4, 3, 120],
      [5, 4, null],
    ]));

  test('is the same whatever the order in which events are read', () => {
    const events = historyOf([LEE, 0], [LEE, 30], [person('kim'), 40], [LEE, 70]);
    expect(new Map([...staffActsOf(events.toReversed())].toSorted(([one], [other]) => one - other))).toEqual(staffActsOf(events));
  });

  test('counts for whoever covers, in their own name; software, the office and the patient are no staff', () => {
    const covering: Actor = { kind: 'covering', subject: 'moss', fhirUser: 'Practitioner/moss', sessionId: 's', coveringFor: 'lee' };
    const office: Actor = { kind: 'office', npi: '1538271610', link: 'l' };
    const patient: Actor = { kind: 'patient', link: null, as: 'parent' };
    expect([LEE, covering, office, patient, SOFTWARE].map(sideOf)).toEqual(['staff', 'staff', 'office', 'patient', 'software']);
    const acts = staffActsOf(historyOf([covering, 0], [office, 1], [patient, 2], [SOFTWARE, 3]));
    expect([...acts]).toEqual([[1, { fhirUser: 'Practitioner/moss', number: 1, seconds: null }]]);
  });
});
