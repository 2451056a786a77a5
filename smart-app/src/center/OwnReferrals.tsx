/** What became of one's own referrals: where each stands, what it waits for and whom. To read only. */
import { Button } from '@mantine/core';
import type { OwnReferral, OwnReferralsAnswer } from '@refloop/server/client/own-referrals';
import { useEffect, useRef, useState } from 'react';
import { Chip } from '../ui/Chip.tsx';
import { plainTime } from '../words/plain-date.ts';
import { AnswerView } from './AnswerView.tsx';
import type { Answer } from './answer.ts';
import page from './CenterPage.module.css';
import type { CenterProps } from './CenterPage.tsx';
import items from './Item.module.css';
import { Item, ItemList } from './Item.tsx';
import { owedWords } from './own-referral-words.ts';
import { useStatusName } from './status-names.ts';
import { useAnswer } from './use-answer.ts';

type Props = Pick<CenterProps, 'api' | 'onFail'> & { answer: Answer<OwnReferralsAnswer>; onRetry: () => void };

/** @param answer the first page of them */
export function OwnReferrals({ api, onFail, answer, onRetry }: Props) {
  return (
    <section className={page['section']} aria-label="Your referrals">
      <h2>Your referrals</h2>
      <AnswerView answer={answer} onRetry={onRetry}>
        {({ rows, next }, at) =>
          rows.length === 0 ? (
            <p className={items['empty']}>
              You have no referral under way. What you approve stands here with what became of it, until 30 days after it ended.
            </p>
          ) : (
            <>
              <p className="caption">Under way, and ended in the last 30 days; what moved last first.</p>
              <Rows rows={rows} now={at} />
              {next === null ? null : <More key={next} api={api} onFail={onFail} after={next} />}
            </>
          )
        }
      </AnswerView>
    </section>
  );
}

/** What comes behind a page, once it is wanted. */
function More({ api, onFail, after }: Pick<Props, 'api' | 'onFail'> & { after: string }) {
  const [wanted, setWanted] = useState(false);
  const path = wanted ? `/work/referrals?after=${encodeURIComponent(after)}` : undefined;
  const [answer, read] = useAnswer<OwnReferralsAnswer>(api, path, onFail);
  const list = useRef<HTMLDivElement>(null);
  const isHere = answer.kind === 'ready';
  useEffect(() => {
    // The button that was pressed is gone.
    if (isHere) list.current?.focus();
  }, [isHere]);
  if (!wanted) {
    return (
      <div>
        <Button variant="default" onClick={() => setWanted(true)}>
          Show more of your referrals
        </Button>
      </div>
    );
  }
  return (
    <AnswerView answer={answer} onRetry={read}>
      {({ rows, next }, at) => (
        <>
          <div ref={list} tabIndex={-1}>
            <Rows rows={rows} now={at} />
          </div>
          {next === null ? null : <More key={next} api={api} onFail={onFail} after={next} />}
        </>
      )}
    </AnswerView>
  );
}

const Rows = ({ rows, now }: { rows: readonly OwnReferral[]; now: Date }) => (
  <ItemList>
    {rows.map((row) => (
      <Own key={row.referralId} row={row} now={now} />
    ))}
  </ItemList>
);

function Own({ row, now }: { row: OwnReferral; now: Date }) {
  const statusName = useStatusName();
  const { referralId, patientName, specialtyName, urgency, performerName, status, ended, movedAt, owed } = row;
  const title = [specialtyName, performerName, urgency === 'routine' ? null : urgency].filter((each) => each !== null).join(', ');
  const over = owed !== null && Date.parse(owed.dueAt) < now.getTime();
  return (
    <Item
      title={`${patientName || 'Patient'}: ${title}`}
      mark={<Chip tone={status === 'closed' ? 'good' : ended || over ? 'wait' : 'info'}>{statusName(status)}</Chip>}
    >
      <p className="num">{owed === null ? 'Nothing is owed.' : owedWords(owed, now)}</p>
      <p className="caption num">Last movement {plainTime(movedAt, now)}</p>
      <p>
        <a
          href={`#worklist/${encodeURIComponent(referralId)}?view=all`}
          aria-label={`Read the referral of ${patientName || 'this patient'}: ${title}`}
        >
          Read the referral
        </a>
      </p>
    </Item>
  );
}
