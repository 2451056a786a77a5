/** The open referrals behind a number of the queue, with who has them and by when. */
import type { QueueRowsAnswer, QueueRowsQuestion } from '@refloop/server/client/queue';
import type { CenterProps } from '../center/CenterPage.tsx';
import { useStatusName } from '../center/status-names.ts';
import { plainTime } from '../words/plain-date.ts';
import { DataTable } from './DataTable.tsx';
import { PurposeDialog, ShownOf } from './PurposeDialog.tsx';

/** Which of the queue, and what that is called. */
export type QueueChoice = Partial<Pick<QueueRowsQuestion, 'kind' | 'age' | 'owner'>> & { title: string };

const ONLY: readonly { part: QueueRowsQuestion['only']; label: string }[] = [
  { part: 'all', label: 'Open' },
  { part: 'overdue', label: 'Overdue' },
  { part: 'at-risk', label: 'Due within a day' },
];

type Props = Pick<CenterProps, 'api' | 'onFail'> & { choice: QueueChoice; onClose: () => void };

export const QueueRowsDialog = ({ api, choice: { title, kind = null, age = null, owner = null }, ...shell }: Props) => (
  <PurposeDialog
    title={title}
    parts={ONLY}
    ask={(only, purpose) => {
      const question: QueueRowsQuestion = { kind, age, owner, only, purpose };
      return api.call<QueueRowsAnswer>('/insights/queue/rows', { method: 'POST', body: question });
    }}
    {...shell}
  >
    {(answer) => <Rows answer={answer} />}
  </PurposeDialog>
);

function Rows({ answer: { total, rows } }: { answer: QueueRowsAnswer }) {
  const statusName = useStatusName();
  if (rows.length === 0) return <p>There is none.</p>;
  return (
    <>
      <ShownOf shown={rows.length} total={total} order=", earliest deadline first" />
      <DataTable
        label="Open referrals"
        columns={['Referral', 'Step', 'Due', 'Since', 'With', 'Specialty', 'Urgency', 'Status'].map((name) => ({ name, words: true }))}
      >
        {rows.map((row) => (
          <tr key={`${row.referralId} ${row.step} ${row.dueAt}`}>
            <th scope="row">{row.referralId}</th>
            <td data-words>{row.step}</td>
            <td data-words>
              {plainTime(row.dueAt)}
              {row.overdue ? ', overdue' : ''}
            </td>
            <td data-words>{plainTime(row.since)}</td>
            <td data-words>{row.owner ?? 'nobody'}</td>
            <td data-words>{row.specialty?.replaceAll('-', ' ') ?? '–'}</td>
            <td data-words>{row.urgency ?? '–'}</td>
            <td data-words>{statusName(row.status)}</td>
          </tr>
        ))}
      </DataTable>
    </>
  );
}
