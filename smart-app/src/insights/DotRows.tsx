/** Values with their intervals, a line each, on one scale from zero: a dot, a stroke, the words beside it. Each opens its rows. */
import type { MetricAnswer, MetricRow } from '@refloop/server/client/insights';
import { countText, intervalText, rowText, valueText } from './figures.ts';
import styles from './Marks.module.css';
import type { OnRows } from './views.ts';

type Props = {
  answer: MetricAnswer;
  rows: readonly MetricRow[];
  onRows: OnRows;
  /** Those that are shown and not counted against anybody. */
  isMuted?: (row: MetricRow) => boolean;
};

export function DotRows({ answer, rows, onRows, isMuted = () => false }: Props) {
  const { metric } = answer;
  const top = Math.max(...rows.map(({ high, value }) => high ?? value ?? 0), 1e-9);
  // Where each has its own n, that is said beside it; where all have one, the caption says it.
  const hasOwnN = rows.some(({ n }) => n !== rows[0]?.n);
  const place = (value: number | null): string => `${(100 * Math.min(top, value ?? 0)) / top}%`;
  return (
    <ul className={styles['dots']} aria-label={metric.title} data-n={hasOwnN ? true : undefined}>
      {rows.map((row) => {
        const name = rowText(metric, row);
        const figures = `${valueText(row.value, metric.unit)}, ${intervalText(row, metric.unit)}, n ${countText(row.n)}`;
        return (
          <li key={name} className={isMuted(row) ? styles['muted'] : undefined}>
            <button type="button" onClick={() => onRows(answer, row)} title={figures}>
              <span>{name}</span>
              <span className={styles['track']} aria-hidden="true">
                <i style={{ left: place(row.low), width: `calc(${place(row.high ?? top)} - ${place(row.low)})` }} />
                <b style={{ left: place(row.value) }} />
              </span>
              <span className="num">
                {valueText(row.value, metric.unit)}{' '}
                <span className="caption">
                  {intervalText(row, metric.unit)}
                  {hasOwnN ? ` · n ${countText(row.n)}` : ''}
                </span>
              </span>
              <span className="sr-only">{figures}. Show the rows</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
