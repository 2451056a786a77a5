import type { PlanInHand, StepInHand } from '@refloop/domain/write-back/plan-in-hand';
import { describe, expect, test } from 'vitest';
import { resumeAfter } from './resume.ts';

const SINCE_EVER = { at: '2026-11-28T10:00:00.000Z', sinceSet: Number.POSITIVE_INFINITY };
const ago = (seconds: number): string => new Date(Date.parse(SINCE_EVER.at) - seconds * 1000).toISOString();

const step = (outcome: object, attemptedAt: string | null = null): StepInHand => ({
  name: 'ServiceRequest',
  action: 'create',
  target: null,
  lookUp: { query: 'ServiceRequest?patient=1', businessKey: 'k' },
  resource: {},
  outcome: { detail: '', at: ago(1), ...outcome } as StepInHand['outcome'],
  attemptedAt,
  notOurs: [],
});
const plan = (...steps: StepInHand[]): PlanInHand => ({ id: 'p', steps, decision: { at: ago(30) } });
const waiting = plan(step({ status: 'waiting' }));

describe('a write-back is taken up again by itself', () => {
  test.each(['ehr-silent', 'server-silent', 'held-elsewhere'] as const)('after %s, later each time', (why) => {
    expect([0, 1, 2, 3, 9].map((tries) => resumeAfter(waiting, why, tries, SINCE_EVER))).toEqual([10_000, 20_000, 40_000, 60_000, 60_000]);
    expect(resumeAfter(waiting, why, 60, SINCE_EVER), 'not for ever').toBeUndefined();
  });

  test('when what was sent can no longer arrive', () => {
    expect(resumeAfter(plan(step({ status: 'unknown' }, ago(15))), undefined, 0, SINCE_EVER)).toBe(45_000);
    expect(resumeAfter(plan(step({ status: 'unknown' }, ago(600))), undefined, 0, SINCE_EVER)).toBe(10_000);
    expect(resumeAfter(plan(step({ status: 'unknown' }, ago(-30 * 86_400))), undefined, 0, SINCE_EVER), 'by a clock that was ahead').toBe(
      60_000,
    );
  });

  test('or a minute after the server’s clock was set, before which nobody can tell', () => {
    const set = { ...SINCE_EVER, sinceSet: 20_000 };
    expect(resumeAfter(plan(step({ status: 'unknown' }, ago(15))), undefined, 0, set)).toBe(45_000);
    expect(resumeAfter(plan(step({ status: 'unknown' }, ago(540))), undefined, 0, set)).toBe(40_000);
  });

  test('when the EHR asked for patience', () => {
    expect(resumeAfter(plan(step({ status: 'refused', httpStatus: 503 })), undefined, 0, SINCE_EVER)).toBe(10_000);
  });
});

describe('a person has to act', () => {
  test.each(['session-ended', 'ehr-signed-out', 'wrong-patient'] as const)('after %s', (why) => {
    expect(resumeAfter(waiting, why, 0, SINCE_EVER)).toBeUndefined();
  });
  test.each([
    ['the EHR refused', plan(step({ status: 'refused', httpStatus: 422 }))],
    ['something may be ours', plan(step({ status: 'unsure', candidates: [] }), step({ status: 'unknown' }, ago(90)))],
    ['all is written', plan(step({ status: 'done', reference: 'ServiceRequest/1', versionId: '1' }))],
    ['the order changed', plan(step({ status: 'stale' }))],
  ])('where %s', (_what, held) => {
    expect(resumeAfter(held, undefined, 0, SINCE_EVER)).toBeUndefined();
  });
});
