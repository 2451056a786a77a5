/** What Refloop holds against what the EHR holds: last night’s report, those before, and one on demand. */
import { Button } from '@mantine/core';
import type { ReconciliationAnswer } from '@refloop/server/client/reconciliation';
import { useEffect, useState } from 'react';
import { failureText } from '../session/api.ts';
import { saveFile } from '../session/save-file.ts';
import { WordTable } from '../ui/WordTable.tsx';
import { plainTime } from '../words/plain-date.ts';
import { AnswerView } from './AnswerView.tsx';
import styles from './CenterPage.module.css';
import type { CenterProps } from './CenterPage.tsx';
import { useAnswer } from './use-answer.ts';

type Report = ReconciliationAnswer['reports'][number];

const FIELDS: Record<Report['differences'][number]['field'], string> = {
  'order-status': 'Order',
  work: 'Task',
  performer: 'Specialist',
  note: 'Referral note',
  message: 'Referral as a message',
};

const STANDINGS: Record<Report['standing'], string> = {
  'under-way': 'Under way.',
  done: 'All of them were looked at.',
  cut: 'As many as one report looks at; the next goes on from there.',
  unreachable: 'The EHR did not answer. What is below is of before it fell silent.',
};

const LOOK_AGAIN_MILLISECONDS = 5_000;

export function ReconciliationPage({ api, onFail }: CenterProps) {
  const [answer, refresh] = useAnswer<ReconciliationAnswer>(api, '/reconciliation', onFail);
  const [refused, setRefused] = useState('');
  const underWay = answer.kind === 'ready' && answer.value.reports[0]?.standing === 'under-way';
  useEffect(() => {
    if (!underWay) return undefined;
    const timer = setInterval(refresh, LOOK_AGAIN_MILLISECONDS);
    return () => clearInterval(timer);
  }, [underWay, refresh]);
  const ask = async () => {
    const asked = await api.call('/reconciliation', { method: 'POST' });
    if (!asked.ok && asked.refusal.kind === 'session-ended') return onFail(asked.refusal);
    setRefused(asked.ok ? '' : failureText(asked.refusal));
    return refresh();
  };
  const take = async ({ id, startedAt }: Report) => {
    const answered = await api.file(`/reconciliation/${encodeURIComponent(id)}/csv`);
    if (!answered.ok && answered.refusal.kind === 'session-ended') return onFail(answered.refusal);
    setRefused(answered.ok ? '' : `No file was made. ${failureText(answered.refusal)}`);
    return answered.ok ? saveFile(answered.value, `reconciliation-${startedAt.slice(0, 10)}.csv`) : undefined;
  };
  return (
    <main className={styles['page']}>
      <div className={styles['head']}>
        <h1>Reconciliation</h1>
        {answer.kind === 'ready' && answer.value.possible ? (
          <Button variant="default" disabled={underWay} onClick={() => void ask()}>
            {underWay ? 'A report is under way' : 'Make a report now'}
          </Button>
        ) : null}
      </div>
      <p className="caption">
        Each night Refloop reads order, Task and note of its referrals in the EHR and lists what differs. It changes nothing there.
      </p>
      {refused ? (
        <p role="alert" className={styles['failed']}>
          {refused}
        </p>
      ) : null}
      <AnswerView answer={answer} onRetry={refresh}>
        {({ possible, reports, truths }) => (
          <>
            {possible ? null : (
              <p>
                Refloop has no access of its own to this EHR, so that there are no reports. An administrator adds one to the site entry.
              </p>
            )}
            {possible && reports.length === 0 ? <p className={styles['empty']}>No report yet. The first is made tonight.</p> : null}
            {reports.map((report, index) => (
              <Shown key={report.id} report={report} open={index === 0} truths={truths} onTake={() => void take(report)} />
            ))}
          </>
        )}
      </AnswerView>
    </main>
  );
}

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

type ShownProps = { report: Report; open: boolean; truths: ReconciliationAnswer['truths']; onTake: () => void };

function Shown({ report, open, truths, onTake }: ShownProps) {
  const { startedAt, standing, looked, unread, differences, more } = report;
  const found = differences.length + more;
  return (
    <details open={open}>
      <summary className="num">
        {plainTime(startedAt)}: {counted(looked, 'referral', 'referrals')} looked at, {counted(found, 'difference', 'differences')}
        {unread > 0 ? `, ${unread} not read whole` : ''}
      </summary>
      <p className="caption">{looked === 0 && standing === 'done' ? 'No referral was left to look at.' : STANDINGS[standing]}</p>
      {differences.length === 0 ? null : (
        <WordTable label={`Differences, ${plainTime(startedAt)}`} headings={['Referral', 'What', 'Refloop', 'EHR', 'Whose truth holds']}>
          {differences.map(({ referralId, field, ours, theirs, truth }) => (
            <tr key={`${referralId} ${field}`}>
              <td>
                <a href={`#worklist/${encodeURIComponent(referralId)}?view=all`}>{referralId}</a>
              </td>
              <td>{FIELDS[field]}</td>
              <td>{ours}</td>
              <td>{theirs}</td>
              <td title={truths.find((each) => each.field === field)?.why}>{truth}</td>
            </tr>
          ))}
        </WordTable>
      )}
      {found > 0 ? (
        <p>
          <Button size="compact-sm" variant="default" aria-label={`Download the report of ${plainTime(startedAt)}`} onClick={onTake}>
            Download as CSV
          </Button>
        </p>
      ) : null}
      {more > 0 ? <p className="caption num">{more} more are not listed.</p> : null}
    </details>
  );
}
