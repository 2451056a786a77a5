/** A clock that stands still until everything that can go on has gone on, and then moves to the next thing that is to happen. */

type Ahead = { at: number; order: number; work: () => void | Promise<void> };

export type VirtualTime = {
  /** Milliseconds since 1970, as they truly are: the clocks of machines may show something else. */
  now: () => number;
  at: (moment: number, work: () => void | Promise<void>) => void;
  after: (milliseconds: number, work: () => void | Promise<void>) => void;
  pause: (milliseconds: number) => Promise<void>;
  /** Goes on until the moment, until nothing is ahead, or until it is told to stop. */
  run: (until: number, stop: () => boolean) => Promise<void>;
};

const isEarlier = (left: Ahead, right: Ahead): boolean => left.at < right.at || (left.at === right.at && left.order < right.order);

/** A binary heap: what comes first is on top. */
function createQueue() {
  const heap: Ahead[] = [];
  const swap = (one: number, other: number): void => {
    const [left, right] = [heap[one], heap[other]];
    if (left && right) [heap[one], heap[other]] = [right, left];
  };
  const before = (one: number, other: number): boolean => {
    const [left, right] = [heap[one], heap[other]];
    return left !== undefined && right !== undefined && isEarlier(left, right);
  };
  return {
    first: (): Ahead | undefined => heap[0],
    add: (ahead: Ahead): void => {
      heap.push(ahead);
      for (let at = heap.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1;
        if (!before(at, parent)) break;
        swap(at, parent);
        at = parent;
      }
    },
    take: (): Ahead | undefined => {
      const top = heap[0];
      const last = heap.pop();
      if (top === undefined || last === undefined || heap.length === 0) return top;
      heap[0] = last;
      for (let at = 0; ; ) {
        const [left, right] = [2 * at + 1, 2 * at + 2];
        const child = before(right, left) ? right : left;
        if (!before(child, at)) break;
        swap(at, child);
        at = child;
      }
      return top;
    },
  };
}

/** Promises that wait for nothing outside are all carried out before the event loop turns. */
const everythingSettled = (): Promise<void> => new Promise((done) => setImmediate(done));

/** @param failed told of what was thrown by something that had been set for a moment */
export function createVirtualTime(start: number, failed: (error: unknown) => void): VirtualTime {
  const queue = createQueue();
  let now = start;
  let order = 0;
  const at: VirtualTime['at'] = (moment, work) => queue.add({ at: Math.max(now, moment), order: (order += 1), work });
  return {
    now: () => now,
    at,
    after: (milliseconds, work) => at(now + milliseconds, work),
    pause: (milliseconds) => new Promise((done) => at(now + milliseconds, done)),
    run: async (until, stop) => {
      for (let next = queue.first(); next && next.at <= until && !stop(); next = queue.first()) {
        queue.take();
        now = next.at;
        try {
          next.work()?.catch(failed);
        } catch (error) {
          failed(error);
        }
        await everythingSettled();
      }
    },
  };
}
