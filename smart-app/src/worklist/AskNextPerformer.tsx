/**
 * After a decline or a silence: who can be asked at once, because the clinician approved them, and whom the clinician is asked about first. The order
 * stands.
 */
import { Button, NativeSelect } from '@mantine/core';
import type { Thread } from '@refloop/server/client/thread';
import type { AskNext, NextPerformers } from '@refloop/server/client/worklist';
import { useState } from 'react';
import { AnswerView } from '../center/AnswerView.tsx';
import type { CenterProps } from '../center/CenterPage.tsx';
import { useAnswer } from '../center/use-answer.ts';
import { isProblem, notDoneText } from '../session/api.ts';
import { Chip } from '../ui/Chip.tsx';
import { PhoneLink } from '../ui/PhoneLink.tsx';
import { plainTime } from '../words/plain-date.ts';
import { byApproval, isProposed, type NextPerformer, placeText, refusalsOf } from './next-words.ts';
import styles from './Thread.module.css';

type Props = Pick<CenterProps, 'api' | 'onFail'> & { thread: Thread; onDone: (thread: Thread) => void; onChanged: () => void };

const REASONS: { value: AskNext['because']; label: string }[] = [
  { value: 'declined', label: 'They declined' },
  { value: 'no-answer', label: 'They did not answer' },
  { value: 'cancelled', label: 'They cancelled' },
  { value: 'patient-asked', label: 'The patient asked for somebody else' },
];

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
  const refusals = refusalsOf(thread);
  const listed = { thread, asking, onPress: (entryId: string) => void ask(entryId) };
  return (
    <section className={styles['link']} aria-label="Ask another specialist">
      <strong>Ask another specialist</strong>
      {refusals.length > 0 ? (
        <ul className={styles['steps']} aria-label="Refused by the clinician">
          {refusals.map(({ sequence, detail, by, recordedAt }) => (
            <li key={sequence}>
              Refused: {detail}{' '}
              <span className="caption num">
                By {by}, {plainTime(recordedAt)}
              </span>
            </li>
          ))}
        </ul>
      ) : null}
      <AnswerView answer={answer} onRetry={refresh}>
        {({ why, performers }) => {
          if (why !== null) return <p>{why}</p>;
          const { approved, others } = byApproval(performers);
          return (
            <>
              <NativeSelect
                label="Why"
                data={REASONS}
                value={because}
                onChange={(event) => setBecause(event.currentTarget.value as AskNext['because'])}
              />
              <Listed
                {...listed}
                heading="The clinician approved them"
                what="They can be asked now, and the packet sent to them."
                verb="Ask"
                performers={approved}
                isNext={thread.proposal === null}
              />
              <Listed
                {...listed}
                heading="The clinician decides first"
                what="Nothing is sent to them before the clinician approves. A new proposal takes the place of the one before."
                verb="Propose"
                performers={others}
                isNext={thread.proposal === null && approved.length === 0}
              />
              <p className="caption">
                In the patient’s network, as the directory has them now. Anybody else is for the clinician to choose, with a new referral.
              </p>
            </>
          );
        }}
      </AnswerView>
      {refused ? (
        <p role="alert" className={styles['refused']}>
          {refused}
        </p>
      ) : null}
    </section>
  );
}

type ListedProps = {
  thread: Thread;
  heading: string;
  what: string;
  verb: 'Ask' | 'Propose';
  performers: readonly NextPerformer[];
  /** Whether the first of them is the one thing to do next. */
  isNext: boolean;
  /** The entry whose press is under way. */
  asking: string | undefined;
  onPress: (entryId: string) => void;
};

function Listed({ thread, heading, what, verb, performers, isNext, asking, onPress }: ListedProps) {
  if (performers.length === 0) return null;
  return (
    <section className={styles['listed']} aria-label={heading}>
      <h3>{heading}</h3>
      <p className="caption">{what}</p>
      <ol className={styles['nexts']}>
        {performers.map((performer, at) => (
          <li key={performer.entryId}>
            <strong>{performer.name}</strong>
            <span className="caption num">
              {placeText(performer)}
              {performer.phone === null ? null : (
                <>
                  {' · '}
                  <PhoneLink phone={performer.phone} />
                </>
              )}
            </span>
            <span className="caption">{performer.why[0] ?? ''}</span>
            {performer.refused === null ? null : <span className="caption">Refused by the clinician: {performer.refused}</span>}
            <div>
              {isProposed(thread, performer) ? (
                <Chip tone="wait">proposed</Chip>
              ) : (
                <Button
                  size="compact-sm"
                  variant={isNext && at === 0 ? 'filled' : 'default'}
                  loading={asking === performer.entryId}
                  disabled={asking !== undefined}
                  aria-label={`${verb} ${performer.name}`}
                  onClick={() => onPress(performer.entryId)}
                >
                  {verb}
                </Button>
              )}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
