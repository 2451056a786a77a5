/** Whom the coordinator may ask without a word of the clinician, and how the clinician answers for anybody else (R57). */
import { describe, expect, test } from 'vitest';
import { due } from '../sla/due.ts';
import { defaultPolicy } from '../sla/policy.ts';
import type { Performer } from './event.ts';
import { approvedOptions, openOptions } from './options.ts';
import { openProposal } from './proposal.ts';
import { fold } from './referral.ts';
import { ANOTHER, act, type History, inChart, minute } from './test-care.ts';

const POLICY = defaultPolicy({ timeZone: 'UTC', opens: 8, closes: 17, holidays: [] });
const STRANGER: Performer = { ...ANOTHER, entryId: 'e9', npi: '1999999999', display: 'Io Hale, MD', rank: null };

/** Declined at 2, with nobody but the chosen one approved. */
function declined(alternates: Performer[] = []): History {
  const history = inChart('visit', alternates);
  act(history, { type: 'send', transmissionId: 't', channel: 'fax' }, 1);
  act(history, { type: 'decline', reason: 'not-taking-patients' }, 2);
  return history;
}
const reroute = (history: History, performer: Performer, at: number) =>
  history.ask({ type: 'reroute', performer, because: 'declined' }, at);
const propose = (history: History, at: number, performer: Performer = STRANGER) =>
  history.ask({ type: 'propose-performer', performer, because: 'declined' }, at);
const proposalOf = ({ referral }: History): number => openProposal(referral)?.sequence ?? 0;
const approve = (history: History, at: number, proposal = proposalOf(history)) => history.ask({ type: 'approve-performer', proposal }, at);
const refuse = (history: History, at: number, proposal = proposalOf(history)) =>
  history.ask({ type: 'refuse-performer', proposal, reason: 'Does no procedures' }, at);
const owed = ({ referral }: History, at = 60) =>
  due(referral, POLICY, minute(at)).map(({ kind, owner, since }) => [kind, owner, since] as const);
const attempts = ({ referral }: History) => referral.attempts.map(({ performer }) => performer.entryId);

describe('nobody whom no clinician approved is asked', () => {
  test('by the coordinator', () => {
    const history = declined([ANOTHER]);
    expect(reroute(history, STRANGER, 3)).toEqual({ kind: 'performer-not-approved', npi: STRANGER.npi });
    expect(reroute(history, { ...ANOTHER, entryId: 'elsewhere' }, 3)).toMatchObject({ kind: 'performer-not-approved' });
    expect([attempts(history), reroute(history, ANOTHER, 3)]).toEqual([['e1'], undefined]);
  });

  test('nor by the patient’s word', () => {
    const history = declined([ANOTHER]);
    expect(history.ask({ type: 'choose-other', performer: STRANGER, words: '' }, 3)).toMatchObject({ kind: 'performer-not-approved' });
  });
});

describe('a proposal', () => {
  test('opens no attempt, and is owed by the clinician in the place of the coordinator', () => {
    const history = declined();
    expect(owed(history)).toEqual([['reroute', 'coordinator', minute(2)]]);
    expect(propose(history, 3)).toBeUndefined();
    expect([attempts(history), owed(history)]).toEqual([['e1'], [['approve-performer', 'clinician', minute(3)]]]);
  });

  test('approved, it is asked in the same moment and for the same reason, and stays approved', () => {
    const history = declined();
    propose(history, 3);
    expect(approve(history, 4)).toBeUndefined();
    expect(history.events.slice(-2).map(({ fact }) => fact)).toEqual([
      { type: 'performer-approved', version: 1, performer: STRANGER },
      { type: 'attempt-opened', version: 1, attempt: 2, performer: STRANGER, because: 'declined' },
    ]);
    expect([approvedOptions(history.referral).at(-1), openProposal(history.referral)]).toEqual([STRANGER, undefined]);
    expect(owed(history)).toEqual([['send', 'coordinator', minute(4)]]);
  });

  test('refused, it is the coordinator’s again with its whole time, and the same one is not proposed again', () => {
    const history = declined();
    propose(history, 3);
    expect(refuse(history, 30)).toBeUndefined();
    expect([attempts(history), owed(history)]).toEqual([['e1'], [['reroute', 'coordinator', minute(30)]]]);
    expect(propose(history, 31)).toEqual({ kind: 'performer-refused', npi: STRANGER.npi });
    expect(propose(history, 31, ANOTHER)).toBeUndefined();
  });

  test('an answer is of what was read: not of a later proposal, and given once', () => {
    const history = declined();
    propose(history, 3);
    const read = proposalOf(history);
    propose(history, 4, ANOTHER);
    expect(approve(history, 5, read)).toEqual({ kind: 'no-such-proposal', proposal: read });
    expect(refuse(history, 5, read)).toEqual({ kind: 'no-such-proposal', proposal: read });
    const later = proposalOf(history);
    expect([approve(history, 6), approve(history, 7, later), refuse(history, 7, later)]).toMatchObject([
      undefined,
      { kind: 'no-such-proposal' },
      { kind: 'no-such-proposal' },
    ]);
    expect(attempts(history)).toEqual(['e1', 'e2']);
  });

  test('who is approved is asked and not proposed, and nobody is while somebody is asked', () => {
    const history = declined([ANOTHER]);
    expect(propose(history, 3, ANOTHER)).toEqual({ kind: 'performer-approved-already', npi: ANOTHER.npi });
    reroute(history, ANOTHER, 4);
    expect(propose(history, 5)).toEqual({ kind: 'attempt-still-open', attempt: 2 });
  });

  test.each<[string, (history: History) => unknown]>([
    ['an approved one was asked meanwhile', (history) => reroute(history, ANOTHER, 5)],
    ['the patient chose', (history) => history.ask({ type: 'choose-other', performer: ANOTHER, words: '' }, 5)],
    ['the order ended', (history) => history.ask({ type: 'end', how: 'cancelled', reason: 'moved' }, 5)],
    [
      'the order was revoked in the EHR',
      (history) => {
        const fact = {
          type: 'order-status-observed',
          version: 1,
          reference: 'ServiceRequest/o1',
          status: 'revoked',
          versionId: '5',
        } as const;
        history.take([{ effectiveAt: minute(5), factKey: null, fact }], minute(5));
      },
    ],
  ])('lapses once %s', (_, then) => {
    const history = declined([ANOTHER]);
    propose(history, 3);
    const read = proposalOf(history);
    then(history);
    expect(openProposal(history.referral)).toBeUndefined();
    expect(owed(history).map(([kind]) => kind)).not.toContain('approve-performer');
    expect(approve(history, 6, read)).toEqual({ kind: 'no-such-proposal', proposal: read });
  });

  test('waits while the order is on hold in the EHR: nothing new leaves', () => {
    const history = declined();
    propose(history, 3);
    const seen = (status: string, at: number) => {
      const fact = { type: 'order-status-observed', version: 1, reference: 'ServiceRequest/o1', status, versionId: null } as const;
      history.take([{ effectiveAt: minute(at), factKey: null, fact }], minute(at));
    };
    seen('on-hold', 4);
    expect([approve(history, 5), owed(history).map(([kind]) => kind)]).toEqual([
      { kind: 'order-not-active', status: 'on-hold' },
      ['sign-in-ehr'],
    ]);
    seen('active', 6);
    expect([owed(history), approve(history, 7)]).toEqual([[['approve-performer', 'clinician', minute(3)]], undefined]);
  });

  test('while an office has still to confirm that it stops, both are owed', () => {
    const history = inChart('visit', []);
    act(history, { type: 'send', transmissionId: 't', channel: 'fax' }, 1);
    act(history, { type: 'request-cancellation', reason: 'no word' }, 2);
    propose(history, 3);
    expect(owed(history).map(([kind]) => kind)).toEqual(['confirm-cancellation', 'approve-performer']);
  });
});

test('whoever was not asked after all can be asked: nothing ever left for them', () => {
  const history = inChart('visit', [ANOTHER]);
  history.ask({ type: 'choose-other', performer: ANOTHER, words: '' }, 1);
  expect(openOptions(history.referral).map(({ entryId }) => entryId)).toEqual(['e1']);
  act(history, { type: 'send', transmissionId: 't', channel: 'fax' }, 2);
  act(history, { type: 'decline', reason: 'other' }, 3);
  expect([reroute(history, history.referral.attempts[0]!.performer, 4), openOptions(history.referral)]).toEqual([undefined, []]);
});

test('the state is the fold of its events', () => {
  const history = declined();
  propose(history, 3);
  refuse(history, 4);
  propose(history, 5, ANOTHER);
  approve(history, 6);
  expect(fold('r1', history.events)).toEqual(history.referral);
});
