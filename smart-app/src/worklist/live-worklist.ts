/** The list and its keeping up to date: every half minute and when the page comes to the front, never while it is being scrolled. */
import type { WorklistAnswer } from '@refloop/server/client/worklist';
import { type Api, failureText } from '../session/api.ts';
import type { Failure } from '../session/failure.ts';
import { createStore, type Store } from '../ui/store.ts';

const EVERY_MILLISECONDS = 30_000;
/** How often it is looked whether it is time. */
const LOOK_MILLISECONDS = 2_000;
/** Reading a long list takes the page a moment: whoever scrolls is not held up by it. */
const STILL_MILLISECONDS = 3_000;
/** Ten thousand lines over a slow connection. */
const PATIENCE_MILLISECONDS = 30_000;

export type ListState =
  | { kind: 'loading' }
  | { kind: 'failed'; text: string; noPermission: boolean }
  /** `behind`: why it could not be brought up to date; its lines are of `answer.at`. */
  | { kind: 'ready'; answer: WorklistAnswer; behind: string | undefined };

export type LiveWorklist = {
  store: Store<{ list: ListState }>;
  refresh: () => Promise<void>;
  /** Said while the list is being scrolled. */
  onMove: () => void;
  /** The server's clock, as far as it is known here. */
  now: () => Date;
  /** @returns ends it */
  start: () => () => void;
};

export function openWorklist(api: Api, onFail: (failure: Failure) => void): LiveWorklist {
  const store = createStore<{ list: ListState }>({ list: { kind: 'loading' } });
  let asked = { number: 0, at: 0 };
  let movedAt = 0;
  let aheadMilliseconds = 0;

  async function refresh(): Promise<void> {
    const number = asked.number + 1;
    asked = { number, at: Date.now() };
    const answered = await api.call<WorklistAnswer>('/worklist', { milliseconds: PATIENCE_MILLISECONDS });
    // What was asked later is newer, whichever comes first.
    if (number !== asked.number) return;
    if (answered.ok) {
      aheadMilliseconds = Date.parse(answered.value.at) - Date.now();
      store.set({ list: { kind: 'ready', answer: answered.value, behind: undefined } });
      return;
    }
    const { refusal } = answered;
    if (refusal.kind === 'session-ended') {
      onFail(refusal);
      return;
    }
    const text = failureText(refusal);
    const noPermission = refusal.kind === 'problem' && refusal.problem.status === 403;
    store.set(({ list }) => ({
      list: list.kind === 'ready' && !noPermission ? { ...list, behind: text } : { kind: 'failed', text, noPermission },
    }));
  }

  function start(): () => void {
    const look = (): void => {
      const [since, still] = [Date.now() - asked.at, Date.now() - movedAt];
      if (document.visibilityState === 'visible' && since >= EVERY_MILLISECONDS && still >= STILL_MILLISECONDS) void refresh();
    };
    const onFront = (): void => {
      if (Date.now() - asked.at >= LOOK_MILLISECONDS) void refresh();
    };
    void refresh();
    const timer = setInterval(look, LOOK_MILLISECONDS);
    window.addEventListener('focus', onFront);
    return () => {
      clearInterval(timer);
      window.removeEventListener('focus', onFront);
    };
  }

  return {
    store,
    refresh,
    start,
    onMove: () => {
      movedAt = Date.now();
    },
    now: () => new Date(Date.now() + aheadMilliseconds),
  };
}
