/** What waits for this person across patients. Each thing is gone on with in its chart: this page reads none. */
import { Button } from '@mantine/core';
import type { OwnReferralsAnswer } from '@refloop/server/client/own-referrals';
import type {
  MyWork,
  ReviewAnswer,
  SettleByHand,
  ToReviewRow,
  UnfinishedRow,
  UnlinkAnswer,
  UnlinkRequest,
} from '@refloop/server/client/work';
import { useState } from 'react';
import { notDoneText } from '../session/api.ts';
import { decides, prepares } from '../session/roles.ts';
import { plainTime } from '../words/plain-date.ts';
import { TAKEN_OFF_WORDS } from '../worklist/acts.ts';
import { AnswerView } from './AnswerView.tsx';
import styles from './CenterPage.module.css';
import type { CenterProps } from './CenterPage.tsx';
import { OwnReferrals } from './OwnReferrals.tsx';
import { SettleByHandDialog } from './SettleByHandDialog.tsx';
import { ToApprove } from './ToApprove.tsx';
import { UnlinkNoteDialog } from './UnlinkNoteDialog.tsx';
import { useAnswer } from './use-answer.ts';
import { Group, Missing, Sent, Settled, Told, ToReview, ToSign, Unfinished } from './WorkItems.tsx';
import { type Score, WorkQuestion } from './WorkQuestion.tsx';

export function WorkPage({ api, onFail, session }: CenterProps) {
  const [answer, readWork] = useAnswer<MyWork>(api, '/work', onFail);
  const [own, readOwn] = useAnswer<OwnReferralsAnswer>(api, decides(session) ? '/work/referrals' : undefined, onFail);
  const refresh = () => {
    readWork();
    readOwn();
  };
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
          <Button size="compact-sm" variant="default" className={styles['wrapping']} onClick={() => setUnlinking(reviewed)}>
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
      {decides(session) ? <OwnReferrals api={api} onFail={onFail} answer={own} onRetry={readOwn} /> : null}
      {settling ? (
        <SettleByHandDialog row={settling} onClose={() => setSettling(undefined)} onSettle={(said) => void settle(settling, said)} />
      ) : null}
      {unlinking ? (
        <UnlinkNoteDialog row={unlinking} onClose={() => setUnlinking(undefined)} onUnlink={(said) => void unlink(unlinking, said)} />
      ) : null}
    </main>
  );
}
