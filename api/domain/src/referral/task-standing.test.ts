import { describe, expect, test } from 'vitest';
import type { Resource } from '../fhir/ehr-port.ts';
import type { WorkStatus } from './attempt.ts';
import { TASK_STANDINGS } from './bser.ts';
import { compareStanding, isChangedSince, movedTask, outputsOf, taskMoves, workOf } from './task-standing.ts';
import { ANOTHER, act, inChart } from './test-care.ts';

const AT = '2026-11-20T12:00:00.000Z';
const task: Resource = {
  resourceType: 'Task',
  id: 't1',
  status: 'draft',
  businessStatus: {
    coding: [{ system: 'http://hl7.org/fhir/us/bser/CodeSystem/TaskBusinessStatusCS', code: '2.0' }],
    text: 'Created, not sent',
  },
  intent: 'order',
  extension: [{ url: 'https://vendor.example.org/kept', valueBoolean: true }],
};
const WORK = Object.keys(TASK_STANDINGS) as WorkStatus[];

describe('what a Task reads', () => {
  test.each(WORK)('moved to %s it reads so again, and keeps what is not ours', (work) => {
    const moved = movedTask(task, work, { at: AT, why: null });
    // Sent and received are one on the wire.
    expect(workOf(moved)).toBe(work === 'received' ? 'sent' : work);
    expect(moved).toMatchObject({ id: 't1', extension: task['extension'], lastModified: AT });
  });

  test('declined and cancelled say why', () => {
    expect(movedTask(task, 'declined', { at: AT, why: 'Not taking new patients' })['statusReason']).toEqual({
      text: 'Not taking new patients',
    });
    expect(movedTask({ ...task, statusReason: { text: 'old' } }, 'accepted', { at: AT, why: null })['statusReason']).toEqual({
      text: 'Accepted',
    });
  });

  test('whoever writes the status alone is believed; what does not say where the work stands is not guessed', () => {
    const reads = (more: Record<string, unknown>) => workOf({ ...task, ...more });
    expect(reads({ status: 'accepted' })).toBe('accepted');
    expect(reads({ status: 'received' })).toBe('received');
    expect(reads({ status: 'rejected' })).toBe('declined');
    expect(reads({ status: 'in-progress' })).toBe('in-progress');
    expect(reads({ status: 'in-progress', businessStatus: { coding: [{ system: 'http://other.example.org', code: '5.1.1' }] } })).toBe(
      'in-progress',
    );
    expect(reads({ status: 'on-hold' })).toBeUndefined();
    expect(reads({ status: 'entered-in-error' })).toBeUndefined();
    expect(reads({ status: 7 })).toBeUndefined();
  });

  test('what came of it', () => {
    const output = [{ valueReference: { reference: 'Appointment/1' } }, { valueString: 'x' }, 'no'];
    expect([outputsOf({ ...task, output }), outputsOf(task)]).toEqual([['Appointment/1'], []]);
  });
});

describe('a Task is never taken back', () => {
  test.each<[WorkStatus, WorkStatus, ReturnType<typeof compareStanding>]>([
    ['draft', 'sent', 'behind'],
    ['draft', 'scheduled', 'behind'],
    ['sent', 'received', 'same'],
    ['accepted', 'sent', 'ahead'],
    ['completed', 'accepted', 'ahead'],
    ['declined', 'scheduled', 'ahead'],
    ['declined', 'cancelled', 'apart'],
    ['completed', 'declined', 'apart'],
    ['in-progress', 'scheduled', 'behind'],
    ['scheduled', 'in-progress', 'ahead'],
    ['in-progress', 'completed', 'behind'],
  ])('held %s, wanted %s: %s', (held, wanted, expected) => expect(compareStanding(held, wanted)).toBe(expected));

  // A visit may be booked again after it was missed or made, so that each of these follows from each other.
  test.each<[WorkStatus, WorkStatus, WorkStatus[], ReturnType<typeof compareStanding>]>([
    ['missed', 'scheduled', ['missed'], 'behind'],
    ['scheduled', 'missed', ['scheduled'], 'behind'],
    ['scheduled', 'seen', ['sent', 'accepted', 'scheduled'], 'behind'],
    ['seen', 'scheduled', ['accepted'], 'ahead'],
    ['seen', 'missed', ['scheduled'], 'ahead'],
    ['seen', 'scheduled', [], 'ahead'],
    ['in-progress', 'scheduled', [], 'behind'],
  ])('held %s, wanted %s, after it stood at %j: %s', (held, wanted, passed, expected) =>
    expect(compareStanding(held, wanted, passed)).toBe(expected),
  );

  test('a Task that was changed later than what it is to say was told is newer, but not by what clocks differ', () => {
    const at = '2026-11-20T12:00:00.000Z';
    const changed = (lastModified: unknown) => isChangedSince({ ...task, lastModified }, at);
    expect(['2026-11-20T12:02:01Z', '2026-11-20T12:02:00Z', '2026-11-20T06:30:00-06:00', '2026-11-20', 7].map(changed)).toEqual([
      true,
      false,
      true,
      false,
      false,
    ]);
    expect(isChangedSince(task, at)).toBe(false);
  });
});

describe('what the Tasks have to follow', () => {
  test('each move of an attempt once, a later attempt from its draft on, and nothing else', () => {
    const history = inChart();
    const moves = (happen: () => unknown) => {
      const before = history.referral;
      happen();
      return taskMoves(before, history.referral);
    };
    expect(taskMoves(undefined, history.referral)).toEqual([]);
    expect(moves(() => act(history, { type: 'send', transmissionId: 't', channel: 'fhir' }, 1))).toEqual([
      { attempt: 1, work: 'sent', why: null, passed: ['draft'] },
    ]);
    expect(moves(() => act(history, { type: 'acknowledge' }, 2))).toEqual([]);
    expect(moves(() => history.ask({ type: 'record-contact', outcome: 'reached' }))).toEqual([]);
    expect(moves(() => act(history, { type: 'decline', reason: 'not-in-plan' }, 4))).toEqual([
      { attempt: 1, work: 'declined', why: 'Not in the patient’s plan', passed: ['received'] },
    ]);
    expect(moves(() => history.ask({ type: 'reroute', performer: ANOTHER, because: 'declined' }))).toEqual([
      { attempt: 2, work: 'draft', why: null, passed: [] },
    ]);
  });
});
