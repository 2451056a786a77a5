/** For tests: work at every stage, through the routes, and a look at all of it. */
import { expect } from 'vitest';
import { readReferral } from '../services/referral-log.ts';
import type { ReferralApi } from '../services/test-referral-api.ts';
import { approveInput, type Body, type Made, makeInput } from '../services/test-referral-input.ts';

const HOLDER = 'window-one-1234';
const STEPS = ['DocumentReference', 'ServiceRequest', 'Task', 'Provenance'];

async function ask(api: ReferralApi, token: string, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await api.call(method, path, token, body);
  expect([200, 201], `${method} ${path}: ${JSON.stringify(answer.body)}`).toContain(answer.status);
  return answer.body;
}

export type Work = { input: Body; made: Made; planId: string | undefined };

export async function draft(api: ReferralApi, token: string): Promise<Work> {
  const input = makeInput();
  const made = (await ask(api, token, 'POST', '/recommendations', input)) as Made;
  return { input, made, planId: undefined };
}

/** An approved referral of whose plan this many steps are written. */
export async function approved(api: ReferralApi, token: string, steps: number, work?: Work): Promise<Work> {
  const { input, made } = work ?? (await draft(api, token));
  const plan = await ask(api, token, 'POST', '/approvals', approveInput(made, input));
  const planId = String(plan['id']);
  await write(api, token, planId, input, STEPS.slice(0, steps));
  return { input, made, planId };
}

async function write(api: ReferralApi, token: string, planId: string, input: Body, steps: string[]): Promise<void> {
  await ask(api, token, 'POST', `/plans/${planId}/lease`, { holder: HOLDER });
  for (const step of steps) {
    const reference = step === 'ServiceRequest' ? `ServiceRequest/${String((input['order'] as Body)['id'])}` : `${step}/1`;
    await ask(api, token, 'POST', `/plans/${planId}/steps/${step}`, {
      holder: HOLDER,
      outcome: { status: 'done', reference, versionId: '4' },
    });
  }
}

/** Writes the rest of a plan of which this many steps were written. */
export async function finish(api: ReferralApi, token: string, { planId = '', input }: Work, steps: number): Promise<unknown> {
  await write(api, token, planId, input, STEPS.slice(steps));
  return (await ask(api, token, 'GET', `/plans/${planId}`))['writeBack'];
}

export async function dismissed(api: ReferralApi, token: string): Promise<Work> {
  const work = await draft(api, token);
  await ask(api, token, 'POST', `/recommendations/${work.made.id}/dismissal`, { reason: 'not-needed', text: '' });
  return work;
}

/** Everything the work left, as the store and the routes show it to those who may see it. */
export async function lookAt(api: ReferralApi, works: Work[]): Promise<unknown[]> {
  const admin = await api.session({ subject: 'admin', patientId: null, roles: ['admin'] });
  const seen: unknown[] = [];
  for (const { made, planId } of works) {
    const { proof: _proof, ...record } = await ask(api, admin, 'GET', `/audit/recommendations/${made.id}`);
    const kept = await api.store.transaction(api.scope, async (unit) => ({
      referral: await readReferral(unit, String(made['referralId'])),
      events: await unit.events.read(String(made['referralId'])),
      recommendation: await unit.recommendations.get(made.id),
      plan: planId === undefined ? null : await unit.plans.get(planId),
      obligations: await unit.obligations.list({ status: 'open', referralId: String(made['referralId']) }),
    }));
    seen.push({ record, kept });
  }
  return seen;
}
