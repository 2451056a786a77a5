/** Makes the stored recommendation, again after each change of the request, and carries the clinician's words over. */
import type { MakeRecommendation, Recommendation } from '@refloop/server/client/recommendation';
import { choiceAfter } from '../matching/match-flow.ts';
import { saveSoon } from '../note/autosave.ts';
import { carryWorkingCopy } from '../note/working-copy.ts';
import { failureText, isProblem, referralTold } from '../session/api.ts';
import { type Desk, type DeskState, recommendationOf, workingCopy } from './desk.ts';
import { askOpenWork } from './open-work.ts';
import { matchInput, recordedRequest } from './request-form.ts';

const asked = new WeakMap<Desk, number>();

/** A request as one text, to see whether a recommendation still answers it. */
const keyOf = (state: DeskState): string => {
  const input = matchInput(state.request, state.patient, state.coverages);
  return JSON.stringify([input && recordedRequest(state.request, input), state.order?.meta?.versionId]);
};

const madeFor = new WeakMap<Desk, string>();

/** Whether the stored recommendation answers the request as it stands now. */
export const isCurrent = (desk: Desk): boolean => madeFor.get(desk) === keyOf(desk.store.get());

function take(desk: Desk, recommendation: Recommendation, previous: Recommendation | undefined): void {
  desk.store.set((state) => {
    const working = previous ? carryWorkingCopy(previous.draft, workingCopy(state), recommendation) : recommendation.working;
    return {
      draft: { kind: 'ready', recommendation, outdated: false },
      match: { kind: 'ready', answer: recommendation.match },
      choice: choiceAfter(state, recommendation.match),
      sentences: working.sentences,
      notNeeded: working.notNeeded,
      redFlags: recommendation.redFlags,
      revision: recommendation.revision,
      save: { kind: previous || state.choice.byPerson || state.emergencyConsidered || state.deathConsidered ? 'unsaved' : 'saved' },
    };
  });
  if (desk.store.get().save.kind === 'unsaved') saveSoon(desk);
}

/** @param replaces the recommendation that a newer one stands in for; kept on the server, marked superseded */
export async function makeRecommendation(desk: Desk): Promise<void> {
  const { store, api } = desk;
  const number = (asked.get(desk) ?? 0) + 1;
  asked.set(desk, number);
  const state = store.get();
  const input = matchInput(state.request, state.patient, state.coverages);
  if (!input || !state.chart || !state.openWorkDecided) return;
  const previous = recommendationOf(state);
  const { insteadOf } = state;
  // A draft left from an earlier launch that the clinician did not resume is superseded, not left to pile up.
  const replaced = previous?.id ?? state.openWork.recommendations[0]?.id;
  const key = keyOf(state);
  store.set({ draft: { kind: 'drafting', previous } });
  const body: MakeRecommendation = {
    order: state.order,
    chart: state.chart.resources,
    notSeen: state.chart.notSeen,
    request: recordedRequest(state.request, input),
    writeBack: state.writeBack,
    ...(replaced ? { replaces: replaced } : {}),
    ...(insteadOf ? { insteadOf } : {}),
  };
  const made = await api.call<Recommendation>('/recommendations', { method: 'POST', body, milliseconds: 30_000 });
  if (asked.get(desk) !== number) return;
  if (!made.ok) {
    if (made.refusal.kind === 'session-ended') desk.fail(made.refusal);
    // Somebody handed a referral from this order over meanwhile: shown first, and replaced only knowingly.
    else if (isProblem(made.refusal, 'pended')) {
      store.set({ draft: { kind: 'failed', text: failureText(made.refusal), decided: false, previous }, notice: '' });
      await askOpenWork(desk);
    } else {
      const decided = isProblem(made.refusal, 'already-approved');
      store.set({
        draft: { kind: 'failed', text: failureText(made.refusal), decided, referralId: referralTold(made.refusal), previous },
        notice: '',
      });
    }
    // The server may come back; nothing the clinician wrote is lost meanwhile.
    if (made.refusal.kind === 'unreachable') setTimeout(() => void retry(desk, number), 5_000);
    return;
  }
  store.set({ insteadOf: undefined });
  madeFor.set(desk, key);
  take(desk, made.value, previous);
}

async function retry(desk: Desk, number: number): Promise<void> {
  if (asked.get(desk) === number && desk.store.get().draft.kind === 'failed') await makeRecommendation(desk);
}

/** Takes a draft of an earlier launch up again. */
export function resumeRecommendation(desk: Desk, recommendation: Recommendation): void {
  desk.store.set((state) => ({
    draft: { kind: 'ready', recommendation, outdated: false },
    match: { kind: 'ready', answer: recommendation.match },
    choice: {
      entryId: recommendation.working.chosen ?? choiceAfter(state, recommendation.match).entryId,
      byPerson: recommendation.working.chosen !== null,
      override: recommendation.working.overrideReason,
    },
    alternates: recommendation.working.alternates,
    sentences: recommendation.working.sentences,
    notNeeded: recommendation.working.notNeeded,
    redFlags: recommendation.redFlags,
    emergencyConsidered: recommendation.working.emergencyDepartmentConsidered,
    deathConsidered: recommendation.working.deathConsidered,
    revision: recommendation.revision,
    save: { kind: 'saved' },
  }));
  madeFor.set(desk, keyOf(desk.store.get()));
}
