/** The lines of My work, each with what is to be known of it and what can be answered here. */
import { Button } from '@mantine/core';
import type { NoteReading } from '@refloop/server/client/inbound';
import type { MissingRow, SentRow, SettledByOthersRow, ToldRow, ToReviewRow, ToSignRow, UnfinishedRow } from '@refloop/server/client/work';
import type { ReactNode } from 'react';
import { doubtWords } from '../notes/doubt-words.ts';
import { NoteFile } from '../notes/NoteFile.tsx';
import { NoteText } from '../notes/NoteText.tsx';
import { pendEndText } from '../refer/pend-words.ts';
import { Chip } from '../ui/Chip.tsx';
import { plainTime } from '../words/plain-date.ts';
import { AnswerView } from './AnswerView.tsx';
import styles from './CenterPage.module.css';
import type { CenterProps } from './CenterPage.tsx';
import { Due, isOver } from './Due.tsx';
import items from './Item.module.css';
import { Item, ItemList } from './Item.tsx';
import { useAnswer } from './use-answer.ts';

type GroupProps<Row> = { heading: string; empty: string; rows: readonly Row[]; children: (row: Row) => ReactNode };

export function Group<Row>({ heading, empty, rows, children }: GroupProps<Row>) {
  return (
    <section className={styles['section']} aria-label={heading}>
      <h2 className="num">
        {heading}
        {rows.length > 0 ? ` · ${rows.length}` : ''}
      </h2>
      {rows.length === 0 ? <p className={items['empty']}>{empty}</p> : <ItemList>{rows.map(children)}</ItemList>}
    </section>
  );
}

/** A session without a patient opens no chart: the way there is said. */
const ToGoOn = ({ patientName, what }: { patientName: string; what: string }) => (
  <p className={items['next']}>
    Open the chart of {patientName} to {what}.
  </p>
);

export function ToSign({ row, now }: { row: ToSignRow; now: Date }) {
  return (
    <Item title={`${row.patientName}: ${row.specialtyName}, ${row.urgency}`} mark={<Due dueAt={row.dueAt} now={now} />}>
      <p className="caption">
        Prepared by {row.preparedBy}
        {row.coveringFor === null ? '' : ` for ${row.coveringFor}, for whom you cover`}, {plainTime(row.since)}
        {row.note === '' ? '' : ` · “${row.note}”`}
      </p>
      <ToGoOn patientName={row.patientName} what="review and sign" />
    </Item>
  );
}

/** The note itself is read where the patient's record is. */
type ToReviewProps = {
  row: ToReviewRow;
  now: Date;
  api: CenterProps['api'];
  onFail: CenterProps['onFail'];
  onReviewed: () => void;
  onUnlink: () => void;
};

export function ToReview({ row, now, api, onFail, onReviewed, onUnlink }: ToReviewProps) {
  const { patientName, specialtyName, performerName, coveringFor, since, dueAt } = row;
  return (
    <Item title={`${patientName}: note from ${performerName}`} mark={<Due dueAt={dueAt} now={now} />}>
      <p className="caption num">
        {specialtyName}, came {plainTime(since)}
        {coveringFor === null ? '' : `, for ${coveringFor}, for whom you cover`}
      </p>
      {row.documentId === null ? (
        <ToGoOn patientName={patientName} what="read the note, which stands there" />
      ) : (
        <Note id={row.documentId} api={api} onFail={onFail} />
      )}
      <div>
        <Button
          size="compact-sm"
          variant="default"
          onClick={onReviewed}
          aria-label={`Reviewed: ${patientName}, note from ${performerName}`}
        >
          Reviewed
        </Button>{' '}
        <Button
          size="compact-sm"
          variant="default"
          onClick={onUnlink}
          aria-label={`Not of this patient or referral: ${patientName}, note from ${performerName}`}
        >
          Not of this patient or referral…
        </Button>
      </div>
    </Item>
  );
}

/** What was read of the note; the file itself a press away. */
function Note({ id, api, onFail }: { id: string; api: CenterProps['api']; onFail: CenterProps['onFail'] }) {
  const path = `/work/documents/${encodeURIComponent(id)}`;
  const [answer, retry] = useAnswer<NoteReading>(api, `${path}/reading`, onFail);
  return (
    <AnswerView answer={answer} onRetry={retry}>
      {(reading) => (
        <>
          {reading.unreadable === '' ? null : <p>{reading.unreadable} Read it as it came.</p>}
          {reading.although ? (
            <p>
              <strong>{doubtWords(reading.although.doubts)}</strong> {reading.although.by} filed it here: “{reading.although.reason}”
            </p>
          ) : null}
          <NoteText id={id} reading={reading} />
          <NoteFile api={api} onFail={onFail} path={path} note={reading} />
        </>
      )}
    </AnswerView>
  );
}

export const Missing = ({ row, now }: { row: MissingRow; now: Date }) => (
  <Item title={`${row.patientName}: ${row.specialtyName} to ${row.performerName}`} mark={<Due dueAt={row.dueAt} now={now} />}>
    <p>Nothing is sent until these are in the packet, or somebody says why it goes without them:</p>
    <ul>
      {row.items.map(({ label, notVisible }) => (
        <li key={label}>
          {label}
          {notVisible ? ' (the chart did not show whether it is there)' : ''}
        </li>
      ))}
    </ul>
    <p>
      Have it done or filed, and tell {row.sentBy ?? 'a coordinator'} when it is there or why it is not needed.
      {row.coveringFor === null ? '' : ` For ${row.coveringFor}.`}
    </p>
  </Item>
);

/** Their own to settle from its thread, or told to them besides its owner, whose it stays. */
export const Told = ({ row, now }: { row: ToldRow; now: Date }) => (
  <Item
    title={`${row.patientName}: ${row.specialtyName}${row.performerName ? `, ${row.performerName}` : ''}`}
    mark={<Due dueAt={row.dueAt} now={now} />}
  >
    <p>
      {row.next}. {row.detail}
    </p>
    <p>
      <a href={`#worklist/${encodeURIComponent(row.referralId)}?view=all`}>Open the referral</a>
    </p>
  </Item>
);

export function Unfinished({ row, now, onSettle }: { row: UnfinishedRow; now: Date; onSettle: () => void }) {
  const over = isOver(row.dueAt, now);
  return (
    <Item
      title={`${row.patientName}: ${row.specialtyName} to ${row.performerName}`}
      mark={<Chip tone={over ? 'bad' : 'info'}>{over ? `unfinished since ${plainTime(row.approvedAt)}` : 'not finished yet'}</Chip>}
    >
      <p>{row.detail}</p>
      <p className="caption num">
        Reference <strong>{row.reference}</strong> · approved{' '}
        {row.coveringFor === null ? '' : `by ${row.coveringFor}, for whom you cover, `}
        {plainTime(row.approvedAt)}
      </p>
      {row.byHand ? (
        <div>
          <Button size="compact-sm" variant="default" onClick={onSettle} aria-label={`Done by hand: ${row.patientName}`}>
            Done by hand…
          </Button>
        </div>
      ) : (
        <ToGoOn patientName={row.patientName} what="finish writing" />
      )}
    </Item>
  );
}

export function Sent({ row, now }: { row: SentRow; now: Date }) {
  const mark =
    row.ended === null ? (
      <Due dueAt={row.dueAt} now={now} />
    ) : (
      <Chip tone={row.ended.what === 'signed' ? 'good' : 'wait'}>{row.ended.what === 'signed' ? 'signed' : 'not signed'}</Chip>
    );
  return (
    <Item title={`${row.patientName}: ${row.specialtyName}, ${row.urgency}`} mark={mark}>
      <p className="caption">
        Sent to {row.forName}, {plainTime(row.since)}
      </p>
      {row.ended === null ? (
        <ToGoOn patientName={row.patientName} what="change it or take it back" />
      ) : (
        <p>{pendEndText(row.ended, row.inPlace ? row.forName : null)}</p>
      )}
    </Item>
  );
}

export const Settled = ({ row }: { row: SettledByOthersRow }) => (
  <Item title={`${row.patientName}: ${row.specialtyName}`} mark={<Chip tone="wait">no longer with you</Chip>}>
    <p className="caption">
      Prepared by {row.preparedBy} for {row.forName} to sign
    </p>
    <p>{pendEndText(row.ended, row.forName)}</p>
  </Item>
);
