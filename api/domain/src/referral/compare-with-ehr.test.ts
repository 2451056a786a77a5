import { describe, expect, test } from 'vitest';
import type { Resource } from '../fhir/ehr-port.ts';
import { NPI_SYSTEM } from '../write-back/identifiers.ts';
import { compareWithEhr, type EhrSide, type InEhr } from './compare-with-ehr.ts';
import type { Referral } from './referral.ts';
import { act, inChart } from './test-care.ts';

const found = (resource: Resource): InEhr => ({ kind: 'found', resource });
const NOTHING: EhrSide = { order: undefined, task: undefined, note: undefined, message: undefined };
const order = (status: string): EhrSide => ({ ...NOTHING, order: found({ resourceType: 'ServiceRequest', status }) });
const told = (referral: Referral, side: EhrSide) =>
  compareWithEhr(referral, side).map(({ field, ours, theirs, truth }) => [field, ours, theirs, truth]);

const active = (): Referral => inChart().referral;
/** With a Task of its own in the chart, and sent. */
function sent(): Referral {
  const history = inChart();
  act(history, { type: 'send', transmissionId: 't', channel: 'direct' }, 1);
  const { referral } = history;
  return { ...referral, attempts: referral.attempts.map((each) => ({ ...each, task: { type: 'Task', id: 't1' } })) };
}
const task = (more: Partial<Resource>): EhrSide => ({ ...NOTHING, task: found({ resourceType: 'Task', ...more }) });
const owner = (npi: string) => ({ identifier: { system: NPI_SYSTEM, value: npi } });

describe('the order', () => {
  test.each<[string, EhrSide, unknown[]]>([
    ['the same', order('active'), []],
    ['revoked there', order('revoked'), [['order-status', 'active', 'revoked', 'ehr']]],
    ['gone', { ...NOTHING, order: { kind: 'absent' } }, [['order-status', 'active', 'not there', 'ehr']]],
    ['not read: nothing is said of it', { ...NOTHING, order: { kind: 'unread' } }, []],
  ])('%s', (_, side, differences) => {
    expect(told(active(), side)).toEqual(differences);
  });

  test('one that ended here is not to stay active there', () => {
    const history = inChart();
    history.ask({ type: 'end', how: 'patient-declined', reason: 'Moved away' }, 4);
    expect(told(history.referral, order('active'))).toEqual([['order-status', 'ended, patient-declined', 'active', 'ehr']]);
    expect(told(history.referral, order('revoked'))).toEqual([]);
  });
});

describe('the Task of the last attempt that has one', () => {
  test.each<[string, EhrSide, unknown[]]>([
    ['the same', task({ status: 'requested' }), []],
    ['further there', task({ status: 'completed' }), [['work', 'sent', 'completed', 'performer']]],
    ['a status that says nothing of the work', task({ status: 'failed' }), [['work', 'sent', 'failed', 'performer']]],
    ['gone', { ...NOTHING, task: { kind: 'absent' } }, [['work', 'sent', 'not there', 'performer']]],
    ['an owner without a number', task({ status: 'requested', owner: { reference: 'PractitionerRole/1' } }), []],
  ])('%s', (_, side, differences) => {
    expect(told(sent(), side)).toEqual(differences);
  });

  test('another owner', () => {
    const referral = sent();
    const npi = referral.attempts[0]?.performer.npi ?? '';
    expect(told(referral, task({ status: 'requested', owner: owner(npi) }))).toEqual([]);
    expect(told(referral, task({ status: 'requested', owner: owner('1972665012') }))).toEqual([
      ['performer', `NPI ${npi}`, 'NPI 1972665012', 'refloop'],
    ]);
  });
});

describe('the note', () => {
  const note = (more: Partial<Resource>): EhrSide => ({ ...NOTHING, note: found({ resourceType: 'DocumentReference', ...more }) });
  test.each<[string, EhrSide, unknown[]]>([
    ['on file', note({ status: 'current', content: [{ attachment: {} }] }), []],
    ['taken out as an error', note({ status: 'entered-in-error', content: [{}] }), [['note', 'on file', 'entered-in-error', 'refloop']]],
    ['empty', note({ status: 'current' }), [['note', 'on file', 'without content', 'refloop']]],
    ['gone', { ...NOTHING, note: { kind: 'absent' } }, [['note', 'on file', 'not there', 'refloop']]],
  ])('%s', (_, side, differences) => {
    expect(told(active(), side)).toEqual(differences);
  });
});

describe('the message, where the EHR takes neither order nor document', () => {
  const message = (more: Partial<Resource>): EhrSide => ({ ...NOTHING, message: found({ resourceType: 'Communication', ...more }) });
  const payload = [{ contentString: 'Palpitations' }];
  test.each<[string, EhrSide, unknown[]]>([
    ['as it was written', message({ status: 'preparation', payload }), []],
    ['sent by somebody from the EHR', message({ status: 'completed', payload }), []],
    ['taken out as an error', message({ status: 'entered-in-error', payload }), [['message', 'on file', 'entered-in-error', 'refloop']]],
    ['ended there unsent', message({ status: 'not-done', payload }), [['message', 'on file', 'not-done', 'refloop']]],
    ['empty', message({ status: 'preparation' }), [['message', 'on file', 'without content', 'refloop']]],
    ['gone', { ...NOTHING, message: { kind: 'absent' } }, [['message', 'on file', 'not there', 'refloop']]],
    ['not read: nothing is said of it', { ...NOTHING, message: { kind: 'unread' } }, []],
  ])('%s', (_, side, differences) => {
    expect(told(active(), side)).toEqual(differences);
  });

  test('of an order that ended here it may have ended unsent', () => {
    const history = inChart();
    history.ask({ type: 'end', how: 'patient-declined', reason: 'Moved away' }, 4);
    expect(told(history.referral, message({ status: 'not-done', payload }))).toEqual([]);
  });
});
