import { OVERRIDE_REASONS } from '@refloop/domain/matching/override';
import { DECLINE_REASONS } from '@refloop/domain/referral/attempt';
import type { CareCommand, CareRefusal } from '@refloop/domain/referral/care-command';
import type { LossReason } from '@refloop/domain/referral/loss-reason';
import { LOSS_REASONS } from '@refloop/domain/referral/loss-reason';
import { act, inChart, minute } from '@refloop/domain/referral/test-care';
import { describe, expect, test } from 'vitest';
import { flatten } from './input-event.ts';
import { CAUSE_OF_DECLINE, CAUSE_OF_OVERRIDE, LOSS_CAUSES } from './loss-cause.ts';
import { metricSql, readMetric } from './metric-definition.ts';
import { createPseudonyms } from './pseudonym.ts';
import { openCore } from './test-core.ts';
import { historyOf, TEST_KEY } from './test-histories.ts';

test('every reason of the domain is a cause, and every code that points to a cause points to one that there is', () => {
  const known = LOSS_CAUSES.map(({ cause }) => cause);
  expect(known).toEqual(expect.arrayContaining(Object.keys(LOSS_REASONS)));
  expect(Object.keys(CAUSE_OF_OVERRIDE)).toEqual(OVERRIDE_REASONS.map(({ code }) => code));
  expect(Object.keys(CAUSE_OF_DECLINE)).toEqual([...DECLINE_REASONS]);
  expect(known).toEqual(expect.arrayContaining([...Object.values(CAUSE_OF_OVERRIDE), ...Object.values(CAUSE_OF_DECLINE)]));
});

test('a lawful override is a lawful cause, and no other is', () => {
  const lawful = LOSS_CAUSES.filter(({ group }) => group === 'lawful-choice').map(({ cause }) => cause);
  for (const { code, lawfulChoice } of OVERRIDE_REASONS)
    expect([code, lawful.includes(CAUSE_OF_OVERRIDE[code] ?? '')]).toEqual([code, lawfulChoice]);
});

describe('the metrics that divide by cause name each of them as the causes are named, and count how many there are', () => {
  const recorded = LOSS_CAUSES.filter((each) => each.recorded);
  const leaks = recorded.filter(({ avoidability }) => avoidability === 'avoidable' || avoidability === 'unknown');

  test('leakage_reasons', () => {
    expect(readMetric('leakage_reasons').categories).toEqual(
      Object.fromEntries(recorded.map(({ group, cause, label }) => [`${group}/${cause}`, label])),
    );
    const groups = new Set(recorded.map(({ group }) => group)).size;
    expect(metricSql('leakage_reasons', 'result')).toContain(
      `goodman_z(${recorded.length}) as of_reasons, goodman_z(${recorded.length - 1}) as of_known, goodman_z(${groups}) as of_groups`,
    );
  });

  test('lost_causes', () => {
    const named = (way: string, words: string, causes: typeof leaks) =>
      causes.map(({ group, cause, label }) => [`${way}/${group}/${cause}`, `${words}. ${label}`]);
    const all = [...named('leaked', 'Leaked', leaks), ...named('unseen', 'Never seen', [...LOSS_CAUSES])];
    expect(readMetric('lost_causes').categories).toEqual(Object.fromEntries(all));
    expect(metricSql('lost_causes', 'result')).toContain(`goodman_z(${all.length + 1}) as of_causes`);
  });
});

type History = ReturnType<typeof inChart>;
/** A step that the domain refuses would leave a case about something else. */
const taken = (refusal: CareRefusal | undefined): void => expect(refusal).toBeUndefined();
const doIt = (history: History, ...step: [Parameters<typeof act>[1], number]): void => taken(act(history, ...step));
const ask = (history: History, ...step: [CareCommand, number]): void => taken(history.ask(...step));

type Course = (history: History) => void;
const recordReason =
  (primary: LossReason): Course =>
  (history) =>
    ask(history, { type: 'record-loss-reason', primary, secondary: [] }, 900);
const send: Course = (history) => doIt(history, { type: 'send', transmissionId: 't', channel: 'fax' }, 1);
const accept: Course = (history) => doIt(history, { type: 'accept' }, 2);
const book: Course = (history) => doIt(history, { type: 'schedule', appointmentId: 'a', startsAt: minute(1440) }, 3);
const contact =
  (outcome: 'reached' | 'unreachable'): Course =>
  (history) =>
    ask(history, { type: 'record-contact', outcome }, 2);
const decline =
  (reason: 'not-taking-patients' | 'not-in-plan'): Course =>
  (history) =>
    doIt(history, { type: 'decline', reason }, 2);
const decided =
  (decision: { status: 'approved' } | { status: 'denied'; reason: 'not-covered' }, at: number): Course =>
  (history) =>
    history.see({ kind: 'authorization-decided', decision, at: minute(at), key: `d${at}` }, at);
const askPayer: Course = (history) => ask(history, { type: 'ask-authorization' }, 1);
const end =
  (how: 'cancelled' | 'patient-declined' | 'died' | 'expired'): Course =>
  (history) =>
    ask(history, { type: 'end', how, reason: '' }, 1000);
const leave: Course = (history) =>
  history.see(
    {
      kind: 'visit',
      attempt: null,
      seenBy: { npi: '1999999999', nucc: null, network: 'out' },
      evidence: 'claim',
      at: minute(60),
      key: 'v',
    },
    90,
  );

const UNSEEN: readonly [string, string, Course[]][] = [
  ['nothing was sent', 'not-sent', []],
  ['nobody answered', 'no-answer', [send]],
  ['the specialist was full', 'specialist-full', [send, decline('not-taking-patients')]],
  ['the plan did not match', 'plan-mismatch', [send, decline('not-in-plan')]],
  ['nobody reached the patient', 'no-outreach', [send, accept, contact('unreachable')]],
  ['nobody tried to', 'no-outreach', [send, accept]],
  ['no appointment was made', 'not-booked', [send, accept, contact('reached')]],
  ['an appointment was made and nothing told since', 'unknown', [send, accept, book]],
  ['the payer is awaited', 'authorization-delay', [askPayer]],
  [
    'the payer denied, and the order was ended for it',
    'denied',
    [askPayer, decided({ status: 'denied', reason: 'not-covered' }, 30), end('cancelled')],
  ],
  [
    'the payer denied first and approved then',
    'no-answer',
    [askPayer, decided({ status: 'denied', reason: 'not-covered' }, 30), decided({ status: 'approved' }, 60), send],
  ],
  ['the practice took it back', 'withdrawn', [send, end('cancelled')]],
  ['the patient did not want it', 'patient-declined', [send, end('patient-declined')]],
  ['the patient died', 'died', [send, end('died')]],
  ['it expired', 'no-answer', [send, end('expired')]],
  ['what somebody recorded goes first', 'too-far', [send, accept, recordReason('too-far')]],
  ['but for death', 'died', [recordReason('too-far'), end('died')]],
  ['to record that it is not known says nothing', 'no-answer', [send, recordReason('unknown')]],
];

test('what a referral would be lost by if nobody saw the patient, from its events', async () => {
  const pseudonyms = createPseudonyms(TEST_KEY);
  const events = UNSEEN.flatMap(([name, , course]) => {
    const history = inChart();
    for (const step of course) step(history);
    return flatten(historyOf(name, history.events), pseudonyms);
  });
  const core = await openCore(events);
  const rows = await core.query.run('select referral, unseen_cause from core__loss');
  core.close();
  const found = new Map(rows.map((row) => [row['referral'], row['unseen_cause']]));
  const scope = historyOf('', []);
  expect(UNSEEN.map(([name]) => [name, found.get(pseudonyms.referral(scope, name))])).toEqual(UNSEEN.map(([name, cause]) => [name, cause]));
});

test('a leak has the reason that somebody recorded, and none is guessed', async () => {
  const pseudonyms = createPseudonyms(TEST_KEY);
  const silent = inChart();
  leave(silent);
  const told = inChart();
  leave(told);
  recordReason('wait-too-long')(told);
  const core = await openCore([silent, told].flatMap(({ events }, at) => flatten(historyOf(String(at), events), pseudonyms)));
  const rows = await core.query.run('select leak_cause, leak_group, leak_avoidability, leak_recorded from core__loss order by leak_cause');
  core.close();
  expect(rows).toEqual([
    { leak_cause: 'unknown', leak_group: 'unknown', leak_avoidability: 'unknown', leak_recorded: false },
    { leak_cause: 'wait-too-long', leak_group: 'access', leak_avoidability: 'avoidable', leak_recorded: true },
  ]);
});
