/** Sending a prepared referral to a clinician to sign, and taking it back. */
import type { PendRecommendation } from '@refloop/server/client/pend';
import type { Recommendation } from '@refloop/server/client/recommendation';
import { reconcile, saveNow } from '../note/autosave.ts';
import { isProblem, notDoneText } from '../session/api.ts';
import { type Desk, type DeskState, notDrafted, preparedOf, recommendationOf } from './desk.ts';
import { resumeRecommendation } from './draft-flow.ts';
import { NO_OPEN_WORK } from './open-work.ts';
import { takeOrder } from './order-in-desk.ts';

/** Why it cannot be sent yet, in one sentence; undefined when it can. A specialist may be left for the clinician to choose. */
export function waitsToSend(state: DeskState): string | undefined {
  if (state.request.specialty === null) return 'Choose a specialty first.';
  if (state.request.reasonText.trim() === '' && state.request.reasonCodes.length === 0) return 'Say the reason for the referral first.';
  if (state.draft.kind === 'none' || state.draft.kind === 'reading-chart') return 'Waiting for the chart to be read.';
  if (state.draft.kind === 'drafting') return 'Waiting for the note to be drafted.';
  if (state.draft.kind === 'failed') return notDrafted(state.draft);
  if (state.draft.outdated) return 'Waiting for the note to follow your change.';
  if (state.draft.recommendation.status !== 'PENDING_REVIEW') return 'This referral has already been decided.';
  if (state.sentences.length === 0) return 'The note is empty. Restore or write at least one sentence.';
  if (state.save.kind === 'conflict') return 'Choose which version of the draft to keep.';
  if (state.signers?.length === 0)
    return 'You are not named as preparing for any clinician. An administrator of Refloop at your site can name you.';
  return undefined;
}

/** What was answered is what is stored: the revision goes on from there. */
function take(desk: Desk, recommendation: Recommendation, notice: string): void {
  desk.store.set({
    draft: { kind: 'ready', recommendation, outdated: false },
    revision: recommendation.revision,
    save: { kind: 'saved' },
    notice,
  });
}

/** @returns why not, in plain words; undefined when it was sent */
export async function sendToSign(desk: Desk, body: PendRecommendation): Promise<string | undefined> {
  await saveNow(desk);
  const state = desk.store.get();
  const waiting = waitsToSend(state);
  const recommendation = recommendationOf(state);
  if (waiting !== undefined || !recommendation) return waiting ?? 'The note is not drafted yet.';
  if (state.save.kind !== 'saved') return 'Your last changes could not be saved, so nothing was sent. Try again in a moment.';
  const sent = await desk.api.call<Recommendation>(`/recommendations/${recommendation.id}/pend`, { method: 'POST', body });
  if (sent.ok) {
    // The bar says with whom it lies now.
    take(desk, sent.value, '');
    return undefined;
  }
  if (sent.refusal.kind === 'session-ended') desk.fail(sent.refusal);
  if (isProblem(sent.refusal, 'recommendation-closed')) await reconcile(desk, recommendation.id);
  return notDoneText('Not sent.', sent.refusal);
}

/** The preparer's own again, to change or to leave; found at launch or open on the page. */
export async function takeBack(desk: Desk, id: string, orderRef: string | null): Promise<void> {
  if (!(await takeOrder(desk, orderRef))) return;
  const open = recommendationOf(desk.store.get())?.id === id;
  const back = await desk.api.call<Recommendation>(`/recommendations/${id}/pend`, { method: 'DELETE' });
  if (back.ok) {
    const notice = 'Taken back. It is your draft again; nobody can sign it until you send it.';
    if (open) take(desk, back.value, notice);
    else {
      desk.store.set({ openWorkDecided: true, openWork: NO_OPEN_WORK });
      resumeRecommendation(desk, back.value);
      desk.store.set({ notice });
    }
    return;
  }
  if (back.refusal.kind === 'session-ended') return desk.fail(back.refusal);
  desk.store.set({ notice: notDoneText('Not taken back.', back.refusal) });
  if (open) await reconcile(desk, id);
}

/** Whether the draft on the page lies with a clinician at this moment, sent by the person who looks at it. */
export const isSent = (desk: Desk, state: DeskState): boolean => {
  const prepared = preparedOf(state);
  return prepared?.by.subject === desk.session.user.subject && prepared.pend !== null && prepared.pend.ended === null;
};
