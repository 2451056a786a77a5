import { describe, expect, test } from 'vitest';
import type { WorkStatus } from './attempt.ts';
import { ACTS, type Act, MOVES, TASK_STANDINGS } from './bser.ts';
import type { AttemptCommand } from './care-command.ts';
import { act, inChart } from './test-care.ts';

/**
 * The table as BSeR 2.0.0-ballot draws it, by business status: row, then what each act leads to; a dash is no transition. 2.0 has two rows
 * with us, since sent and received are both Created. Its columns; the last is the recipient confirming a cancellation.
 */
const COLUMNS: Act[] = [
  'request-cancellation',
  'accept',
  'decline',
  'schedule',
  'no-show',
  'cancel-appointment',
  'interim',
  'outcome',
  'confirm-cancellation',
];
const TABLE: [WorkStatus, string][] = [
  ['sent', '5.2 3.0 4.0 - - - - - -'],
  ['received', '5.2 3.0 4.0 - - - - - -'],
  ['accepted', '5.2 - 4.0 5.1.1 - - 5.1.4 7.0 -'],
  ['in-progress', '5.2 - 4.0 - - - - - -'],
  ['scheduled', '5.2 - 4.0 5.1.1 5.1.2 5.1.3 5.1.4 7.0 -'],
  ['missed', '5.2 - 4.0 5.1.1 - 5.1.3 - - -'],
  ['appointment-cancelled', '5.2 - - 5.1.1 - - - - -'],
  ['seen', '5.2 - 4.0 5.1.1 - 5.1.3 5.1.4 7.0 -'],
  ['cancellation-requested', '- - - - - - - 7.0 6.0'],
  ['declined', '- - - - - - - - -'],
  ['cancelled', '- - - - - - - - -'],
  ['completed', '- - - - - - - - -'],
];

const cells = TABLE.flatMap(([from, row]) => row.split(' ').map((to, at) => [from, COLUMNS[at] ?? 'accept', to] as const));

test('every state and every act is in the table, besides those that come before anything is sent', () => {
  expect(TABLE.map(([from]) => from).toSorted()).toEqual(
    Object.keys(MOVES)
      .filter((status) => status !== 'draft')
      .toSorted(),
  );
  expect([...COLUMNS, 'send', 'acknowledge', 'begin-work'].toSorted()).toEqual([...ACTS].toSorted());
});

/** The commands that bring a referral to a state, in the order in which a recipient would. */
const WAY: Record<WorkStatus, Parameters<typeof act>[1][]> = (() => {
  const send = { type: 'send', transmissionId: 't', channel: 'direct' } as const;
  const schedule = { type: 'schedule', appointmentId: 'a', startsAt: '2026-12-08T15:00:00.000Z' } as const;
  const accepted = [send, { type: 'accept' } as const];
  return {
    draft: [],
    sent: [send],
    received: [send, { type: 'acknowledge' }],
    accepted,
    'in-progress': [...accepted, { type: 'begin-work' }],
    scheduled: [...accepted, schedule],
    missed: [...accepted, schedule, { type: 'no-show', appointmentId: 'a' }],
    'appointment-cancelled': [...accepted, schedule, { type: 'cancel-appointment', appointmentId: 'a', by: 'patient' }],
    seen: [...accepted, schedule, { type: 'mark-seen', appointmentId: 'a' }],
    'cancellation-requested': [...accepted, schedule, { type: 'request-cancellation', reason: 'Moved' }],
    declined: [send, { type: 'decline', reason: 'other' }],
    cancelled: [...accepted, { type: 'request-cancellation', reason: 'Moved' }, { type: 'confirm-cancellation' }],
    completed: [...accepted, { type: 'give-outcome', reportId: 'first', document: null, fromNpi: null }],
  };
})();

/** Each act as the command a person or a recipient gives; both notes go through one column. */
const COMMANDS: Record<Act, Parameters<typeof act>[1][]> = {
  send: [{ type: 'send', transmissionId: 't2', channel: 'fax' }],
  acknowledge: [{ type: 'acknowledge' }],
  'request-cancellation': [{ type: 'request-cancellation', reason: 'Moved' }],
  accept: [{ type: 'accept' }],
  decline: [{ type: 'decline', reason: 'not-taking-patients' }],
  'begin-work': [{ type: 'begin-work' }],
  schedule: [{ type: 'schedule', appointmentId: 'b', startsAt: '2026-12-09T15:00:00.000Z' }],
  'no-show': [{ type: 'no-show', appointmentId: 'a' }],
  'cancel-appointment': [{ type: 'cancel-appointment', appointmentId: 'a', by: 'specialist' }],
  interim: [
    { type: 'mark-seen', appointmentId: null },
    { type: 'give-interim-note', reportId: 'i', document: null, fromNpi: null },
  ],
  outcome: [{ type: 'give-outcome', reportId: 'o', document: null, fromNpi: null }],
  'confirm-cancellation': [{ type: 'confirm-cancellation' }],
};

function brought(status: WorkStatus) {
  const history = inChart();
  for (const [at, command] of WAY[status].entries()) expect(act(history, command, at + 1)).toBeUndefined();
  expect(history.referral.attempts[0]?.work.status).toBe(status);
  return history;
}

const businessStatusOf = (status: WorkStatus | undefined) => (status ? TASK_STANDINGS[status].businessStatus?.code : undefined);

describe.each(cells)('%s, %s', (from, on, to) => {
  test.each(COMMANDS[on].map((command) => [command.type, command] as const))(
    `${to === '-' ? 'is refused' : `leads to ${to}`}: %s`,
    (_type, command) => {
      const history = brought(from);
      const before = history.referral;
      const refusal = act(history, command as AttemptCommand, 30);
      if (to === '-') {
        expect(refusal).toEqual({ kind: 'not-in-this-state', act: on, status: from });
        expect(history.referral).toBe(before);
      } else {
        expect(refusal).toBeUndefined();
        expect(businessStatusOf(history.referral.attempts[0]?.work.status)).toBe(to);
      }
    },
  );
});

describe('before a recipient says anything', () => {
  test('sending makes it Created, and sending again moves nothing', () => {
    const history = brought('accepted');
    expect(act(history, { type: 'send', transmissionId: 't2', channel: 'fax' }, 20)).toBeUndefined();
    expect(history.referral.attempts[0]).toMatchObject({ work: { status: 'accepted' }, transmissions: [{ id: 't' }, { id: 't2' }] });
  });

  test.each(['declined', 'cancelled', 'completed'] as const)('nothing more is sent to one that is %s', (status) => {
    const command: AttemptCommand['type'] = 'send';
    const refusal = act(brought(status), { type: command, transmissionId: 't2', channel: 'fax' }, 20);
    expect(refusal).toEqual({ kind: 'not-in-this-state', act: 'send', status });
  });

  test.each<[WorkStatus, Act, boolean]>([
    ['draft', 'acknowledge', false],
    ['draft', 'accept', false],
    ['sent', 'acknowledge', true],
    ['received', 'acknowledge', false],
    ['accepted', 'begin-work', true],
    ['sent', 'begin-work', false],
    ['scheduled', 'begin-work', false],
  ])('%s, %s: %s', (from, on, allowed) => {
    expect(COMMANDS[on].map((command) => act(brought(from), command, 20) === undefined)).toEqual([allowed]);
  });
});

test('the Task of each state has a status of FHIR R4 and a code of its own, but for what we split in two', () => {
  const codes = Object.entries(TASK_STANDINGS).map(([status, { businessStatus }]) => [status, businessStatus?.code]);
  const own = codes.filter(([status]) => status !== 'received').map(([, code]) => code);
  expect(new Set(own).size).toBe(own.length);
  expect(TASK_STANDINGS.received).toEqual(TASK_STANDINGS.sent);
});
