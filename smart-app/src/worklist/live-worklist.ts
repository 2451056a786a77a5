/** The list, a part after the other where it is long, and its keeping up to date: every five seconds and when the page comes to the front what has changed is asked for, never while it is being scrolled. */
import type { WorklistAnswer } from '@refloop/server/client/worklist';
import { type Api, type ApiFailure, failureText } from '../session/api.ts';
import type { Failure } from '../session/failure.ts';
import { createStore, type Store } from '../ui/store.ts';
import { type Listed, listedOf, withChanges, withPart } from './listed-rows.ts';

const EVERY_MILLISECONDS = 5_000;
/** How often it is looked whether it is time. */
const LOOK_MILLISECONDS = 1_000;
/** Where nothing has changed the page is drawn anew only so often: hours that are left are told to a tenth. */
const CLOCK_MILLISECONDS = 60_000;
/** Reading a long list takes the page a moment: whoever scrolls is not held up by it. */
const STILL_MILLISECONDS = 3_000;
/** Ten thousand lines over a slow connection. */
const PATIENCE_MILLISECONDS = 30_000;

export type ListState =
  | { kind: 'loading' }
  | { kind: 'failed'; text: string; noPermission: boolean }
  /** `behind`: why it could not be brought up to date; its lines are of `answer.at`. */
  | { kind: 'ready'; answer: Listed; behind: string | undefined };

type Part = Extract<WorklistAnswer, { kind: 'part' }>;
type Heard = Exclude<WorklistAnswer, Part>;

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

/** @param reader subject of who reads */
export function openWorklist(api: Api, reader: string, onFail: (failure: Failure) => void): LiveWorklist {
  const store = createStore<{ list: ListState }>({ list: { kind: 'loading' } });
  let asked = { number: 0, at: 0 };
  let movedAt = 0;
  let aheadMilliseconds = 0;
  let mark: string | undefined;
  /** Ids of which changes have told since the list was read whole: parts that come later may be older. */
  let told = new Set<string>();

  /** The same state where there is nothing to draw anew. */
  function after(list: ListState, answer: Heard): ListState {
    if (answer.kind === 'whole') return { kind: 'ready', answer: listedOf(answer, reader), behind: undefined };
    if (list.kind !== 'ready') return list;
    if (answer.kind === 'changes') return { kind: 'ready', answer: withChanges(list.answer, answer, reader), behind: undefined };
    const passed = Date.parse(answer.at) - Date.parse(list.answer.at);
    if (list.behind === undefined && passed < CLOCK_MILLISECONDS) return list;
    return { kind: 'ready', answer: { ...list.answer, at: answer.at }, behind: undefined };
  }

  function notRead(refusal: ApiFailure): void {
    if (refusal.kind === 'session-ended') {
      onFail(refusal);
      return;
    }
    const text = failureText(refusal);
    const noPermission = refusal.kind === 'problem' && refusal.problem.status === 403;
    // Without the list there is nothing that changes could be made to.
    if (noPermission) mark = undefined;
    store.set(({ list }) => ({
      list: list.kind === 'ready' && !noPermission ? { ...list, behind: text } : { kind: 'failed', text, noPermission },
    }));
  }

  /** The parts behind the first, until there are no more or the list was read whole anew meanwhile. */
  async function readOn(first: string | null): Promise<void> {
    const ofThisList = told;
    for (let after = first; after !== null; ) {
      const answered = await api.call<Part>(`/worklist?after=${encodeURIComponent(after)}`, {
        milliseconds: PATIENCE_MILLISECONDS,
      });
      if (told !== ofThisList) return;
      if (!answered.ok) {
        // A list with a hole is none: the next time it is read whole.
        mark = undefined;
        notRead(answered.refusal);
        return;
      }
      const { value } = answered;
      store.set(({ list }) => (list.kind === 'ready' ? { list: { ...list, answer: withPart(list.answer, value, told, reader) } } : {}));
      after = value.next;
    }
  }

  async function refresh(): Promise<void> {
    const number = asked.number + 1;
    asked = { number, at: Date.now() };
    const since = mark === undefined ? '' : `?since=${encodeURIComponent(mark)}`;
    const answered = await api.call<Heard>(`/worklist${since}`, { milliseconds: PATIENCE_MILLISECONDS });
    // What was asked later is newer, whichever comes first.
    if (number !== asked.number) return;
    if (!answered.ok) {
      notRead(answered.refusal);
      return;
    }
    const { value } = answered;
    aheadMilliseconds = Date.parse(value.at) - Date.now();
    mark = value.mark;
    if (value.kind === 'changes') for (const id of [...value.gone, ...value.rows.map((row) => row.id)]) told.add(id);
    store.set(({ list }) => ({ list: after(list, value) }));
    if (value.kind !== 'whole') return;
    told = new Set();
    void readOn(value.next);
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
