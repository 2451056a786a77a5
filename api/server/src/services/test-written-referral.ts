/** For tests: a referral that the clinician approved and whose order stands in the chart, over the API. */
import type { ReferralApi } from './test-referral-api.ts';
import { approveInput, type Body, type Made, makeInput } from './test-referral-input.ts';

/**
 * @param alternates who is approved beside the first of the ranking, by their entries
 * @returns its id
 */
export async function writtenReferral(
  api: ReferralApi,
  clinician: string,
  input: Body = makeInput(),
  alternates: string[] = [],
): Promise<string> {
  const made = (await api.call('POST', '/recommendations', clinician, input)).body as Made;
  const plan = (await api.call('POST', '/approvals', clinician, approveInput(made, input, { working: { ...made.working, alternates } })))
    .body;
  const holder = 'window-one-1234';
  const path = `/plans/${String(plan['id'])}`;
  await api.call('POST', `${path}/lease`, clinician, { holder });
  for (const [step, reference] of [
    ['DocumentReference', 'DocumentReference/d1'],
    ['ServiceRequest', `ServiceRequest/${(input['order'] as Made).id}`],
    ['Task', 'Task/t1'],
    ['Provenance', 'Provenance/p1'],
  ]) {
    await api.call('POST', `${path}/steps/${step}`, clinician, { holder, outcome: { status: 'done', reference, versionId: '4' } });
  }
  return String(made['referralId']);
}
