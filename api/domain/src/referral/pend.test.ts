import { describe, expect, test } from 'vitest';
import type { ReferralCommand } from './command.ts';
import type { Asker } from './pend.ts';
import { approve, play, recommend } from './test-play.ts';

const SINCE = '2026-11-20T09:41:00.000Z';
const lee: Asker = { subject: 'lee', coversFor: [] };
const moss: Asker = { subject: 'moss', coversFor: [] };
const covering: Asker = { subject: 'covering', coversFor: ['lee'] };
const ortiz: Asker = { subject: 'ortiz', coversFor: [] };
const tran: Asker = { subject: 'tran', coversFor: [] };

const prepared = recommend('r1', '3', { asker: ortiz });
const pend: ReferralCommand = { type: 'pend', recommendationId: 'r1', preparedBy: 'ortiz', for: 'lee', note: 'Soon', since: SINCE };
const takeBack = (asker: Asker): ReferralCommand => ({ type: 'take-back', recommendationId: 'r1', asker });
const dismiss = (asker: Asker): ReferralCommand => ({ type: 'dismiss', recommendationId: 'r1', reason: 'No', asker });
const changed = (asker: Asker): ReferralCommand => recommend('r2', '3', { asker, replaces: 'r1' });
const instead = (asker: Asker): ReferralCommand => recommend('r2', '3', { asker, insteadOf: 'r1' });

const statuses = (commands: ReferralCommand[]): string[] => {
  const { referral } = play(commands);
  return (referral?.recommendations ?? []).map(({ id, status }) => `${id} ${status}`);
};

test.each<[string, ReferralCommand, string[], string[]]>([
  ['the clinician it lies with signs', approve('r1', '3', 'p', lee), [], ['r1 approved']],
  ['who covers for them signs', approve('r1', '3', 'p', covering), [], ['r1 approved']],
  ['another clinician cannot', approve('r1', '3', 'p', moss), ['pended-for-another'], ['r1 pended']],
  ['who prepared it cannot', approve('r1', '3', 'p', ortiz), ['pended-for-another'], ['r1 pended']],
  ['the version that was prepared is signed, and no other', approve('r1', '4', 'p', lee), ['order-changed'], ['r1 pended']],
  ['the clinician closes it', dismiss(lee), [], ['r1 dismissed']],
  ['who covers closes it', dismiss(covering), [], ['r1 dismissed']],
  ['nobody else closes it', dismiss(ortiz), ['pended-for-another'], ['r1 pended']],
  ['who prepared it takes it back', takeBack(ortiz), [], ['r1 taken-back']],
  ['nobody else takes it back', takeBack(lee), ['not-pended-by-asker'], ['r1 pended']],
  ['a request changed by who prepared it stays pended', changed(ortiz), [], ['r1 superseded', 'r2 pended']],
  ['one changed by the clinician stays pended until it is signed', changed(lee), [], ['r1 superseded', 'r2 pended']],
  ['so does one changed by who covers', changed(covering), [], ['r1 superseded', 'r2 pended']],
  ['another clinician does not change it', changed(moss), ['pended-for-another'], ['r1 pended']],
  ['nor does another who prepares', changed(tran), ['pended-for-another'], ['r1 pended']],
  ['nobody replaces it unseen, not even its clinician', recommend('r2', '3', { asker: lee }), ['pended-for-another'], ['r1 pended']],
  ['another clinician makes a referral of their own instead', instead(moss), [], ['r1 superseded', 'r2 pending-review']],
  ['so may its clinician', instead(lee), [], ['r1 superseded', 'r2 pending-review']],
  ['the same press twice is one', pend, [], ['r1 pended']],
  [
    'to hand it to somebody else it is taken back first',
    { ...pend, for: 'moss' } as ReferralCommand,
    ['pended-for-another'],
    ['r1 pended'],
  ],
])('pended for a clinician: %s', (_what, command, refusals, standing) => {
  expect(play([prepared, pend, command]).refusals).toEqual(refusals);
  expect(statuses([prepared, pend, command])).toEqual(standing);
});

describe('the same hand-over', () => {
  test('is told once, however often it is pressed', () => {
    expect(play([prepared, pend, pend]).events.filter(({ fact }) => fact.type === 'recommendation-pended')).toHaveLength(1);
  });

  test('goes along with a changed request: same people, same words, since when', () => {
    const { referral } = play([prepared, pend, changed(lee)]);
    expect(referral?.recommendations.at(-1)).toEqual({
      id: 'r2',
      orderVersion: '3',
      status: 'pended',
      pend: { preparedBy: 'ortiz', for: 'lee', note: 'Soon', since: SINCE },
    });
  });
});

describe('taken back', () => {
  test('nobody signs it, and it can be handed over again, to somebody else too', () => {
    expect(play([prepared, pend, takeBack(ortiz), approve('r1', '3', 'p', lee)]).refusals).toEqual(['recommendation-not-pending']);
    expect(play([prepared, pend, takeBack(ortiz), dismiss(lee)]).refusals).toEqual(['recommendation-not-pending']);
    expect(statuses([prepared, pend, takeBack(ortiz), { ...pend, for: 'moss' } as ReferralCommand])).toEqual(['r1 pended']);
  });

  test('twice is once, and another recommendation may then take its place', () => {
    expect(play([prepared, pend, takeBack(ortiz), takeBack(ortiz), recommend('r2', '3', { asker: moss })]).refusals).toEqual([]);
  });
});

test('what is signed, closed or replaced is neither handed over nor taken back', () => {
  expect(play([prepared, pend, approve('r1', '3', 'p', lee), takeBack(ortiz), pend]).refusals).toEqual([
    'already-approved',
    'already-approved',
  ]);
  expect(play([prepared, pend, dismiss(lee), takeBack(ortiz), pend]).refusals).toEqual([
    'recommendation-not-pending',
    'recommendation-not-pending',
  ]);
  expect(play([prepared, pend, instead(moss), takeBack(ortiz)]).refusals).toEqual(['recommendation-not-pending']);
});

test('a recommendation that nobody handed over is decided by any clinician, as before', () => {
  expect(play([recommend('r1', '3', { asker: lee }), approve('r1', '3', 'p', moss)]).refusals).toEqual([]);
});
