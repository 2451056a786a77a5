import { describe, expect, test } from 'vitest';
import { fillResource, fillText } from './placeholders.ts';
import { planWrites } from './plan.ts';
import type { StepInHand } from './plan-in-hand.ts';
import { ALL, approved, launched } from './test-approved-referral.ts';

const [note, order] = planWrites(approved, 1, launched, ALL);
const AT = '2026-11-20T10:00:00.000Z';
const waiting = (step: typeof note): StepInHand => ({
  ...(step as NonNullable<typeof step>),
  outcome: { status: 'waiting' },
  attemptedAt: null,
  notOurs: [],
});
const written: StepInHand = { ...waiting(note), outcome: { status: 'done', reference: 'DocumentReference/d1', versionId: '2', at: AT } };
const plan = { steps: [written, waiting(order)] };

test('stand for what an earlier step wrote', () => {
  expect(fillText('Provenance?target={{DocumentReference}}', plan)).toBe('Provenance?target=DocumentReference/d1');
  expect(fillResource({ target: [{ reference: '{{DocumentReference:versioned}}' }] }, plan)).toEqual({
    target: [{ reference: 'DocumentReference/d1/_history/2' }],
  });
  expect(fillResource({ focus: { reference: '{{ServiceRequest}}' } }, plan)).toBeUndefined();
});

describe('are references of ours and nothing that somebody wrote', () => {
  test.each(['{{DocumentReference}}', 'See {{DocumentReference}}', '{{ServiceRequest}}', '{{NAME}}', '{{constructor}}'])(
    'the text %s stays as it is, and holds nothing up',
    (text) => {
      const resource = { note: [{ text }], reasonCode: [{ text }], display: text };
      expect(fillResource(resource, plan)).toEqual(resource);
    },
  );

  test('a reference that only holds one is not one', () => {
    const resource = { supportingInfo: [{ reference: 'DocumentReference/{{ServiceRequest}}' }] };
    expect(fillResource(resource, plan)).toEqual(resource);
  });
});
