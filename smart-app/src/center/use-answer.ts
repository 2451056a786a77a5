/** Reads one address of the API for a page, again on request; what a former address answered is never shown for a new one. */
import { useCallback, useEffect, useEffectEvent, useState } from 'react';
import { type Api, failureText } from '../session/api.ts';
import type { Failure } from '../session/failure.ts';
import { practiceTime } from '../words/practice-time.ts';

export type Answer<Value> =
  | { kind: 'loading' }
  | { kind: 'ready'; value: Value; at: Date }
  | { kind: 'failed'; text: string; noPermission: boolean };

/** @param path undefined asks nothing */
export function useAnswer<Value>(api: Api, path: string | undefined, onFail: (failure: Failure) => void): [Answer<Value>, () => void] {
  const [asked, setAsked] = useState(0);
  const [answered, setAnswered] = useState<{ path: string; asked: number; answer: Answer<Value> }>();
  const fail = useEffectEvent(onFail);
  useEffect(() => {
    if (path === undefined) return undefined;
    let newest = true;
    void api.call<Value>(path).then((result) => {
      if (!newest) return;
      if (result.ok) setAnswered({ path, asked, answer: { kind: 'ready', value: result.value, at: practiceTime() } });
      else if (result.refusal.kind === 'session-ended') fail(result.refusal);
      else {
        const noPermission = result.refusal.kind === 'problem' && result.refusal.problem.status === 403;
        setAnswered({ path, asked, answer: { kind: 'failed', text: failureText(result.refusal), noPermission } });
      }
    });
    return () => {
      newest = false;
    };
  }, [api, path, asked]);
  const refresh = useCallback(() => setAsked((count) => count + 1), []);
  return [answered !== undefined && answered.path === path ? answered.answer : { kind: 'loading' }, refresh];
}
