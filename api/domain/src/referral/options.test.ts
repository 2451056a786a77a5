/** Whom the patient may choose, when, and what becomes of whoever was asked until then. */
import { describe, expect, test } from 'vitest';
import { due } from '../sla/due.ts';
import { defaultPolicy } from '../sla/policy.ts';
import { risksOf } from '../sla/risk.ts';
import type { Performer } from './event.ts';
import { openOptions } from './options.ts';
import { decidePatient, patientActs } from './patient-act.ts';
import { ANOTHER, act, type History, inChart, minute } from './test-care.ts';

const POLICY = defaultPolicy({ timeZone: 'UTC', opens: 8, closes: 17, holidays: [] });
const THIRD: Performer = { ...ANOTHER, entryId: 'e3', npi: '1111111111', display: 'Cy Lund, MD', rank: 3 };
const BOTH = [ANOTHER, THIRD];

const send = { type: 'send', transmissionId: 't', channel: 'fax' } as const;
const schedule = { type: 'schedule', appointmentId: 'a', startsAt: minute(90) } as const;
type Step = Parameters<typeof act>[1];

function after(...steps: Step[]): History {
  const history = inChart('visit', BOTH);
  for (const [at, step] of steps.entries()) act(history, step, at + 1);
  return history;
}
function choose(history: History, entryId: string, at = 60, key = `choose/${entryId}/${at}`): string | undefined {
  const decided = decidePatient(history.referral, { act: 'choose', entryId }, key, minute(at));
  if (!decided.ok) return decided.refusal.kind;
  history.take(decided.value, minute(at));
  return undefined;
}
const standing = ({ referral }: History): [string, string][] =>
  referral.attempts.map(({ performer, work }) => [performer.entryId, work.status]);

describe('while nothing is booked and nobody has seen them', () => {
  test.each<[string, Step[], string]>([
    ['nothing was sent', [], 'cancelled'],
    ['it was sent', [send], 'cancellation-requested'],
    ['it was accepted', [send, { type: 'accept' }], 'cancellation-requested'],
    ['the visit was missed', [send, { type: 'accept' }, schedule, { type: 'no-show', appointmentId: 'a' }], 'cancellation-requested'],
    ['the office had declined', [send, { type: 'decline', reason: 'other' }], 'declined'],
    ['the practice had called it off', [send, { type: 'request-cancellation', reason: 'late' }], 'cancellation-requested'],
  ])('%s: another is asked, and whoever was asked stands as %s', (_, steps, status) => {
    const history = after(...steps);
    expect(patientActs(history.referral, minute(60))).toContain('choose');
    expect(choose(history, 'e3')).toBeUndefined();
    expect(standing(history).slice(-2)).toEqual([
      [history.referral.attempts[0]?.performer.entryId, status],
      ['e3', 'draft'],
    ]);
    expect(history.events.at(-1)?.fact).toMatchObject({ type: 'attempt-opened', because: 'patient-asked', performer: { entryId: 'e3' } });
    expect(due(history.referral, POLICY, minute(61)).map(({ kind, about }) => [kind, about])).toContainEqual(['send', 'attempt 2']);
  });

  test('the same press does it once, and whoever was asked is not chosen again: whoever was not asked after all is', () => {
    const history = after(send);
    expect([choose(history, 'e2', 60, 'one'), choose(history, 'e2', 61, 'one')]).toEqual([undefined, undefined]);
    expect(history.referral.attempts).toHaveLength(2);
    expect(choose(history, 'e2', 62)).toBe('not-an-option');
    expect(openOptions(history.referral)).toEqual([THIRD]);
    expect(choose(history, 'e3', 63)).toBeUndefined();
    expect(standing(history).map(([, status]) => status)).toEqual(['cancellation-requested', 'cancelled', 'draft']);
    expect(openOptions(history.referral)).toEqual([ANOTHER]);
    expect(choose(history, 'e2', 64)).toBeUndefined();
    act(history, send, 65);
    expect(choose(history, 'e3', 66)).toBeUndefined();
    act(history, send, 67);
    expect([openOptions(history.referral), patientActs(history.referral, minute(68)).includes('choose')]).toEqual([[], false]);
  });

  test('back and forth before anything is sent gives no more time to send it, is no further specialist, and comes to an end', () => {
    const history = after();
    const sending = () => due(history.referral, POLICY, minute(70)).find(({ kind }) => kind === 'send')?.since;
    const since = sending();
    expect(['e2', 'e3', 'e2'].map((entryId, at) => choose(history, entryId, 60 + at))).toEqual([undefined, undefined, undefined]);
    expect([sending(), risksOf(history.referral, false)]).toEqual([since, []]);
    expect([choose(history, 'e3', 64), patientActs(history.referral, minute(64)).includes('choose')]).toEqual([
      'not-offered-to-patient',
      false,
    ]);
    // Once it was sent, the patient may go to another.
    act(history, send, 65);
    expect([choose(history, 'e3', 66), risksOf(history.referral, false), sending()]).toEqual([undefined, ['asked-again'], minute(66)]);
  });

  test('nobody whom the clinician did not approve', () => {
    expect(choose(after(send), 'e9')).toBe('not-an-option');
    const alone = inChart('visit', []);
    expect([patientActs(alone.referral, minute(60)).includes('choose'), choose(alone, 'e2')]).toEqual([false, 'not-offered-to-patient']);
  });
});

test('a note that was said to be of something else keeps the patient from nothing', () => {
  const history = after(send, { type: 'accept' });
  const note = { kind: 'report', attempt: 1, reportId: 'n', form: 'final', document: null, fromNpi: null, matched: false } as const;
  history.see({ ...note, at: minute(5), key: 'n' }, 5);
  const offered = () => patientActs(history.referral, minute(60)).filter((each) => each === 'choose' || each === 'decline');
  expect([offered(), choose(history, 'e2')]).toEqual([[], 'not-offered-to-patient']);
  expect(decidePatient(history.referral, { act: 'decline', reason: 'feel-better' }, 'key', minute(60))).toMatchObject({
    refusal: { kind: 'note-is-back' },
  });
  expect(history.ask({ type: 'refuse-report', reportId: 'n', reason: 'Of last year' })).toBeUndefined();
  expect([offered(), choose(history, 'e2')]).toEqual([['choose', 'decline'], undefined]);
});

describe('not', () => {
  const accepted: Step[] = [send, { type: 'accept' }, schedule];
  test.each<[string, Step[]]>([
    ['while a visit is booked', accepted],
    ['once they were seen', [...accepted, { type: 'mark-seen', appointmentId: 'a' }]],
    ['once a note is back', [send, { type: 'accept' }, { type: 'give-outcome', reportId: 'n', document: null, fromNpi: null }]],
  ])('%s', (_, steps) => {
    const history = after(...steps);
    expect([patientActs(history.referral, minute(60)).includes('choose'), choose(history, 'e2')]).toEqual([
      false,
      'not-offered-to-patient',
    ]);
  });

  test('once the order is over, nor where only advice was asked for', () => {
    const over = after(send);
    over.ask({ type: 'end', how: 'cancelled', reason: 'moved' }, 10);
    const advice = inChart('e-consult', BOTH);
    for (const history of [over, advice]) expect(choose(history, 'e2')).toBe('not-offered-to-patient');
  });
});
