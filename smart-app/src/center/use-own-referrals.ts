/** A clinician's own referrals, a page at a time. What was read stays while it is read again, and says where that failed. */
import type { OwnReferral, OwnReferralsAnswer } from '@refloop/server/client/own-referrals';
import { useCallback, useEffect, useEffectEvent, useRef, useState } from 'react';
import { type Api, failureText } from '../session/api.ts';
import type { Failure } from '../session/failure.ts';
import { practiceTime } from '../words/practice-time.ts';

export type OwnReferrals =
  | { kind: 'loading' }
  | { kind: 'failed'; text: string }
  /** `behind`: why it is not newer than `at`. */
  | { kind: 'ready'; rows: readonly OwnReferral[]; next: string | null; at: Date; isReading: boolean; behind: string | undefined };

/** @param asked counts up when the page is to be read again */
export function useOwnReferrals(api: Api, onFail: (failure: Failure) => void, asked: number) {
  const [state, setState] = useState<OwnReferrals>({ kind: 'loading' });
  const fail = useEffectEvent(onFail);
  const newest = useRef(0);
  const read = useCallback(
    async (after?: string) => {
      newest.current += 1;
      const number = newest.current;
      const path = after === undefined ? '/work/referrals' : `/work/referrals?after=${encodeURIComponent(after)}`;
      const result = await api.call<OwnReferralsAnswer>(path);
      if (number !== newest.current) return;
      if (!result.ok && result.refusal.kind === 'session-ended') return fail(result.refusal);
      setState((before) => {
        const shown = before.kind === 'ready' ? before : undefined;
        if (!result.ok) {
          const text = failureText(result.refusal);
          return shown ? { ...shown, isReading: false, behind: text } : { kind: 'failed', text };
        }
        const { rows, next } = result.value;
        // What moved meanwhile stands in the newer page; a line stands once.
        const kept = after === undefined ? [] : (shown?.rows ?? []).filter((old) => !rows.some((row) => row.referralId === old.referralId));
        const at = after !== undefined && shown ? shown.at : practiceTime();
        return { kind: 'ready', rows: [...kept, ...rows], next, at, isReading: false, behind: undefined };
      });
    },
    [api],
  );
  useEffect(() => {
    void read();
    return () => {
      newest.current += 1;
    };
  }, [read, asked]);
  const readOn = (after?: string) => {
    setState((before) => (before.kind === 'ready' ? { ...before, isReading: true } : { kind: 'loading' }));
    void read(after);
  };
  return { state, read: readOn };
}
