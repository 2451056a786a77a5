import { describe, expect, test } from 'vitest';
import type { Resource } from '../fhir/ehr-port.ts';
import type { WorkStatus } from './attempt.ts';
import { TASK_STANDINGS } from './bser.ts';
import { compareStanding, movedTask, outputsOf, type ToldOfWork, taskMoves, workOf } from './task-standing.ts';
import { ANOTHER, act, inChart, minute } from './test-care.ts';

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
  const [TEN, QUARTER_PAST] = ['2026-11-20T10:00:00.000Z', '2026-11-20T10:15:00.000Z'];
  test.each<[string, WorkStatus, WorkStatus, Partial<ToldOfWork>, string | undefined, ReturnType<typeof compareStanding>]>([
    ['rebooked', 'missed', 'scheduled', { passed: ['missed'] }, undefined, 'behind'],
    ['several at once', 'scheduled', 'seen', { passed: ['sent', 'accepted', 'scheduled'] }, undefined, 'behind'],
    ['seen within seconds of the booking', 'seen', 'scheduled', { passed: ['accepted'] }, '2026-11-20T10:00:05.000Z', 'ahead'],
    ['seen before we looked for the booking', 'seen', 'scheduled', { passed: ['accepted'] }, '2026-11-20T10:05:00.000Z', 'ahead'],
    ['nobody says when', 'seen', 'scheduled', { passed: ['accepted'] }, undefined, 'ahead'],
    ['booked in the Task alone, long before', 'scheduled', 'seen', { passed: ['accepted'] }, '2026-11-19T10:00:00.000Z', 'behind'],
    ['missed in the Task alone, long before', 'missed', 'seen', { passed: ['scheduled'] }, '2026-11-19T10:00:00.000Z', 'behind'],
    ['booked again since we were told', 'scheduled', 'seen', { passed: ['accepted', 'missed'] }, '2026-11-20T11:00:00.000Z', 'ahead'],
    ['changed since, where it stood before', 'scheduled', 'seen', { passed: ['scheduled'] }, '2026-11-20T11:00:00.000Z', 'apart'],
    ['changed before we were told', 'scheduled', 'seen', { passed: ['scheduled'] }, '2026-11-20T10:10:00.000Z', 'behind'],
    ['by what clocks differ', 'scheduled', 'seen', { passed: ['scheduled'] }, '2026-11-20T10:17:00.000Z', 'behind'],
    ['when it was is not known', 'scheduled', 'seen', { passed: ['accepted'], since: null }, '2026-11-19T10:00:00.000Z', 'ahead'],
    ['asked for by an earlier Refloop', 'scheduled', 'missed', { passed: undefined }, '2026-11-20T11:00:00.000Z', 'behind'],
    ['a time that nobody can read', 'scheduled', 'seen', { passed: ['scheduled'] }, 'yesterday', 'behind'],
    ['no stage at all', 'in-progress', 'scheduled', { passed: [] }, undefined, 'behind'],
  ])('%s: held %s, wanted %s, %j, changed %s: %s', (_case, held, wanted, more, changed, expected) => {
    const told: ToldOfWork = { since: TEN, at: QUARTER_PAST, passed: undefined, ...more };
    const said: Resource = { ...task, ...(changed === undefined ? {} : { lastModified: changed }) };
    const stored: Resource = { ...task, ...(changed === undefined ? {} : { meta: { lastUpdated: changed } }) };
    expect([said, stored].map((each) => compareStanding(held, wanted, { ...told, task: each }))).toEqual([expected, expected]);
  });

  test('an EHR that keeps the time we wrote while its office changes the Task: when it was stored counts, too', () => {
    const kept: Resource = { ...task, lastModified: '2026-11-20T09:00:00.000Z', meta: { lastUpdated: '2026-11-20T10:05:00.000Z' } };
    const told = { since: TEN, at: QUARTER_PAST, task: kept };
    expect(compareStanding('seen', 'scheduled', { ...told, passed: ['accepted'] })).toBe('ahead');
  });

  test('two moves that waited while the EHR was away: the first, stored late, does not keep the second from it', () => {
    const ours: Resource = { ...task, lastModified: TEN, meta: { lastUpdated: '2026-11-20T12:00:00.000Z' } };
    expect(compareStanding('scheduled', 'missed', { since: QUARTER_PAST, at: QUARTER_PAST, task: ours, passed: ['scheduled'] })).toBe(
      'behind',
    );
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
      { attempt: 1, work: 'sent', why: null, since: minute(1), passed: ['draft'] },
    ]);
    expect(moves(() => act(history, { type: 'acknowledge' }, 2))).toEqual([]);
    expect(moves(() => history.ask({ type: 'record-contact', outcome: 'reached' }))).toEqual([]);
    expect(moves(() => act(history, { type: 'decline', reason: 'not-in-plan' }, 4))).toEqual([
      { attempt: 1, work: 'declined', why: 'Not in the patient’s plan', since: minute(4), passed: ['received'] },
    ]);
    expect(moves(() => history.ask({ type: 'reroute', performer: ANOTHER, because: 'declined' }))).toEqual([
      { attempt: 2, work: 'draft', why: null, since: expect.any(String), passed: [] },
    ]);
  });
});
