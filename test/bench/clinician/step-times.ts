/** What each step took and whether it worked, while many go through the same steps at once. */
import { inMilliseconds, quantile, table } from '../figures.ts';

export type StepTimes = {
  /** Times the work under this name; an error is counted and thrown on. */
  time: <Value>(step: string, work: () => Promise<Value>) => Promise<Value>;
  /** A span that was measured elsewhere. */
  note: (step: string, milliseconds: number) => void;
  /** Something that is wrong, where no step of its own counts it; one that a step has counted is not counted again. */
  fail: (step: string, error: Error) => void;
  of: (step: string) => readonly number[];
  errors: () => number;
  /** What went wrong, each kind once with how often. */
  troubles: () => string[];
  /** n, p50, p95, p99, slowest and errors of each step, in the order in which they were first seen. */
  lines: () => string[];
};

export function openStepTimes(): StepTimes {
  const steps = new Map<string, { times: number[]; errors: number }>();
  const troubles = new Map<string, number>();
  const of = (step: string): { times: number[]; errors: number } => {
    const there = steps.get(step) ?? { times: [], errors: 0 };
    steps.set(step, there);
    return there;
  };
  const counted = new WeakSet<Error>();
  const fail = (step: string, error: Error): void => {
    if (counted.has(error)) return;
    counted.add(error);
    of(step).errors += 1;
    const trouble = `${step}: ${error.message}`;
    troubles.set(trouble, (troubles.get(trouble) ?? 0) + 1);
  };
  return {
    time: async (step, work) => {
      const row = of(step);
      const started = performance.now();
      try {
        const value = await work();
        row.times.push(performance.now() - started);
        return value;
      } catch (error) {
        fail(step, error as Error);
        throw error;
      }
    },
    note: (step, milliseconds) => void of(step).times.push(milliseconds),
    fail,
    of: (step) => of(step).times,
    errors: () => [...steps.values()].reduce((sum, { errors }) => sum + errors, 0),
    troubles: () => [...troubles].map(([words, times]) => `${times}× ${words}`),
    lines: () =>
      table([
        ['step (milliseconds)', 'n', 'p50', 'p95', 'p99', 'max', 'errors'],
        ...[...steps].map(([step, { times, errors }]) => [
          step,
          String(times.length),
          ...[0.5, 0.95, 0.99, 1].map((share) => (times.length === 0 ? '–' : inMilliseconds(quantile(times, share)))),
          String(errors),
        ]),
      ]),
  };
}
