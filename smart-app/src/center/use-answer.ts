/** Reads one address of the API for a page, again on request; what a former address answered is never shown for a new one. */
import { useCallback, useEffect, useEffectEvent, useState } from 'react';
import type { Api } from '../session/api.ts';
import type { Failure } from '../session/failure.ts';
import { practiceTime } from '../words/practice-time.ts';
import { type Answer, answerAfter } from './answer.ts';

const LOADING = { kind: 'loading' } as const;

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
      if (!result.ok && result.refusal.kind === 'session-ended') fail(result.refusal);
      else
        setAnswered((before) => ({
          path,
          asked,
          answer: answerAfter(before?.path === path ? before.answer : LOADING, result, practiceTime()),
        }));
    });
    return () => {
      newest = false;
    };
  }, [api, path, asked]);
  const refresh = useCallback(() => setAsked((count) => count + 1), []);
  return [answered !== undefined && answered.path === path ? answered.answer : LOADING, refresh];
}
