/** What became of one's own referrals: where each stands, what it waits for and whom. To read only. */
import { Button } from '@mantine/core';
import type { OwnReferral } from '@refloop/server/client/own-referrals';
import { Chip } from '../ui/Chip.tsx';
import { plainTime } from '../words/plain-date.ts';
import { AnswerView } from './AnswerView.tsx';
import page from './CenterPage.module.css';
import type { CenterProps } from './CenterPage.tsx';
import items from './Item.module.css';
import { Item, ItemList } from './Item.tsx';
import { owedWords } from './own-referral-words.ts';
import { useStatusName } from './status-names.ts';
import { useOwnReferrals } from './use-own-referrals.ts';

/** @param asked counts up when the page is read again */
export function OwnReferrals({ api, onFail, asked }: Pick<CenterProps, 'api' | 'onFail'> & { asked: number }) {
  const { state, read } = useOwnReferrals(api, onFail, asked);
  return (
    <section className={page['section']} aria-label="Your referrals">
      <h2>Your referrals</h2>
      {state.kind === 'ready' ? (
        <>
          {state.behind === undefined ? null : (
            <p role="alert">
              This could not be read again and is as of {plainTime(state.at.toISOString())}. {state.behind}
            </p>
          )}
          {state.rows.length === 0 ? (
            <p className={items['empty']}>
              You have no referral under way. What you approve stands here with what became of it, until 30 days after it ended.
            </p>
          ) : (
            <>
              <p className="caption">Under way, and ended in the last 30 days; what moved last first.</p>
              <ItemList>
                {state.rows.map((row) => (
                  <Own key={row.referralId} row={row} now={state.at} />
                ))}
              </ItemList>
            </>
          )}
          {state.next === null ? null : (
            <div>
              <Button variant="default" loading={state.isReading} onClick={() => read(state.next ?? undefined)}>
                Show more of your referrals
              </Button>
            </div>
          )}
        </>
      ) : (
        <AnswerView answer={state.kind === 'failed' ? { ...state, noPermission: false } : state} onRetry={() => read()}>
          {() => null}
        </AnswerView>
      )}
    </section>
  );
}

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
