/** The referrals behind a mark. Who they are is said to those whose role allows it, with a purpose, and put on record. */
import type { MetricAnswer, MetricRow, RowsAnswer, RowsQuestion } from '@refloop/server/client/insights';
import type { CenterProps } from '../center/CenterPage.tsx';
import { useStatusName } from '../center/status-names.ts';
import { plainDate } from '../words/plain-date.ts';
import { DataTable } from './DataTable.tsx';
import { rowText } from './figures.ts';
import { type Filter, questionOf } from './filter.ts';
import { PurposeDialog, ShownOf } from './PurposeDialog.tsx';

const PARTS: readonly { part: RowsQuestion['part']; label: string }[] = [
  { part: 'numerator', label: 'Counted' },
  { part: 'denominator', label: 'Out of' },
  { part: 'excluded', label: 'Left out' },
];

/** What the rows are behind. */
export type Behind = { title: string; about: Pick<RowsQuestion, 'metric' | 'segment' | 'category' | 'specialist'> };

type Shell = Pick<CenterProps, 'api' | 'onFail'> & { filter: Filter; onClose: () => void };

/** Behind a row of a metric. */
export function RowsDialog({ answer: { metric }, row, ...shell }: Shell & { answer: MetricAnswer; row: MetricRow }) {
  const about = { metric: metric.id, segment: row.segment, category: row.category, specialist: null };
  return <RowsBehind title={`${metric.title}: ${rowText(metric, row)}`} about={about} {...shell} />;
}

export const RowsBehind = ({ api, about, filter, ...shell }: Shell & Behind) => (
  <PurposeDialog
    parts={PARTS}
    ask={(part, purpose) => {
      const question: RowsQuestion = { ...about, part, filter: questionOf(filter), purpose };
      return api.call<RowsAnswer>('/insights/rows', { method: 'POST', body: question });
    }}
    {...shell}
  >
    {(answer, part) => <Rows answer={answer} excluded={part === 'excluded'} />}
  </PurposeDialog>
);

const COLUMNS = ['Referral', 'Ordered', 'Specialty', 'Urgency', 'To', 'Status'] as const;

function Rows({ answer: { total, rows }, excluded }: { answer: RowsAnswer; excluded: boolean }) {
  const statusName = useStatusName();
  if (rows.length === 0) return <p>There is none.</p>;
  return (
    <>
      <ShownOf shown={rows.length} total={total} />
      <DataTable label="Referrals" columns={[...COLUMNS, ...(excluded ? ['Left out because'] : [])].map((name) => ({ name, words: true }))}>
        {rows.map((each, at) => (
          // A referral of two appointments may stand here twice.
          <tr key={`${each.referralId} ${at}`}>
            <th scope="row">{each.referralId}</th>
            <td data-words>{each.orderedOn === null ? '–' : plainDate(each.orderedOn)}</td>
            <td data-words>{each.specialty.replaceAll('-', ' ')}</td>
            <td data-words>{each.urgency}</td>
            <td data-words>{each.performer ?? '–'}</td>
            <td data-words>{statusName(each.status)}</td>
            {excluded ? <td data-words>{each.why ?? ''}</td> : null}
          </tr>
        ))}
      </DataTable>
    </>
  );
}
