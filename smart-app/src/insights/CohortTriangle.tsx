/** Months of the order down, days since the order across: each recent month beside what older ones had reached at its age. */
import { FEWEST_TO_JUDGE } from '@refloop/domain/fewest-to-judge';
import type { MetricAnswer, MetricRow } from '@refloop/server/client/insights';
import { plainDate } from '../words/plain-date.ts';
import { ChartOrTable } from './ChartOrTable.tsx';
import styles from './CohortTriangle.module.css';
import { countText, intervalText, sizeOf } from './figures.ts';
import { MetricTable } from './MetricTable.tsx';
import { Scroller } from './Scroller.tsx';
import type { OnRows } from './views.ts';

type Props = { answer: MetricAnswer; onRows: OnRows };

const MONTHS = 14;

const cellWords = (row: MetricRow): string => {
  const part = row.parts['left_out_young'] ?? 0;
  const partly = part > 0 ? `, ${countText(part)} of the month are not old enough yet` : '';
  return `${intervalText(row, 'share')} (95 %), n ${countText(row.n)}${partly}`;
};

export function CohortTriangle({ answer, onRows }: Props) {
  const { metric, rows } = answer;
  const months = Map.groupBy(
    rows.filter(({ segment }) => segment.month !== undefined && segment.month !== 'unknown'),
    ({ segment }) => segment.month ?? '',
  );
  const shown = [...months].filter(([, cells]) => cells.some((row) => sizeOf(row) >= FEWEST_TO_JUDGE)).slice(-MONTHS);
  if (shown.length === 0) return <p className="caption">No month has {FEWEST_TO_JUDGE} referrals that are 30 days old.</p>;
  const ages = Object.entries(metric.categories);
  return (
    <ChartOrTable
      caption={`The last ${shown.length} months by order date. A dashed edge: more than half of the month is that old, not all.`}
      table={<MetricTable answer={answer} rows={shown.flatMap(([, cells]) => cells)} onRows={(row) => onRows(answer, row)} />}
      chart={
        <Scroller label={metric.title}>
          <table className={`${styles['triangle']} num`}>
            <thead>
              <tr>
                <th scope="col">Ordered in</th>
                <th scope="col">n</th>
                {ages.map(([age, words]) => (
                  <th key={age} scope="col">
                    {words.replace('Within ', '≤ ')}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map(([month, cells]) => (
                <tr key={month}>
                  <th scope="row">{plainDate(month)}</th>
                  <td className={styles['size']}>{countText(Math.max(...cells.map(sizeOf)))}</td>
                  {ages.map(([age]) => {
                    const row = cells.find(({ category }) => category === age);
                    return <Cell key={age} row={row} month={month} onOpen={(cell) => onRows(answer, cell)} />;
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      }
    />
  );
}

/** The first days of a month do not stand for all of it. */
const isMostlyYoung = (row: MetricRow): boolean => (row.parts['left_out_young'] ?? 0) > sizeOf(row);

/** At most so much of the accent under the words, so that they stay readable. */
const DEEPEST = 42;

function Cell({ row, month, onOpen }: { row: MetricRow | undefined; month: string; onOpen: (row: MetricRow) => void }) {
  if (!row || row.value === null || row.n === 0 || isMostlyYoung(row)) return <td className={styles['tooYoung']}>·</td>;
  if (sizeOf(row) < FEWEST_TO_JUDGE) return <td className={styles['tooYoung']}>too few</td>;
  const words = cellWords(row);
  const partly = (row.parts['left_out_young'] ?? 0) > 0;
  return (
    <td>
      <button
        type="button"
        className={partly ? styles['partly'] : undefined}
        style={{ background: `color-mix(in srgb, var(--accent) ${Math.round(DEEPEST * row.value)}%, var(--paper))` }}
        title={words}
        onClick={() => onOpen(row)}
      >
        {Math.round(100 * row.value)} %
        <span className="sr-only">
          in {plainDate(month)}, {words}. Show the rows
        </span>
      </button>
    </td>
  );
}
