/** Answers what the office asked. The same press twice is on record once. */
import { Button, Textarea } from '@mantine/core';
import type { Thread } from '@refloop/server/client/thread';
import { type FormEvent, useRef, useState } from 'react';
import type { CenterProps } from '../center/CenterPage.tsx';
import { isProblem, notDoneText } from '../session/api.ts';
import styles from './Thread.module.css';

type Props = Pick<CenterProps, 'api' | 'onFail'> & {
  thread: Thread;
  onDone: (thread: Thread) => void /** Something came between. */;
  onChanged: () => void;
};

export function ReplyForm({ api, onFail, thread, onDone, onChanged }: Props) {
  const [text, setText] = useState('');
  const [refused, setRefused] = useState('');
  const [sending, setSending] = useState(false);
  const pressed = useRef<{ key: string; sequence: number; text: string }>(undefined);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (sending) return;
    if (text.trim().length < 2) {
      setRefused('Write your answer.');
      return;
    }
    // What nobody answered is sent again as it was, under its key: it may stand on the office's page already.
    if (pressed.current?.text !== text) pressed.current = { key: crypto.randomUUID(), sequence: thread.sequence, text };
    setSending(true);
    const path = `/worklist/referrals/${encodeURIComponent(thread.referralId)}/messages`;
    const answered = await api.call<Thread>(path, { method: 'POST', body: pressed.current });
    setSending(false);
    if (answered.ok) {
      pressed.current = undefined;
      setText('');
      setRefused('');
      onDone(answered.value);
    } else if (answered.refusal.kind === 'session-ended') onFail(answered.refusal);
    else {
      if (answered.refusal.kind !== 'unreachable') pressed.current = undefined;
      setRefused(notDoneText('Not sent.', answered.refusal));
      if (isProblem(answered.refusal, 'conflict')) onChanged();
    }
  };
  return (
    <form className={styles['form']} aria-label="Answer the office" onSubmit={(event) => void send(event)}>
      <Textarea
        label={thread.asker === null ? 'Your answer to the office' : `Your answer to the office of ${thread.asker}`}
        description="It stands on their page. No more of the patient than they need."
        value={text}
        error={refused || undefined}
        maxLength={2000}
        autosize
        minRows={2}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className={styles['buttons']}>
        <Button type="submit" loading={sending}>
          Send the answer
        </Button>
      </div>
    </form>
  );
}
