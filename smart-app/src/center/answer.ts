/** What a page knows of an address of the API: nothing so far, what it answered last and since when that may have changed, or why not. */
import type { Result } from '@refloop/domain/result';
import { type ApiFailure, failureText, isBusy } from '../session/api.ts';

export type Answer<Value> =
  | { kind: 'loading' }
  /** `behind` says why it could not be read again since; undefined where it was. */
  | { kind: 'ready'; value: Value; at: Date; behind: string | undefined }
  | { kind: 'failed'; text: string; noPermission: boolean };

/** Nobody answered, or the server could not: what it said before may still be so. */
const isPassing = (failure: ApiFailure): boolean =>
  failure.kind === 'unreachable' || isBusy(failure) || (failure.kind === 'problem' && failure.problem.status >= 500);

/**
 * What was read stays on the page, with whatever somebody is writing beside it, while nobody answers; what is refused is taken off.
 * @param before what the same address answered
 * @param at when this was heard
 */
export function answerAfter<Value>(before: Answer<Value>, result: Result<Value, ApiFailure>, at: Date): Answer<Value> {
  if (result.ok) return { kind: 'ready', value: result.value, at, behind: undefined };
  const text = failureText(result.refusal);
  if (before.kind === 'ready' && isPassing(result.refusal)) return { ...before, behind: text };
  return { kind: 'failed', text, noPermission: result.refusal.kind === 'problem' && result.refusal.problem.status === 403 };
}
