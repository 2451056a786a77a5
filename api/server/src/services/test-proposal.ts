/** For tests: somebody whom the coordinator proposed, and the clinician’s word on them. */
import type { MyWork, ProposalRequest, ToApproveRow } from '../client/work.ts';
import type { ReferralApi } from './test-referral-api.ts';

export const proposalOf = async (api: ReferralApi, clinician: string, referralId: string): Promise<ToApproveRow | undefined> =>
  ((await api.call('GET', '/work', clinician)).body as MyWork).toApprove.find((row) => row.referralId === referralId);

/** As the clinician’s list has it now; undefined where nobody is proposed. */
export async function answerProposal(
  api: ReferralApi,
  clinician: string,
  referralId: string,
  answer: ProposalRequest['answer'] = { kind: 'approve' },
): Promise<{ status: number; body: object } | undefined> {
  const row = await proposalOf(api, clinician, referralId);
  return row && api.call('POST', '/work/proposals', clinician, { referralId, sequence: row.sequence, answer });
}
