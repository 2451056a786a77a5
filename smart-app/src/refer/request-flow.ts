/** What a change of the request sets in motion: the list at once, the stored recommendation when typing rests. */

import { askMatch } from '../matching/match-flow.ts';
import { saveSoon } from '../note/autosave.ts';
import type { Desk, DeskState } from './desk.ts';
import { isCurrent, makeRecommendation } from './draft-flow.ts';
import type { RequestForm } from './request-form.ts';

const MATCH_MILLISECONDS = 200;
const DRAFT_MILLISECONDS = 1_200;

type Timers = { match?: ReturnType<typeof setTimeout>; draft?: ReturnType<typeof setTimeout> };
const timers = new WeakMap<Desk, Timers>();

/** Fields that the list depends on; the others only change the note. */
const MATCHING: readonly (keyof RequestForm)[] = ['specialty', 'urgency', 'coverageId', 'languages', 'radiusMiles'];

export function changeRequest(desk: Desk, change: Partial<RequestForm>): void {
  const before = desk.store.get().request;
  desk.store.set((state) => ({
    request: { ...state.request, ...change },
    notice: '',
    draft: state.draft.kind === 'ready' ? { ...state.draft, outdated: true } : state.draft,
  }));
  const pending = timers.get(desk) ?? {};
  timers.set(desk, pending);
  const after = desk.store.get().request;
  if (MATCHING.some((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))) {
    clearTimeout(pending.match);
    pending.match = setTimeout(() => void askMatch(desk), MATCH_MILLISECONDS);
  }
  clearTimeout(pending.draft);
  pending.draft = setTimeout(() => void settleRequest(desk), DRAFT_MILLISECONDS);
}

/** Makes the recommendation of the request as it stands, unless the stored one already answers it. */
export async function settleRequest(desk: Desk): Promise<void> {
  clearTimeout(timers.get(desk)?.draft);
  const { draft } = desk.store.get();
  if (isCurrent(desk)) {
    if (draft.kind === 'ready' && draft.outdated) desk.store.set({ draft: { ...draft, outdated: false } });
    return;
  }
  await makeRecommendation(desk);
}

/** Changes of the working copy: the choice, the note, what is not needed. */
export function changeWorking(
  desk: Desk,
  change: Partial<Pick<DeskState, 'choice' | 'alternates' | 'sentences' | 'notNeeded' | 'emergencyConsidered' | 'deathConsidered'>>,
): void {
  desk.store.set({ ...change, notice: '' });
  saveSoon(desk);
}
