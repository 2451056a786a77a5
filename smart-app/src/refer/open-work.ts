/** What was left on this patient, asked for when the page opens: offered first, so that one referral does not become two. */
import type { OpenWork } from '@refloop/server/client/recommendation';
import type { Desk, DeskState } from './desk.ts';
import { orderRefOf } from './order-in-desk.ts';

export const NO_OPEN_WORK: OpenWork = { toSign: [], sent: [], others: [], recommendations: [], plans: [] };

export const hasOpenWork = (work: OpenWork): boolean => Object.values(work).some((list) => list.length > 0);

/** What waits for a signature on the very order in hand: a referral begun anew would take its place. */
export const waitingOnOrder = (state: Pick<DeskState, 'openWork' | 'order' | 'orderFacts'>): { id: string } | undefined => {
  const orderRef = orderRefOf(state);
  const { toSign, others } = state.openWork;
  return [...toSign, ...others.filter(({ forName }) => forName !== null)].find((each) => orderRef !== null && each.orderRef === orderRef);
};

export async function askOpenWork(desk: Desk): Promise<void> {
  const answered = await desk.api.call<OpenWork>('/open-work');
  if (!answered.ok) {
    desk.store.set({ openWorkDecided: true, notice: 'Refloop could not look for drafts you left. A new one is started.' });
    return;
  }
  const orderRef = orderRefOf(desk.store.get());
  const ofThisOrder = (each: { orderRef: string | null }): boolean => each.orderRef === orderRef;
  const openWork: OpenWork = {
    // A signature is waited for whatever order Refloop was opened from; the rest is about the order in hand.
    ...answered.value,
    recommendations: answered.value.recommendations.filter(ofThisOrder),
    sent: answered.value.sent.filter(ofThisOrder),
    others: answered.value.others.filter((each) => orderRef !== null && ofThisOrder(each)),
  };
  desk.store.set({ openWork, openWorkDecided: !hasOpenWork(openWork) });
}
