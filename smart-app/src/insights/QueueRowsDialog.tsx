/** The open referrals behind a number of the queue, with who has them and by when. Asked for with a purpose, and put on record. */
import { Button, Modal, TextInput } from '@mantine/core';
import type { QueueRowsAnswer, QueueRowsQuestion } from '@refloop/server/client/queue';
import { useState } from 'react';
import center from '../center/CenterPage.module.css';
import type { CenterProps } from '../center/CenterPage.tsx';
import { failureText } from '../session/api.ts';
import { plainTime } from '../words/plain-date.ts';
import { countText } from './figures.ts';
import styles from './Insights.module.css';
import { Scroller } from './Scroller.tsx';

/** Which of the queue, and what that is called. */
export type QueueChoice = Partial<Pick<QueueRowsQuestion, 'kind' | 'age' | 'owner'>> & { title: string };

const ONLY: readonly { only: QueueRowsQuestion['only']; label: string }[] = [
  { only: 'all', label: 'Open' },
  { only: 'overdue', label: 'Overdue' },
  { only: 'at-risk', label: 'Due within a day' },
];

type Only = QueueRowsQuestion['only'];
type Shown =
  | { kind: 'asking' }
  | { kind: 'loading' }
  | { kind: 'failed'; text: string }
  | { kind: 'ready'; only: Only; rows: QueueRowsAnswer };
type Props = Pick<CenterProps, 'api' | 'onFail'> & { choice: QueueChoice; onClose: () => void };

export function QueueRowsDialog({ api, onFail, choice: { title, kind = null, age = null, owner = null }, onClose }: Props) {
  const [purpose, setPurpose] = useState('');
  const [shown, setShown] = useState<Shown>({ kind: 'asking' });
  const ask = async (only: Only) => {
    setShown({ kind: 'loading' });
    const question: QueueRowsQuestion = { kind, age, owner, only, purpose };
    const answered = await api.call<QueueRowsAnswer>('/insights/queue/rows', { method: 'POST', body: question });
    if (answered.ok) setShown({ kind: 'ready', only, rows: answered.value });
    else if (answered.refusal.kind === 'session-ended') onFail(answered.refusal);
    else setShown({ kind: 'failed', text: failureText(answered.refusal) });
  };
  const ready = purpose.trim().length >= 3;
  return (
    <Modal opened onClose={onClose} closeButtonProps={{ 'aria-label': 'Close' }} title={title} size="xl">
      <div className={center['form']}>
        <TextInput
          label="What do you need the rows for?"
          description="It is put on record with your name. Patients are not named here: open the chart for that."
          value={purpose}
          maxLength={200}
          onChange={(event) => setPurpose(event.currentTarget.value)}
          data-autofocus
        />
        <fieldset className={styles['parts']}>
          <legend className="caption">Show</legend>
          {ONLY.map(({ only, label }) => (
            <Button
              key={only}
              variant="default"
              aria-pressed={shown.kind === 'ready' && shown.only === only}
              aria-disabled={!ready}
              onClick={() => (ready ? void ask(only) : undefined)}
            >
              {label}
            </Button>
          ))}
        </fieldset>
        {ready ? null : <p className="caption">Say in a few words what for; then choose which rows.</p>}
        {shown.kind === 'loading' ? <output>Loading the rows…</output> : null}
        {shown.kind === 'failed' ? <p role="alert">{shown.text}</p> : null}
        {shown.kind === 'ready' ? <Rows answer={shown.rows} /> : null}
      </div>
    </Modal>
  );
}

function Rows({ answer: { total, rows } }: { answer: QueueRowsAnswer }) {
  if (rows.length === 0) return <p>There is none.</p>;
  return (
    <>
      <output className="caption num">
        {rows.length < total
          ? `The first ${countText(rows.length)} of ${countText(total)}, earliest deadline first.`
          : `${countText(total)} in all.`}
      </output>
      <Scroller label="Open referrals">
        <table className={`${center['table']} num`}>
          <thead>
            <tr>
              <th scope="col">Referral</th>
              <th scope="col">Step</th>
              <th scope="col">Due</th>
              <th scope="col">Since</th>
              <th scope="col">With</th>
              <th scope="col">Specialty</th>
              <th scope="col">Urgency</th>
              <th scope="col">Status</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.referralId} ${row.step} ${row.dueAt}`}>
                <th scope="row">{row.referralId}</th>
                <td>{row.step}</td>
                <td>
                  {plainTime(row.dueAt)}
                  {row.overdue ? ', overdue' : ''}
                </td>
                <td>{plainTime(row.since)}</td>
                <td>{row.owner ?? 'nobody'}</td>
                <td>{row.specialty?.replaceAll('-', ' ') ?? '–'}</td>
                <td>{row.urgency ?? '–'}</td>
                <td>{row.status?.replaceAll('-', ' ') ?? '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </>
  );
}
