/** Watches for activity, tells the server of it, warns before the session ends, and ends it. */
import { Button } from '@mantine/core';
import type { Session } from '@refloop/server/client/session';
import { useEffect, useEffectEvent, useState } from 'react';
import { PlainDialog } from '../ui/PlainDialog.tsx';
import type { Api } from './api.ts';
import { type IdleState, idleState, pingDue } from './idle-clock.ts';

/** The server counts from its own side of the wire: a press in the last second must still reach it in time. */
const MARGIN_SECONDS = 2;

/** A moving pointer alone says nothing; pressing, typing and touching do. */
const ACTIVITY = ['pointerdown', 'keydown', 'touchstart'] as const;

export function IdleWatch({ session, api, onEnd }: { session: Session; api: Api; onEnd: (why: 'idle' | 'expired') => void }) {
  const [state, setState] = useState<IdleState>({ kind: 'active' });
  const ended = useEffectEvent(onEnd);

  useEffect(() => {
    const limits = {
      idleSeconds: session.idleSeconds - MARGIN_SECONDS,
      warnSeconds: session.warnSeconds,
      expiresAt: Date.parse(session.expiresAt),
    };
    let lastActivity = Date.now();
    let lastPing = lastActivity;
    const note = () => {
      lastActivity = Date.now();
    };
    for (const event of ACTIVITY) window.addEventListener(event, note, { capture: true, passive: true });
    const tick = setInterval(() => {
      const now = Date.now();
      const next = idleState(limits, lastActivity, now);
      setState((before) => (before.kind === next.kind && next.kind !== 'warning' ? before : next));
      if (next.kind === 'ended') {
        clearInterval(tick);
        ended(next.why);
      } else if (pingDue(limits, lastPing, lastActivity, now)) {
        lastPing = now;
        void api.call('/sessions/current/activity', { method: 'POST' }).then((answer) => {
          if (!answer.ok && answer.refusal.kind === 'session-ended') ended(answer.refusal.why);
        });
      }
    }, 1_000);
    return () => {
      clearInterval(tick);
      for (const event of ACTIVITY) window.removeEventListener(event, note, { capture: true });
    };
  }, [session, api]);

  // Pressing the button is itself activity; the clock has heard of it.
  const stay = () => setState({ kind: 'active' });
  if (state.kind !== 'warning') return null;
  return (
    <PlainDialog title="Still there?" onClose={stay}>
      <p>
        For want of activity this session ends in{' '}
        <span className="num">
          {state.secondsLeft} {state.secondsLeft === 1 ? 'second' : 'seconds'}
        </span>
        . The patient’s data is then removed from this page; your draft is kept.
      </p>
      <Button mt="md" onClick={stay}>
        Stay
      </Button>
    </PlainDialog>
  );
}
