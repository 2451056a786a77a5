/** After a decline: who can be asked next, the best first, and why. The order stands. */
import { Button, NativeSelect } from '@mantine/core';
import type { Thread } from '@refloop/server/client/thread';
import type { AskNext, NextPerformers } from '@refloop/server/client/worklist';
import { useState } from 'react';
import { AnswerView } from '../center/AnswerView.tsx';
import type { CenterProps } from '../center/CenterPage.tsx';
import { useAnswer } from '../center/use-answer.ts';
import { isProblem, notDoneText } from '../session/api.ts';
import { Chip } from '../ui/Chip.tsx';
import styles from './Thread.module.css';

type Props = Pick<CenterProps, 'api' | 'onFail'> & { thread: Thread; onDone: (thread: Thread) => void; onChanged: () => void };

const REASONS: { value: AskNext['because']; label: string }[] = [
  { value: 'declined', label: 'They declined' },
  { value: 'no-answer', label: 'They did not answer' },
  { value: 'cancelled', label: 'They cancelled' },
  { value: 'patient-asked', label: 'The patient asked for somebody else' },
];

type Performer = NextPerformers['performers'][number];

const placeText = ({ organization, miles, waitDays, phone }: Performer): string =>
  [
    organization,
    miles === null ? null : `${miles.toFixed(1)} miles`,
    waitDays === null ? 'wait not known' : `wait ${waitDays} days`,
    phone === null ? null : phone,
  ]
    .filter(Boolean)
    .join(' · ');

export function AskNextPerformer({ api, onFail, thread, onDone, onChanged }: Props) {
  const path = `/worklist/referrals/${encodeURIComponent(thread.referralId)}/next-performers`;
  const [answer, refresh] = useAnswer<NextPerformers>(api, path, onFail);
  const [because, setBecause] = useState<AskNext['because']>(thread.status === 'declined' ? 'declined' : 'no-answer');
  const [refused, setRefused] = useState('');
  const [asking, setAsking] = useState<string>();
  const ask = async (entryId: string) => {
    setAsking(entryId);
    const body: AskNext = { sequence: thread.sequence, entryId, because };
    const answered = await api.call<Thread>(path, { method: 'POST', body });
    setAsking(undefined);
    if (answered.ok) onDone(answered.value);
    else if (answered.refusal.kind === 'session-ended') onFail(answered.refusal);
    else {
      setRefused(notDoneText('Nobody was asked.', answered.refusal));
      if (isProblem(answered.refusal, 'conflict')) onChanged();
    }
  };
  return (
    <section className={styles['link']} aria-label="Ask another specialist">
      <strong>Ask another specialist</strong>
      <AnswerView answer={answer} onRetry={refresh}>
        {({ why, performers }) =>
          why === null ? (
            <>
              <NativeSelect
                label="Why"
                data={REASONS}
                value={because}
                onChange={(event) => setBecause(event.currentTarget.value as AskNext['because'])}
              />
              <ol className={styles['nexts']}>
                {performers.map((performer, at) => (
                  <li key={performer.entryId}>
                    <strong>{performer.name}</strong>
                    {performer.approved ? <Chip tone="good">approved by the clinician</Chip> : null}
                    <span className="caption num">{placeText(performer)}</span>
                    <span className="caption">{performer.why[0] ?? ''}</span>
                    <div>
                      <Button
                        size="compact-sm"
                        variant={at === 0 ? 'filled' : 'default'}
                        loading={asking === performer.entryId}
                        disabled={asking !== undefined}
                        aria-label={`Ask ${performer.name}`}
                        onClick={() => void ask(performer.entryId)}
                      >
                        Ask
                      </Button>
                    </div>
                  </li>
                ))}
              </ol>
              <p className="caption">
                In the patient’s network, as the directory has them now. Anybody else is for the clinician to choose.
              </p>
            </>
          ) : (
            <p>{why}</p>
          )
        }
      </AnswerView>
      {refused ? (
        <p role="alert" className={styles['refused']}>
          {refused}
        </p>
      ) : null}
    </section>
  );
}
