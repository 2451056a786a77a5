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

type Ready = Extract<ListState, { kind: 'ready' }>;
type Part = Extract<WorklistAnswer, { kind: 'part' }>;
type Whole = Extract<WorklistAnswer, { kind: 'whole' }>;
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
  let isLeft = false;
  let mark = '';
  /** Lines are missing that no change will tell of and no part will bring: only a list that is read whole has them. */
  let hasHole = true;
  /** Ids of which changes have told since the list was read whole: parts that come later may be older. */
  let told = new Set<string>();
  /** A long list that is read anew, until its last part has come: the one that is there stays meanwhile. */
  let anew: Ready | undefined;

  const readyOf = (answer: Whole): Ready => ({ kind: 'ready', answer: listedOf(answer, reader), behind: undefined });

  /** The same state where there is nothing to draw anew. */
  function after(list: Ready, answer: Exclude<Heard, Whole>): Ready {
    if (answer.kind === 'changes') return { kind: 'ready', answer: withChanges(list.answer, answer, reader), behind: undefined };
    const passed = Date.parse(answer.at) - Date.parse(list.answer.at);
    if (list.behind === undefined && passed < CLOCK_MILLISECONDS) return list;
    return { kind: 'ready', answer: { ...list.answer, at: answer.at }, behind: undefined };
  }

  function withWhole(value: Whole): void {
    hasHole = false;
    told = new Set();
    const isAnew = store.get().list.kind === 'ready' && value.next !== null;
    anew = isAnew ? readyOf(value) : undefined;
    if (!isAnew) store.set({ list: readyOf(value) });
    void readOn(value.next);
  }

  function withHeard(value: Exclude<Heard, Whole>): void {
    if (value.kind === 'changes') for (const id of [...value.gone, ...value.rows.map((row) => row.id)]) told.add(id);
    const { list } = store.get();
    if (anew === undefined) {
      if (list.kind === 'ready') store.set({ list: after(list, value) });
      return;
    }
    anew = after(anew, value);
    // What changed before the one that is being read is not in the one that is there: it is no newer than it was.
    if (value.kind === 'changes' && list.kind === 'ready')
      store.set({ list: { ...list, answer: { ...withChanges(list.answer, value, reader), at: list.answer.at } } });
  }

  function withFurther(part: Part): void {
    const { list } = store.get();
    if (anew === undefined) {
      if (list.kind === 'ready') store.set({ list: { ...list, answer: withPart(list.answer, part, told, reader) } });
      return;
    }
    anew = { ...anew, answer: withPart(anew.answer, part, told, reader) };
    if (part.next !== null) return;
    store.set({ list: anew });
    anew = undefined;
  }

  /** Whatever of it is still under way no longer counts. */
  function giveUp(): void {
    hasHole = true;
    told = new Set();
    anew = undefined;
  }

  function notRead(refusal: ApiFailure): void {
    if (refusal.kind === 'session-ended') {
      onFail(refusal);
      return;
    }
    const text = failureText(refusal);
    const noPermission = refusal.kind === 'problem' && refusal.problem.status === 403;
    // Without the list there is nothing that changes could be made to.
    if (noPermission) giveUp();
    store.set(({ list }) => ({
      list: list.kind === 'ready' && !noPermission ? { ...list, behind: text } : { kind: 'failed', text, noPermission },
    }));
  }

  /** The parts behind the first, until there are no more, or the list was read whole anew or given up meanwhile. */
  async function readOn(first: string | null): Promise<void> {
    const ofThisList = told;
    for (let after = first; after !== null; ) {
      const answered = await api.call<Part>(`/worklist?after=${encodeURIComponent(after)}`, {
        milliseconds: PATIENCE_MILLISECONDS,
      });
      if (told !== ofThisList) return;
      if (!answered.ok) {
        giveUp();
        notRead(answered.refusal);
        return;
      }
      withFurther(answered.value);
      after = answered.value.next;
    }
  }

  let newest = Promise.resolve();
  /** Settles when the newest answer is there: overtaken by a look of its own, whoever asked would else be shown what was there before. */
  const refresh = (): Promise<void> => (newest = ask());

  async function ask(): Promise<void> {
    if (isLeft) return;
    const number = asked.number + 1;
    asked = { number, at: Date.now() };
    const since = hasHole ? '' : `?since=${encodeURIComponent(mark)}`;
    const answered = await api.call<Heard>(`/worklist${since}`, { milliseconds: PATIENCE_MILLISECONDS });
    // What was asked later is newer, whichever comes first.
    if (number !== asked.number) return isLeft ? undefined : newest;
    if (!answered.ok) {
      notRead(answered.refusal);
      return;
    }
    const { value } = answered;
    aheadMilliseconds = Date.parse(value.at) - Date.now();
    // Asked before there was a hole.
    if (hasHole && value.kind !== 'whole') return;
    mark = value.mark;
    if (value.kind === 'whole') withWhole(value);
    else withHeard(value);
  }

  function start(): () => void {
    const look = (): void => {
      const [since, still] = [Date.now() - asked.at, Date.now() - movedAt];
      if (document.visibilityState === 'visible' && since >= EVERY_MILLISECONDS && still >= STILL_MILLISECONDS) void refresh();
    };
    const onFront = (): void => {
      if (Date.now() - asked.at >= LOOK_MILLISECONDS) void refresh();
    };
    isLeft = false;
    void refresh();
    const timer = setInterval(look, LOOK_MILLISECONDS);
    window.addEventListener('focus', onFront);
    return () => {
      clearInterval(timer);
      window.removeEventListener('focus', onFront);
      isLeft = true;
      // No answer that is still to come counts.
      asked = { number: asked.number + 1, at: 0 };
      giveUp();
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
