import { describe, expect, test } from 'vitest';
import type { Resource } from '../fhir/ehr-port.ts';
import { lookAt } from './look-through.ts';
import type { PlanInHand, StepInHand } from './plan-in-hand.ts';
import type { MachineTime } from './settled.ts';
import { scriptedEhr } from './test-scripted-ehr.ts';

const SENT = '2026-11-28T10:00:05.000Z';
const subject = { reference: 'Patient/1' };
const launched: Resource = { resourceType: 'ServiceRequest', id: '7', meta: { versionId: '3' }, subject, status: 'draft' };

const order = (action: StepInHand['action']): StepInHand => ({
  name: 'ServiceRequest',
  action,
  target: action === 'update' ? { reference: 'ServiceRequest/7', versionId: '3' } : null,
  lookUp: { query: 'ServiceRequest?patient=1&identifier=s%7CKEY', businessKey: 'KEY' },
  resource: { resourceType: 'ServiceRequest', subject, status: 'active', identifier: [{ system: 's', value: 'KEY' }] },
  outcome: { status: 'unknown', detail: 'No answer', at: SENT },
  attemptedAt: SENT,
  notOurs: [],
});

const look = (step: StepInHand, now: string, machineTime?: MachineTime) => {
  const plan: PlanInHand = { id: 'p', steps: [step], decision: { at: '2026-11-28T10:00:00.000Z' } };
  const times = { now: () => now, ...(machineTime ? { machineTime: () => machineTime } : {}) };
  return lookAt(step, plan, { ehr: scriptedEhr([], [launched]), patient: '1', ...times });
};

describe('an order that was sent and is not found', () => {
  test.each(['create', 'update'] as const)('may still arrive within a minute (%s): it is not called absent', async (action) => {
    expect(await look(order(action), '2026-11-28T10:00:20.000Z')).toEqual({ kind: 'too-early' });
  });

  test.each(['create', 'update'] as const)('is absent after it (%s)', async (action) => {
    expect(await look(order(action), '2026-11-28T10:01:06.000Z')).toEqual({ kind: 'absent' });
  });

  test('nor is it within a minute after the clock was set, whatever that shows', async () => {
    const at = '2026-11-28T10:09:00.000Z';
    expect(await look(order('create'), at, { at, sinceSet: 5_000 })).toEqual({ kind: 'too-early' });
    expect(await look(order('create'), at, { at, sinceSet: 60_000 })).toEqual({ kind: 'absent' });
  });
});
