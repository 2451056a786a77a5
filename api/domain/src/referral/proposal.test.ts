/** Whom the coordinator may ask without a word of the clinician, and how the clinician answers for anybody else (R57). */
import { describe, expect, test } from 'vitest';
import { due } from '../sla/due.ts';
import { escalationsDue } from '../sla/escalate.ts';
import { defaultPolicy } from '../sla/policy.ts';
import { actsOf } from './by-hand.ts';
import type { Performer } from './event.ts';
import { approvedOptions, openOptions } from './options.ts';
import { openProposal, wasRefused } from './proposal.ts';
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

  test('refused, it is the coordinator’s again with its whole time; the same one can be proposed again, and approved after all', () => {
    const history = declined();
    propose(history, 3);
    expect(refuse(history, 30)).toBeUndefined();
    expect([attempts(history), owed(history)]).toEqual([['e1'], [['reroute', 'coordinator', minute(30)]]]);
    expect([wasRefused(history.referral, STRANGER), propose(history, 31), approve(history, 32)]).toEqual([true, undefined, undefined]);
    expect([wasRefused(history.referral, STRANGER), attempts(history)]).toEqual([false, ['e1', 'e9']]);
  });

  test('the same one is not proposed twice while the clinician has not answered; another keeps the time of the first', () => {
    const history = declined();
    propose(history, 3);
    expect(propose(history, 4)).toEqual({ kind: 'performer-proposed-already', npi: STRANGER.npi });
    expect(propose(history, 5, ANOTHER)).toBeUndefined();
    expect(owed(history)).toEqual([['approve-performer', 'clinician', minute(3)]]);
  });

  test('whom the clinician refused at one place is asked at no other', () => {
    const history = declined([ANOTHER]);
    const elsewhere = { ...ANOTHER, entryId: 'e2b' };
    propose(history, 3, elsewhere);
    refuse(history, 4);
    expect([reroute(history, ANOTHER, 5), openOptions(history.referral)]).toEqual([
      { kind: 'performer-not-approved', npi: ANOTHER.npi },
      [],
    ]);
    expect(history.ask({ type: 'choose-other', performer: ANOTHER, words: '' }, 5)).toMatchObject({ kind: 'performer-not-approved' });
    propose(history, 6, elsewhere);
    approve(history, 7);
    expect(openOptions(history.referral)).toEqual([]);
    expect(approvedOptions(history.referral).map(({ entryId }) => entryId)).toEqual(['e1', 'e2', 'e2b']);
  });

  test('a lead hears of it by when the patient began to wait, however often another is proposed and refused', () => {
    const history = declined();
    const day = 24 * 60;
    for (const at of [1, 2]) {
      propose(history, at * day);
      refuse(history, at * day + 60);
    }
    propose(history, 3 * day);
    // Declined on a Tuesday: three business days are over on Friday.
    const told = (at: number) => escalationsDue(history.referral, POLICY, minute(at)).map(({ step }) => [step.rule, step.reach]);
    expect(told(3 * day + 3)).toEqual([['approve-performer-lead', 'lead']]);
    refuse(history, 3 * day + 4);
    expect(told(3 * day + 5)).toEqual([['reroute-lead', 'lead']]);
  });

  test('at the end of their own time the clinician is told', () => {
    const history = declined();
    propose(history, 3);
    const told = escalationsDue(history.referral, POLICY, minute(24 * 60 + 4));
    expect(told.map(({ step }) => [step.rule, step.reach])).toEqual([['approve-performer-late', 'clinician']]);
    expect(due(history.referral, POLICY, minute(60))[0]?.dueAt).toBe(told[0]?.at);
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

describe('whoever was opened by a version that asked no clinician, and was sent nothing', () => {
  function opened(): History {
    const history = declined([ANOTHER]);
    const fact = { type: 'attempt-opened', version: 1, attempt: 2, performer: STRANGER, because: 'declined' } as const;
    history.take([{ effectiveAt: minute(3), factKey: null, fact }], minute(3));
    return history;
  }
  const send = (history: History, at: number) => act(history, { type: 'send', transmissionId: 't2', channel: 'fax' }, at);
  const standing = ({ referral }: History) => referral.attempts.map(({ work }) => work.status);

  test('is sent nothing: the clinician owes the answer in the place of the coordinator', () => {
    const history = opened();
    expect([send(history, 4), standing(history)]).toEqual([{ kind: 'performer-not-approved', npi: STRANGER.npi }, ['declined', 'draft']]);
    expect(owed(history)).toEqual([['approve-performer', 'clinician', minute(3)]]);
    expect(actsOf(history.referral, ['sent', 'contacted'])).toEqual(['contacted']);
    expect(fold('r1', history.events)).toEqual(history.referral);
  });

  test('approved, it is sent: no second attempt begins', () => {
    const history = opened();
    expect(approve(history, 5)).toBeUndefined();
    expect(history.events.at(-1)?.fact).toEqual({ type: 'performer-approved', version: 1, performer: STRANGER });
    expect([owed(history).map(([kind]) => kind), send(history, 6), standing(history)]).toEqual([['send'], undefined, ['declined', 'sent']]);
  });

  test('refused, it is withdrawn, and the coordinator looks further', () => {
    const history = opened();
    expect(refuse(history, 5)).toBeUndefined();
    expect(history.events.at(-1)?.fact).toEqual({ type: 'attempt-withdrawn', version: 2, attempt: 2, because: 'clinician-refused' });
    expect([standing(history), owed(history)]).toEqual([['declined', 'cancelled'], [['reroute', 'coordinator', minute(5)]]]);
    expect(reroute(history, ANOTHER, 6)).toBeUndefined();
  });

  test('the patient may choose another: then it waits for nobody', () => {
    const history = opened();
    expect(history.ask({ type: 'choose-other', performer: ANOTHER, words: '' }, 5)).toBeUndefined();
    expect([openProposal(history.referral), owed(history).map(([kind]) => kind)]).toEqual([undefined, ['send']]);
  });

  test('what was sent already stands', () => {
    const history = opened();
    const fact = { type: 'attempt-sent', version: 1, attempt: 2, transmissionId: 'old', channel: 'fax' } as const;
    history.take([{ effectiveAt: minute(4), factKey: null, fact }], minute(4));
    expect([openProposal(history.referral), owed(history).map(([kind]) => kind), send(history, 5)]).toEqual([
      undefined,
      ['answer'],
      undefined,
    ]);
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
