/** The loop from order to reviewed note: how many came to each stage, and how many stopped before it. Each stage opens its rows. */
import type { MetricAnswer, MetricRow } from '@refloop/server/client/insights';
import { ChartOrTable } from './ChartOrTable.tsx';
import { countText, intervalText, valueText } from './figures.ts';
import styles from './Marks.module.css';
import { MetricTable } from './MetricTable.tsx';
import type { OnRows } from './views.ts';

const STOPPED: Record<string, string> = {
  sent: 'not sent',
  accepted: 'silent or declined',
  scheduled: 'not booked',
  seen: 'not seen there',
  noted: 'no note',
  reviewed: 'not reviewed',
};

export function Funnel({ answer, onRows }: { answer: MetricAnswer; onRows: OnRows }) {
  const { rows } = answer;
  const [first] = rows;
  if (!first || first.n === 0) return <p className="caption">{first?.note ?? 'No referral to count.'}</p>;
  return (
    <ChartOrTable
      caption={`n ${countText(first.n)} orders of at least 180 days · ${countText(first.parts['left_out_young'] ?? 0)} younger ones are left out`}
      table={<MetricTable answer={answer} rows={rows} onRows={(row) => onRows(answer, row)} />}
      chart={
        <ol className={styles['funnel']} aria-label={answer.metric.title}>
          {rows.map((row, index) => (
            <Stage key={row.category} answer={answer} row={row} isLast={index === rows.length - 1} onRows={onRows} />
          ))}
        </ol>
      }
    />
  );
}

function Stage({ answer, row, isLast, onRows }: { answer: MetricAnswer; row: MetricRow; isLast: boolean; onRows: OnRows }) {
  const name = answer.metric.categories[row.category ?? ''] ?? row.category ?? '';
  const [reached, stopped, elsewhere] = [row.parts['reached'] ?? 0, row.parts['stopped_before'] ?? 0, row.parts['seen_elsewhere'] ?? 0];
  const interval = `${valueText(row.value, 'share')} (${intervalText(row, 'share')}), n ${countText(row.n)}`;
  return (
    <li>
      <button type="button" onClick={() => onRows(answer, row)} title={interval}>
        <span>{name}</span>
        <span className={styles['bar']} aria-hidden="true">
          <i className={isLast ? styles['end'] : undefined} style={{ width: `${100 * (row.value ?? 0)}%` }} />
        </span>
        <span className="num">
          {isLast ? <strong>{countText(reached)}</strong> : countText(reached)}{' '}
          {stopped === 0 ? null : (
            <span className="caption">
              −{countText(stopped)} {STOPPED[row.category ?? ''] ?? ''}
              {elsewhere === 0 ? '' : `, ${countText(elsewhere)} seen elsewhere`}
            </span>
          )}
        </span>
        <span className="sr-only">{interval}. Show the rows</span>
      </button>
    </li>
  );
}
