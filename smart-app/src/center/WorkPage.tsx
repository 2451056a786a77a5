/** What waits for this person across patients. Each thing is gone on with in its chart: this page reads none. */
import { Button } from '@mantine/core';
import type { NoteReading } from '@refloop/server/client/inbound';
import type {
  MissingRow,
  MyWork,
  ReviewAnswer,
  SentRow,
  SettleByHand,
  SettledByOthersRow,
  ToldRow,
  ToReviewRow,
  ToSignRow,
  UnfinishedRow,
  UnlinkAnswer,
  UnlinkRequest,
} from '@refloop/server/client/work';
import { type ReactNode, useState } from 'react';
import { NoteFile } from '../notes/NoteFile.tsx';
import { NoteText } from '../notes/NoteText.tsx';
import { pendEndText } from '../refer/pend-words.ts';
import { notDoneText } from '../session/api.ts';
import { decides, prepares } from '../session/roles.ts';
import { Chip } from '../ui/Chip.tsx';
import { plainTime } from '../words/plain-date.ts';
import { TAKEN_OFF_WORDS } from '../worklist/acts.ts';
import { AnswerView } from './AnswerView.tsx';
import styles from './CenterPage.module.css';
import type { CenterProps } from './CenterPage.tsx';
import { Due, isOver } from './Due.tsx';
import items from './Item.module.css';
import { Item, ItemList } from './Item.tsx';
import { SettleByHandDialog } from './SettleByHandDialog.tsx';
import { ToApprove } from './ToApprove.tsx';
import { UnlinkNoteDialog } from './UnlinkNoteDialog.tsx';
import { useAnswer } from './use-answer.ts';
import { type Score, WorkQuestion } from './WorkQuestion.tsx';

export function WorkPage({ api, onFail, session }: CenterProps) {
  const [answer, refresh] = useAnswer<MyWork>(api, '/work', onFail);
  const [settling, setSettling] = useState<UnfinishedRow>();
  const [notice, setNotice] = useState('');
  const [unlinking, setUnlinking] = useState<ToReviewRow>();
  /** What was reviewed last on this page: who notices only then that it is of somebody else can still say so. */
  const [reviewed, setReviewed] = useState<ToReviewRow>();
  /** The referral after whose note this clinician is asked. */
  const [asked, setAsked] = useState<string>();
  const [isAnswering, setAnswering] = useState(false);
  const settle = async (row: UnfinishedRow, said: SettleByHand) => {
    setSettling(undefined);
    const done = await api.call(`/work/${encodeURIComponent(row.id)}/settlement`, { method: 'POST', body: said });
    if (done.ok) setNotice('The order is in force.');
    else if (done.refusal.kind === 'session-ended') onFail(done.refusal);
    else setNotice(notDoneText('Not settled.', done.refusal));
    refresh();
  };
  const unlink = async ({ referralId, reportId, patientName }: ToReviewRow, said: Pick<UnlinkRequest, 'because' | 'reason'>) => {
    setUnlinking(undefined);
    const body: UnlinkRequest = { referralId, reportId, ...said };
    const done = await api.call<UnlinkAnswer>('/work/reviews/unlinking', { method: 'POST', body });
    if (done.ok) {
      setNotice(`Taken off: ${patientName}. ${TAKEN_OFF_WORDS[done.value.note][said.because]}`);
      setReviewed(undefined);
      setAsked(undefined);
    } else if (done.refusal.kind === 'session-ended') onFail(done.refusal);
    else setNotice(notDoneText('Not taken off.', done.refusal));
    refresh();
  };
  const review = async (row: ToReviewRow) => {
    const { referralId, reportId, patientName } = row;
    const done = await api.call<ReviewAnswer>('/work/reviews', { method: 'POST', body: { referralId, reportId } });
    if (done.ok) {
      setNotice(`Reviewed: ${patientName}.`);
      setReviewed(row);
      if (done.value.asked) setAsked(referralId);
    } else if (done.refusal.kind === 'session-ended') onFail(done.refusal);
    else setNotice(notDoneText('Not put on record.', done.refusal));
    refresh();
  };
  const answerQuestion = async (referralId: string, score: Score) => {
    setAnswering(true);
    const done = await api.call('/work/answers', { method: 'POST', body: { referralId, score } });
    setAnswering(false);
    if (done.ok) {
      setAsked(undefined);
      setNotice('Thank you. Your answer is counted.');
    } else if (done.refusal.kind === 'session-ended') onFail(done.refusal);
    else setNotice(notDoneText('Not put on record.', done.refusal));
  };
  return (
    <main className={styles['page']}>
      <div className={styles['head']}>
        <h1>My work</h1>
        <output className="caption">{notice}</output>
        <Button variant="default" onClick={refresh}>
          Refresh
        </Button>
      </div>
      {reviewed === undefined ? null : (
        <div>
          <Button size="compact-sm" variant="default" onClick={() => setUnlinking(reviewed)}>
            The note just reviewed is not of {reviewed.patientName}…
          </Button>
        </div>
      )}
      {asked === undefined ? null : (
        <WorkQuestion
          isAnswering={isAnswering}
          onAnswer={(score) => void answerQuestion(asked, score)}
          onLater={() => setAsked(undefined)}
        />
      )}
      <AnswerView answer={answer} onRetry={refresh}>
        {({ toSign, toApprove, toReview, told, missing, unfinished, sent, settledByOthers, unjudged }, at) => (
          <>
            <p className="caption num">
              As of {plainTime(at.toISOString())}. What is not answered here goes on in the patient’s chart in the EHR.
            </p>
            {decides(session) ? (
              <>
                <Group
                  heading="To sign"
                  empty="Nothing waits for your signature. What is prepared for you to sign stands here."
                  rows={toSign}
                >
                  {(row) => <ToSign key={row.id} row={row} now={at} />}
                </Group>
                <ToApprove api={api} onFail={onFail} rows={toApprove} now={at} onTold={setNotice} onChanged={refresh} />
                <Group
                  heading="To review"
                  empty="No note waits for you. What a specialist sent back on your referral stands here until you have read it."
                  rows={toReview}
                >
                  {(row) => (
                    <ToReview
                      key={row.id}
                      row={row}
                      now={at}
                      api={api}
                      onFail={onFail}
                      onReviewed={() => void review(row)}
                      onUnlink={() => setUnlinking(row)}
                    />
                  )}
                </Group>
                <Group
                  heading="Approved, not fully written"
                  empty="Everything you approved is in the chart. What is not stands here with what is left."
                  rows={unfinished}
                >
                  {(row) => <Unfinished key={row.id} row={row} now={at} onSettle={() => setSettling(row)} />}
                </Group>
              </>
            ) : null}
            {missing.length > 0 ? (
              <Group heading="Missing for the specialist" empty="" rows={missing}>
                {(row) => <Missing key={row.id} row={row} now={at} />}
              </Group>
            ) : null}
            {unjudged > 0 ? (
              <p className="caption num">
                {unjudged === 1 ? '1 packet has' : `${unjudged} packets have`} not been looked through yet for what is missing. Refresh to
                go on.
              </p>
            ) : null}
            {told.length > 0 ? (
              <Group heading="For your attention" empty="" rows={told}>
                {(row) => <Told key={row.id} row={row} now={at} />}
              </Group>
            ) : null}
            {prepares(session) || sent.length > 0 ? (
              <Group
                heading="Sent to be signed"
                empty="You have sent nothing in the last two weeks. What you prepare and send stands here with what came of it."
                rows={sent}
              >
                {(row) => <Sent key={row.id} row={row} now={at} />}
              </Group>
            ) : null}
            {settledByOthers.length > 0 ? (
              <Group heading="Settled by others" empty="" rows={settledByOthers}>
                {(row) => <Settled key={row.id} row={row} />}
              </Group>
            ) : null}
          </>
        )}
      </AnswerView>
      {settling ? (
        <SettleByHandDialog row={settling} onClose={() => setSettling(undefined)} onSettle={(said) => void settle(settling, said)} />
      ) : null}
      {unlinking ? (
        <UnlinkNoteDialog row={unlinking} onClose={() => setUnlinking(undefined)} onUnlink={(said) => void unlink(unlinking, said)} />
      ) : null}
    </main>
  );
}

type GroupProps<Row> = { heading: string; empty: string; rows: readonly Row[]; children: (row: Row) => ReactNode };

function Group<Row>({ heading, empty, rows, children }: GroupProps<Row>) {
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

function ToSign({ row, now }: { row: ToSignRow; now: Date }) {
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

function ToReview({ row, now, api, onFail, onReviewed, onUnlink }: ToReviewProps) {
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
          <NoteText id={id} reading={reading} />
          <NoteFile api={api} onFail={onFail} path={path} note={reading} />
        </>
      )}
    </AnswerView>
  );
}

const Missing = ({ row, now }: { row: MissingRow; now: Date }) => (
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
const Told = ({ row, now }: { row: ToldRow; now: Date }) => (
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

function Unfinished({ row, now, onSettle }: { row: UnfinishedRow; now: Date; onSettle: () => void }) {
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

function Sent({ row, now }: { row: SentRow; now: Date }) {
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

const Settled = ({ row }: { row: SettledByOthersRow }) => (
  <Item title={`${row.patientName}: ${row.specialtyName}`} mark={<Chip tone="wait">no longer with you</Chip>}>
    <p className="caption">
      Prepared by {row.preparedBy} for {row.forName} to sign
    </p>
    <p>{pendEndText(row.ended, row.forName)}</p>
  </Item>
);
