/** A refusal out of the middle of a transaction, so that nothing of it is kept. */
import type { Refusal } from '../problem.ts';
import { withRetry } from './referral-log.ts';

export class Stopped extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.detail);
    this.refusal = refusal;
  }
}

/** Runs the transaction again where another was faster, and answers the refusal it stopped with. */
export async function stoppable<Value>(work: () => Promise<Value>): Promise<Value | Refusal> {
  try {
    return await withRetry(work);
  } catch (error) {
    if (error instanceof Stopped) return error.refusal;
    throw error;
  }
}
