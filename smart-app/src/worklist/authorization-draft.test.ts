import type { PacketView } from '@refloop/server/client/packet';
import { expect, test } from 'vitest';
import { type AuthorizationDraft, answerOf, isAsked, isReady, isUnsaid, UNANSWERED } from './authorization-draft.ts';

type Kind = PacketView['holds'][number]['kind'];
const packet = (...kinds: Kind[]): PacketView => ({ holds: kinds.map((kind) => ({ kind, words: '' })) }) as unknown as PacketView;
const open = packet('authorization-open');
const draft = (more: Partial<AuthorizationDraft>): AuthorizationDraft => ({ ...UNANSWERED, ...more });

test.each<[Kind[], boolean, boolean, boolean]>([
  [[], false, true, false],
  [['authorization-open'], true, true, true],
  [['authorization'], true, true, false],
  [['authorization-denied'], false, false, false],
  [['incomplete', 'authorization-open'], true, false, true],
  [['to-be-checked'], false, false, false],
])('%j: asked %s, ready but for it %s, unsaid %s', (kinds, asked, ready, unsaid) => {
  const shown = packet(...kinds);
  expect([isAsked(shown), isReady(shown), isUnsaid(shown)]).toEqual([asked, ready, unsaid]);
});

test.each([
  [draft({}), { fault: 'unanswered' }],
  [draft({ answer: 'not-needed' }), { answer: { answer: 'not-needed' } }],
  [draft({ answer: 'approved' }), { fault: 'number' }],
  [draft({ answer: 'approved', number: ' A-17 ' }), { answer: { answer: 'approved', number: 'A-17' } }],
  [draft({ answer: 'goes-without', reason: 'x' }), { fault: 'reason' }],
  [draft({ answer: 'goes-without', reason: 'Urgent' }), { answer: { answer: 'goes-without', reason: 'Urgent' } }],
])('%j', (given, answer) => expect(answerOf(open, given)).toEqual(answer));

test.each(['not-needed', 'goes-without'] as const)('while the payer was asked, %s is no answer', (answer) =>
  expect(answerOf(packet('authorization'), draft({ answer, reason: 'Urgent' }))).toEqual({ fault: 'unanswered' }),
);

test('nothing is sent of it where nothing is asked', () =>
  expect(answerOf(packet(), draft({ answer: 'not-needed' }))).toEqual({ answer: undefined }));
