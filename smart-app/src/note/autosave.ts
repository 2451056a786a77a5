/** Keeps the working copy on the server: a moment after each change, again by itself when the server was away. */
import type { Recommendation } from '@refloop/server/client/recommendation';
import { type Desk, recommendationOf, workingCopy } from '../refer/desk.ts';
import { endOfPend } from '../refer/pend-words.ts';
import { failureText, isBusy, isProblem } from '../session/api.ts';

const QUIET_MILLISECONDS = 800;
const RETRY_MILLISECONDS = 5_000;

type Saving = { timer: ReturnType<typeof setTimeout> | undefined; running: Promise<void> | undefined };
const savings = new WeakMap<Desk, Saving>();

function savingOf(desk: Desk): Saving {
  const there = savings.get(desk) ?? { timer: undefined, running: undefined };
  savings.set(desk, there);
  return there;
}

const editable = (desk: Desk): Recommendation | undefined => {
  const state = desk.store.get();
  return state.draft.kind === 'ready' && state.draft.recommendation.status === 'PENDING_REVIEW' ? state.draft.recommendation : undefined;
};

async function saveOnce(desk: Desk): Promise<void> {
  const { store, api } = desk;
  const recommendation = editable(desk);
  if (!recommendation) return;
  const working = workingCopy(store.get());
  const { revision } = store.get();
  store.set({ save: { kind: 'saving' } });
  const saved = await api.call<{ revision: number }>(`/recommendations/${recommendation.id}/working`, {
    method: 'PUT',
    body: { revision, working },
  });
  if (recommendationOf(store.get())?.id !== recommendation.id) return;
  if (saved.ok) {
    const changed = JSON.stringify(workingCopy(store.get())) !== JSON.stringify(working);
    store.set({ revision: saved.value.revision, save: { kind: changed ? 'unsaved' : 'saved' } });
    if (changed) saveSoon(desk);
    return;
  }
  const { refusal } = saved;
  if (refusal.kind === 'session-ended') desk.fail(refusal);
  else if (refusal.kind === 'unreachable' || isBusy(refusal)) {
    store.set({ save: { kind: 'kept-here' } });
    schedule(desk, RETRY_MILLISECONDS);
  } else if (refusal.problem.status === 409 && !isProblem(refusal, 'pended')) await reconcile(desk, recommendation.id);
  else store.set({ save: { kind: 'refused', text: failureText(refusal) } });
}

/** Reads what is stored: our own words after a lost answer, another window's, or a draft that was closed meanwhile. */
export async function reconcile(desk: Desk, id: string): Promise<void> {
  const read = await desk.api.call<Recommendation>(`/recommendations/${id}`);
  if (!read.ok) {
    desk.store.set({ save: { kind: 'kept-here' } });
    schedule(desk, RETRY_MILLISECONDS);
    return;
  }
  const theirs = read.value;
  if (theirs.status !== 'PENDING_REVIEW') {
    desk.store.set({
      draft: { kind: 'ready', recommendation: theirs, outdated: false },
      save: { kind: 'saved' },
      notice: closedText(theirs),
    });
    return;
  }
  const same = JSON.stringify(theirs.working) === JSON.stringify(workingCopy(desk.store.get()));
  desk.store.set(same ? { revision: theirs.revision, save: { kind: 'saved' } } : { save: { kind: 'conflict', theirs } });
}

/** What became of a draft that is open here and can no longer be changed. */
function closedText({ prepared }: Recommendation): string {
  const pend = prepared?.pend;
  return pend?.ended ? endOfPend(pend.ended, pend.for) : 'This draft was decided or replaced in another window.';
}

function schedule(desk: Desk, milliseconds: number): void {
  const saving = savingOf(desk);
  clearTimeout(saving.timer);
  saving.timer = setTimeout(() => void saveNow(desk), milliseconds);
}

/** After each change of the working copy. */
export function saveSoon(desk: Desk): void {
  if (!editable(desk)) return;
  if (desk.store.get().save.kind !== 'saving') desk.store.set({ save: { kind: 'unsaved' } });
  schedule(desk, QUIET_MILLISECONDS);
}

/** Saves at once; a save under way is waited for first, so that revisions follow each other. */
export async function saveNow(desk: Desk): Promise<void> {
  const saving = savingOf(desk);
  clearTimeout(saving.timer);
  if (saving.running) await saving.running;
  const { save } = desk.store.get();
  if (save.kind === 'saved' || save.kind === 'conflict') return;
  saving.running = saveOnce(desk).finally(() => {
    saving.running = undefined;
  });
  await saving.running;
}

/** The page is going away: the last change is sent along, within what a closing page may send. */
export function flushOnLeaving(desk: Desk): void {
  const recommendation = editable(desk);
  const state = desk.store.get();
  if (!recommendation || state.save.kind === 'saved' || state.save.kind === 'conflict') return;
  void desk.api.call(`/recommendations/${recommendation.id}/working`, {
    method: 'PUT',
    body: { revision: state.revision, working: workingCopy(state) },
    keepalive: true,
  });
}

/** The clinician decided between two windows. */
export function settleConflict(desk: Desk, keep: 'mine' | 'theirs'): void {
  const { save } = desk.store.get();
  if (save.kind !== 'conflict') return;
  const { theirs } = save;
  if (keep === 'mine') {
    desk.store.set({ revision: theirs.revision, save: { kind: 'unsaved' } });
    saveSoon(desk);
    return;
  }
  desk.store.set({
    choice: { entryId: theirs.working.chosen, byPerson: true, override: theirs.working.overrideReason },
    alternates: theirs.working.alternates,
    sentences: theirs.working.sentences,
    notNeeded: theirs.working.notNeeded,
    emergencyConsidered: theirs.working.emergencyDepartmentConsidered,
    deathConsidered: theirs.working.deathConsidered,
    revision: theirs.revision,
    save: { kind: 'saved' },
  });
}
