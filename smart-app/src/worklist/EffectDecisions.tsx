/** What was perhaps sent, or was not: one press says what became of it. */
import { Button } from '@mantine/core';
import type { DecideEffect, Thread } from '@refloop/server/client/thread';
import { useState } from 'react';
import type { CenterProps } from '../center/CenterPage.tsx';
import { isProblem, notDoneText } from '../session/api.ts';
import styles from './Thread.module.css';

type Props = Pick<CenterProps, 'api' | 'onFail'> & {
  thread: Thread;
  effect: Thread['effects'][number];
  onDone: (thread: Thread, notice: string) => void;
  onChanged: () => void;
};

const WORDS: Record<DecideEffect['decision'], { button: string; notice: string }> = {
  'was-sent': { button: 'It was sent', notice: 'On record: it was sent.' },
  'send-again': { button: 'Send it again', notice: 'It is sent again now.' },
  'let-go': { button: 'Done in another way', notice: 'On record: done in another way.' },
};

export function EffectDecisions({ api, onFail, thread, effect, onDone, onChanged }: Props) {
  const [refused, setRefused] = useState('');
  const [deciding, setDeciding] = useState(false);
  const decide = async (decision: DecideEffect['decision']) => {
    setDeciding(true);
    const body: DecideEffect = { effectId: effect.effectId, doubt: effect.doubt, decision };
    const path = `/worklist/referrals/${encodeURIComponent(thread.referralId)}/effects`;
    const answered = await api.call<Thread>(path, { method: 'POST', body });
    setDeciding(false);
    if (answered.ok) onDone(answered.value, WORDS[decision].notice);
    else if (answered.refusal.kind === 'session-ended') onFail(answered.refusal);
    else {
      setRefused(notDoneText('Nothing was put on record.', answered.refusal));
      if (isProblem(answered.refusal, 'conflict')) onChanged();
    }
  };
  return (
    <>
      <div className={styles['buttons']}>
        {effect.decisions.map((decision) => (
          <Button key={decision} size="compact-sm" variant="default" disabled={deciding} onClick={() => void decide(decision)}>
            {WORDS[decision].button}
          </Button>
        ))}
      </div>
      {refused === '' ? null : <p role="alert">{refused}</p>}
    </>
  );
}
