import { expect, test } from 'vitest';
import { type ByHandAct, byHand } from './by-hand.ts';
import { exceptionOf } from './exception.ts';
import { inChart, minute } from './test-care.ts';

const sent: ByHandAct = { act: 'sent', channel: 'fax', at: minute(1) };
const declined = (reason: Extract<ByHandAct, { act: 'declined' }>['reason']): ByHandAct => ({ act: 'declined', reason, at: minute(2) });
const contacted = (outcome: Extract<ByHandAct, { act: 'contacted' }>['outcome']): ByHandAct => ({ act: 'contacted', outcome });

test.each<[string, ByHandAct[], ReturnType<typeof exceptionOf>]>([
  ['nothing in the way', [sent], null],
  ['the packet lacks something', [sent, declined('packet-incomplete')], 'missing-information'],
  ['sent to the wrong specialty', [sent, declined('wrong-specialty')], 'wrong-specialty'],
  ['the plan is not taken', [sent, declined('not-in-plan')], 'payer'],
  ['the authorization is missing', [sent, declined('authorization-missing')], 'payer'],
  ['no patients are taken', [sent, declined('not-taking-patients')], null],
  ['the patient does not answer', [sent, contacted('unreachable')], 'patient-unreachable'],
  ['the patient answered later', [sent, contacted('unreachable'), contacted('reached')], null],
  ['declined, while the patient does not answer', [sent, contacted('unreachable'), declined('wrong-specialty')], 'wrong-specialty'],
  ['the patient was seen after all', [sent, contacted('unreachable'), { act: 'seen', at: minute(3) }], null],
])('%s', (_what, acts, exception) => {
  const history = inChart();
  acts.forEach((each, index) => {
    const now = minute(10 + index);
    const decided = byHand(history.referral, each, `k${index}`, now);
    if (decided.ok) history.take(decided.value, now);
    expect(decided.ok).toBe(true);
  });
  expect(exceptionOf(history.referral)).toBe(exception);
});
