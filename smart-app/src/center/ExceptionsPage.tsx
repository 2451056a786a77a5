/** What a person must look at: nobody in network, write-backs that did not finish, signatures overdue, unknown numbers. Overdue first. */
import { Button, Group, Modal, Textarea } from '@mantine/core';
import type { ExceptionRow } from '@refloop/server/client/admin';
import { useState } from 'react';
import { notDoneText } from '../session/api.ts';
import { Chip } from '../ui/Chip.tsx';
import { WordTable } from '../ui/WordTable.tsx';
import { plainTime } from '../words/plain-date.ts';
import { AnswerView } from './AnswerView.tsx';
import styles from './CenterPage.module.css';
import type { CenterProps } from './CenterPage.tsx';
import { useAnswer } from './use-answer.ts';

const KINDS: Record<ExceptionRow['kind'], string> = {
  'none-in-network': 'Nobody in network',
  'unfinished-write-back': 'Write-back unfinished',
  'to-sign': 'Waits for a signature',
  'unknown-number': 'Emergency, unknown number',
};

/** What is said by settling it. */
const DONE: Record<Exclude<ExceptionRow['settlesBy'], 'clinician'>, string> = { word: 'Done', 'order-placed': 'Order placed' };

export function ExceptionsPage({ api, onFail }: CenterProps) {
  const [answer, refresh] = useAnswer<{ rows: ExceptionRow[] }>(api, '/exceptions', onFail);
  const [settling, setSettling] = useState<ExceptionRow>();
  const [notice, setNotice] = useState('');
  const settle = async (row: ExceptionRow, what: 'take' | 'done', note: string) => {
    const done = await api.call(`/exceptions/${encodeURIComponent(row.id)}`, { method: 'POST', body: { what, note } });
    if (done.ok) setNotice(what === 'take' ? 'Taken.' : 'Settled.');
    else if (done.refusal.kind === 'session-ended') onFail(done.refusal);
    else setNotice(notDoneText('Not changed.', done.refusal));
    refresh();
  };
  return (
    <main className={styles['page']}>
      <div className={styles['head']}>
        <h1>Exceptions</h1>
        <output className="caption">{notice}</output>
      </div>
      <AnswerView answer={answer} onRetry={refresh}>
        {({ rows }, at) => {
          const open = rows.filter((row) => row.status === 'open').sort((a, b) => a.dueAt.localeCompare(b.dueAt));
          const done = rows.length - open.length;
          return open.length === 0 ? (
            <p className={styles['empty']}>
              Nothing waits for you. A referral for which nobody in network was found, whose write-back did not finish, or whose signature
              is overdue, is listed here.
              {done > 0 ? ` ${done} settled.` : ''}
            </p>
          ) : (
            <>
              <p className="caption num">
                {open.length} open{done > 0 ? `, ${done} settled` : ''} · as of {plainTime(at.toISOString())}
              </p>
              <WordTable label="Open exceptions" headings={['What', 'Due', 'Owner', 'Patient', 'Specialty', 'Detail', 'Next']}>
                {open.map((row) => (
                  <Row key={row.id} row={row} now={at} onTake={() => void settle(row, 'take', '')} onDone={() => setSettling(row)} />
                ))}
              </WordTable>
            </>
          );
        }}
      </AnswerView>
      {settling ? (
        <SettleDialog
          row={settling}
          onClose={() => setSettling(undefined)}
          onSettle={(note) => {
            void settle(settling, 'done', note);
            setSettling(undefined);
          }}
        />
      ) : null}
    </main>
  );
}

function Row({ row, now, onTake, onDone }: { row: ExceptionRow; now: Date; onTake: () => void; onDone: () => void }) {
  const overdue = Date.parse(row.dueAt) < now.getTime();
  return (
    <tr>
      <td>
        {KINDS[row.kind]}
        {row.reference === null ? null : <div className="caption">{row.reference}</div>}
      </td>
      <td>{overdue ? <Chip tone="bad">overdue since {plainTime(row.dueAt)}</Chip> : plainTime(row.dueAt)}</td>
      <td>{row.owner ?? 'nobody yet'}</td>
      <td>{row.patientName}</td>
      <td>{row.specialtyName}</td>
      <td>{row.detail}</td>
      <td>
        {row.settlesBy === 'clinician' ? (
          `Speak to ${row.owner ?? 'the clinician'}`
        ) : (
          <div className={styles['actions']}>
            {row.owner === null ? (
              <Button size="compact-sm" onClick={onTake} aria-label={`Take: ${row.patientName}`}>
                Take
              </Button>
            ) : null}
            <Button size="compact-sm" variant="default" onClick={onDone} aria-label={`${DONE[row.settlesBy]}: ${row.patientName}`}>
              {DONE[row.settlesBy]}…
            </Button>
          </div>
        )}
      </td>
    </tr>
  );
}

function SettleDialog({ row, onClose, onSettle }: { row: ExceptionRow; onClose: () => void; onSettle: (note: string) => void }) {
  const [note, setNote] = useState('');
  return (
    <Modal opened onClose={onClose} title={`Settle: ${KINDS[row.kind]}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      {row.settlesBy === 'order-placed' ? (
        <p>This says that the order was placed in the EHR by hand. From then on the referral is in force: it is sent, and followed.</p>
      ) : null}
      <Textarea
        data-autofocus
        label={row.settlesBy === 'order-placed' ? 'Who placed it, and its number if it has one' : 'What was done'}
        maxLength={500}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <Group mt="md">
        <Button onClick={() => onSettle(note.trim())}>Settle</Button>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
      </Group>
    </Modal>
  );
}
